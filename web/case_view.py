"""What the page of a case shows, gathered: its history as a conversation, its files, the guess, what lies near."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from messages import cases
from messages.staff import map_link
from models import near, undoing
from models.approving import publication_of
from models.contacts import contact_of
from models.files import File
from models.following import people_behind
from models.merging import merged_into
from models.presence import others
from models.proposal_from_case import may_become_one
from models.publishing import publishable
from models.templates import ReplyTemplate, templates_for
from models.tickets import Entry, Ticket
from models.town import Category, Department
from nlp.duplicates import Candidate, rank
from web import access
from web.desk import Desk
from web.rows import LOOKS, Row, row, state

#: What residents said; what the office said to them; what stays inside. The rest are events, one quiet line each.
RESIDENT = ("said", "joined", "rated", "withdrawn")
OFFICE = ("asked", "progress", "done", "refused", "waiting", "outside")
#: Similar cases shown.
SIMILAR = 5
#: Which ready answers a form offers.
USES = {
    "reply": ("progress", "ask", "answer"),
    "wait": ("wait",),
    "done": ("done",),
    "refuse": ("refuse",),
}
#: What the bot took it for: code, name, percent, whether it is so now.
Guess = tuple[str, str, int, bool]


@dataclass(frozen=True)
class Line:
    """One line of the conversation. `kind`: resident, office, inside or event; `what` names its text."""

    id: int
    at: datetime
    kind: str
    what: str
    who: str
    words: str
    detail: str
    undone: bool


def line(desk: Desk, entry: Entry) -> Line:
    """An entry as the office reads it. Residents are not named: who they are is asked for and recorded."""
    w, data = desk.w, entry.data
    kind = "resident" if entry.what in RESIDENT or (entry.what == "reopened" and entry.person_id) else "event"
    if entry.what in OFFICE and entry.words:
        kind = "office"
    if entry.what == "note":
        kind = "inside"
    who = entry.staff.name if entry.staff is not None else ""
    if entry.person_id is not None and not who:
        who = w("case.reporter") if entry.person_id == entry.ticket.reporter_id else w("case.joiner")
    return Line(entry.id, entry.at, kind, entry.what, who, entry.words, _detail(desk, entry), bool(data.get("undone")))


#: Lines that are about one name: which of their data.
_ABOUT = {"created": "department", "forwarded": "department", "taken": "department", "outside": "agency"}
_ABOUT |= {"merged": "number", "absorbed": "number", "assigned": "name"}


def _detail(desk: Desk, entry: Entry) -> str:
    """What the line is about, beside its words: which department, which reason, from what to what."""
    w, data = desk.w, entry.data
    if entry.what in _ABOUT:
        return cases.named(w, str(data.get(_ABOUT[entry.what], "")))
    match entry.what:
        case "waiting":
            return w(f"pause.{data.get('reason', 'other')}")
        case "rated":
            return w("case.stars", rating=data.get("rating", ""))
        case "due":
            return cases.day(w, datetime.fromisoformat(str(data["to"])))
        case "reopened" if data.get("due"):
            return w("case.due_new", day=cases.day(w, datetime.fromisoformat(str(data["due"]))))
        case "corrected":
            return " · ".join(_corrected(desk, data))
        case "undone":
            return w(f"case.line.{data.get('what', 'said')}")
        case _:
            return ""


def _corrected(desk: Desk, data: dict[str, Any]) -> list[str]:
    w = desk.w
    told = []
    for name, pair in data.get("changed", {}).items():
        said = [w(f"case.urgency_{one}") if name == "urgency" else cases.named(w, one) for one in pair]
        told.append(w("case.changed", name=w(f"case.{name}"), was=said[0], becomes=said[1]))
    return told


def conversation(desk: Desk, ticket: Ticket) -> list[Line]:
    """All that was said and done, oldest first."""
    found = select(Entry).where(Entry.ticket_id == ticket.id).order_by(Entry.id)
    return [line(desk, entry) for entry in desk.session.scalars(found)]


@dataclass(frozen=True)
class Photo:
    """A picture, and its copy for the public if there is one."""

    file: File
    public: File | None


@dataclass(frozen=True)
class Media:
    """The files of a case; `lost` counts those that could not be fetched."""

    photos: Sequence[Photo]
    voices: Sequence[File]
    films: Sequence[File]
    papers: Sequence[File]
    waiting: int
    lost: int


def media_of(desk: Desk, ticket: Ticket) -> Media:
    """The files by kind, oldest first."""
    shown = (File.ticket_id == ticket.id, File.deleted_at.is_(None))
    files = desk.session.scalars(select(File).where(*shown).order_by(File.id)).all()
    copies = {f.copy_of_id: f for f in files if f.copy_of_id is not None and f.approved}
    stored = [f for f in files if f.state == "stored" and f.copy_of_id is None]
    return Media(
        photos=[Photo(f, copies.get(f.id)) for f in stored if f.kind == "image"],
        voices=[f for f in stored if f.kind == "audio"],
        films=[f for f in stored if f.kind == "video"],
        papers=[f for f in stored if f.kind == "file"],
        waiting=sum(f.state == "waiting" for f in files),
        lost=sum(f.state in ("failed", "gone") for f in files),
    )


def mark(desk: Desk, ticket: Ticket) -> str:
    """Changes when anything in the case does: its last line, and its files."""
    last = desk.session.scalar(select(func.max(Entry.id)).where(Entry.ticket_id == ticket.id))
    count, stored = desk.session.execute(
        select(func.count(), func.count(File.sha256)).where(File.ticket_id == ticket.id, File.deleted_at.is_(None))
    ).one()
    return f"{last or 0}.{count}.{stored}"


def last_entry(desk: Desk, ticket: Ticket) -> int:
    """The number of the newest line: what a form has seen of the case when it is sent."""
    return desk.session.scalar(select(func.max(Entry.id)).where(Entry.ticket_id == ticket.id)) or 0


def guesses(desk: Desk, ticket: Ticket) -> list[Guess]:
    """What the bot took it for, likeliest first."""
    given = ticket.guess.get("categories", []) if ticket.guess else []
    names = {c.code: c.name for c in desk.session.scalars(select(Category))}
    return [
        (code, cases.named(desk.w, names[code]), min(99, round(p * 100)), code == ticket.category)
        for code, p in given
        if code in names
    ]


def similar(desk: Desk, ticket: Ticket) -> list[tuple[Row, int]]:
    """Open cases nearby that may be the same matter and that the viewer may see, with how likely (percent)."""
    if ticket.sensitive or ticket.kind != "complaint" or not ticket.is_open:
        return []
    rows = near.around(desk.session, ticket.category, ticket.moo, ticket.lat, ticket.lon, desk.now)
    known = {t.id: t for t in rows if t.id != ticket.id}
    if not known:
        return []
    matches = rank(Candidate(**near.described(ticket)), [Candidate(**near.described(t)) for t in known.values()])
    wanted = [m.key for m in matches][: SIMILAR * 2]
    seen = set(
        desk.session.scalars(access.tickets(desk.viewer).where(Ticket.id.in_(wanted)).with_only_columns(Ticket.id))
    )
    return [(row(desk.w, known[m.key], desk.now), round(m.score * 100)) for m in matches if m.key in seen][:SIMILAR]


def ready_for(desk: Desk, ticket: Ticket, do: str) -> list[ReplyTemplate]:
    """The ready answers that this form offers."""
    return templates_for(desk.session, ticket.department_id, *USES[do]) if do in USES else []


def values(desk: Desk, ticket: Ticket, **more: Any) -> dict[str, Any]:
    """All that the page shows. `more`: the open form (`do`, `form`), who reported it (`reporter`)."""
    session, viewer = desk.session, desk.viewer
    works = access.may_work(viewer, ticket)
    held = undoing.held(session, ticket.id, desk.now) if works else None
    return {
        "ticket": ticket,
        "row": row(desk.w, ticket, desk.now),
        "look": LOOKS.get(ticket.state, "quiet"),
        "state": state(desk.w, ticket),
        "lines": conversation(desk, ticket),
        "media": media_of(desk, ticket),
        "mark": mark(desk, ticket),
        "seen": last_entry(desk, ticket),
        "guesses": guesses(desk, ticket),
        "similar": similar(desk, ticket) if works else [],
        "behind": people_behind(session, ticket),
        "merged": [row(desk.w, t, desk.now) for t in merged_into(session, ticket)],
        "kept": _kept(desk, ticket),
        "others": others(session, ticket.id, viewer.staff_id, desk.now),
        "held": held,
        "held_left": round((held.tell_after - desk.now).total_seconds()) if held and held.tell_after else 0,
        "works": works,
        "may_propose": works and access.may_decide_proposals(viewer) and may_become_one(ticket),
        "may_assign": works and access.may_assign_cases(viewer),
        "may_publish": works and access.may_publish(viewer),
        "publication": publication_of(session, ticket.id),
        "publishable": publishable(ticket),
        "reachable": ticket.reporter is not None and ticket.reporter.line_id is not None,
        "has_contact": contact_of(session, ticket.id) is not None,
        "reporter": None,
        "do": "",
        "form": None,
        "newer": [],
        "refused": "",
        "colleagues": [],
        "ready": ready_for(desk, ticket, str(more.get("do", ""))) if works else [],
        "map": map_link(ticket),
        **more,
    }


def _kept(desk: Desk, ticket: Ticket) -> Row | None:
    """The case into which this one was merged, if the viewer may see it."""
    if ticket.merged_into_id is None:
        return None
    found = desk.session.scalar(access.tickets(desk.viewer).where(Ticket.id == ticket.merged_into_id))
    return row(desk.w, found, desk.now) if found is not None else None


def lists(desk: Desk) -> dict[str, list[tuple[str, str]]]:
    """What forms choose from: categories and departments as (value, name)."""
    categories = select(Category).where(Category.active).order_by(Category.position, Category.code)
    departments = select(Department).where(Department.active).order_by(Department.id)
    return {
        "categories": [(c.code, cases.named(desk.w, c.name)) for c in desk.session.scalars(categories)],
        "departments": [(str(d.id), cases.named(desk.w, d.name)) for d in desk.session.scalars(departments)],
    }
