"""Meetings (ประชุมประชาคมท้องถิ่น): who came, which proposals were heard, how many hands were raised, what was resolved.

Counted are heads, never names. Rules of the meeting: ระเบียบกระทรวงมหาดไทยว่าด้วยการจัดทำแผนพัฒนาขององค์กรปกครองส่วนท้องถิ่น
พ.ศ. 2548 and its amendments, which want the proceedings of a ประชาคม as evidence for the plan.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Key
from models.proposals import Proposal

MEETING_STATES = ("planned", "held", "closed")
#: Who comes, as the attendance is counted: ประชาชน, ผู้นำชุมชน/ผู้แทนประชาคม, อสม., สมาชิกสภา/ผู้บริหาร, ส่วนราชการ, เจ้าหน้าที่.
KINDS = ("residents", "leaders", "volunteers", "council", "agencies", "staff")
SEXES = ("men", "women")
#: What the meeting resolved about a proposal: เห็นชอบ, ไม่เห็นชอบ, ให้นำกลับไปพิจารณาใหม่.
RESOLUTIONS = ("agreed", "refused", "later")


class Meeting(Base):
    """One meeting. `moo` is empty for one of the whole town. `attendance` counts heads: {kind: {"men", "women"}}.

    planned: announced, its list of proposals being filled. held: it took place, its figures are being entered.
    closed: the minutes are signed, nothing changes any more (until it is opened again, which the audit shows).
    `starts` is the hour as announced ("09.30"); `minutes` the proceedings in words.
    """

    __tablename__ = "meetings"
    __table_args__ = (CheckConstraint(f"state IN {MEETING_STATES!r}", name="state"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    state: Mapped[str] = mapped_column(String(8), default="planned")
    title: Mapped[str] = mapped_column(String(200))
    held_on: Mapped[date] = mapped_column(index=True)
    starts: Mapped[str] = mapped_column(String(5), default="", server_default="")
    place: Mapped[str] = mapped_column(String(200), default="", server_default="")
    moo: Mapped[int | None]
    chair: Mapped[str] = mapped_column(String(120), default="", server_default="")
    clerk: Mapped[str] = mapped_column(String(120), default="", server_default="")
    attendance: Mapped[dict[str, Any]] = mapped_column(default=dict)
    minutes: Mapped[str] = mapped_column(Text, default="", server_default="")
    created_at: Mapped[datetime]

    items: Mapped[list[Item]] = relationship(back_populates="meeting", order_by="Item.position, Item.id")

    def heads(self, kind: str | None = None, sex: str | None = None) -> int:
        """How many came, of one kind and sex or of all."""
        kinds, sexes = ([kind] if kind else KINDS), ([sex] if sex else SEXES)
        return sum(int(self.attendance.get(k, {}).get(s) or 0) for k in kinds for s in sexes)


class Item(Base):
    """One proposal before one meeting: hands for, against and abstaining (blank is not zero), its rank, what was
    resolved and with what words."""

    __tablename__ = "meeting_items"
    __table_args__ = (
        UniqueConstraint("meeting_id", "proposal_id"),
        CheckConstraint(f"resolution IN {RESOLUTIONS!r}", name="resolution"),
        CheckConstraint("votes_for >= 0 AND votes_against >= 0 AND abstained >= 0", name="hands"),
        CheckConstraint("rank > 0", name="rank"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"))
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"), index=True)
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    votes_for: Mapped[int | None]
    votes_against: Mapped[int | None]
    abstained: Mapped[int | None]
    rank: Mapped[int | None]
    resolution: Mapped[str | None] = mapped_column(String(8))
    words: Mapped[str] = mapped_column(Text, default="", server_default="")

    meeting: Mapped[Meeting] = relationship(back_populates="items")
    proposal: Mapped[Proposal] = relationship()
