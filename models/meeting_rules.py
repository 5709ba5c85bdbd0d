"""What is done at and with a ประชาคม: proposals on its list, hands counted, what it resolved carried into proposals."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.meetings import Item, Meeting
from models.proposal_undo import hold, snapshot
from models.proposals import MOVES, Proposal, Step
from models.staff import Staff
from models.tickets import NotAllowed

_ZONE = ZoneInfo("Asia/Bangkok")


def put_on_list(session: Session, proposal: Proposal, meeting: Meeting, staff: Staff, now: datetime) -> Step:
    """Put the proposal on the list of a meeting that is not closed, once. Raises NotAllowed.

    Those behind it are invited; where the meeting is over already and only recorded, they hear of its result alone.
    """
    if meeting.state == "closed" or item_of(session, meeting, proposal) is not None:
        raise NotAllowed(f"meeting {meeting.id} does not take proposal {proposal.id}")
    before = snapshot(proposal)
    data = {"meeting": meeting.id, "day": meeting.held_on.isoformat(), "place": meeting.place, "title": meeting.title}
    if proposal.state == "meeting":
        step = proposal.add("meeting", now, staff=staff, data=data)
    else:
        step = proposal.move("meeting", "meeting", now, staff=staff, data=data)
    item = Item(meeting_id=meeting.id, proposal_id=proposal.id, position=_next(session, meeting))
    session.add(item)
    session.flush()
    if meeting.held_on < now.astimezone(_ZONE).date():
        step.told_at = now
    return hold(step, before | {"items": [item.id]}, now)


def take_off(session: Session, item: Item, staff: Staff, now: datetime) -> None:
    """Take a proposal off the list of a meeting that is not closed. Raises NotAllowed.

    It stands as answered again, unless it is on another list.
    """
    proposal, meeting = item.proposal, item.meeting
    if meeting.state == "closed":
        raise NotAllowed(f"meeting {meeting.id} is closed")
    others = [i for i in meetings_of(session, proposal) if i.id != item.id and i.meeting.state != "closed"]
    session.delete(item)
    if proposal.state == "meeting" and not others:
        proposal.move("answered", "returned", now, staff=staff, data={"meeting": meeting.id}, told=True)
    session.flush()


def enter_from_paper(session: Session, proposal: Proposal, meeting: Meeting, staff: Staff, now: datetime) -> Item:
    """A proposal that was made at the meeting itself, written down on paper: on its list, and nobody is told."""
    proposal.move("meeting", "meeting", now, staff=staff, data={"meeting": meeting.id, "paper": True}, told=True)
    proposal.opened_at = now
    item = Item(meeting_id=meeting.id, proposal_id=proposal.id, position=_next(session, meeting))
    session.add(item)
    session.flush()
    return item


def item_of(session: Session, meeting: Meeting, proposal: Proposal) -> Item | None:
    """The proposal's line on the meeting's list."""
    found = select(Item).where(Item.meeting_id == meeting.id, Item.proposal_id == proposal.id)
    return session.scalar(found)


def _next(session: Session, meeting: Meeting) -> int:
    highest = session.scalar(select(func.max(Item.position)).where(Item.meeting_id == meeting.id))
    return (highest or 0) + 1


def ranked(items: Iterable[Item]) -> list[Item]:
    """The list by its result: ranks first, then hands raised for it, then the order of the list."""
    return sorted(items, key=lambda i: (i.rank or 10_000, -(i.votes_for or 0), i.position, i.id))


def rank_by_hands(items: Iterable[Item]) -> None:
    """Give ranks by hands raised for each; equal hands share a rank (1, 2, 2, 4). Uncounted ones get none."""
    counted = sorted((i for i in items if i.votes_for is not None), key=lambda i: -(i.votes_for or 0))
    for place, item in enumerate(counted, 1):
        before = counted[place - 2] if place > 1 else None
        item.rank = before.rank if before is not None and before.votes_for == item.votes_for else place
    for item in items:
        if item.votes_for is None:
            item.rank = None


def close(session: Session, meeting: Meeting, staff: Staff, now: datetime) -> list[Step]:
    """The minutes are done: what was resolved is told to those behind each proposal, once. Raises NotAllowed for a
    closed meeting, and for a refusal without its reason.

    A proposal the meeting did not agree to is refused with the meeting's words as its reason; one to be looked at again
    stands as answered; an agreed one stays where it is, ready for the plan or a poll.
    """
    if meeting.state == "closed":
        raise NotAllowed(f"meeting {meeting.id} is closed")
    if any(i.resolution == "refused" and not i.words.strip() for i in meeting.items):
        raise NotAllowed(f"meeting {meeting.id}: a refusal has no reason")
    meeting.state = "closed"
    return [step for item in meeting.items if (step := _carry(item, meeting, staff, now)) is not None]


def reopen(meeting: Meeting) -> None:
    """Mend the minutes of a closed meeting; what was told stays told."""
    meeting.state = "held"


def _carry(item: Item, meeting: Meeting, staff: Staff, now: datetime) -> Step | None:
    proposal, resolution = item.proposal, item.resolution
    if resolution is None or proposal.state != "meeting" or _told(proposal, meeting):
        return None
    data = figures(item) | {"meeting": meeting.id, "day": meeting.held_on.isoformat(), "resolution": resolution}
    if resolution == "refused" and "refused" in MOVES[proposal.state]:
        proposal.reason = item.words
        return proposal.move("refused", "refused", now, staff=staff, words=item.words, data=data)
    if resolution == "later":
        return proposal.move("answered", "met", now, staff=staff, words=item.words, data=data)
    return proposal.add("met", now, staff=staff, words=item.words, data=data)


def _told(proposal: Proposal, meeting: Meeting) -> bool:
    """Whether this meeting's result was carried into the proposal already (it was closed, opened again, closed)."""
    return any(s.what in ("met", "refused") and s.data.get("meeting") == meeting.id for s in proposal.history)


def figures(item: Item) -> dict[str, Any]:
    """Hands and rank of one line, for the history."""
    return {"for": item.votes_for, "against": item.votes_against, "abstained": item.abstained, "rank": item.rank}


def meetings_of(session: Session, proposal: Proposal) -> list[Item]:
    """The lines of a proposal on meetings' lists, the latest meeting first."""
    found = select(Item).join(Meeting).where(Item.proposal_id == proposal.id)
    return list(session.scalars(found.order_by(Meeting.held_on.desc(), Meeting.id.desc())))
