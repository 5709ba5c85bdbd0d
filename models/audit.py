"""The audit (บันทึกการใช้งาน): who did or looked at what, when and from where. Rows are only ever added.

Each row's hash covers the row before it, so that a changed, removed or inserted row breaks the chain for all to see.
The last hash can be written down on paper (`songsiang audit verify` prints it): then even rewriting everything shows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Index, MetaData, String, event, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base

#: What the first row's hash is built upon.
BEGINNING = "0" * 64
#: Rows read at a time when the chain is checked.
BATCH = 1000


@dataclass(frozen=True)
class Actor:
    """Who acts: a member of staff through a door (`web`, `chat`, `shell`), from an address where there is one.

    Anything with these fields serves, the console's Viewer too.
    """

    staff_id: int | None
    name: str
    role: str
    door: str = "web"
    address: str = ""


class AuditRow(Base):
    """One line of the audit. `subject` is “kind:number” (“ticket:42”); `before` and `after` hold what was changed.

    `id` is counted without gaps. Names are copies: they stay what they were. There is no foreign key, so that nothing
    that is removed elsewhere can reach in here.
    """

    __tablename__ = "audit_rows"
    __table_args__ = (
        Index("ix_audit_rows_staff", "staff_id", "id"),
        Index("ix_audit_rows_subject", "subject", "id"),
        Index("ix_audit_rows_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    staff_id: Mapped[int | None]
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(20))
    door: Mapped[str] = mapped_column(String(10))
    address: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(80))
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    hash: Mapped[str] = mapped_column(String(64))


class AuditHead(Base):
    """The end of the chain, one row: its lock makes the chain linear when several processes write."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(String(64), default=BEGINNING)


_BEGIN = f"INSERT INTO audit_head (id, last, hash) VALUES (1, 0, '{BEGINNING}') ON CONFLICT DO NOTHING"  # noqa: S608
_REFUSE = "BEGIN RAISE EXCEPTION ''the audit is append-only''; END"
_GUARDS = {
    "sqlite": tuple(
        f"CREATE TRIGGER IF NOT EXISTS audit_no_{verb} BEFORE {verb} ON audit_rows "
        "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
        for verb in ("update", "delete")
    ),
    "postgresql": (
        f"CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS '{_REFUSE}'",
        """CREATE OR REPLACE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit_rows
           FOR EACH ROW EXECUTE FUNCTION audit_refuse()""",
    ),
}


def guard(connection: Connection) -> None:
    """Begin the chain, and let the database itself refuse to change or delete its rows. Safe to repeat (every release
    does it: Alembic knows nothing of triggers)."""
    for statement in (_BEGIN, *_GUARDS[connection.dialect.name]):
        connection.exec_driver_sql(statement)


@event.listens_for(Base.metadata, "after_create")
def _guard_new_tables(_tables: MetaData, connection: Connection, **_more: object) -> None:
    guard(connection)


def record(
    session: Session,
    actor: Actor | Any,
    action: str,
    subject: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    now: datetime,
) -> AuditRow:
    """Add a row to the chain, in the caller's transaction. Do it last: other writers wait from here to the commit.

    `actor` has the fields of Actor. `before` and `after` must be JSON; times and the like are written as text.
    """
    head = session.get(AuditHead, 1, with_for_update=True, populate_existing=True)
    if head is None:
        raise RuntimeError("the audit has not begun: `songsiang migrate` was not run")
    row = AuditRow(
        id=head.last + 1,
        at=now.astimezone(UTC),
        staff_id=actor.staff_id,
        name=actor.name[:120],
        role=actor.role,
        door=actor.door,
        address=actor.address[:64],
        action=action,
        subject=subject,
        before=_plain(before),
        after=_plain(after),
    )
    row.hash = seal(row, head.hash)
    head.last, head.hash = row.id, row.hash
    session.add(row)
    session.flush()
    return row


def seal(row: AuditRow, previous: str) -> str:
    """The SHA-256, in hex, over the previous row's hash and this row as canonical JSON (sorted keys, UTF-8)."""
    said = [
        row.id,
        row.at.isoformat(),
        row.staff_id,
        row.name,
        row.role,
        row.door,
        row.address,
        row.action,
        row.subject,
        row.before,
        row.after,
    ]
    written = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{written}".encode()).hexdigest()


@dataclass(frozen=True)
class Verdict:
    """What checking the chain found: how many rows, the last hash, and the first row that is wrong (None: sound)."""

    rows: int
    hash: str
    broken: int | None

    @property
    def sound(self) -> bool:
        """Whether every row is as it was written and none is missing."""
        return self.broken is None


def verify(session: Session) -> Verdict:
    """Follow the chain from its beginning. A missing row at the end shows in the head."""
    hash_, count = BEGINNING, 0
    for row in _all(session):
        hash_ = seal(row, hash_)
        if row.id != count + 1 or row.hash != hash_:
            return Verdict(count, hash_, count + 1)
        count += 1
    head = session.get(AuditHead, 1)
    last = (head.last, head.hash) if head else (0, BEGINNING)
    return Verdict(count, hash_, None if last == (count, hash_) else count + 1)


def _all(session: Session) -> Iterator[AuditRow]:
    after = 0
    while batch := session.scalars(
        select(AuditRow).where(AuditRow.id > after).order_by(AuditRow.id).limit(BATCH)
    ).all():
        yield from batch
        after = batch[-1].id
        session.expunge_all()


def _plain(values: dict[str, Any] | None) -> dict[str, Any]:
    """What comes back from a JSON column is what was hashed."""
    plain: dict[str, Any] = json.loads(json.dumps(values or {}, default=str))
    return plain
