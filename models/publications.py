"""What is told to everybody of a case: words that staff wrote or approved, a place as coarse as it may be, and nothing
of who told it. Which cases are public, and how, is decided in models/publishing.py alone.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Connection, ForeignKey, Index, String, Text, event, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Key
from models.staff import Staff
from models.tickets import Ticket

#: Letters of public names: none that is taken for another when read aloud or copied by hand.
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
_LENGTH = 9


def new_code() -> str:
    """A public name for a case: nine letters and digits by chance (44 bits), which tell neither order nor number."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))


class Publication(Base):
    """What the public may know of one case. A row is there once staff have decided; without one nothing is public.

    `code` is the case's public name for ever: numbers are counted, so their gaps would tell of cases that are not
    shown. `shown`: False after staff decided to keep it to the office (`reason`, never shown) or took it back.
    `title`, `words` (what was told) and `outcome` (what was done) are staff's wording; so are `place` and `moo`. `lat`,
    `lon` are rounded before they are stored (`publishing.coarse`). `revision` goes up with every change of the row or
    of its case (models/freshness.py). `before` is what an undo brings back. `fiscal_year` and `received_at` are copies
    of the case's, which never change, so that lists are read in their order.
    """

    __tablename__ = "publications"
    __table_args__ = (
        CheckConstraint("title <> '' OR NOT shown", name="title"),
        CheckConstraint("(lat IS NULL) = (lon IS NULL)", name="position"),
        Index(
            "ix_publications_where",
            *("lat", "lon", "ticket_id"),
            sqlite_where=text("shown AND lat IS NOT NULL"),
            postgresql_where=text("shown AND lat IS NOT NULL"),
        ),
        Index("ix_publications_shown", "shown", "ticket_id"),
        Index("ix_publications_received", "shown", "received_at", "id"),
        Index("ix_publications_year", "shown", "fiscal_year", "received_at", "id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), unique=True)
    code: Mapped[str] = mapped_column(String(12), unique=True, default=new_code)
    shown: Mapped[bool] = mapped_column(default=False, server_default="0")
    fiscal_year: Mapped[int]
    received_at: Mapped[datetime]
    title: Mapped[str] = mapped_column(String(120), default="", server_default="")
    words: Mapped[str] = mapped_column(Text, default="", server_default="")
    outcome: Mapped[str] = mapped_column(Text, default="", server_default="")
    place: Mapped[str] = mapped_column(String(160), default="", server_default="")
    moo: Mapped[int | None]
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
    decided_at: Mapped[datetime]
    first_shown_at: Mapped[datetime | None]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    before: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")

    ticket: Mapped[Ticket] = relationship()
    staff: Mapped[Staff | None] = relationship()


@event.listens_for(Publication, "before_insert")
def _copy(_mapper: Any, connection: Connection, row: Publication) -> None:
    """Take over what lists are ordered by."""
    wanted = select(Ticket.fiscal_year, Ticket.received_at).where(Ticket.id == row.ticket_id)
    row.fiscal_year, row.received_at = connection.execute(wanted).one()
