"""The post: putting letters into the outbox, letting kept ones ride on a reply, listing what did not arrive.

Plain functions on a session, for whoever writes letters (bot/inbox.py, bot/news.py, bot/rounds.py) and for those who
show what became of them. Sending is bot/outbox.py's work.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, update
from sqlalchemy.orm import Session

from models.letters import LetterKind, kind_of, known_kind, overlaid
from models.outgoing import Outgoing
from models.town import put_setting, setting

#: LINE takes at most five message objects in one call
#: (https://developers.line.biz/en/reference/messaging-api/#send-reply-message).
MOST = 5

Messages = list[dict[str, Any]]
Check = Callable[[Messages], object]

#: States in which nothing more is done with a letter that may not have arrived.
ENDED_BADLY = ("failed", "doubtful", "dropped")

#: What staff read when a letter did not arrive, by `Outgoing.reason`.
WORDS = {
    "policy": "รอส่งเมื่อผู้รับทักเข้ามา",
    "economy": "รอไว้ก่อนเพื่อประหยัดโควตา จะส่งเมื่อผู้รับทักเข้ามาหรือโควตาเหลือพอ",
    "quota": "โควตาข้อความเดือนนี้หมด จะส่งเมื่อผู้รับทักเข้ามาหรือขึ้นเดือนใหม่",
    "superseded": "มีคำตอบใหม่กว่าแทนแล้ว",
    "stale": "รอนานเกินไป เนื้อความไม่เป็นปัจจุบันแล้ว",
    "blocked": "ผู้รับบล็อกบัญชีนี้ หรือบอตไม่ได้อยู่ในกลุ่มแล้ว",
    "refused": "LINE ไม่รับเนื้อความนี้ (ข้อความผิดรูปแบบ)",
    "unreachable": "ติดต่อ LINE ไม่ได้นานเกินกำหนด",
    "unknown": "ไม่แน่ใจว่าถึงหรือไม่ LINE ไม่ตอบกลับ โปรดตรวจสอบกับผู้รับ",
    "unauthorised": "LINE ไม่รับโทเค็นของระบบ โปรดตรวจ LINE_CHANNEL_ACCESS_TOKEN",
}


def policy_of(session: Session, code: str) -> LetterKind:
    """The policy of a kind: the default, with the town's own choices laid over it where they make sense."""
    kind = known_kind(code)
    try:
        return overlaid(kind, setting(session, "letters.policies").get(code, {}))
    except ValueError:  # written by something else than set_policy: letters go out all the same
        return kind


def set_policy(session: Session, code: str, **own: str | int) -> LetterKind:
    """The town chooses for one kind: `without_reply` ("push", "wait", "drop") and `share` (percent); nothing: the
    default.

    Raises KeyError for an unknown kind, ValueError for a choice that there is not.
    """
    policy = overlaid(kind_of(code), own)
    others = {kind: choice for kind, choice in setting(session, "letters.policies").items() if kind != code}
    put_setting(session, "letters.policies", others | ({code: own} if own else {}))
    return policy


def enqueue(
    session: Session,
    chat_key: str,
    kind: str,
    messages: Messages,
    now: datetime,
    *,
    reply_token: str | None = None,
    reply_until: datetime | None = None,
    send_after: datetime | None = None,
    incoming_id: int | None = None,
    ticket_id: int | None = None,
    supersedable: bool = False,
    check: Check | None = None,
) -> Outgoing:
    """Put one letter (1–5 message objects) into the outbox; it leaves once the transaction has committed.

    `reply_token` with `reply_until` (aware; when LINE stops taking it) makes it a free reply. Without one the kind's
    policy says at once what becomes of it: pushed when the budget allows, held for the person's next message, or
    dropped. `check` (messages/limits.check) raises before anything is stored. Raises KeyError for an unknown kind,
    ValueError for an impossible number of messages or a token without its end.
    """
    policy = policy_of(session, kind_of(kind).code)
    if not 1 <= len(messages) <= MOST:
        raise ValueError(f"a letter has 1 to {MOST} messages, not {len(messages)}")
    if (reply_token is None) != (reply_until is None):
        raise ValueError("a reply token and the end of its life come together")
    if check is not None:
        check(messages)
    letter = Outgoing(
        chat_key=chat_key,
        kind=kind,
        messages=messages,
        state="waiting",
        reply_token=reply_token,
        reply_until=reply_until,
        retry_key=str(uuid.uuid4()),
        created_at=now,
        send_after=send_after or now,
        incoming_id=incoming_id,
        ticket_id=ticket_id,
        supersedable=supersedable,
        attempts=0,
        doubtful=False,
        cost=0,
    )
    if reply_token is None:
        without_token(letter, policy, now)
    session.add(letter)
    session.flush()
    return letter


def without_token(letter: Outgoing, policy: LetterKind, now: datetime) -> None:
    """What the policy says when there is no reply. A `push` stays waiting: the budget decides when it is sent."""
    letter.reply_token = letter.reply_until = letter.via = letter.tried_at = None
    if policy.without_reply == "wait":
        letter.hold("policy")
    elif policy.without_reply == "drop":
        letter.settle("dropped", now, "policy")


def has_open(session: Session, chat_key: str) -> bool:
    """Whether any letter of this chat waits, is under way or held. Most chats have none, and are spared other looks."""
    found = select(Outgoing.id).where(Outgoing.chat_key == chat_key, Outgoing.state.in_(("waiting", "sending", "held")))
    return session.scalar(found.limit(1)) is not None


def supersede(session: Session, chat_key: str) -> int:
    """Drop the chat's waiting letters that give way to a newer answer, and hold what rode on them. Returns how many."""
    dropped = session.scalars(
        update(Outgoing)
        .where(
            Outgoing.chat_key == chat_key,
            Outgoing.supersedable,
            Outgoing.state == "waiting",
            Outgoing.attempts == 0,
        )
        .values(state="dropped", reason="superseded", reply_token=None, reply_until=None)
        .returning(Outgoing.id)
        .execution_options(synchronize_session="fetch")
    ).all()
    if dropped:
        alight(session, dropped)
    return len(dropped)


def alight(session: Session, carriers: Sequence[int]) -> None:
    """What rode on these letters gets off and is held for another one."""
    session.execute(
        update(Outgoing)
        .where(Outgoing.carried_by.in_(carriers), Outgoing.state == "riding")
        .values(state="held", carried_by=None)
        .execution_options(synchronize_session="fetch")
    )


def held_for(session: Session, chat_key: str) -> list[Outgoing]:
    """The chat's held letters, oldest first."""
    return list(session.scalars(_held(chat_key)))


def _held(chat_key: str) -> Select[Any]:
    held = (Outgoing.chat_key == chat_key, Outgoing.state == "held")
    return select(Outgoing).where(*held).order_by(Outgoing.created_at, Outgoing.id)


def ride(session: Session, chat_key: str, letter: Outgoing, now: datetime | None = None) -> list[Outgoing]:
    """Let the chat's held letters ride in front of `letter`, oldest first, up to five message objects in all.

    The fresh answer stays last, because LINE shows only the last object's quick replies. Letters that do not fit stay
    held; when not even the oldest fits, its first objects go ahead and the rest waits on. Letters not worth reading any
    more (`now`, by default when `letter` was written) are dropped. Returns those that ride.
    """
    now = now or letter.created_at
    room = MOST - len(letter.messages)
    aboard: list[Outgoing] = []
    for held in session.scalars(_held(chat_key).with_for_update(skip_locked=True)).all():
        if known_kind(held.kind).stale(held.created_at, now):
            held.settle("dropped", now, "stale")
            continue
        if len(held.messages) > room:
            if aboard or room == 0:
                break
            session.add(_split(held, room))
        held.state, held.carried_by = "riding", letter.id
        room -= len(held.messages)
        aboard.append(held)
    session.flush()
    return aboard


def _split(held: Outgoing, room: int) -> Outgoing:
    """Cut a letter after `room` objects; returns the rest, as a held letter of the same age."""
    rest = Outgoing(
        chat_key=held.chat_key,
        kind=held.kind,
        messages=held.messages[room:],
        state="held",
        reason=held.reason,
        retry_key=str(uuid.uuid4()),
        created_at=held.created_at,
        send_after=held.send_after,
        incoming_id=held.incoming_id,
        ticket_id=held.ticket_id,
    )
    held.messages = held.messages[:room]
    return rest


def load_of(session: Session, letter: Outgoing) -> tuple[list[Outgoing], Messages]:
    """Who rides on `letter`, and all message objects of the call: the riders', oldest first, then its own."""
    riders = list(
        session.scalars(
            select(Outgoing)
            .where(Outgoing.carried_by == letter.id, Outgoing.state == "riding")
            .order_by(Outgoing.created_at, Outgoing.id)
        )
    )
    return riders, [message for each in (*riders, letter) for message in each.messages]


@dataclass(frozen=True)
class Undelivered:
    """A letter that has not arrived, for staff: whose chat, what kind, since when, and why (Thai, one line).

    `reason` is one of REASONS, or "" while it is still being tried.
    """

    letter_id: int
    chat_key: str
    kind: str
    label: str
    state: str
    since: datetime
    why: str
    reason: str
    ticket_id: int | None

    @property
    def again(self) -> bool:
        """Whether staff may send it once more (`send_again`): it will not be sent by itself."""
        return self.state in ENDED_BADLY


def undelivered(session: Session, now: datetime, limit: int = 200) -> list[Undelivered]:
    """Letters that need a person's eye, newest first: failed, in doubt, kept for want of quota, or overdue.

    What merely waits for the person's next message, as its kind is meant to, is listed after seven days.
    """
    rows = session.scalars(
        select(Outgoing).where(Outgoing.seen_at.is_(None), _troubled(now)).order_by(Outgoing.id.desc()).limit(limit)
    )
    return [_explain(letter) for letter in rows]


def _troubled(now: datetime) -> ColumnElement[bool]:
    return or_(
        Outgoing.state.in_(("failed", "doubtful")),
        and_(Outgoing.state == "dropped", Outgoing.reason == "stale"),
        and_(Outgoing.state == "held", Outgoing.reason.in_(("quota", "economy", "blocked"))),
        and_(Outgoing.state == "held", Outgoing.created_at < now - timedelta(days=7)),
        and_(Outgoing.state.in_(("waiting", "sending")), Outgoing.send_after < now - timedelta(minutes=10)),
        and_(Outgoing.state == "waiting", Outgoing.created_at < now - timedelta(minutes=10), Outgoing.attempts > 0),
    )


def _explain(letter: Outgoing) -> Undelivered:
    why = WORDS.get(letter.reason or "", "กำลังพยายามส่งใหม่")
    return Undelivered(
        letter_id=letter.id,
        chat_key=letter.chat_key,
        kind=letter.kind,
        label=known_kind(letter.kind).label,
        state=letter.state,
        since=letter.created_at,
        why=why,
        reason=letter.reason or "",
        ticket_id=letter.ticket_id,
    )


def tick_off(session: Session, letter_id: int, now: datetime) -> None:
    """Staff have dealt with this letter otherwise; it leaves the list. Raises LookupError if there is none."""
    _letter(session, letter_id).seen_at = now


def send_again(session: Session, letter_id: int, now: datetime) -> Outgoing:
    """Staff send a failed or doubtful letter once more, as a new letter without a token, by its kind's policy.

    Raises LookupError for an unknown letter, ValueError for one that is not failed, doubtful or dropped.
    """
    old = _letter(session, letter_id)
    if old.state not in ENDED_BADLY:
        raise ValueError(f"a letter that is {old.state} needs no second one")
    old.seen_at = now
    return enqueue(session, old.chat_key, old.kind, old.messages, now, ticket_id=old.ticket_id)


def _letter(session: Session, letter_id: int) -> Outgoing:
    letter = session.get(Outgoing, letter_id)
    if letter is None:
        raise LookupError(f"no letter {letter_id}")
    return letter
