"""Proposals (ข้อเสนอโครงการ): what residents want done, from an idea in chat to a line of the plan. A proposal's life.

A proposal's `state` changes only through `move()`, against MOVES. Every change appends a `Step` to the history, and the
history is the queue: steps nobody has been told about become letters (bot/proposal_news.py). What is done with
proposals (filing, supporting, answering, merging) is in models/proposing.py, supporting.py and deciding.py.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    func,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, object_session, relationship

from models.base import Base, Key
from models.groups import Group
from models.people import Person
from models.staff import Staff
from models.tickets import NotAllowed
from models.town import Department

#: review: sent, its words wait to be looked at (รอตรวจ). fixing: the proposer is asked for other words (รอผู้เสนอแก้).
#: open: neighbours may support it (เปิดรับการสนับสนุน). reached: enough do, the office owes an answer (ถึงเกณฑ์ รอคำตอบ).
#: answered: the office has answered (ตอบแล้ว). meeting: on the list of a ประชาคม. poll: to be put into a poll.
#: planned: a project of the plan. refused: ไม่รับ, with the reason. merged: goes on in another. withdrawn: taken back.
PROPOSAL_STATES = (
    *("review", "fixing", "open", "reached", "answered", "meeting", "poll", "planned"),
    *("refused", "merged", "withdrawn"),
)
#: What everybody may see.
PUBLIC = ("open", "reached", "answered", "meeting", "poll", "planned")
#: States in which a tap of support counts.
SUPPORTABLE = ("open", "reached", "answered")
#: States in which something is still to be done by the office.
UNDECIDED = ("review", "fixing", "open", "reached", "answered", "meeting", "poll")
ENDED = ("planned", "refused", "merged", "withdrawn")

_DECIDE = frozenset({"answered", "meeting", "poll", "planned", "refused", "merged"})

#: From which state a proposal may go where. A refused one may be taken up again (ทบทวน); one leaves the plan when its
#: draft is thrown away.
MOVES: dict[str, frozenset[str]] = {
    "review": frozenset({"open", "fixing", "refused", "merged", "withdrawn", "meeting"}),
    "fixing": frozenset({"review", "open", "refused", "merged", "withdrawn"}),
    "open": _DECIDE | {"reached", "review", "withdrawn"},
    "reached": _DECIDE,
    "answered": _DECIDE - {"answered"},
    "meeting": frozenset({"answered", "poll", "planned", "refused", "merged"}),
    "poll": frozenset({"answered", "meeting", "planned", "refused"}),
    "planned": frozenset({"answered"}),
    "refused": frozenset({"review", "open"}),
    "merged": frozenset(),
    "withdrawn": frozenset(),
}

#: Where it came from: LINE, a paper, a ประชาคม, the counter.
CHANNELS = ("chat", "paper", "meeting", "counter")
#: Who benefits, roughly: up to 10 houses, 11–50, the whole village, the whole town, nobody has said.
REACHES = ("few", "some", "village", "town", "unsure")
#: What it is about, in the residents' eight words (dialogues_th.md §7).
TOPICS = ("roads", "environment", "income", "education", "health", "safety", "service", "other")


class Proposal(Base):
    """One proposal: what (`title`), why, who benefits, where, whose, and how it stands.

    `number` counts within `fiscal_year` (B.E., from 1 October): ป.21/69. It belongs to a person, to a group in whose
    name a person sent it, or to neither (from paper). `threshold` and `support_until` are what was told when it was
    opened: a later change of the settings moves no goalposts. `review_by` is the promise to have looked at the words.
    `cost_satang` is the rough cost that the department gave with its `answer`; none is not zero. `reason` says to
    everybody why it was not taken. `project_id` is the project of the plan made from it. `source_key` makes filing
    repeatable. `search` is `nlp.search.search_text` of all that may be looked for.
    """

    __tablename__ = "proposals"
    __table_args__ = (
        UniqueConstraint("fiscal_year", "number"),
        CheckConstraint(f"state IN {PROPOSAL_STATES!r}", name="state"),
        CheckConstraint(f"channel IN {CHANNELS!r}", name="channel"),
        CheckConstraint(f"reach IN {REACHES!r}", name="reach"),
        CheckConstraint(f"topic IN {TOPICS!r}", name="topic"),
        CheckConstraint("(lat IS NULL) = (lon IS NULL)", name="position"),
        CheckConstraint("cost_satang >= 0", name="cost"),
        CheckConstraint("(state = 'merged') = (merged_into_id IS NOT NULL)", name="merged"),
        CheckConstraint("state <> 'refused' OR reason <> ''", name="reason"),
        CheckConstraint("threshold > 0", name="threshold"),
        Index("ix_proposals_state", "state", "received_at"),
        Index("ix_proposals_proposer", "proposer_id", "received_at"),
        Index("ix_proposals_moo", "moo", "state"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    fiscal_year: Mapped[int]
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="review")
    title: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text, default="", server_default="")
    benefit: Mapped[str] = mapped_column(Text, default="", server_default="")
    reach: Mapped[str] = mapped_column(String(8), default="unsure", server_default="unsure")
    topic: Mapped[str] = mapped_column(String(12), default="other", server_default="other")
    moo: Mapped[int | None]
    place: Mapped[str] = mapped_column(Text, default="", server_default="")
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    proposer_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("resident_groups.id"), index=True)
    channel: Mapped[str] = mapped_column(String(8), default="chat", server_default="chat")
    received_at: Mapped[datetime]
    review_by: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    support_until: Mapped[datetime | None]
    threshold: Mapped[int] = mapped_column(default=20, server_default="20")
    reached_at: Mapped[datetime | None]
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"), index=True)
    answer: Mapped[str] = mapped_column(Text, default="", server_default="")
    answered_at: Mapped[datetime | None]
    cost_satang: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    closed_at: Mapped[datetime | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("proposals.id"), index=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("plan_projects.id"), index=True)
    search: Mapped[str] = mapped_column(Text, default="", server_default="")
    source_key: Mapped[str | None] = mapped_column(String(80), unique=True)

    proposer: Mapped[Person | None] = relationship()
    group: Mapped[Group | None] = relationship()
    department: Mapped[Department | None] = relationship()
    merged_into: Mapped[Proposal | None] = relationship(remote_side="Proposal.id")
    history: Mapped[list[Step]] = relationship(back_populates="proposal", order_by="Step.id")

    @property
    def name(self) -> str:
        """The number as everybody says it: ป.21/69."""
        return f"ป.{self.number}/{self.fiscal_year % 100:02d}"

    @property
    def public(self) -> bool:
        """Whether neighbours may see it."""
        return self.state in PUBLIC

    def supportable(self, now: datetime) -> bool:
        """Whether a tap of support counts now."""
        return self.state in SUPPORTABLE and (self.support_until is None or now < self.support_until)

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
    ) -> Step:
        """Append to the history. `told` steps make no letters (whoever acted has been answered already)."""
        step = Step(
            proposal=self,
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
            session.add(step)
        return step

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
        told: bool = False,
    ) -> Step:
        """Change the state and write it into the history. Raises NotAllowed."""
        if state not in MOVES[self.state]:
            raise NotAllowed(f"proposal {self.id}: {self.state} → {state}")
        before, self.state = self.state, state
        self.closed_at = now if state in ENDED else None
        if state != "refused":
            self.reason = ""
        session = object_session(self)
        if session is not None and self.id is not None:  # what was kept back is told now, so that all is told in order
            kept = (Step.proposal_id == self.id, Step.told_at.is_(None), Step.tell_after > now)
            session.execute(update(Step).where(*kept).values(tell_after=now))
        found = {"from": before, **(data or {})}
        return self.add(what, now, staff=staff, person=person, words=words, data=found, told=told)


class Step(Base):
    """One line of a proposal's history. `public` lines are shown to everybody who may see it; `told_at` is empty until
    told, which is not before `tell_after`. `before` is what an undo brings back (models/proposal_undo.py)."""

    __tablename__ = "proposal_steps"
    __table_args__ = (
        Index(
            "ix_proposal_steps_untold",
            "id",
            sqlite_where=text("told_at IS NULL"),
            postgresql_where=text("told_at IS NULL"),
        ),
        Index("ix_proposal_steps_proposal", "proposal_id", "id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"))
    at: Mapped[datetime]
    what: Mapped[str] = mapped_column(String(16))
    words: Mapped[str] = mapped_column(Text, default="", server_default="")
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    public: Mapped[bool] = mapped_column(default=True, server_default="1")
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    told_at: Mapped[datetime | None]
    tell_after: Mapped[datetime | None]
    before: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")

    proposal: Mapped[Proposal] = relationship(back_populates="history")
    staff: Mapped[Staff | None] = relationship()
    person: Mapped[Person | None] = relationship()


class Support(Base):
    """Somebody who said “สนับสนุน”, once per proposal. `moo` is the village told by then, for counting by village."""

    __tablename__ = "supports"
    __table_args__ = (UniqueConstraint("proposal_id", "person_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    moo: Mapped[int | None]
    since: Mapped[datetime]


def supports_of(session: Session, ids: list[int]) -> dict[int, int]:
    """How many support each of these proposals, by its id; every id is there."""
    counted = (
        select(Support.proposal_id, func.count()).where(Support.proposal_id.in_(ids)).group_by(Support.proposal_id)
    )
    found = {row[0]: row[1] for row in session.execute(counted)}
    return {key: found.get(key, 0) for key in ids}


def supports(session: Session, proposal: Proposal) -> int:
    """How many support it."""
    return supports_of(session, [proposal.id])[proposal.id]


def proposal_by_number(session: Session, year: int | None, number: int) -> Proposal | None:
    """The proposal of this number: of that fiscal year (B.E.), else the latest of that number."""
    found = select(Proposal).where(Proposal.number == number).order_by(Proposal.fiscal_year.desc())
    return session.scalar((found if year is None else found.where(Proposal.fiscal_year == year)).limit(1))


def ready_for_poll(session: Session, moo: int | None = None) -> list[Proposal]:
    """What staff chose for a poll (state “poll”), oldest first: of this village, or of all.

    The builder of a poll takes its options from here: `title`, `place`, `moo`, `cost_satang`, and `id` to link back
    (models/deciding.polled tells proposer and supporters how the poll ended).
    """
    chosen = select(Proposal).where(Proposal.state == "poll").order_by(Proposal.id)
    return list(session.scalars(chosen if moo is None else chosen.where(Proposal.moo == moo)))


def waiting_days(proposal: Proposal, now: datetime) -> int:
    """Whole days since it came in, or since it reached its threshold where that is what waits."""
    since = proposal.reached_at if proposal.state == "reached" and proposal.reached_at else proposal.received_at
    return max(0, (now - since) // timedelta(days=1))
