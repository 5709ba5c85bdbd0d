"""Fetches: pictures that another system named by an address (Open311's media_url), to be fetched by the worker.

The row of the picture is an ordinary file that waits (models/files.py); here stands only where it lies. Nothing is
fetched while a request waits, and never from an address inside the house's own network (bot/outside.py).
"""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import ForeignKey, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, Key
from models.files import File

#: How the message ids of such files begin: LINE knows nothing of them.
MARK = "url:"
#: Longest address taken.
LONGEST = 2_000


class Fetch(Base):
    """Where a waiting file is fetched from."""

    __tablename__ = "fetches"

    file_id: Mapped[int] = mapped_column(Key, ForeignKey("files.id"), primary_key=True, autoincrement=False)
    address: Mapped[str] = mapped_column(Text)


def expect_address(session: Session, address: str, ticket_id: int, now: datetime, *, purpose: str = "before") -> File:
    """A picture of this case that is to be fetched from there. `address` is http or https, looked at by the caller."""
    token = secrets.token_hex(16)
    row = File(
        token=token,
        message_id=MARK + token,
        chat_key="web",
        ticket_id=ticket_id,
        kind="image",
        purpose=purpose,
        state="waiting",
        next_try_at=now,
        created_at=now,
    )
    session.add(row)
    session.flush()
    session.add(Fetch(file_id=row.id, address=address))
    return row


def address_of(session: Session, message_id: str) -> str | None:
    """Where the file with this message id is to be fetched from; None for what LINE brings."""
    return session.scalar(
        select(Fetch.address).join(File, File.id == Fetch.file_id).where(File.message_id == message_id)
    )
