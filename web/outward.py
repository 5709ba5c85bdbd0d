"""What other systems ask over HTTP, without cookies: Open311, the API, and Traffy's bell. The counterpart of
web/desk.py.

    @pages.get("/cases")
    @outward(None)                                   # anybody; a token adds to what is seen
    def index(call: Call) -> Response: …

    @pages.post("/cases")
    @outward("cases.create")                         # a token with this scope, acting for staff who may (web/access.py)
    def create(call: Call) -> Response: …

One request is one transaction: GET reads one snapshot, the rest writes and is rolled back when it is refused. How
refusals are written is the interface's own business: `refusals` of its blueprint.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import Flask, Response, current_app, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from models import api_tokens, audit
from models.api_tokens import ApiToken
from models.staff import Staff
from models.town import DEFAULTS, Setting
from web import access
from web.access import NOBODY, Viewer
from web.context import Console, console
from web.pace import Leave, Pace
from web.words import PageWords, speaking

#: Requests a minute of somebody without a token, by address: several people may sit behind one.
ANYBODY = 600


class Refused(Exception):
    """A request is answered with no. `code` names why, for programs; `thai` and `english` say it to people; `more` are
    further members of the answer."""

    def __init__(self, status: int, code: str, thai: str, english: str, **more: Any) -> None:
        super().__init__(code)
        self.status, self.code, self.thai, self.english, self.more = status, code, thai, english, more
        self.headers: dict[str, str] = {}


class Rehearsed(Exception):
    """Carries the answer to a rehearsal out of the transaction, which is rolled back."""

    def __init__(self, answer: Response) -> None:
        super().__init__("rehearsed")
        self.answer = answer


@dataclass
class Call:
    """One request of another system. `token` is None for anybody; `viewer` is whom it acts for, never a receiver of
    confidential cases. `brought`: what the work before the transaction gave."""

    console: Console
    session: Session
    now: datetime
    settings: dict[str, Any]
    w: PageWords
    token: ApiToken | None
    viewer: Viewer
    brought: Any = None
    _records: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)

    @property
    def own_token(self) -> ApiToken:
        """The caller's token, where a scope was asked for."""
        if self.token is None:
            raise unknown_token()
        return self.token

    def may(self, scope: str) -> bool:
        """Whether the caller has this scope, and acts for somebody who may."""
        return self.token is not None and access.may_call(self.viewer, self.token.scopes, scope)

    def staff(self) -> Staff:
        """Whom it acts for."""
        return self.viewer.staff(self.session)

    def record(self, action: str, subject: str, what: dict[str, Any]) -> None:
        """Put a change, or a look at what is not public, into the audit."""
        self._records.append((action, subject, what))

    @property
    def has_records(self) -> bool:
        """Whether anything is to be written into the audit."""
        return bool(self._records)

    def write_records(self, session: Session) -> None:
        """Write it; at the end, because it holds the end of the chain until the commit."""
        for action, subject, what in self._records:
            audit.record(session, self.viewer, action, subject, None, what, self.now)
        self._records.clear()


View = Callable[..., Response]
#: How an interface writes its refusals.
Refusals = Callable[[Refused], Response]


def outward(
    scope: str | None, *, reads: bool = False, before: Callable[[], Any] | None = None
) -> Callable[[View], View]:
    """Declare what a route asks of its caller. `reads`: it changes nothing though it is no GET. `before`: slow work on
    what was sent, done for those who may, outside of any transaction."""

    def wrap(view: View) -> View:
        @functools.wraps(view)
        def serve(**given: Any) -> Response:
            try:
                return _serve(view, scope, given, reads=reads, before=before)
            except Refused as refused:
                return refusal(refused)
            except Rehearsed as rehearsed:
                return _open(rehearsed.answer)

        serve.scope = scope  # type: ignore[attr-defined]
        serve.without_cookies = True  # type: ignore[attr-defined]
        return serve

    return wrap


def refusal(refused: Refused) -> Response:
    """The refusal, as the interface that was asked writes it."""
    write: Refusals = current_app.extensions["songsiang"]["refusals"].get(interface(), _plainly)
    response = write(refused)
    response.headers.update(refused.headers)
    return _open(response)


def _plainly(refused: Refused) -> Response:
    return Response(refused.code, refused.status, mimetype="text/plain")


def _serve(
    view: View, scope: str | None, given: dict[str, Any], *, reads: bool, before: Callable[[], Any] | None
) -> Response:
    here = console()
    now = here.clock()
    writing = request.method not in ("GET", "HEAD", "OPTIONS") and not reads
    leave = _leave(here, now)
    brought = None
    if before is not None:
        with _call(here, now, writing=False) as call:
            _gate(call, scope)
        brought = before()
    with _call(here, now, writing=writing) as call:
        call.brought = brought
        _gate(call, scope)
        response = view(call, **given)
        if writing:
            call.write_records(call.session)
    _afterwards(here, call)
    if writing:
        here.ring()
    return _open(_paced(response, leave))


@contextmanager
def _call(here: Console, now: datetime, *, writing: bool) -> Iterator[Call]:
    with here.database.begin() if writing else here.database.read() as session:
        token = _token(session, now, lock=writing)
        viewer = access.viewer_of_token(token, request.remote_addr or "") if token is not None else NOBODY
        settings = dict(DEFAULTS)
        rows = session.scalars(select(Setting))
        settings.update({row.name: row.value.get("value") for row in rows if row.name in DEFAULTS})
        words = speaking(language(), settings, here.public_url)
        yield Call(here, session, now, settings, words, token, viewer)


def language() -> str:
    """Thai, unless the caller would rather have English."""
    return str(request.accept_languages.best_match(["th", "en"], "th"))


def given_token() -> str:
    """The token of this request: `Authorization: Bearer …`, or Open311's form field `api_key`."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return token.strip()
    return request.form.get("api_key", "").strip() if request.blueprint == "open311" else ""


def _token(session: Session, now: datetime, *, lock: bool) -> ApiToken | None:
    text = given_token()
    if not text:
        return None
    row = api_tokens.token_of(session, text, now, lock=lock)
    if row is None:
        raise unknown_token()
    return row


def unknown_token() -> Refused:
    """For a token that opens nothing."""
    thai = "โทเคนนี้ใช้ไม่ได้ อาจหมดอายุ ถูกเพิกถอน หรือพิมพ์ผิด ขอโทเคนใหม่จากผู้ดูแลระบบของหน่วยงาน"
    refused = Refused(401, "token", thai, "this token does not work: it is over, revoked or mistyped")
    refused.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    return refused


def _gate(call: Call, scope: str | None) -> None:
    if scope is None or call.may(scope):
        return
    if call.token is None:
        refused = Refused(
            401,
            "no_token",
            "ต้องส่งโทเคนใน Authorization: Bearer (Open311: ใน api_key)",
            "send a token: Authorization: Bearer; in Open311 api_key",
        )
        refused.headers["WWW-Authenticate"] = "Bearer"
        raise refused
    raise Refused(403, "scope", f"โทเคนนี้ไม่มีสิทธิ {scope}", f"this token has not the scope {scope}")


def _leave(here: Console, now: datetime) -> Leave:
    """Whether it comes too fast. By token where there is one (its hash; whether it works is asked later)."""
    pace: Pace = current_app.extensions["songsiang"]["pace"]
    text, limit = given_token(), ANYBODY
    if text:
        with here.database.read() as session:
            row = api_tokens.token_of(session, text, now)
            limit = row.per_minute if row is not None else ANYBODY
            text = f"token:{row.id}" if row is not None else ""
    leave = pace.ask(text or f"address:{request.remote_addr}", limit, now)
    if not leave.granted:
        thai = f"เรียกถี่เกินไป รอ {leave.wait} วินาทีแล้วลองใหม่"
        refused = Refused(429, "too_fast", thai, f"too many requests: wait {leave.wait} s")
        refused.headers["Retry-After"] = str(leave.wait)
        raise refused
    return leave


def _paced(response: Response, leave: Leave) -> Response:
    """Tell how much is left (draft-ietf-httpapi-ratelimit-headers)."""
    response.headers["RateLimit-Policy"] = f'"minute";q={leave.limit};w=60'
    response.headers["RateLimit"] = f'"minute";r={leave.left};t={leave.wait}'
    return response


def _open(response: Response) -> Response:
    """Any page may read what anybody may read; no cookie is ever looked at here, so nobody's rights are lent."""
    response.headers.setdefault("Access-Control-Allow-Origin", "*")
    response.headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin")
    response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
    return response


def _afterwards(here: Console, call: Call) -> None:
    """Write what a request that only read leaves behind: looks, and that its token is in use."""
    token = call.token
    stale = token is not None and (token.used_at is None or call.now - token.used_at >= api_tokens.SEEN_EVERY)
    if not call.has_records and not stale:
        return
    with here.database.begin() as session:
        row = session.get(ApiToken, token.id) if token is not None else None
        if row is not None:
            row.used_at = call.now
        call.write_records(session)


def cached(body: bytes, content_type: str, seconds: int = 60, *, public: bool = True) -> Response:
    """An answer that caches may keep so long and ask about again (ETag over its bytes)."""
    response = Response(body, content_type=content_type)
    response.set_etag(hashlib.sha256(body).hexdigest()[:32])
    if public:
        response.headers["Cache-Control"] = f"public, max-age={seconds}"
        response.vary.add("Accept-Language")
    else:
        response.headers["Cache-Control"] = "private, no-cache"
    response.vary.add("Authorization")
    response.make_conditional(request.environ)
    return response


def check_amount(call: Call) -> None:
    """Raises Refused for a token that has opened all the cases it may within 24 hours."""
    token = call.own_token
    if api_tokens.opened_lately(call.session, token.id, call.now) >= token.per_day:
        raise Refused(
            429,
            "per_day",
            f"โทเคนนี้เปิดเรื่องครบ {token.per_day} เรื่องใน 24 ชั่วโมงแล้ว แจ้งผู้ดูแลระบบถ้าต้องการมากกว่านี้",
            f"this token has opened {token.per_day} cases within 24 hours",
        )


#: Which interface answers below which address, also where there is no such page.
PREFIXES = {"/open311/": "open311", "/api/": "api", "/traffy/": "traffy"}


def interface() -> str:
    """The machine interface that this request is for; "" for pages."""
    return next((name for prefix, name in PREFIXES.items() if request.path.startswith(prefix)), "")


#: What else can be wrong, by HTTP status: Thai and English.
_SAID = {
    400: ("คำขอไม่ถูกต้อง", "the request cannot be read"),
    404: ("ไม่มีสิ่งที่ขอ", "there is nothing here"),
    405: ("ใช้วิธีนี้กับที่อยู่นี้ไม่ได้", "this method is not for this address"),
    413: ("ส่งมาใหญ่เกินไป", "the request is too large"),
    415: ("ชนิดของข้อมูลที่ส่งมาใช้ไม่ได้", "this content type is not taken"),
}


def refusal_for(error: HTTPException) -> Response | None:
    """The answer of a machine interface to what Flask itself refuses; None where a page was asked for."""
    name = interface()
    if not name:
        return None
    status = error.code or 500
    thai, english = _SAID.get(status, ("ทำไม่ได้", "this cannot be done"))
    write: Refusals = current_app.extensions["songsiang"]["refusals"][name]
    response = write(Refused(status, "request" if status < 500 else "internal", thai, english))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return _open(response)


def install(app: Flask, refusals: Mapping[str, Refusals]) -> None:
    """What these interfaces share: the pace of callers, and how each blueprint writes its refusals."""
    app.extensions["songsiang"] |= {"pace": Pace(), "refusals": refusals}


def failure(number: str) -> Response | None:
    """The answer of a machine interface where the fault is ours; None where a page was asked for."""
    name = interface()
    if not name:
        return None
    thai = f"ระบบขัดข้อง แจ้งผู้ดูแลพร้อมเลข {number}"
    write: Refusals = current_app.extensions["songsiang"]["refusals"][name]
    return _open(write(Refused(500, "internal", thai, f"our mistake; its number is {number}")))
