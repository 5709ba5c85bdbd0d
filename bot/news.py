"""News: lines of history nobody has been told about become letters to reporter, followers and staff.

History is the queue: the chat, the console and the API only write into it, and need not know LINE. A line is marked as
told in the transaction that stores its letters, so it is told exactly once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from bot.queue import Queue
from handlers import filing
from handlers.adding import ADD
from handlers.town import Town
from messages import news as say
from messages.limits import check
from messages.staff import Json, case_card
from messages.words import Words
from models.attachments import of_ticket
from models.mentions import Mention
from models.people import Chat, Person
from models.post import enqueue
from models.staff import Staff, groups_of
from models.tickets import Entry, Follow, Ticket

#: A new case waits so long at most for its photos to be fetched, so that the card shows them.
FOR_PHOTOS = timedelta(seconds=8)
#: Lines of history told in one transaction.
BATCH = 50

#: A person is told by the answer itself, not by a letter, of what he or she did.
Letters = list[tuple[str, str, list[Json]]]


class News(Queue):
    """Tells the news of one database's cases."""

    def untold(self, now: datetime) -> Select[Entry]:
        """Lines whose time to be undone is over."""
        due = or_(Entry.tell_after.is_(None), Entry.tell_after <= now)
        return select(Entry).where(Entry.told_at.is_(None), due).order_by(Entry.id).limit(BATCH)

    def write(self, session: Session, town: Town, lines: Sequence[Entry], now: datetime) -> Iterator[Entry]:
        """Each line's letters; a line whose photos are not there yet waits for them."""
        for entry in lines:
            if not self._ready(session, entry, now):
                continue
            for chat_key, kind, messages in letters(session, town, entry, now):
                enqueue(session, chat_key, kind, messages, now, ticket_id=entry.ticket_id, check=check)
            yield entry

    def _ready(self, session: Session, entry: Entry, now: datetime) -> bool:
        """Whether the photos that belong to the line have been fetched, or have had their time."""
        if entry.what not in ("created", "done", "reopened") or now - entry.at > FOR_PHOTOS:
            return True
        return all(f.state != "waiting" for f in of_ticket(session, entry.ticket_id, "image"))


def letters(session: Session, town: Town, entry: Entry, now: datetime) -> Letters:
    """The letters one line of history makes: (chat, kind of letter, messages)."""
    tell = _TELL.get(entry.what)
    return tell(session, town, entry, now) if tell else []


# -- to the department -------------------------------------------------------------------------------------------------


def _to_department(session: Session, town: Town, ticket: Ticket, kind: str, messages: list[Json]) -> Letters:
    """To the department's groups; where there is none, to its linked staff. Sensitive: appointed receivers only."""
    if not ticket.sensitive:
        groups = groups_of(session, ticket.department_id)
        if groups:
            return [(group.key, kind, messages) for group in groups]
    own = "case_urgent_staff" if kind == "case_urgent_group" else "case_assigned_staff"
    return [(key, own, messages) for key in _receivers(session, ticket)]


def _receivers(session: Session, ticket: Ticket) -> list[str]:
    found = (
        select(Person.line_id)
        .join(Staff, Staff.person_id == Person.id)
        .where(Staff.active, Person.line_id.is_not(None))
    )
    if ticket.sensitive:
        found = found.where(Staff.confidential)
    else:
        found = found.where((Staff.department_id == ticket.department_id) | Staff.role.in_(("clerk", "admin")))
    return [key for key in session.scalars(found.order_by(Staff.id)) if key]


def _new_case(session: Session, town: Town, entry: Entry, now: datetime) -> Letters:
    ticket = entry.ticket
    urgent = ticket.urgency == "high"
    heads = {"created": "urgent" if urgent else "new", "forwarded": "forwarded", "reopened": "reopened"}
    card = case_card(
        town.words,
        ticket,
        of_ticket(session, ticket.id),
        filing.people_behind(session, ticket),
        now,
        head=heads[entry.what],
        because=entry.words,
    )
    kind = "reopened_group" if entry.what == "reopened" else "case_urgent_group" if urgent else "case_new_group"
    return _to_department(session, town, ticket, kind, card)


def _forwarded(session: Session, town: Town, entry: Entry, now: datetime) -> Letters:
    return [*_new_case(session, town, entry, now), *_progress(session, town, entry, now)]


def _reopened(session: Session, town: Town, entry: Entry, now: datetime) -> Letters:
    if entry.staff_id is not None:
        return _progress(session, town, entry, now)
    return _new_case(session, town, entry, now)


def _said(session: Session, town: Town, entry: Entry, now: datetime) -> Letters:
    """The resident's word goes to whoever took the case, else to the department."""
    ticket = entry.ticket
    messages = say.said(town.words, entry)
    owner = ticket.owner
    if owner is not None and owner.active and owner.person is not None and owner.person.line_id:
        groups = groups_of(session, ticket.department_id)
        if ticket.sensitive or not groups:
            return [(owner.person.line_id, "resident_message_to_staff", messages)]
    return _to_department(session, town, ticket, "resident_message_to_staff", messages)


def _joined(session: Session, town: Town, entry: Entry, now: datetime) -> Letters:
    behind = filing.people_behind(session, entry.ticket)
    messages = say.joined(town.words, entry, behind)
    return _to_department(session, town, entry.ticket, "resident_message_to_staff", messages)


def _to_staff(session: Session, town: Town, entry: Entry, now: datetime) -> Letters:
    messages = say.to_staff(town.words, entry)
    return _to_department(session, town, entry.ticket, "resident_message_to_staff", messages)


def _noted(session: Session, town: Town, entry: Entry, now: datetime) -> Letters:
    """An internal note: to the colleagues named in it, if they may still see the case."""
    named = (
        select(Staff)
        .join(Mention, Mention.staff_id == Staff.id)
        .where(Mention.entry_id == entry.id, Staff.active, Staff.id != entry.staff_id)
        .order_by(Staff.id)
    )
    people = [s.person for s in session.scalars(named) if s.confidential or not entry.ticket.sensitive]
    return [_to(p, "case_assigned_staff", town, lambda w: say.noted(w, entry)) for p in people if p and p.line_id]


def _assigned(session: Session, town: Town, entry: Entry, now: datetime) -> Letters:
    """Given to somebody: the new owner hears of it, unless he or she took it."""
    owner = entry.ticket.owner
    if owner is None or not owner.active or owner.id == entry.staff_id or owner.person is None:
        return []
    if not owner.person.line_id or owner.id != entry.data.get("staff"):
        return []
    return [_to(owner.person, "case_assigned_staff", town, lambda w: say.assigned(w, entry))]


# -- to the residents --------------------------------------------------------------------------------------------------


def _reporter(ticket: Ticket) -> list[Person]:
    """Who told of it, when there is a way to reach that person."""
    person = ticket.reporter
    return [person] if person is not None and person.line_id else []


def _followers(session: Session, ticket: Ticket) -> list[Person]:
    found = (
        select(Person)
        .join(Follow, Follow.person_id == Person.id)
        .where(Follow.ticket_id == ticket.id, Person.line_id.is_not(None), Person.blocked_at.is_(None))
    )
    return list(session.scalars(found.order_by(Follow.id)))


def _to(person: Person, kind: str, town: Town, build: Callable[[Words], list[Json]]) -> tuple[str, str, list[Json]]:
    """A letter to a resident, in that person's language."""
    return person.line_id or "", kind, build(town.speaking(person.language).words)


def _progress(session: Session, town: Town, entry: Entry, now: datetime) -> Letters:
    """A step forward: waits for the resident's next message, costs nothing."""
    people = [*_reporter(entry.ticket), *_followers(session, entry.ticket)]
    return [_to(person, "progress", town, lambda w: say.progress(w, entry)) for person in people]


def _asked(session: Session, town: Town, entry: Entry, now: datetime) -> Letters:
    """Staff ask the reporter; the next thing said in that chat is the answer, unless a form is open there."""
    people = _reporter(entry.ticket)
    for person in people:
        chat = session.scalar(select(Chat).where(Chat.key == person.line_id).with_for_update())
        if chat is not None and not chat.form:
            chat.form, chat.run, chat.touched_at = ADD.name, chat.run + 1, now
            chat.answers = {"ticket": entry.ticket_id, "asked": True}
    return [_to(person, "staff_message_to_resident", town, lambda w: say.asked(w, entry)) for person in people]


def _result(session: Session, town: Town, entry: Entry, now: datetime) -> Letters:
    """Done or refused: the reporter hears once, with photos; followers with their next message."""
    ticket = entry.ticket
    photos = of_ticket(session, ticket.id, "image")
    reporter = [_to(p, "result", town, lambda w: say.result(w, entry, photos)) for p in _reporter(ticket)]
    followers = _followers(session, ticket)
    return [
        *reporter,
        *(_to(p, "result_followers", town, lambda w: say.follower_result(w, entry)) for p in followers),
    ]


def _merged(session: Session, town: Town, entry: Entry, now: datetime) -> Letters:
    """Merged into another: who told of it hears under which number it goes on."""
    people = [*_reporter(entry.ticket), *_followers(session, entry.ticket)]
    return [_to(person, "progress", town, lambda w: say.merged(w, entry)) for person in people]


_TELL: dict[str, Callable[[Session, Town, Entry, datetime], Letters]] = {
    "created": _new_case,
    "forwarded": _forwarded,
    "reopened": _reopened,
    "said": _said,
    "joined": _joined,
    "withdrawn": _to_staff,
    "rated": _to_staff,
    "taken": _progress,
    "progress": _progress,
    "resumed": _progress,
    "waiting": _progress,
    "outside": _progress,
    "asked": _asked,
    "done": _result,
    "refused": _result,
    "merged": _merged,
    "note": _noted,
    "assigned": _assigned,
}
