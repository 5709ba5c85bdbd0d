"""A case that turns out to be a proposal (a wish told at the counter): filed as one; the case ends with its number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import work
from models.enclosures import ProposalFile
from models.files import files_for
from models.proposals import Proposal
from models.proposing import Idea, propose
from models.staff import Staff
from models.tickets import NotAllowed, Ticket

#: The kinds of cases in which a wish may lie.
WISHES = ("proposal", "suggestion")
#: How a proposal came, by how its case did; what is not here came over the counter.
_CHANNELS = {"line": "chat", "letter": "paper"}


def source_key(ticket: Ticket) -> str:
    """What makes a case one proposal only, however often it is opened again."""
    return f"case:{ticket.id}"


def channel_of(ticket: Ticket) -> str:
    """How the proposal came."""
    return _CHANNELS.get(ticket.channel, "counter")


def may_become_one(ticket: Ticket) -> bool:
    """Whether the case may be turned: an open wish, and nothing sensitive, for neighbours will read it."""
    return ticket.is_open and not ticket.sensitive and ticket.kind in WISHES


def from_case(
    session: Session,
    ticket: Ticket,
    idea: Idea,
    staff: Staff,
    now: datetime,
    *,
    column: Callable[..., str],
    answer: Callable[[Proposal], str],
) -> Proposal:
    """File the case's wish as a proposal of its reporter, with its files, and end the case with the answer.

    `idea` has the case's words and `source_key`; `answer` says what its reporter reads. The proposal's words wait to be
    looked at like any other's. A case that was turned before gives that proposal. Raises NotAllowed.
    """
    if not may_become_one(ticket):
        raise NotAllowed(f"ticket {ticket.id}: {ticket.kind} in {ticket.state} becomes no proposal")
    proposal = session.scalar(select(Proposal).where(Proposal.source_key == source_key(ticket)))
    if proposal is None:
        proposal = propose(session, idea, now, column=column, proposer=ticket.reporter, staff=staff)
        files = [file.id for file in files_for(session, ticket.id)]
        session.add_all(ProposalFile(proposal_id=proposal.id, file_id=key) for key in files)
    work.finish(ticket, staff, now, answer(proposal), answer=True)
    session.flush()
    return proposal
