"""Traffy Fondue: which of our cases is which of theirs, what is to be exchanged, and how many calls the month still
holds.

Off until the town turns it on (models/town.py: traffy.on) and the house has an account. The facts are those of NECTEC's
public description of its Exchange API (traffy-nectec/exchange-api-doc); nothing else is assumed. What came from there
is never sent back: a born-there case is never sent as new, and a line of history that came from there is never an
update.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Base, Key
from models.tickets import Ticket

#: new: tell them of a case of ours. update: tell them how one stands. read: look at one of theirs again. file: a row of
#: a file of theirs that somebody brought, which asks nobody.
KINDS = ("new", "update", "read", "file")
STATES = ("waiting", "done", "failed", "held")
#: Pauses before the second, third … attempt of a job.
PAUSES = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 480, 960))
#: Longer than a call can take (bot/outside.py).
LEASE = timedelta(minutes=3)
#: So many updates of one case within a day are no work but two systems that echo each other.
ECHOES = 12

#: Their names of states, in our moves. What is not here changes nothing and is kept as a note.
THEIRS: dict[str, str] = {
    "รอรับเรื่อง": "new",
    "รับเรื่อง": "taken",
    "กำลังดำเนินการ": "taken",
    "ศึกษาปัญหา": "taken",
    "ติดตามเรื่อง": "taken",
    "ขั้นตอนทางกฎหมาย": "taken",
    "ของบประมาณ": "waiting",
    "จัดซื้อจัดจ้าง": "waiting",
    "เสร็จสิ้น": "done",
    "ไม่เกี่ยวข้อง": "refused",
    "ส่งต่อ": "outside",
    "ส่งต่อ(ใหม่)": "outside",
}
#: Our states in their names, the best first; the organisation may have switched some of them off.
OURS: dict[str, tuple[str, ...]] = {
    "new": ("รอรับเรื่อง",),
    "taken": ("กำลังดำเนินการ",),
    "asking": ("กำลังดำเนินการ",),
    "waiting": ("กำลังดำเนินการ",),
    "outside": ("ส่งต่อ", "กำลังดำเนินการ"),
    "done": ("เสร็จสิ้น",),
    "refused": ("ไม่เกี่ยวข้อง", "เสร็จสิ้น"),
    "withdrawn": ("เสร็จสิ้น",),
    "merged": ("เสร็จสิ้น",),
}
#: Their names of types in our categories; the town may add and change (the setting traffy.types).
TYPES: dict[str, str] = {
    "ถนน": "road",
    "ทางเท้า": "sidewalk",
    "แสงสว่าง": "streetlight",
    "น้ำท่วม": "flood",
    "ความสะอาด": "waste",
    "ท่อระบายน้ำ": "drain",
    "จราจร": "traffic",
    "กีดขวาง": "obstruction",
    "ความปลอดภัย": "safety",
    "เสียงรบกวน": "noise",
    "สายไฟ": "cable",
    "ต้นไม้": "tree",
    "คลอง": "canal",
    "สะพาน": "bridge",
    "ป้าย": "sign",
    "ป้ายจราจร": "sign",
    "สัตว์จรจัด": "stray_animal",
    "คนจรจัด": "homeless",
    "การเดินทาง": "transport",
    "PM2.5": "air",
    "ห้องน้ำ": "public_facility",
    "อื่นๆ": "other",
}


class TraffyLink(Base):
    """One case that both know. `theirs` is their ticket_id, empty until they have answered; `client` is our
    client_ticket_id. `born`: who had it first. `status` is their state as we last knew it, `sent` the last one we told
    them: what comes back like that is our own echo. `activity`: their last_activity when we last read it."""

    __tablename__ = "traffy_links"
    __table_args__ = (CheckConstraint("born IN ('here', 'there')", name="born"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), unique=True)
    theirs: Mapped[str | None] = mapped_column(String(40), unique=True)
    client: Mapped[str] = mapped_column(String(40), unique=True)
    born: Mapped[str] = mapped_column(String(5))
    status: Mapped[str] = mapped_column(String(80), default="", server_default="")
    sent: Mapped[str] = mapped_column(String(80), default="", server_default="")
    activity: Mapped[str] = mapped_column(String(40), default="", server_default="")
    linked_at: Mapped[datetime]

    ticket: Mapped[Ticket] = relationship()


class TraffyJob(Base):
    """One thing to be exchanged, stored before it is tried. `ref` makes it one: the line of history that is told, or
    their ticket_id that is to be read. `held`: two systems echo each other, a person must look."""

    __tablename__ = "traffy_jobs"
    __table_args__ = (
        UniqueConstraint("kind", "ref"),
        CheckConstraint(f"kind IN {KINDS!r}", name="kind"),
        CheckConstraint(f"state IN {STATES!r}", name="state"),
        Index(
            "ix_traffy_jobs_due",
            "next_try_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    kind: Mapped[str] = mapped_column(String(6))
    ref: Mapped[str] = mapped_column(String(60))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    body: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(String(7), default="waiting", server_default="waiting")
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    doubtful: Mapped[bool] = mapped_column(default=False, server_default="0")
    next_try_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(200), default="", server_default="")
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]

    def done(self, now: datetime) -> None:
        """It was taken."""
        self.state, self.error, self.done_at, self.lease_until, self.doubtful = "done", "", now, None, False

    def later(self, error: str, now: datetime, wait: timedelta | None = None) -> None:
        """Again after a pause (or after `wait`, which counts as no attempt), or given up."""
        self.error, self.lease_until = error[:200], None
        if wait is not None:
            self.attempts -= 1
            self.next_try_at = now + wait
        elif self.attempts > len(PAUSES):
            self.state, self.done_at = "failed", now
        else:
            self.next_try_at = now + PAUSES[self.attempts - 1]

    def give_up(self, error: str, now: datetime) -> None:
        """They will never take it as it is."""
        self.state, self.error, self.done_at, self.lease_until = "failed", error[:200], now, None


class TraffyMeter(Base):
    """One row: the month's calls as they last told it (`balance` None: unlimited or not told yet), when we last looked
    for new ones, and what they call their states."""

    __tablename__ = "traffy_meter"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    month: Mapped[str] = mapped_column(String(7), default="", server_default="")
    balance: Mapped[int | None]
    quota: Mapped[int | None]
    calls: Mapped[int] = mapped_column(default=0, server_default="0")
    told_at: Mapped[datetime | None]
    looked_at: Mapped[datetime | None]
    lists_at: Mapped[datetime | None]
    statuses: Mapped[list[Any]] = mapped_column(default=list)
    trouble: Mapped[str] = mapped_column(String(200), default="", server_default="")

    def count(self, month: str, balance: int | None, now: datetime) -> None:
        """One call was made; what is left as they say (below zero means without limit)."""
        if self.month != month:
            self.month, self.calls, self.balance = month, 0, None
        self.calls, self.told_at = self.calls + 1, now
        self.balance = None if balance is None or balance < 0 else balance

    def left(self, month: str) -> int | None:
        """How many calls the month still holds; None where nobody counts, or a new month has begun."""
        return self.balance if self.month == month else None


def meter(session: Session, *, lock: bool = False) -> TraffyMeter:
    """The meter's row; made when there is none."""
    row = session.get(TraffyMeter, 1, with_for_update=lock)
    if row is None:
        row = TraffyMeter(id=1, calls=0, statuses=[])
        session.add(row)
        session.flush()
    return row


def link_of(session: Session, theirs: str) -> TraffyLink | None:
    """The case that they call so."""
    return session.scalar(select(TraffyLink).where(TraffyLink.theirs == theirs))


def link_for(session: Session, ticket_id: int) -> TraffyLink | None:
    """How they call a case of ours."""
    return session.scalar(select(TraffyLink).where(TraffyLink.ticket_id == ticket_id))


def client_name(ticket: Ticket) -> str:
    """Our client_ticket_id: SS-2569-00042."""
    return f"SS-{ticket.fiscal_year}-{ticket.number:05d}"


def put(
    session: Session,
    kind: str,
    ref: str,
    now: datetime,
    *,
    ticket_id: int | None = None,
    body: dict[str, Any] | None = None,
) -> TraffyJob | None:
    """A job, if it is not there yet. What was read or brought before may be wanted again."""
    known = session.scalar(select(TraffyJob).where(TraffyJob.kind == kind, TraffyJob.ref == ref))
    if known is not None:
        if kind not in ("read", "file") or known.state == "waiting":
            return None
        known.body = body or {}
        known.state, known.attempts, known.next_try_at, known.done_at, known.error = "waiting", 0, now, None, ""
        return known
    row = TraffyJob(
        kind=kind, ref=ref, ticket_id=ticket_id, body=body or {}, state="waiting", next_try_at=now, created_at=now
    )
    session.add(row)
    session.flush()
    return row


def echoes(session: Session, ticket_id: int, now: datetime) -> bool:
    """Whether so many updates of this case were made within a day that somebody must look."""
    lately = (
        TraffyJob.ticket_id == ticket_id,
        TraffyJob.kind == "update",
        TraffyJob.created_at > now - timedelta(days=1),
    )
    return (session.scalar(select(func.count()).select_from(TraffyJob).where(*lately)) or 0) >= ECHOES
