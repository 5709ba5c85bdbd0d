"""Heartbeats: which processes were alive when. `doctor` and the console read them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.database import Database


class Heartbeat(Base):
    """The last sign of life of a kind of process."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime]


def beat(database: Database, name: str, now: datetime) -> None:
    """Leave a sign of life."""
    with database.begin() as session:
        row = session.get(Heartbeat, name)
        if row is None:
            session.merge(Heartbeat(name=name, at=now))
        else:
            row.at = now
