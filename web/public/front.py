"""What a public page gets (`Front`), and `shows`, which every one declares: its topics, and what it may be asked."""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Response, current_app, g, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response as AnyResponse

from messages.thai import fiscal_year, local
from models import freshness
from models.town import DEFAULTS, Setting, setting
from web.access import anyone
from web.context import Console, console
from web.guard import policy_of
from web.pace import Pace
from web.public.kept import Kept, Shelf, make
from web.public.telling import helpers
from web.words import PageWords, speaking

#: What a view may return: a page, bytes with their kind, or a way elsewhere.
Shown = str | tuple[bytes, str] | AnyResponse
View = Callable[..., Shown]

#: Behind the blueprint's name where the English pages are registered.
ENGLISH = "_en"
#: Browsers and proxies may keep what they got, but ask each time whether it still holds.
CACHED = "public, no-cache"
#: The longest query argument that is looked at.
LONGEST = 120


@dataclass
class Front:
    """One request of a public page. `args` are the arguments that the page knows; `settings` are the town's."""

    console: Console
    session: Session
    now: datetime
    settings: dict[str, Any]
    w: PageWords
    args: Mapping[str, str]

    @property
    def today(self) -> date:
        """The day in the town."""
        return local(self.now).date()

    @property
    def year(self) -> int:
        """The fiscal year of today (B.E.)."""
        return fiscal_year(self.now)

    def page(self, template: str, **values: Any) -> str:
        """Render a template of web/templates."""
        return render_template(template, front=self, w=self.w, **helpers(self.w), **values)

    def link(self, endpoint: str, **values: Any) -> str:
        """The address of a public page in the reader's language: `front.link("case", code=…)`."""
        room, _, name = endpoint.rpartition(".")
        english = ENGLISH if self.w.language == "en" else ""
        return url_for(f"{room or 'public'}{english}.{name}", **values)

    def whole(self, endpoint: str, **values: Any) -> str:
        """The same with the town's host, for feeds, cards and other sites."""
        return self.console.public_url + self.link(endpoint, **values)

    def other(self, language: str) -> str:
        """This page in that language, with the arguments that it knows (others would be kept for everybody)."""
        path = request.path.removeprefix("/en") if self.w.language == "en" else request.path
        path = "/" + path.lstrip("/\\")  # “//elsewhere” would lead to another site
        given = urlencode(sorted(self.args.items()))
        return ("/en" if language == "en" else "") + path + (f"?{given}" if given else "")

    def named(self, title: str, english: str) -> str:
        """The English wording where there is one and the reader reads English."""
        return english if self.w.language == "en" and english else title


def shelf() -> Shelf:
    """The pages that this process keeps."""
    kept: dict[str, Any] = current_app.extensions["songsiang"]
    return kept.setdefault("shelf", Shelf())  # type: ignore[no-any-return]


def shows(
    *topics: str, asks: Sequence[str] = (), cached: str = CACHED, framed: bool = False, per_minute: int = 0
) -> Callable[[View], Any]:
    """Declare what a page tells of (topics of models/freshness.py), and which query arguments it knows. It is handed
    the front as first argument; what it returns is kept until one of its topics, or the day, is another. `framed`:
    other sites may show it in a frame (setting public.widget_hosts). `per_minute`: how often one address may ask it
    something, where answers one by one would tell more than they should together; 0: as often as it likes."""

    def wrap(view: View) -> Any:
        @functools.wraps(view)
        def serve(**given: Any) -> AnyResponse:
            here = console()
            args = {name: text for name in asks if (text := _asked(name))}
            if per_minute and args:
                _take_leave(here, per_minute)
            found = _found(view, here, topics, args, given)
            if isinstance(found, AnyResponse):
                return found
            return _framed(_sent(found, cached), here) if framed else _sent(found, cached)

        serve.right = anyone  # type: ignore[attr-defined]
        return serve

    return wrap


def _take_leave(here: Console, per_minute: int) -> None:
    """Raises TooManyRequests for somebody who asks one thing after the other. A network of IPv6 is one asker."""
    pace: Pace = current_app.extensions["songsiang"]["pace"]
    leave = pace.ask(f"{request.endpoint}:{network_of(request.remote_addr or '')}", per_minute, here.clock())
    if not leave.granted:
        raise TooManyRequests(retry_after=leave.wait)


def network_of(address: str) -> str:
    """Who asks: an address of IPv4; of IPv6 the /64 that one line gets, in which anybody has addresses without end."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if isinstance(known, IPv4Address):
        return address
    return str(known.ipv4_mapped or ip_network((known, 64), strict=False))


def _asked(name: str) -> str:
    """What was asked by this name, without the NUL that PostgreSQL does not take."""
    return request.args.get(name, "").replace("\0", "").strip()[:LONGEST]


def _found(
    view: View, here: Console, topics: Sequence[str], args: Mapping[str, str], given: Mapping[str, Any]
) -> Kept | AnyResponse:
    """The kept answer if it still holds, else a new one.

    Whoever finds it outdated waits outside of any transaction, and looks again in a snapshot of its own when it is its
    turn: so a crowd that comes while it is being made gets the newest, and it is made once.
    """
    key = (here.public_url, request.path, tuple(sorted(args.items())))
    answer = _look(here, key, topics, None)
    if answer is not None:
        return answer
    with shelf().alone(key):
        made = _look(here, key, topics, lambda front: view(front, **given), args)
        if made is None:
            raise RuntimeError("a page was neither kept nor made")
        return made


def _look(
    here: Console,
    key: Hashable,
    topics: Sequence[str],
    render: Callable[[Front], Shown] | None,
    args: Mapping[str, str] | None = None,
) -> Kept | AnyResponse | None:
    """What is kept and holds; else what `render` makes of the same snapshot (None where there is nothing to render)."""
    now, kept = here.clock(), shelf()
    with here.database.read() as session:
        counts = freshness.stamps(session)
        mark = (local(now).date(), *(counts[topic] for topic in topics))
        answer = kept.find(key, mark)
        if answer is not None or render is None:
            return answer
        shown = render(open_front(here, session, now, args or {}))
    if isinstance(shown, AnyResponse):
        return shown
    answer = make(*shown) if isinstance(shown, tuple) else make(shown.encode(), "text/html; charset=utf-8")
    kept.put(key, mark, answer)
    return answer


def open_front(here: Console, session: Session, now: datetime, args: Mapping[str, str]) -> Front:
    """The front of this request; templates find it as `front`."""
    settings = dict(DEFAULTS)
    rows = session.scalars(select(Setting))
    settings.update({row.name: row.value.get("value") for row in rows if row.name in DEFAULTS})
    front = Front(here, session, now, settings, speaking(language(), settings, here.public_url), args)
    g.front = front
    return front


def language() -> str:
    """The language of this address."""
    return "en" if request.path == "/en" or request.path.startswith("/en/") else "th"


def _sent(answer: Kept, cached: str) -> Response:
    response = Response(status=answer.status, content_type=answer.kind)
    if answer.packed is not None:
        response.vary.add("Accept-Encoding")
    if answer.packed is not None and request.accept_encodings.quality("gzip") > 0:
        response.set_data(answer.packed)
        response.headers["Content-Encoding"] = "gzip"
    else:
        response.set_data(answer.body)
    response.set_etag(answer.etag, weak=True)
    response.headers["Cache-Control"] = cached
    return response.make_conditional(request.environ)  # type: ignore[return-value]


def _framed(response: Response, here: Console) -> Response:
    """The house's policy, but for who may put this answer into a frame."""
    g.framed = True
    with here.database.read() as session:
        hosts = setting(session, "public.widget_hosts")
    parts = [part for part in policy_of(here.tiles).split("; ") if not part.startswith("frame-ancestors")]
    response.headers["Content-Security-Policy"] = "; ".join([*parts, f"frame-ancestors {framed_by(hosts)}"])
    return response


def framed_by(hosts: Sequence[str]) -> str:
    """Who may put the widget into a frame: the sites that the town has named, or everybody (it holds no secret, takes
    no input and sets no cookie, so there is nothing to be gained by framing it)."""
    named = [f"{parts.scheme}://{parts.netloc}" for host in hosts if (parts := urlsplit(host)).netloc]
    return " ".join(["'self'", *named]) if named else "*"


def elsewhere(address: str, code: int = 302) -> AnyResponse:
    """Lead to another page of the site."""
    parts = urlsplit(address)
    if parts.netloc:
        raise ValueError(f"not of this site: {address!r}")
    return redirect(address, code)


def refusal(code: int, number: str = "") -> tuple[str, int]:
    """A page for what is not there, or went wrong, in the reader's language; it asks nothing of the database."""
    here = console()
    w = speaking(language(), DEFAULTS, here.public_url)
    front = Front(here, Session(), here.clock(), dict(DEFAULTS), w, {})
    return front.page("public/missing.html", code=code, number=number), code


def plain(body: str, kind: str) -> tuple[bytes, str]:
    """A text that is no page."""
    return body.encode(), kind
