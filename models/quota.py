"""The month's message quota: what LINE says is left, what we booked ourselves, what may still be spent on what.

LINE's own count is only approximate and late, ours does not know what staff send from LINE's own manager: the larger
of the two counts. The limit is always read from LINE, never assumed: a town's plan may change, or lapse, overnight.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from sqlalchemy import CheckConstraint, String, bindparam, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, Key, Utc
from models.letters import KINDS, LetterKind
from models.town import setting

#: LINE counts days, and so months, in UTC+9
#: (https://developers.line.biz/en/reference/messaging-api/#get-number-of-reply-messages).
LINE_TIME = timezone(timedelta(hours=9))
#: A limit that falls below this part of the former one is worth an alarm: a plan has lapsed.
ALARM = 0.5
#: How long that alarm is shown, unless the quota is restored before.
ALARM_LASTS = timedelta(days=30)
#: The age of a reading that was never made.
NEVER = timedelta(days=400)


def month_of(now: datetime) -> str:
    """The month whose quota counts at this instant: `2026-11`."""
    return now.astimezone(LINE_TIME).strftime("%Y-%m")


class QuotaReading(Base):
    """What LINE's quota endpoints last said (one row, id 1). `quota` None means unlimited.

    `exhausted_month`: LINE refused a push for want of quota in this month. `former_quota` and `fell_at` remember a
    fall by more than half until a reading finds the quota restored.
    """

    __tablename__ = "quota_reading"
    __table_args__ = (CheckConstraint("id = 1", name="single"), CheckConstraint("used >= 0", name="used"))

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    quota: Mapped[int | None]
    used: Mapped[int] = mapped_column(default=0, server_default="0")
    read_at: Mapped[datetime]
    exhausted_month: Mapped[str | None] = mapped_column(String(7))
    former_quota: Mapped[int | None]
    fell_at: Mapped[datetime | None]


class PushLedger(Base):
    """What we pushed in one month, by kind of letter: how many letters, and how many messages LINE counts for them."""

    __tablename__ = "push_ledger"
    __table_args__ = (CheckConstraint("letters >= 0 AND cost >= 0", name="counts"),)

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    letters: Mapped[int] = mapped_column(default=0, server_default="0")
    cost: Mapped[int] = mapped_column(default=0, server_default="0")


_FIRST_READING = text("INSERT INTO quota_reading (id, read_at) VALUES (1, :read_at) ON CONFLICT DO NOTHING").bindparams(
    bindparam("read_at", type_=Utc())
)


@dataclass(frozen=True)
class Budget:
    """What may be pushed this month. All counts are messages as LINE counts them: one per receiving person.

    `quota` None: unlimited, or not yet read (LINE itself then refuses what is too much). `economy` is the town's own
    switch: `on`, `off`, or `auto` (on from `economy_percent` of the quota). `reserve_percent` is for urgent kinds only.
    """

    month: str
    quota: int | None = None
    used: int = 0
    spent: Mapping[str, int] = field(default_factory=dict)
    letters: Mapping[str, int] = field(default_factory=dict)
    economy: str = "auto"
    economy_percent: int = 80
    reserve_percent: int = 20
    fell_from: int | None = None

    @property
    def left(self) -> int | None:
        """Messages left this month; None when there is no limit."""
        return None if self.quota is None else max(0, self.quota - self.used)

    @property
    def thrifty(self) -> bool:
        """Whether economy mode rules: what is not urgent waits for the next message instead of being pushed."""
        if self.economy != "auto":
            return self.economy == "on"
        return self.quota is not None and self.used * 100 >= self.quota * self.economy_percent

    def allows(self, kind: LetterKind, cost: int, now: datetime) -> bool:
        """Whether a push of this kind to `cost` persons may be sent now. A budget of another month allows nothing."""
        if month_of(now) != self.month or kind.without_reply != "push":
            return False
        if not kind.urgent and self.thrifty:
            return False
        if self.quota is None:
            return True
        if self.spent.get(kind.code, 0) + cost > self.quota * kind.share / 100:
            return False
        reserve = 0 if kind.urgent else self.quota * self.reserve_percent / 100
        return self.used + cost <= self.quota - reserve


def read_budget(session: Session, now: datetime) -> Budget:
    """The budget of the month of `now`, from the last reading, the ledger and the town's settings."""
    month = month_of(now)
    rows = list(session.scalars(select(PushLedger).where(PushLedger.month == month)))
    spent = {row.kind: row.cost for row in rows}
    reading = session.get(QuotaReading, 1)
    quota = reading.quota if reading else None
    return Budget(
        month=month,
        quota=quota,
        used=max(sum(spent.values()), _used_by_line(reading, month)),
        spent=spent,
        letters={row.kind: row.letters for row in rows},
        economy=setting(session, "quota.economy"),
        economy_percent=setting(session, "quota.economy_percent"),
        reserve_percent=setting(session, "quota.reserve_percent"),
        fell_from=_fell_from(reading, now),
    )


def _fell_from(reading: QuotaReading | None, now: datetime) -> int | None:
    if reading is None or reading.fell_at is None or now - reading.fell_at > ALARM_LASTS:
        return None
    return reading.former_quota


def _used_by_line(reading: QuotaReading | None, month: str) -> int:
    if reading is None:
        return 0
    if reading.exhausted_month == month and reading.quota is not None:
        return max(reading.quota, reading.used)
    return reading.used if month_of(reading.read_at) == month else 0


def note_reading(session: Session, quota: int | None, used: int, now: datetime) -> QuotaReading:
    """Store what LINE says: this month's limit (None = unlimited) and use."""
    reading = session.get(QuotaReading, 1, with_for_update=True)
    if reading is None:
        reading = QuotaReading(id=1, quota=quota, used=used, read_at=now)
        session.add(reading)
        return reading
    _note_fall(reading, quota, now)
    if quota is None or (reading.quota is not None and quota > reading.quota):
        reading.exhausted_month = None
    reading.quota, reading.used, reading.read_at = quota, used, now
    return reading


def _note_fall(reading: QuotaReading, quota: int | None, now: datetime) -> None:
    before = reading.former_quota if reading.fell_at else reading.quota
    if quota is None or before is None:
        reading.former_quota = reading.fell_at = None
    elif quota < before * ALARM:
        reading.former_quota, reading.fell_at = before, reading.fell_at or now
    else:
        reading.former_quota = reading.fell_at = None


def note_exhausted(session: Session, now: datetime) -> None:
    """LINE has refused a push because the month's quota is used up: believe it until the month or the limit changes."""
    reading = session.get(QuotaReading, 1, with_for_update=True)
    if reading is not None:
        reading.exhausted_month = month_of(now)


def book(session: Session, kind: str, cost: int, now: datetime) -> str:
    """Book a push before it is sent, so that several senders cannot overdraw together. Returns the month booked in.

    Booking reads and then writes one row: call it in a transaction that holds `locked_budget`.
    """
    month = month_of(now)
    row = session.get(PushLedger, (month, kind))
    if row is None:
        row = PushLedger(month=month, kind=kind, letters=0, cost=0)
        session.add(row)
    row.letters += 1
    row.cost += cost
    session.flush()
    return month


def unbook(session: Session, kind: str, cost: int, month: str) -> None:
    """Take a booking back: LINE has certainly not counted it."""
    row = session.get(PushLedger, (month, kind), with_for_update=True)
    if row is not None:
        row.letters = max(0, row.letters - 1)
        row.cost = max(0, row.cost - cost)


def locked_budget(session: Session, now: datetime) -> Budget:
    """The budget, with the right to book on it until the transaction ends: other senders wait (they use this too)."""
    if session.get(QuotaReading, 1, with_for_update=True) is None:
        # Whoever comes second finds the row there. Nothing has been read yet: no limit is known.
        session.execute(_FIRST_READING, {"read_at": now - NEVER})
        session.get(QuotaReading, 1, with_for_update=True)
    return read_budget(session, now)


def usage(session: Session, now: datetime) -> list[tuple[LetterKind, int, int]]:
    """This month's pushes by kind, dearest first: the kind, letters, messages counted (for “โควตา” and the console)."""
    budget = read_budget(session, now)
    rows: list[tuple[LetterKind, int, int]] = [
        (KINDS[code], budget.letters[code], cost) for code, cost in budget.spent.items() if code in KINDS and cost
    ]
    return sorted(rows, key=lambda row: -row[2])


def recipients(members: int | None, chat_key: str, unknown: int = 20) -> int:
    """What one push to this chat counts: 1 for a person; for a group its members (the bot itself is not among them).

    A group whose size is not known yet is taken to be large (`unknown`), so that guessing never overdraws the quota.
    """
    if chat_key.startswith("U"):
        return 1
    return max(1, members) if members is not None else unknown


def reading_age(session: Session, now: datetime) -> timedelta | None:
    """How old the last reading is; None when LINE was never asked."""
    row = session.get(QuotaReading, 1)
    return None if row is None else now - row.read_at
