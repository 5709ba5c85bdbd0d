"""News of proposals: steps nobody has been told about become letters to proposer, supporters and staff, once each.

Thriftily: only what decides, or asks for something, may be pushed, and to the proposer alone; everything else, and
everything for supporters, waits for the person's next message and rides on the free reply (models/letters.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from bot.queue import Queue
from handlers.town import Town
from messages import steps as say
from messages.limits import check
from messages.staff import Json
from models.people import Person
from models.post import enqueue
from models.proposals import Proposal, Step
from models.routing import department_for
from models.staff import Staff, groups_of
from models.supporting import owners, supporters
from models.town import Department

#: Steps told in one transaction.
BATCH = 20
#: Steps that decide something: worth a push to the proposer.
DECISIVE = frozenset({"answered", "refused", "met", "planned"})
#: Steps of which supporters hear too.
FOR_SUPPORTERS = DECISIVE | {"resumed", "meeting", "poll", "polled", "returned", "merged"}
#: Steps of which the proposer hears.
FOR_OWNERS = FOR_SUPPORTERS | {"opened", "fixing", "reached", "reworded", "absorbed"}
#: Steps after which something waits for the office.
FOR_STAFF = frozenset({"created", "fixed", "given", "reached"})

Letters = list[tuple[str, str, list[Json]]]


class ProposalNews(Queue):
    """Tells the news of one database's proposals."""

    def untold(self, now: datetime) -> Select[Step]:
        """Steps whose time to be undone is over."""
        due = or_(Step.tell_after.is_(None), Step.tell_after <= now)
        return select(Step).where(Step.told_at.is_(None), due).order_by(Step.id).limit(BATCH)

    def write(self, session: Session, town: Town, lines: Sequence[Step], now: datetime) -> Iterator[Step]:
        """Each step's letters."""
        for step in lines:
            for chat_key, kind, messages in letters(session, town, step):
                enqueue(session, chat_key, kind, messages, now, check=check)
            yield step


def letters(session: Session, town: Town, step: Step) -> Letters:
    """The letters one step makes: (chat, kind of letter, messages). Nobody gets two."""
    return [*_to_owners(session, town, step), *_to_supporters(session, town, step), *_to_staff(session, town, step)]


def _to_owners(session: Session, town: Town, step: Step) -> Letters:
    """To the proposer, pushed where it decides something; to the other members of an owning group, who can wait."""
    if step.what not in FOR_OWNERS:
        return []
    proposal = step.proposal
    spared = _behind(session, step.data.get("from")) if step.what == "absorbed" else set()
    found = []
    for person in _reachable(owners(session, proposal)):
        if person.id in spared:
            continue
        first = person.id == proposal.proposer_id
        kind = "proposal_step"
        if first and (step.what in DECISIVE or step.what == "fixing"):
            kind = "proposal_asked" if step.what == "fixing" else "proposal_result"
        found.append(_letter(person, kind, town, step))
    return found


def _to_supporters(session: Session, town: Town, step: Step) -> Letters:
    if step.what not in FOR_SUPPORTERS:
        return []
    told = {person.id for person in owners(session, step.proposal)}
    people = [p for p in _reachable(supporters(session, step.proposal)) if p.id not in told]
    return [_letter(person, "proposal_supporters", town, step) for person in people]


def _behind(session: Session, proposal_id: int | None) -> set[int]:
    """Everybody behind the proposal that was merged into this one: they hear of it from that one's step."""
    gone = session.get(Proposal, proposal_id) if proposal_id is not None else None
    if gone is None:
        return set()
    return {person.id for person in (*owners(session, gone), *supporters(session, gone))}


def _reachable(people: Iterable[Person]) -> list[Person]:
    return [person for person in people if person.line_id and person.blocked_at is None]


def _letter(person: Person, kind: str, town: Town, step: Step) -> tuple[str, str, list[Json]]:
    """A letter in the reader's language."""
    w = town.speaking(person.language).words
    messages = say.fixing(w, step) if step.what == "fixing" else say.told(w, step)
    return person.line_id or "", kind, messages


def _to_staff(session: Session, town: Town, step: Step) -> Letters:
    """To the groups of the department that must do something, else to its linked staff; it waits, and costs nothing."""
    if step.what not in FOR_STAFF:
        return []
    proposal = step.proposal
    answering = step.what in ("given", "reached") and proposal.department is not None
    department = proposal.department if answering else department_for(session, "PLAN")
    if department is None:
        return []
    messages = say.to_staff(town.words, step)
    return [(key, "resident_message_to_staff", messages) for key in _receivers(session, department)]


def _receivers(session: Session, department: Department) -> list[str]:
    groups = groups_of(session, department.id)
    if groups:
        return [group.key for group in groups]
    linked = select(Person.line_id).join(Staff, Staff.person_id == Person.id)
    found = linked.where(Staff.active, Staff.department_id == department.id, Person.line_id.is_not(None))
    return [key for key in session.scalars(found.order_by(Staff.id)) if key]
