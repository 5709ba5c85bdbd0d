"""Paper ballots (บัตรกระดาษ): envelopes counted, ballots typed twice by two people, the tally sheet's photo, confirmed.

Typing begins when online voting has ended, so that nobody knows a part of the result before. Phases after Decidim's
polling stations: counted → typed → checked → confirmed; a confirmed batch is frozen and goes onto the board.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base

#: counted: how many envelopes there are. typed: one person has typed the ballots. checked: a second one has, and both
#: agree. confirmed: the photo of the tally sheet is there, and it is on the board.
PHASES = ("counted", "typed", "checked", "confirmed")


class PaperBatch(Base):
    """The paper ballots of one polling place. `first` and `second` hold the choices as the two typed them; blank and
    spoilt ones are counted in `invalid`. `sheet_sha256`: of the tally sheet's photo (hex)."""

    __tablename__ = "paper_batches"
    __table_args__ = (
        CheckConstraint(f"phase IN {PHASES!r}", name="phase"),
        CheckConstraint("entered_by <> checked_by", name="two_people"),
        CheckConstraint("envelopes >= 0", name="envelopes"),
        CheckConstraint("phase <> 'confirmed' OR (sheet_sha256 IS NOT NULL AND checked_by IS NOT NULL)", name="whole"),
    )

    poll_id: Mapped[int] = mapped_column(ForeignKey("polls.id"), primary_key=True)
    station: Mapped[str] = mapped_column(String(60), primary_key=True)
    area: Mapped[str] = mapped_column(String(20), default="", server_default="")
    phase: Mapped[str] = mapped_column(String(10), default="counted", server_default="counted")
    envelopes: Mapped[int]
    first: Mapped[dict[str, Any] | None]
    second: Mapped[dict[str, Any] | None]
    sheet_sha256: Mapped[str | None] = mapped_column(String(64))
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
