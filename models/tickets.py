"""Tickets (เรื่อง): what people told the town, and what became of it. The rules of a case's life stand here.
A ticket's `state` changes only through `move()`, against MOVES. Every change appends an `Entry` to the history, and the
history is the queue: entries nobody has been told about become letters (bot/news.py).
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column, object_session, relationship

from models import calendar
from models.base import Base, Key
from models.people import Person
from models.staff import Staff
from models.town import Agency, Category, Department, count_up

KINDS = ("complaint", "suggestion", "proposal", "question", "message")

#: new: with the department, nobody has taken it. taken: somebody works on it. asking: waits for the resident's answer.
#: waiting: paused with a reason (budget, parts). outside: with an outside agency, still followed.
STATES = ("new", "taken", "asking", "waiting", "outside", "done", "refused", "withdrawn", "merged")
OPEN = ("new", "taken", "asking", "waiting", "outside")
CLOSED = ("done", "refused", "withdrawn", "merged")

#: From which state a case may go where. `new` again means: forwarded to another department, or reopened unassigned.
MOVES: dict[str, frozenset[str]] = {
    "new": frozenset({"new", "taken", "asking", "waiting", "outside", "done", "refused", "withdrawn", "merged"}),
    "taken": frozenset({"new", "taken", "asking", "waiting", "outside", "done", "refused", "withdrawn", "merged"}),
    "asking": frozenset({"new", "taken", "asking", "waiting", "outside", "done", "refused", "withdrawn", "merged"}),
    "waiting": frozenset({"new", "taken", "asking", "waiting", "outside", "done", "refused", "withdrawn", "merged"}),
    "outside": frozenset({"new", "taken", "asking", "waiting", "outside", "done", "refused", "withdrawn", "merged"}),
    "done": frozenset({"new", "taken"}),
    "refused": frozenset({"new", "taken"}),
    "withdrawn": frozenset(),
    "merged": frozenset(),
}

#: Reasons for which the clock stops, with the words shown to the resident.
PAUSES = {
    "budget": "รองบประมาณ",
    "parts": "รออะไหล่/วัสดุ",
    "plan": "รอเข้าแผนพัฒนา",
    "weather": "รอสภาพอากาศ",
    "agency": "รอหน่วยงานอื่น",
    "other": "รอดำเนินการ",
}


class NotAllowed(Exception):
    """A move the rules forbid. The text says which, for logs; the handler says it in Thai."""


class Ticket(Base):
    """One matter: who told it (hidden unless needed), what, where, whose duty, until when, and how it stands.

    `number` counts within `fiscal_year` (B.E., from 1 October): 42/69. `answer_by` is the duty to give a first answer
    (15 days; พ.ร.ฎ. บริหารกิจการบ้านเมืองที่ดี 2546 ม.38); `due_at` is the target for the work, which `paused_at` stops.
    `guess` keeps what the bot understood, for learning. `source_key` makes filing repeatable: the
    same conversation or import row files once. `saraban` is the office's own number of a letter (เลขรับสารบรรณ);
    `on_behalf` is the office of the helper who filed it for somebody else (แจ้งแทน; models/helpers.py), or "";
    `token` the unguessable name under which anybody who holds the slip may see how it stands (/s/<token>).
    """

    __tablename__ = "tickets"
    __table_args__ = (
        UniqueConstraint("fiscal_year", "number"),
        CheckConstraint(f"state IN {STATES!r}", name="state"),
        CheckConstraint(f"kind IN {KINDS!r}", name="kind"),
        CheckConstraint("rating IS NULL OR rating BETWEEN 1 AND 5", name="rating"),
        CheckConstraint("(lat IS NULL) = (lon IS NULL)", name="position"),
        Index("ix_tickets_reporter", "reporter_id", "id"),
        Index("ix_tickets_department_state", "department_id", "state", "due_at"),
        Index("ix_tickets_near", "category", "lat", "lon"),
        Index("ix_tickets_state_received", "state", "received_at"),
        Index("ix_tickets_received", "received_at", "id"),
        Index("ix_tickets_owner_state", "owner_id", "state", "received_at"),
        # All that the map asks of cases of every state, so that it reads no rows (web/map.py).
        Index(
            "ix_tickets_where",
            *("lat", "lon", "sensitive", "state", "department_id", "owner_id"),
            sqlite_where=text("lat IS NOT NULL"),
            postgresql_where=text("lat IS NOT NULL"),
        ),
        Index(
            "ix_tickets_merged_into",
            "merged_into_id",
            sqlite_where=text("merged_into_id IS NOT NULL"),
            postgresql_where=text("merged_into_id IS NOT NULL"),
        ),
        Index("ix_tickets_category_received", "category", "received_at", "id"),
        Index("ix_tickets_moo_received", "moo", "received_at", "id"),
        Index("ix_tickets_department_received", "department_id", "received_at", "id"),
        # All that the overview asks of a span (models/statistics.py), so that it reads no rows.
        Index(
            "ix_tickets_figures",
            *("received_at", "sensitive", "department_id", "category", "moo"),
            *("state", "reopened", "first_answer_at", "answer_by", "rating"),
        ),
        Index(
            "ix_tickets_finished",
            *("state", "closed_at", "sensitive", "department_id", "category", "moo", "received_at"),
            sqlite_where=text("closed_at IS NOT NULL"),
            postgresql_where=text("closed_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    fiscal_year: Mapped[int]
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(10), default="new")
    text: Mapped[str] = mapped_column(Text)
    search: Mapped[str] = mapped_column(Text, default="", server_default="")
    category: Mapped[str] = mapped_column(ForeignKey("categories.code"))
    department_id: Mapped[int] = mapped_column(ForeignKey("departments.id"))
    agency_code: Mapped[str | None] = mapped_column(ForeignKey("agencies.code"))
    urgency: Mapped[str] = mapped_column(String(8), default="normal")
    sensitive: Mapped[bool] = mapped_column(default=False, server_default="0")
    moo: Mapped[int | None]
    place: Mapped[str] = mapped_column(Text, default="", server_default="")
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    hidden_name: Mapped[bool] = mapped_column(default=False, server_default="0")
    channel: Mapped[str] = mapped_column(String(12), default="line", server_default="line")
    received_at: Mapped[datetime]
    first_answer_at: Mapped[datetime | None]
    answer_by: Mapped[datetime]
    due_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    pause_reason: Mapped[str | None] = mapped_column(String(12))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    rating: Mapped[int | None]
    rating_note: Mapped[str | None] = mapped_column(Text)
    reopened: Mapped[int] = mapped_column(default=0, server_default="0")
    guess: Mapped[dict[str, Any]] = mapped_column(default=dict)
    source_key: Mapped[str | None] = mapped_column(String(80), unique=True)
    saraban: Mapped[str] = mapped_column(String(60), default="", server_default="")
    on_behalf: Mapped[str] = mapped_column(String(10), default="", server_default="")
    token: Mapped[str] = mapped_column(String(22), unique=True, default=lambda: secrets.token_urlsafe(16))

    reporter: Mapped[Person | None] = relationship()
    department: Mapped[Department] = relationship()
    agency: Mapped[Agency | None] = relationship()
    kind_of: Mapped[Category] = relationship()
    owner: Mapped[Staff | None] = relationship()
    history: Mapped[list[Entry]] = relationship(back_populates="ticket", order_by="Entry.id")

    @property
    def is_open(self) -> bool:
        """Whether anything is still to be done."""
        return self.state in OPEN

    def add(
        self,
        what: str,
        now: datetime,
        *,
        staff: Staff | None = None,
        person: Person | None = None,
        words: str = "",
        data: dict[str, Any] | None = None,
        public: bool = True,
        told: bool = False,
    ) -> Entry:
        """Append to the history. `told` entries make no letters (whoever acted has been answered already)."""
        entry = Entry(
            ticket=self,
            at=now,
            what=what,
            staff=staff,
            person=person,
            words=words,
            data=data or {},
            public=public,
            told_at=now if told else None,
        )
        session = object_session(self)
        if session is not None:
            session.add(entry)
        return entry

    def move(
        self,
        state: str,
        what: str,
        now: datetime,
        *,
        staff: Staff | None = None,
        person: Person | None = None,
        words: str = "",
        data: dict[str, Any] | None = None,
    ) -> Entry:
        """Change the state, keep the clocks right, and write it into the history. Raises NotAllowed."""
        if state not in MOVES[self.state]:
            raise NotAllowed(f"ticket {self.id}: {self.state} → {state}")
        before, self.state = self.state, state
        self._run_clock(state, now)
        if self.paused_at is not None:
            self.pause_reason = "agency" if state == "outside" else str((data or {}).get("reason", "other"))
        self.closed_at = now if state in CLOSED else None
        # “รับเรื่อง” alone tells the resident nothing yet: it is no answer in the sense of the 15 days (context.md §4.2).
        if staff is not None and what in ("waiting", "outside", "done", "refused", "asked"):
            self.first_answer_at = self.first_answer_at or now
        session = object_session(self)
        if session is not None and self.id is not None:
            release(session, self.id, now)
        return self.add(what, now, staff=staff, person=person, words=words, data={"from": before, **(data or {})})

    def _run_clock(self, state: str, now: datetime) -> None:
        """Stop the work's clock while others must act; each day that ended meanwhile moves the target by one.

        So the target stays the end of a day, and a pause of an hour delays nothing (as models/calendar.py counts).
        """
        if state in ("waiting", "outside"):
            self.paused_at = self.paused_at or now
            return
        if self.paused_at is not None and self.due_at is not None:
            self.due_at += timedelta(days=calendar.age_days(self.paused_at, now))
        self.paused_at, self.pause_reason = None, None

    def is_late(self, now: datetime) -> bool:
        """Open, and past the day of the first answer without one, or past its work's target with the clock running."""
        if not self.is_open:
            return False
        if self.first_answer_at is None and self.answer_by < now:
            return True
        return self.paused_at is None and self.due_at is not None and self.due_at < now


class Entry(Base):
    """One line of a ticket's history. `public` lines are shown to the resident; `told_at` is empty until told, which
    is not before `tell_after`. `before` is what an undo brings back (models/undoing.py)."""

    __tablename__ = "ticket_entries"
    __table_args__ = (
        Index(
            "ix_ticket_entries_untold",
            "id",
            sqlite_where=text("told_at IS NULL"),
            postgresql_where=text("told_at IS NULL"),
        ),
        Index("ix_ticket_entries_ticket", "ticket_id", "id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    at: Mapped[datetime]
    what: Mapped[str] = mapped_column(String(16))
    words: Mapped[str] = mapped_column(Text, default="", server_default="")
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    public: Mapped[bool] = mapped_column(default=True, server_default="1")
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    message_id: Mapped[str | None] = mapped_column(String(64), index=True)
    told_at: Mapped[datetime | None]
    tell_after: Mapped[datetime | None]
    before: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")

    ticket: Mapped[Ticket] = relationship(back_populates="history")
    staff: Mapped[Staff | None] = relationship()
    person: Mapped[Person | None] = relationship()


class Follow(Base):
    """Somebody who said “ของฉันด้วย” and wants to hear of it."""

    __tablename__ = "follows"
    __table_args__ = (UniqueConstraint("ticket_id", "person_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    since: Mapped[datetime]


def release(session: Session, ticket_id: int, now: datetime) -> None:
    """A further move follows: what was kept back is told at once, so that residents hear things in their order."""
    kept = (Entry.ticket_id == ticket_id, Entry.told_at.is_(None), Entry.tell_after > now)
    session.execute(update(Entry).where(*kept).values(tell_after=now))


def fiscal_year_of(local: datetime) -> int:
    """The Thai fiscal year (ปีงบประมาณ, B.E.) of a local time: October begins the next one."""
    return local.year + 543 + (local.month >= 10)


def next_number(session: Session, fiscal_year: int) -> int:
    """The next case number of this fiscal year."""
    return count_up(session, f"ticket:{fiscal_year}")
