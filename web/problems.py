"""What went wrong (ปัญหาของระบบ): one page in plain Thai, each thing with what to do about it, and the button for
it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask import Blueprint, request
from sqlalchemy import func, select

from models import checks, findings, incoming, post
from models.backup_checks import look_at_backups
from models.calendar import ZONE
from models.connection_checks import look_at_connections
from models.files import File
from models.findings import CHECKUP, Finding, Kept
from models.incoming import Incoming
from models.people import Chat, Person
from models.post import Undelivered
from models.quota import read_budget, reading_age, usage
from models.staff import Staff
from models.tickets import Ticket
from web import access, changing
from web.desk import Desk, Page, needs

pages = Blueprint("problems", __name__, url_prefix="/console/problems")

#: The town's switch: by the month's use, always, never.
ECONOMY = ("auto", "on", "off")
#: Rows that a list shows at most; the rest comes when these are dealt with.
MOST = 200
#: How long a job that stumbled is worth showing.
LATELY = timedelta(days=7)


@dataclass(frozen=True)
class Letter:
    """A letter on the page: to whom (never a LINE id), about which case that the viewer may see."""

    row: Undelivered
    to: str
    case: str
    hidden: bool


@dataclass(frozen=True)
class Group:
    """Letters that did not arrive for the same reason."""

    reason: str
    letters: Sequence[Letter]

    @property
    def again(self) -> bool:
        """Whether any of them may be sent once more."""
        return any(letter.row.again for letter in self.letters)


@pages.get("/")
@needs(access.may_see_problems)
def index(desk: Desk) -> Page:
    """Everything that went wrong and nobody has dealt with yet."""
    now, session = desk.now, desk.session
    looked = findings.kept(session, CHECKUP)
    stumbled = findings.stumbles(session, now - LATELY)
    live = [*_live(desk)]
    told = [*live, *(row.finding for row in (*looked, *stumbled))]
    return desk.page(
        "problems/index.html",
        worst=findings.worst(told),
        bad=[each for each in told if each.level == "bad"],
        warned=[each for each in told if each.level == "warn"],
        fine=[each for each in told if each.level == "ok"],
        looked_at=looked[0].at if looked else None,
        asked=_still_asked(desk, looked),
        stumbled=stumbled,
        groups=_letters(desk),
        events=incoming.poisoned(session, MOST),
        files=_files(desk),
        blocked=session.scalar(select(func.count()).select_from(Person).where(Person.blocked_at.is_not(None))) or 0,
        budget=read_budget(session, now),
        reading_age=reading_age(session, now),
        usage=usage(session, now),
        month=now.astimezone(ZONE),
        ways=ECONOMY,
    )


def _live(desk: Desk) -> list[Finding]:
    """What is quick to look at, as of now."""
    room = desk.console.store.room
    folder = next(f for f in (room, *room.absolute().parents) if f.exists())
    found = [checks.look_at_worker(desk.session, desk.now), checks.look_at_room(Path(folder))]
    events = [each for each in checks.look_at_events(desk.session, desk.now) if each.level == "warn"]
    town = [each for each in checks.look_at_town(desk.session) if each.level == "warn"]
    connections = look_at_connections(desk.session, desk.now)
    return [*found, *events, *town, *connections, look_at_backups(desk.session, desk.now)]


def _still_asked(desk: Desk, looked: Sequence[Kept]) -> bool:
    """Whether a look was asked for that has not come yet."""
    asked = findings.checkup_asked(desk.session)
    return asked is not None and (not looked or asked > looked[0].at)


def _letters(desk: Desk) -> list[Group]:
    rows = post.undelivered(desk.session, desk.now, MOST)
    names = _names(desk, {row.chat_key for row in rows})
    wanted = {row.ticket_id for row in rows if row.ticket_id is not None}
    seen = desk.session.scalars(access.tickets(desk.viewer).where(Ticket.id.in_(wanted))) if wanted else ()
    cases = {ticket.id: f"{ticket.number}/{ticket.fiscal_year % 100}" for ticket in seen}
    groups: dict[str, list[Letter]] = {}
    for row in rows:
        case = cases.get(row.ticket_id or 0, "")
        hidden = row.ticket_id is not None and not case
        letter = Letter(row, names.get(row.chat_key) or desk.w("problems.resident"), case, hidden)
        groups.setdefault(row.reason, []).append(letter)
    return [Group(reason, letters) for reason, letters in groups.items()]


def _names(desk: Desk, keys: set[str]) -> dict[str, str]:
    """Names of groups and of staff, by chat; residents are not named here: the case tells whom it is about."""
    if not keys:
        return {}
    groups = desk.session.execute(select(Chat.key, Chat.name).where(Chat.key.in_(keys), Chat.kind == "group"))
    found = {key: name or desk.w("problems.group") for key, name in groups}
    staff = select(Person.line_id, Staff.name).join(Staff, Staff.person_id == Person.id)
    found |= {key: name for key, name in desk.session.execute(staff.where(Person.line_id.in_(keys))) if key}
    return found


def _files(desk: Desk) -> Sequence[File]:
    failed = select(File).where(File.state == "failed", File.deleted_at.is_(None))
    return desk.session.scalars(failed.order_by(File.id.desc()).limit(MOST)).all()


# -- what to do --------------------------------------------------------------------------------------------------------


def _chosen(name: str) -> list[int]:
    return [int(value) for value in request.form.getlist(name) if value.isascii() and value.isdigit()][:MOST]


def _each(desk: Desk, name: str, ways: dict[str, Callable[[int], None]]) -> Page:
    """Do to each chosen row what the button says; rows that somebody else has dealt with meanwhile are passed over."""
    do, done = request.form.get("do", ""), 0
    if do not in ways:
        desk.tell("problems.nothing_chosen", "bad")
        return desk.go("problems.index")
    for number in _chosen(name):
        try:
            ways[do](number)
        except (LookupError, ValueError):
            continue
        desk.record(f"{name}.{do}", f"{name}:{number}")
        done += 1
    if done:
        desk.tell(f"problems.did_{name}_{do}", count=done)
    else:
        desk.tell("problems.nothing_chosen", "bad")
    return desk.go("problems.index")


@pages.post("/letters")
@needs(access.may_mend_problems)
def letters(desk: Desk) -> Page:
    """Tick letters off, or send them once more."""

    def tick(number: int) -> None:
        post.tick_off(desk.session, number, desk.now)

    def again(number: int) -> None:
        post.send_again(desk.session, number, desk.now)

    return _each(desk, "letter", {"tick": tick, "again": again})


@pages.post("/events")
@needs(access.may_mend_problems)
def events(desk: Desk) -> Page:
    """Let events be handled once more, or put them away."""

    def row(number: int) -> Incoming:
        found = desk.session.get(Incoming, number, with_for_update=True)
        if found is None:
            raise LookupError(number)
        return found

    def replay(number: int) -> None:
        found = row(number)
        if found.kind == "malformed" or not found.raw:
            raise ValueError("there is nothing in it that could be handled")
        incoming.replay(found)

    def away(number: int) -> None:
        incoming.put_away(row(number), desk.now)

    return _each(desk, "event", {"replay": replay, "away": away})


@pages.post("/files")
@needs(access.may_mend_problems)
def files(desk: Desk) -> Page:
    """Fetch files once more, or give them up."""

    def row(number: int) -> File:
        found = desk.session.get(File, number, with_for_update=True)
        if found is None or found.state != "failed":
            raise LookupError(number)
        return found

    def again(number: int) -> None:
        found = row(number)
        found.state, found.attempts, found.next_try_at, found.error = "waiting", 0, desk.now, None

    def away(number: int) -> None:
        row(number).state = "gone"

    return _each(desk, "file", {"again": again, "away": away})


@pages.post("/checkup")
@needs(access.may_mend_problems)
def checkup(desk: Desk) -> Page:
    """Ask the worker to look at everything now."""
    findings.ask_for_checkup(desk.session, desk.now)
    desk.record("checkup.asked", "checkup")
    desk.tell("problems.asked")
    return desk.go("problems.index")


@pages.post("/jobs")
@needs(access.may_mend_problems)
def jobs(desk: Desk) -> Page:
    """Somebody has looked after a job that stumbled."""
    source = request.form.get("source", "")
    for row in findings.stumbles(desk.session, desk.now - LATELY):
        if row.source == source:
            desk.session.delete(row)
            desk.record("job.away", source)
    return desk.go("problems.index")


@pages.post("/economy")
@needs(access.may_manage_settings)
def economy(desk: Desk) -> Page:
    """Turn economy mode on or off, or let it follow the month's use."""
    way = request.form.get("economy", "")
    if way not in ECONOMY:
        desk.tell("form.choice", "bad")
        return desk.go("problems.index")
    changing.put(desk, "quota.economy", way)
    desk.tell(f"problems.economy_now_{way}")
    return desk.go("problems.index")
