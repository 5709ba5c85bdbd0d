"""Supporting (สนับสนุน): one tap, once per person, to be taken back while support is open; counted, never listed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.groups import is_member, members_of
from models.people import Person
from models.proposals import Proposal, Support, supports

#: new: counted now. already: counted before. own: one's own proposal needs no support. over: support is not open.
Outcome = Literal["new", "already", "own", "over"]


def support(session: Session, proposal: Proposal, person: Person, now: datetime) -> Outcome:
    """Count this person for the proposal, once; with the one who makes its threshold full it moves on by itself."""
    session.refresh(proposal, with_for_update=True)
    if proposal.proposer_id == person.id:
        return "own"
    if supported(session, proposal, person):
        return "already"
    if not proposal.supportable(now):
        return "over"
    if not add_support(session, proposal, person, now):
        return "already"
    reach(session, proposal, now)
    return "new"


def add_support(session: Session, proposal: Proposal, person: Person, now: datetime) -> bool:
    """The row itself; False where it is there already, however it came there (the constraint decides)."""
    try:
        with session.begin_nested():
            session.add(Support(proposal_id=proposal.id, person_id=person.id, moo=person.moo, since=now))
    except IntegrityError:
        return False
    return True


def reach(session: Session, proposal: Proposal, now: datetime) -> bool:
    """Let an open proposal with enough support wait for the office's answer; whether it does so now."""
    if proposal.state != "open" or supports(session, proposal) < proposal.threshold:
        return False
    proposal.reached_at = now
    proposal.move("reached", "reached", now, data={"supports": supports(session, proposal)})
    return True


def take_back(session: Session, proposal: Proposal, person: Person, now: datetime) -> bool:
    """Count this person no more; False where there was no support, or it is over. What was reached stays reached."""
    row = session.scalar(_of(proposal, person))
    if row is None or not proposal.supportable(now):
        return False
    session.delete(row)
    session.flush()
    return True


def supported(session: Session, proposal: Proposal, person: Person | None) -> bool:
    """Whether this person supports it."""
    return person is not None and session.scalar(_of(proposal, person)) is not None


def _of(proposal: Proposal, person: Person) -> Select[Support]:
    return select(Support).where(Support.proposal_id == proposal.id, Support.person_id == person.id)


def supported_ids(session: Session, person: Person | None, ids: Sequence[int]) -> set[int]:
    """Which of these proposals this person supports."""
    if person is None:
        return set()
    mine = select(Support.proposal_id).where(Support.person_id == person.id, Support.proposal_id.in_(ids))
    return set(session.scalars(mine))


def supporters(session: Session, proposal: Proposal) -> list[Person]:
    """Who supports it, for letters; on a page only with the right to see them (web/access.py)."""
    found = select(Person).join(Support, Support.person_id == Person.id).where(Support.proposal_id == proposal.id)
    return list(session.scalars(found.order_by(Support.id)))


def by_village(session: Session, proposal: Proposal) -> list[tuple[int | None, int]]:
    """(village or None, supporters), most first."""
    count = func.count()
    found = select(Support.moo, count).where(Support.proposal_id == proposal.id).group_by(Support.moo)
    return [(row[0], row[1]) for row in session.execute(found.order_by(count.desc(), Support.moo))]


def is_own(session: Session, proposal: Proposal, person: Person | None) -> bool:
    """Whether it is this person's, or that of a group he or she belongs to."""
    if person is None:
        return False
    return proposal.proposer_id == person.id or is_member(session, proposal.group_id, person)


def owners(session: Session, proposal: Proposal) -> list[Person]:
    """Who hears of it as its proposer: the person who sent it, and the members of the group that owns it."""
    people = [proposal.proposer] if proposal.proposer is not None else []
    members = members_of(session, proposal.group_id) if proposal.group_id is not None else []
    return list({person.id: person for person in (*people, *members)}.values())
