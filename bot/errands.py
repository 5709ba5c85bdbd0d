"""Errands: which letters may leave now, in which order, and what the postman takes along for the call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from models.outgoing import Outgoing
from models.post import Messages, load_of

#: A reply whose token dies this soon does not queue behind one that is being tried again.
HURRY = timedelta(seconds=15)


@dataclass(frozen=True)
class Errand:
    """A claimed letter on its way. `token` is None for a push; `riders` are (id, messages) of those it carries.

    `lease_until` is the claim's mark: whoever notes an outcome must still hold this very lease.
    """

    letter_id: int
    chat_key: str
    kind: str
    token: str | None
    retry_key: str
    lease_until: datetime | None
    own: Messages
    riders: tuple[tuple[int, Messages], ...] = ()
    cost: int = 0

    @property
    def load(self) -> Messages:
        """All message objects of the call, the letter's own last."""
        return [message for _, messages in self.riders for message in messages] + self.own

    @property
    def channel(self) -> str:
        return "push" if self.token is None else "reply"


def due(now: datetime) -> Select[Any]:
    """Letters that may be sent now, by id. Within a chat order is kept, with two exceptions.

    A letter held back on purpose (never tried, not yet due) blocks nobody; and one that is being tried again does not
    block a reply that would die in the queue, nor a push any reply.
    """
    earlier = aliased(Outgoing)
    again = and_(
        earlier.attempts > 0,
        or_(
            Outgoing.reply_token.is_(None),
            and_(earlier.reply_token.is_not(None), Outgoing.reply_until > now + HURRY),
        ),
    )
    blocked = exists().where(
        earlier.chat_key == Outgoing.chat_key,
        earlier.id < Outgoing.id,
        or_(earlier.state == "sending", and_(earlier.state == "waiting", or_(earlier.send_after <= now, again))),
    )
    due = and_(Outgoing.state == "waiting", Outgoing.send_after <= now)
    return select(Outgoing).where(due, ~blocked).order_by(Outgoing.reply_until.is_(None), Outgoing.id)


def errand_for(session: Session, letter: Outgoing) -> Errand:
    """What must be known to make the call, once the session is closed."""
    session.flush()
    riders, _ = load_of(session, letter)
    return Errand(
        letter_id=letter.id,
        chat_key=letter.chat_key,
        kind=letter.kind,
        token=letter.reply_token,
        retry_key=letter.retry_key,
        lease_until=letter.lease_until,
        own=letter.messages,
        riders=tuple((rider.id, rider.messages) for rider in riders),
        cost=letter.cost,
    )
