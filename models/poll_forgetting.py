"""Forgetting a poll's roll (ลบบัญชีผู้มีสิทธิ) when the time for complaints is over: who could vote, and who did.

The board, the ballots and the result stay: they name nobody. What goes are the places on the roll, the slips' codes,
notices and reminders, and the keyed hashes of everybody who stands on no other roll. Turnout stays as it was shown,
small cells hidden. How long complaints may come is the office's setting, `polls.keep_roll_days`; no law names a number
for these polls (voting.md §5).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from models import audit, turnout
from models.ballot_links import BallotLink
from models.poll_drafts import manifest_of
from models.polls import Poll, locked
from models.roll import RollRow
from models.vote_codes import VoteCode
from models.vote_notices import PollReminder, VoteNotice
from models.voters import VoteConsent, Voter, VoterAccount

#: What the house does by itself is written under this name.
HOUSE = audit.Actor(None, "", "", "worker")
#: Voters of one statement: SQLite takes only so many parameters.
MANY = 500


def due(session: Session, now: datetime, days: int) -> Sequence[int]:
    """Polls that ended more than `days` days ago and still have a roll; with `days` 0 none: it is kept."""
    if days <= 0:
        return ()
    ended = func.coalesce(Poll.published_at, Poll.closes_at, Poll.created_at)
    over = (Poll.state.in_(("published", "cancelled")), ended < now - timedelta(days=days))
    return session.scalars(select(Poll.id).where(*over, exists().where(RollRow.poll_id == Poll.id))).all()


def forget(session: Session, poll_id: int, now: datetime) -> int:
    """Remove who could vote and who did; returns how many places there were. In the caller's transaction; its pages are
    swept with the next round of the worker."""
    poll = locked(session, poll_id)
    if poll.state not in ("published", "cancelled"):
        return 0
    if poll.result is not None:
        seen = turnout.turnout(session, poll_id, manifest_of(poll).small_cell)
        poll.result = {**poll.result, turnout.KEPT: turnout.keep(seen), "roll_forgotten": f"{now:%Y-%m-%d}"}
    on_roll = select(RollRow.voter_id).where(RollRow.poll_id == poll_id, RollRow.voter_id.is_not(None))
    voters = list(session.scalars(on_roll))
    for table in (VoteCode, RollRow, BallotLink, VoteNotice, PollReminder):
        gone = session.execute(delete(table).where(table.poll_id == poll_id))
        if table is RollRow:
            places = int(getattr(gone, "rowcount", 0))
    lost = sum(_forget_voters(session, voters[begin : begin + MANY]) for begin in range(0, len(voters), MANY))
    poll.unswept = True
    session.flush()
    audit.record(
        session, HOUSE, "poll.roll_forgotten", f"poll:{poll_id}", None, {"places": places, "voters": lost}, now
    )
    return places


def _forget_voters(session: Session, voters: Sequence[int | None]) -> int:
    """Those who stand on no roll any more, with their accounts and consents; somebody about to vote elsewhere stays."""
    busy = or_(exists().where(RollRow.voter_id == Voter.id), exists().where(BallotLink.voter_id == Voter.id))
    idle: ColumnElement[bool] = Voter.id.in_(voters) & ~busy
    lost = list(session.scalars(select(Voter.id).where(idle)))
    for table in (VoterAccount, VoteConsent):
        session.execute(delete(table).where(table.voter_id.in_(lost)))
    session.execute(delete(Voter).where(Voter.id.in_(lost)))
    return len(lost)
