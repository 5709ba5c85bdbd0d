"""Open data files that lie ready: one row per dataset, period and format. The bytes are in the store, under `token`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, Key

DATASETS = ("cases", "projects", "proposals", "polls")
FORMATS = ("csv", "json", "geojson", "xlsx")


class OpenFile(Base):
    """A built file. `period`: “2569” (a fiscal year, B.E.) or “2569-11” (a month, B.E.). `mark` stands for what it was
    built from: another one means that it must be built anew. `withdrawn` is the count of withdrawals at that time
    (models/freshness.py): a file from before the last one may hold what is public no more, and is not handed out."""

    __tablename__ = "open_files"
    __table_args__ = (
        UniqueConstraint("dataset", "period", "format"),
        CheckConstraint(f"dataset IN {DATASETS!r}", name="dataset"),
        CheckConstraint(f"format IN {FORMATS!r}", name="format"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    dataset: Mapped[str] = mapped_column(String(10))
    period: Mapped[str] = mapped_column(String(7))
    format: Mapped[str] = mapped_column(String(8))
    token: Mapped[str] = mapped_column(String(32), unique=True)
    size: Mapped[int]
    rows: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    mark: Mapped[str] = mapped_column(String(64))
    withdrawn: Mapped[int]
    made_at: Mapped[datetime]

    @property
    def name(self) -> str:
        """Its name for people: “cases-2569-11.csv”."""
        return f"{self.dataset}-{self.period}.{self.format}"


def open_files(session: Session, dataset: str | None = None) -> Sequence[OpenFile]:
    """All files, of one dataset if told, the latest period first."""
    found = select(OpenFile).order_by(OpenFile.dataset, OpenFile.period.desc(), OpenFile.format)
    return session.scalars(found if dataset is None else found.where(OpenFile.dataset == dataset)).all()
