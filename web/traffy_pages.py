"""Traffy Fondue in the console: how the bridge stands, its settings, sending a case of ours, bringing a file of theirs.

A file is looked at first: every row's fate is shown and nothing is written. What is confirmed is stored as jobs, which
the worker files some at a time, each case once (bot/traffy.py).
"""

from __future__ import annotations

import secrets
import shutil
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from flask import redirect, request, url_for
from sqlalchemy import func, select
from wtforms import BooleanField, IntegerField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Regexp, ValidationError

from messages import cases
from messages.thai import parse_case_number
from models import storage
from models.tickets import Ticket
from models.town import Category
from models.traffy import TraffyJob, TraffyLink, TraffyMeter, client_name, link_for, put
from web import access, changing
from web.connections import pages
from web.context import console
from web.desk import Desk, Page, needs
from web.forms import Form, Tidy, required
from web.settings import form_page
from web.traffy_bell import bell_of
from web.traffy_filing import Fate, fate_of, types
from web.traffy_reading import Issue, NotTheirs, read_csv

__all__ = ["pages"]

#: Bytes of a file; rows of it that are shown.
LARGEST, SHOWN = 20_000_000, 200
#: Jobs that did not work out, on the page.
LISTED = 50


class TraffyForm(Form):
    """How the bridge works. `types` are lines “their name = our category”."""

    on = BooleanField("setting.traffy_on", description="connections.traffy_on_help")
    org = StringField(
        "setting.traffy_org", [Length(max=60), Regexp(r"^[0-9, ]*$", message="connections.org_wrong")], filters=[Tidy()]
    )
    minutes = IntegerField(
        "setting.traffy_minutes", [required(), NumberRange(15, 1440)], description="connections.minutes_help"
    )
    types = TextAreaField("setting.traffy_types", [Length(max=5_000)], description="connections.types_help")
    known: frozenset[str] = frozenset()

    def validate_types(self, found: TextAreaField) -> None:
        """Every line has a name and a category that there is."""
        for line in (found.data or "").splitlines():
            name, mark, code = (part.strip() for part in line.partition("="))
            if line.strip() and (not mark or not name or code not in self.known):
                raise ValidationError("connections.types_wrong")

    @property
    def mapped(self) -> dict[str, str]:
        """The lines, read."""
        pairs = (line.partition("=") for line in (self.types.data or "").splitlines() if line.strip())
        return {name.strip(): code.strip() for name, _, code in pairs}


@pages.get("/traffy")
@needs(access.may_see_connections)
def traffy(desk: Desk) -> Page:
    """How the bridge stands."""
    session = desk.session
    states = select(TraffyJob.kind, TraffyJob.state, func.count()).group_by(TraffyJob.kind, TraffyJob.state)
    born = select(TraffyLink.born, func.count()).group_by(TraffyLink.born)
    stuck = select(TraffyJob).where(TraffyJob.state.in_(("failed", "held"))).order_by(TraffyJob.id.desc()).limit(LISTED)
    jobs = session.scalars(stuck).all()
    return desk.page(
        "connections/traffy.html",
        account=desk.console.traffy,
        on=bool(desk.settings["traffy.on"]),
        meter=session.get(TraffyMeter, 1),
        jobs=[(job, _number(desk, job.ticket_id)) for job in jobs],
        counts={f"{row[0]}.{row[1]}": row[2] for row in session.execute(states)},
        links={row[0]: row[1] for row in session.execute(born)},
        bell=f"{desk.console.public_url}/traffy/{bell_of(desk.console.key)}",
    )


def _number(desk: Desk, ticket_id: int | None) -> str:
    """The number of a case that the viewer may see."""
    found = desk.session.scalar(access.tickets(desk.viewer).where(Ticket.id == (ticket_id or 0)))
    return cases.number(found) if found is not None else ""


def _form(desk: Desk, given: Any) -> TraffyForm:
    lines = "\n".join(f"{name} = {code}" for name, code in sorted(desk.settings["traffy.types"].items()))
    data = {name: desk.settings[f"traffy.{name}"] for name in ("on", "org", "minutes")} | {"types": lines}
    form = TraffyForm(given, w=desk.w, data=data)
    form.known = frozenset(desk.session.scalars(select(Category.code).where(Category.active)))
    return form


def _page(desk: Desk, form: TraffyForm) -> str:
    known = ", ".join(sorted(form.known))
    back = url_for("connections.traffy")
    extra = desk.w("connections.types_known", codes=known)
    return form_page(desk, "connections", desk.w("connections.traffy_settings"), form, back, extra=extra)


@pages.get("/traffy/settings")
@needs(access.may_manage_connections)
def traffy_settings(desk: Desk) -> Page:
    """The form as it stands."""
    return _page(desk, _form(desk, None))


@pages.post("/traffy/settings")
@needs(access.may_manage_connections)
def change_traffy(desk: Desk) -> Page:
    """Show, then do."""
    form = _form(desk, request.form)
    if changing.again() or not form.validate():
        return _page(desk, form), 200 if changing.again() else 422
    given = {"on": bool(form.on.data), "org": form.org.data or "", "minutes": form.minutes.data, "types": form.mapped}
    named = {f"traffy.{name}": value for name, value in given.items()}
    wanted = [changing.setting(name, value) for name, value in named.items() if desk.settings[name] != value]
    return changing.decide(desk, wanted, back=url_for("connections.traffy"))


@pages.post("/traffy/send")
@needs(access.may_manage_connections)
def traffy_send(desk: Desk) -> Page:
    """Tell Traffy Fondue of a case of ours, by its number."""
    ticket = _typed_case(desk)
    trouble = _hindrance(desk, ticket)
    if ticket is None or trouble:
        desk.tell(trouble or "connections.no_such_case", "bad")
        return desk.go("connections.traffy")
    link = TraffyLink(ticket_id=ticket.id, client=client_name(ticket), born="here", linked_at=desk.now)
    desk.session.add(link)
    put(desk.session, "new", f"ticket:{ticket.id}", desk.now, ticket_id=ticket.id)
    desk.record("traffy.sent", f"ticket:{ticket.id}")
    desk.tell("connections.traffy_sending", number=cases.number(ticket))
    return desk.go("connections.traffy")


def _typed_case(desk: Desk) -> Ticket | None:
    parsed = parse_case_number(request.form.get("number", "").strip())
    if parsed is None or parsed[1] > 10**9:
        return None
    found = access.tickets(desk.viewer).where(Ticket.number == parsed[1]).order_by(Ticket.fiscal_year.desc())
    if parsed[0] is not None:
        found = found.where(Ticket.fiscal_year == parsed[0])
    return desk.session.scalar(found.limit(1))


def _hindrance(desk: Desk, ticket: Ticket | None) -> str:
    """Why this case cannot be sent: the name of a text, or ""."""
    if ticket is None:
        return "connections.no_such_case"
    if not desk.console.traffy or not desk.settings["traffy.on"]:
        return "connections.traffy_is_off"
    if ticket.sensitive:
        return "connections.traffy_secret"
    if ticket.lat is None:
        return "connections.traffy_no_place"
    return "connections.traffy_known" if link_for(desk.session, ticket.id) is not None else ""


@pages.post("/traffy/jobs")
@needs(access.may_manage_connections)
def traffy_jobs(desk: Desk) -> Page:
    """Try a job again, or put it away."""
    number = request.form.get("job", "")
    job = (
        desk.session.get(TraffyJob, int(number), with_for_update=True)
        if number.isascii() and number.isdigit()
        else None
    )
    if job is not None and job.state in ("failed", "held"):
        if request.form.get("do") == "again":
            job.state, job.attempts, job.next_try_at, job.done_at, job.error = "waiting", 0, desk.now, None, ""
        else:
            job.state = "done"
        desk.record("traffy.job", f"traffy:{job.id}", None, {"state": job.state})
        desk.tell("connections.job_dealt")
    return desk.go("connections.traffy")


# -- a file ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Brought:
    """A file that was read: its rows, a mark under which it lies for some minutes, or what is wrong with it."""

    rows: tuple[Issue, ...] = ()
    mark: str = ""
    trouble: str = ""
    what: str = ""


def _read() -> Brought:
    """Read the file that came, or the one that was looked at a moment ago; slow, so before the transaction."""
    sent, mark = request.files.get("file"), request.form.get("mark", "")
    room = storage.half_made(console().store)
    try:
        if sent is not None and sent.filename:
            data, mark = sent.stream.read(LARGEST + 1), secrets.token_hex(16)
            if len(data) > LARGEST:
                return Brought(trouble="connections.file_large")
            rows = read_csv(data)
            _keep(room, mark, data)
        else:
            rows = read_csv(_kept(room, mark).read_bytes())
    except NotTheirs as wrong:
        return Brought(trouble=wrong.name, what=wrong.what)
    except (OSError, ValueError):
        return Brought(trouble="connections.file_again")
    return Brought(tuple(rows), mark)


def _kept(room: Path, mark: str) -> Path:
    """Where a file lies between looking and confirming; swept away after some minutes (bot/photos.py)."""
    if len(mark) != 32 or not all(char in "0123456789abcdef" for char in mark):
        raise ValueError("no mark")
    return room / f"traffy-{mark}" / "issues.csv"


def _keep(room: Path, mark: str, data: bytes) -> None:
    path = _kept(room, mark)
    path.parent.mkdir(parents=True, mode=0o700)
    path.write_bytes(data)


@pages.get("/traffy/import")
@needs(access.may_manage_connections)
def traffy_import(desk: Desk) -> Page:
    """Where to choose a file."""
    return desk.page("connections/traffy_import.html", trouble="", what="")


@pages.post("/traffy/import")
@needs(access.may_manage_connections, before=_read)
def traffy_look(desk: Desk) -> Page:
    """Show every row's fate; store the jobs when that was confirmed."""
    sent: Brought = desk.brought
    if sent.trouble:
        return desk.refuse("connections/traffy_import.html", trouble=sent.trouble, what=sent.what)
    mapped = types(desk.session)
    fates = [fate_of(desk.session, issue, mapped) for issue in sent.rows]
    count = Counter(each.fate for each in fates)
    if request.form.get("confirmed"):
        return _store(desk, sent, fates)
    names = {row.code: cases.named(desk.w, row.name) for row in desk.session.scalars(select(Category))}
    unknown = sorted({each.issue.kind for each in fates if each.fate == "new" and not each.category})
    return desk.page(
        "connections/traffy_look.html",
        fates=fates[:SHOWN],
        count={name: count.get(name, 0) for name in ("new", "changed", "same", "wrong")},
        total=len(fates),
        names=names,
        unknown=unknown[:20],
        mark=sent.mark,
    )


def _store(desk: Desk, sent: Brought, fates: list[Fate]) -> Page:
    """Let the worker file them."""
    stored = 0
    for each in fates:
        if each.fate in ("new", "changed"):
            stored += put(desk.session, "file", each.issue.theirs, desk.now, body=as_row(each.issue)) is not None
    shutil.rmtree(_kept(storage.half_made(desk.console.store), sent.mark).parent, ignore_errors=True)
    desk.record("traffy.brought", "traffy", None, {"rows": stored})
    desk.tell("connections.traffy_brought", count=stored)
    return redirect(url_for("connections.traffy"), 303)


def as_row(issue: Issue) -> dict[str, Any]:
    """An issue as a row of theirs again, to be stored: what `read_issue` reads."""
    said = asdict(issue)
    return {
        "ticket_id": issue.theirs,
        "type": issue.kind,
        "description": issue.words,
        "timestamp": issue.at.isoformat() if issue.at is not None else "",
        "latitude": issue.lat,
        "longitude": issue.lon,
        "last_activity": issue.activity,
        "photo": list(issue.photos),
        "photo_after": list(issue.after),
        **{name: said[name] for name in ("status", "address", "organization")},
    }
