"""Mentions: colleagues named in an internal note (“@สมชาย ใจเย็น”), until they have looked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, Index, UniqueConstraint, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Base, Key
from models.staff import Staff
from models.tickets import Entry, Ticket


class Mention(Base):
    """Somebody of the staff was named in this line of a case's history. `seen_at`: has opened the case since."""

    __tablename__ = "mentions"
    __table_args__ = (
        UniqueConstraint("entry_id", "staff_id"),
        Index(
            "ix_mentions_unseen",
            "staff_id",
            sqlite_where=text("seen_at IS NULL"),
            postgresql_where=text("seen_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("ticket_entries.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    seen_at: Mapped[datetime | None]

    entry: Mapped[Entry] = relationship()
    staff: Mapped[Staff] = relationship()


def named_in(words: str, staff: Sequence[Staff]) -> list[Staff]:
    """Who of these is named with an @ in the words, by the whole name or the given name; the longest name wins."""
    found: list[Staff] = []
    names = sorted({(name, s.id): (name, s) for s in staff for name in _names(s)}.values(), key=lambda n: -len(n[0]))
    rest = words
    for name, member in names:
        if f"@{name}" in rest:
            rest = rest.replace(f"@{name}", " ")
            found += [member] if member not in found else []
    return found


def _names(member: Staff) -> tuple[str, ...]:
    given = member.name.split()[:1]
    return (member.name, *given) if given else ()


def mention(session: Session, entry: Entry, staff: Sequence[Staff]) -> None:
    """Keep that these were named in this line, which has its id already."""
    session.add_all(Mention(entry_id=entry.id, staff_id=member.id) for member in staff)


def unseen(session: Session, staff_id: int) -> list[Mention]:
    """Where this member of staff was named and has not looked since, newest first."""
    found = select(Mention).where(Mention.staff_id == staff_id, Mention.seen_at.is_(None))
    return list(session.scalars(found.order_by(Mention.id.desc()).limit(50)))


def unseen_on(staff_id: int) -> ColumnElement[bool]:
    """The condition for cases in which this member of staff was named and has not looked since."""
    named = select(Entry.ticket_id).join(Mention, Mention.entry_id == Entry.id)
    return Ticket.id.in_(named.where(Mention.staff_id == staff_id, Mention.seen_at.is_(None)))


def seen(session: Session, staff_id: int, ticket_id: int, now: datetime) -> None:
    """The member of staff has opened this case."""
    here = select(Entry.id).where(Entry.ticket_id == ticket_id)
    wanted = (Mention.staff_id == staff_id, Mention.seen_at.is_(None), Mention.entry_id.in_(here))
    session.execute(update(Mention).where(*wanted).values(seen_at=now))
