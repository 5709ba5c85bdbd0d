"""What becomes of a letter, and of those that ride on it: arrived, kept, given up, in doubt. Rules only; no calls, no
clock.

A push is booked on the month's ledger before it is tried; here the booking is taken back when LINE has certainly not
counted it. Whatever happens to the carrier happens to its riders, except that they outlive its failures.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import String, cast, select, update
from sqlalchemy.orm import Session

from models.letters import KINDS, LetterKind
from models.outgoing import Outgoing
from models.people import chat_of, person_of
from models.post import alight, load_of, policy_of, without_token
from models.quota import Budget, read_budget, recipients, unbook

#: How long the words of a letter that arrived are kept: long enough to look into a complaint about them.
KEEP_WORDS = timedelta(days=90)
#: How far back a round of blanking looks.
BLANK_WINDOW = timedelta(days=60)


def note_try(letter: Outgoing, via: str, now: datetime) -> None:
    """A call is about to be made: whoever finds this note without an outcome knows that the letter is in doubt."""
    letter.via = via
    letter.attempts += 1
    letter.tried_at = letter.tried_at or now


def settle(session: Session, letter: Outgoing, state: str, now: datetime, reason: str | None = None) -> None:
    """The end: `sent`, `failed`, `dropped`, `doubtful`. Riders arrive or stand in doubt with it, else are kept."""
    via = letter.via
    letter.settle(state, now, reason)
    if state in ("failed", "dropped"):
        cancel_booking(session, letter)
    if state not in ("sent", "doubtful"):
        alight(session, [letter.id])
        return
    for rider in load_of(session, letter)[0]:
        rider.via = via
        rider.settle(state, now, reason)


def hold(session: Session, letter: Outgoing, reason: str) -> None:
    """Keep a letter that has certainly not arrived for the person's next message."""
    cancel_booking(session, letter)
    letter.hold(reason)
    alight(session, [letter.id])


def give_up(session: Session, letter: Outgoing, now: datetime) -> None:
    """LINE could not be reached for so long that the retry key expires: a further try might arrive a second time."""
    if letter.doubtful:
        settle(session, letter, "doubtful", now, "unknown")
    else:
        settle(session, letter, "failed", now, "unreachable")


def forget_token(session: Session, letter: Outgoing, now: datetime) -> None:
    """The reply token died, certainly unused: the kind's policy decides. After this a `push` waits to be sent now."""
    without_token(letter, policy_of(session, letter.kind), now)
    if letter.state in ("held", "dropped"):
        alight(session, [letter.id])
    else:
        letter.wait(now)


def note_dead_token(session: Session, letter: Outgoing, now: datetime) -> None:
    """LINE says that the token is dead. After a try in doubt, while it should live, that means: it has arrived."""
    if not letter.doubtful:
        forget_token(session, letter, now)
    elif letter.reply_until is not None and now <= letter.reply_until:
        settle(session, letter, "sent", now)
    else:
        settle(session, letter, "doubtful", now, "unknown")


def cancel_booking(session: Session, letter: Outgoing) -> None:
    """Take the push off the ledger, if it was booked: LINE has certainly not counted it."""
    if letter.booked_month is not None:
        unbook(session, letter.kind, letter.cost, letter.booked_month)
        letter.booked_month, letter.cost = None, 0


def close(session: Session, chat_key: str, now: datetime) -> None:
    """LINE knows no such receiver (any more): a group that we left, a person who is out of reach."""
    chat, person = chat_of(session, chat_key), person_of(session, chat_key)
    if chat is not None:
        chat.gone_at = chat.gone_at or now
    if person is not None:
        person.blocked_at = person.blocked_at or now


def closed(session: Session, chat_key: str) -> bool:
    """Whether nobody would receive a push there: blocked by the person, or no longer in the group."""
    chat, person = chat_of(session, chat_key), person_of(session, chat_key)
    return bool((chat and chat.gone_at) or (person and person.blocked_at))


def release(session: Session, now: datetime, most: int = 20) -> int:
    """Let pushes kept for want of quota go, of each kind the `most` oldest, when the budget allows them. Returns how
    many.

    Each is weighed again, and booked, when it is sent; what does not fit then is kept once more.
    """
    kept = (Outgoing.state == "held", Outgoing.reason.in_(("quota", "economy")))
    freed = 0
    budget = read_budget(session, now)
    for code in session.scalars(select(Outgoing.kind).where(*kept).distinct()).all():
        policy = policy_of(session, code)
        if budget.allows(policy, 1, now):
            oldest = select(Outgoing).where(*kept, Outgoing.kind == code).order_by(Outgoing.created_at, Outgoing.id)
            for letter in session.scalars(oldest.limit(most).with_for_update(skip_locked=True)):
                freed += _free(session, letter, policy, budget, now)
    return freed


def _free(session: Session, letter: Outgoing, policy: LetterKind, budget: Budget, now: datetime) -> bool:
    chat = chat_of(session, letter.chat_key)
    if not budget.allows(policy, recipients(chat.members if chat else None, letter.chat_key), now):
        return False
    letter.reason = None
    letter.wait(now)
    return True


def drop_stale(session: Session, now: datetime) -> int:
    """Drop kept letters that are no longer worth reading; staff find them in the list. Returns how many."""
    dropped = 0
    for kind in KINDS.values():
        if kind.keep is not None:
            old = (Outgoing.state == "held", Outgoing.kind == kind.code, Outgoing.created_at < now - kind.keep)
            stale = update(Outgoing).where(*old).values(state="dropped", reason="stale").returning(Outgoing.id)
            dropped += len(session.execute(stale).all())
    return dropped


def blank_old(session: Session, now: datetime) -> int:
    """Blank the words of letters that arrived long ago: what was said stands in the case's history. Returns how many.

    Looks at a window of letters only, which the index finds; a longer standstill of the worker leaves older ones be.
    """
    window = (Outgoing.created_at < now - KEEP_WORDS, Outgoing.created_at > now - KEEP_WORDS - BLANK_WINDOW)
    spoken = cast(Outgoing.messages, String) != "[]"
    blanked = update(Outgoing).where(Outgoing.state == "sent", *window, spoken).values(messages=[])
    return len(session.execute(blanked.returning(Outgoing.id)).all())
