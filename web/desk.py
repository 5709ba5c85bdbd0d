"""What a page gets: who looks, a session, the time, the words; and `needs(right)`, which every page declares.

One request is one transaction, as one event is in the chat: GET reads one snapshot, anything else writes and is
committed when the page returns. An answer of 400 or above, or an exception, rolls everything back.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import Response, abort, flash, g, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from messages.words import LANGUAGES
from models import audit, sessions
from models.sessions import WebSession
from models.town import DEFAULTS, Setting
from web.access import NOBODY, Right, Viewer, anyone, halfway, own_account
from web.context import Console, console
from web.cookies import LANGUAGE, session_token
from web.words import PageWords, speaking

#: What a view may return.
Page = str | AnyResponse | tuple[str | AnyResponse, int]
View = Callable[..., Page]


@dataclass
class Desk:
    """A request as a page sees it. `session` reads only in a GET; `settings` are the town's, by name; `brought` is what
    the work before the transaction gave (`needs(before=…)`)."""

    console: Console
    session: Session
    viewer: Viewer
    now: datetime
    settings: dict[str, Any]
    w: PageWords
    brought: Any = None
    _records: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = field(default_factory=list)
    _looks: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)

    @property
    def htmx(self) -> bool:
        """Whether htmx asks for a part of the page (not when it restores one from its history)."""
        return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers

    def page(self, template: str, **values: Any) -> str:
        """Render a template of web/templates; `desk`, `w`, `viewer`, `now` are always there."""
        return render_template(template, **values)

    def refuse(self, template: str, **values: Any) -> tuple[str, int]:
        """Show the form again with what was typed and what is wrong (422); nothing is stored."""
        return self.page(template, **values), 422

    def go(self, endpoint: str, **values: Any) -> AnyResponse:
        """On to another page after something was done (303)."""
        return redirect(url_for(endpoint, **values), 303)

    def tell(self, name: str, kind: str = "done", /, **fields: object) -> None:
        """Say something on the next page, from the texts; `kind` is done, note or bad."""
        flash(self.w(name, **fields), kind)

    def record(
        self, action: str, subject: str, before: dict[str, Any] | None = None, after: dict[str, Any] | None = None
    ) -> None:
        """Put a change into the audit, in this transaction: `record("ticket.moved", "ticket:42", {…}, {…})`."""
        self._records.append((action, subject, before or {}, after or {}))

    def looked(self, action: str, subject: str, what: dict[str, Any] | None = None) -> None:
        """Put a look at personal data into the audit. Works in a GET too: it is written before the page is sent."""
        self._looks.append((action, subject, what or {}))

    def write_records(self, session: Session) -> None:
        """Write what was recorded; at the end, because it holds the end of the chain until the commit."""
        for action, subject, before, after in self._records:
            audit.record(session, self.viewer, action, subject, before, after, self.now)
        self._records.clear()

    def write_looks(self, session: Session) -> None:
        """Write the looks."""
        for action, subject, what in self._looks:
            audit.record(session, self.viewer, action, subject, None, what, self.now)
        self._looks.clear()

    @property
    def has_looks(self) -> bool:
        """Whether a look waits to be written."""
        return bool(self._looks)


class _RolledBack(Exception):
    """Carries a refusal out of the transaction."""

    def __init__(self, response: Response) -> None:
        self.response = response


def needs(
    right: Right, *, keeps: bool = False, reads: bool = False, before: Callable[[], Any] | None = None
) -> Callable[[View], View]:
    """Declare what a page asks of its viewer, and hand it the desk as first argument.

    `keeps`: commit also when the answer is a refusal (failed sign-ins must be counted). `reads`: it changes nothing
    though it is a POST (what it is told is too long or too private for an address). `before`: slow work on what was
    sent, such as making pictures smaller; it is done for those who have the right, outside of any transaction, and
    what it returns is `desk.brought`.
    """

    def wrap(view: View) -> View:
        @functools.wraps(view)
        def serve(**given: Any) -> Page:
            writing = request.method not in ("GET", "HEAD", "OPTIONS") and not reads
            brought = _bring(right, before) if before is not None and request.method == "POST" else None
            if isinstance(brought, AnyResponse):
                return brought
            return _serve(view, right, given, keeps=keeps, writing=writing, brought=brought)

        serve.right = right  # type: ignore[attr-defined]
        return serve

    return wrap


def _bring(right: Right, before: Callable[[], Any]) -> Any:
    """Do the slow work, for those only who may open the page; an answer where they must go elsewhere first."""
    here = console()
    with here.database.read() as session:
        elsewhere = _gate(open_desk(here, session, here.clock()).viewer, right)
    return elsewhere if elsewhere is not None else before()


def _serve(view: View, right: Right, given: dict[str, Any], *, keeps: bool, writing: bool, brought: Any = None) -> Page:
    here = console()
    now = here.clock()
    try:
        with _session(here, writing=writing) as session:
            desk = open_desk(here, session, now)
            desk.brought = brought
            elsewhere = _gate(desk.viewer, right)
            if elsewhere is not None:
                return elsewhere
            response = make_response(view(desk, **given))
            if response.status_code >= 400 and writing and not keeps:
                raise _RolledBack(response)
            if writing:
                desk.write_records(session)
                _touch(session, desk)
    except _RolledBack as refused:
        response = refused.response
    else:
        if writing:
            here.ring()
    if desk.has_looks or not writing:
        _afterwards(here, desk)
    return response


@contextmanager
def _session(here: Console, *, writing: bool) -> Iterator[Session]:
    with here.database.begin() if writing else here.database.read() as session:
        yield session


def open_desk(here: Console, session: Session, now: datetime) -> Desk:
    """The desk of this request; templates find it as `desk`."""
    settings = dict(DEFAULTS)
    settings.update(
        {row.name: row.value.get("value") for row in session.scalars(select(Setting)) if row.name in DEFAULTS}
    )
    viewer = _viewer(session, now)
    desk = Desk(here, session, viewer, now, settings, speaking(_language(), settings, here.public_url))
    g.desk = desk
    return desk


def _language() -> str:
    wished = request.cookies.get(LANGUAGE, "th")
    return wished if wished in LANGUAGES else "th"


def _viewer(session: Session, now: datetime) -> Viewer:
    token = session_token()
    found = sessions.session_of(session, token, now) if token else None
    g.web_session = found
    return viewer_of(session, found) if found else NOBODY


def viewer_of(session: Session, found: WebSession) -> Viewer:
    """The snapshot of who this session belongs to, now."""
    staff = found.staff
    return Viewer(
        staff_id=staff.id,
        name=staff.name,
        role=staff.role,
        department_id=staff.department_id,
        department=staff.department.name if staff.department else "",
        confidential=staff.confidential,
        address=request.remote_addr or "",
        agent=(request.user_agent.string or "")[:300],
        session_id=found.id,
        pending=_pending(session, found),
    )


def _pending(session: Session, found: WebSession) -> str:
    if found.strong_at is not None:
        return ""
    if sessions.factors(session, found.staff_id):
        return "second"
    return "enrol" if found.staff.role == "admin" else ""


def _gate(viewer: Viewer, right: Right) -> AnyResponse | None:
    """Where somebody must go first; None where the page may open. Raises Forbidden."""
    if right is anyone:
        return None
    if viewer is NOBODY:
        return _send(url_for("signin.door") + _and_back())
    if right is not halfway and viewer.pending == "second":
        return _send(url_for("second.ask") + _and_back())
    if right not in (halfway, own_account) and viewer.pending == "enrol":
        return _send(url_for("account.security"))
    if not right(viewer):
        abort(403)
    return None


def _and_back() -> str:
    """Where to go on afterwards: only a page that was asked for with GET can be shown again."""
    if request.method != "GET" or request.path in ("/console", "/console/"):
        return ""
    return "?" + urlencode({"next": request.full_path.rstrip("?")})


def _send(address: str) -> AnyResponse:
    """Lead there; htmx would put the other page into a part of this one, so it is told to load it."""
    if "HX-Request" in request.headers:
        response = Response(status=204)
        response.headers["HX-Redirect"] = address
        return response
    return redirect(address, 303)


def _touch(session: Session, desk: Desk) -> None:
    found = session.get(WebSession, desk.viewer.session_id) if desk.viewer.session_id else None
    if found is not None and desk.now - found.seen_at >= sessions.SEEN_EVERY:
        found.seen_at = desk.now


def _afterwards(here: Console, desk: Desk) -> None:
    """Write what a page that only read leaves behind: looks, and that its viewer is still there."""
    found: WebSession | None = g.get("web_session")
    stale = found is not None and desk.now - found.seen_at >= sessions.SEEN_EVERY
    if not desk.has_looks and not stale:
        return
    with here.database.begin() as session:
        _touch(session, desk)
        desk.write_looks(session)
