"""Changes of what the town may set: who, when, what before and after; and undoing them.

Every kind of row that the console's settings may change is named in KINDS. A change is made by `change`, which keeps
the row as it was and as it became; `undo` puts back what was, as a change of its own, when nothing has happened to the
row since. Several changes of one moment (an import, a year's holidays) share a `batch` and are undone together.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Date, ForeignKey, Index, String, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Base, Key
from models.calendar import Holiday
from models.helpers import Helper
from models.own_words import OwnWords
from models.people import Chat
from models.staff import Staff
from models.templates import ReplyTemplate
from models.town import Agency, Category, Department, KnownPlace, RoutingRule, Setting, Village

Values = dict[str, Any]


class Actor(Protocol):
    """Who changes something: has the number of a member of staff."""

    @property
    def staff_id(self) -> int | None: ...


class Change(Base):
    """One row before and after; `before` None: it was made, `after` None: it was removed.

    `subject` is the row's key as text. `undoes`: the change that this one took back.
    """

    __tablename__ = "changes"
    __table_args__ = (Index("ix_changes_row", "kind", "subject", "id"), Index("ix_changes_batch", "batch"))

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    at: Mapped[dt.datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[str] = mapped_column(String(12))
    subject: Mapped[str] = mapped_column(String(120))
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    batch: Mapped[str] = mapped_column(String(16))
    undoes: Mapped[int | None] = mapped_column(ForeignKey("changes.id"), index=True)

    staff: Mapped[Staff | None] = relationship()


class Stale(Exception):
    """The row is no longer as the change left it, or something needs it: undoing would lose somebody's work."""


@dataclass(frozen=True)
class Kind:
    """A table whose rows may be changed: its key column, and the columns that are kept. `numbered`: the key counts up
    by itself."""

    table: type[Any]
    key: str
    columns: tuple[str, ...]
    numbered: bool = False

    def key_of(self, subject: str) -> Any:
        """The subject as a value of the key column. Raises ValueError for one that is none."""
        column = self.table.__table__.c[self.key].type
        if isinstance(column, Date):
            return dt.date.fromisoformat(subject)
        return int(subject) if column.python_type is int else subject

    def find(self, session: Session, subject: str) -> Any:
        """The row, locked; None when there is none."""
        return session.get(self.table, self.key_of(subject), with_for_update=True, populate_existing=True)


KINDS: Mapping[str, Kind] = {
    "setting": Kind(Setting, "name", ("value",)),
    "department": Kind(Department, "id", ("code", "name", "short", "fallback", "phone", "active"), numbered=True),
    "category": Kind(
        Category,
        "code",
        ("name", "department", "agency", "days_urgent", "days_normal", "radius", "sensitive", "position", "active"),
    ),
    "agency": Kind(Agency, "code", ("name", "phone")),
    "rule": Kind(RoutingRule, "id", ("category", "moo", "word", "department"), numbered=True),
    "village": Kind(Village, "moo", ("name", "lat", "lon")),
    "place": Kind(KnownPlace, "id", ("name", "aliases", "moo", "lat", "lon"), numbered=True),
    "holiday": Kind(Holiday, "date", ("name",)),
    "words": Kind(OwnWords, "name", ("text",)),
    "staff": Kind(Staff, "id", ("name", "role", "department_id", "confidential", "active"), numbered=True),
    "helper": Kind(Helper, "id", ("name", "office", "moo", "active"), numbered=True),
    "template": Kind(ReplyTemplate, "id", ("title", "use", "words", "department_id", "active"), numbered=True),
    "group": Kind(Chat, "id", ("department_id",), numbered=True),
}


def snapshot(session: Session, kind: str, subject: str) -> Values | None:
    """The row's kept columns as JSON values; None when there is no such row. Raises KeyError for an unknown kind."""
    found = KINDS[kind].find(session, subject)
    return None if found is None else {name: getattr(found, name) for name in KINDS[kind].columns}


def change(
    session: Session,
    actor: Actor,
    kind: str,
    subject: str | None,
    after: Values | None,
    now: dt.datetime,
    *,
    batch: str = "",
    undoes: int | None = None,
    first: Values | None = None,
) -> Change | None:
    """Make the row so (None: remove it), and keep what it was. `subject` None makes a new numbered row, with `first`
    for columns that are set once and not kept here.

    `after` may name some of the kept columns; the others stay. Returns None when nothing is different. Raises KeyError
    for unknown kinds and columns, LookupError for removing what is not there, IntegrityError where rows need each
    other.
    """
    rule = KINDS[kind]
    if after is not None and (unknown := after.keys() - set(rule.columns)):
        raise KeyError(f"{kind} keeps no {', '.join(sorted(unknown))}")
    before = snapshot(session, kind, subject) if subject is not None else None
    if after is not None and before is not None:
        after = before | after
    if before == after and subject is not None:
        return None
    subject = _write(session, rule, subject, after, first or {})
    made = Change(
        at=now,
        staff_id=actor.staff_id,
        kind=kind,
        subject=subject,
        before=before,
        after=after,
        batch=batch or new_batch(),
        undoes=undoes,
    )
    session.add(made)
    session.flush()
    return made


def _write(session: Session, rule: Kind, subject: str | None, after: Values | None, first: Values) -> str:
    """Put the values into the table; returns the row's key as text."""
    found = rule.find(session, subject) if subject is not None else None
    if after is None:
        if found is None:
            raise LookupError(f"there is no {rule.table.__name__} {subject}")
        session.delete(found)
    elif found is None:
        found = rule.table(**first, **after)
        if subject is not None:
            setattr(found, rule.key, rule.key_of(subject))
        session.add(found)
    else:
        for name, value in after.items():
            setattr(found, name, value)
    session.flush()
    key = getattr(found, rule.key)
    return key.isoformat() if isinstance(key, dt.date) else str(key)


def new_batch() -> str:
    """A mark for changes that belong together."""
    return secrets.token_hex(8)


def undo(session: Session, actor: Actor, batch: str, now: dt.datetime) -> list[Change]:
    """Take back all changes of this batch, the last first. Returns the changes that did it.

    Raises LookupError for an unknown batch, Stale when one of its rows is no longer as it was left, was undone
    already, or is needed by another. Nothing is undone then: the caller rolls back.
    """
    made = session.scalars(select(Change).where(Change.batch == batch).order_by(Change.id.desc())).all()
    if not made:
        raise LookupError(f"there is no batch {batch}")
    again = new_batch()
    return [_undo_one(session, actor, each, again, now) for each in made]


def _undo_one(session: Session, actor: Actor, made: Change, batch: str, now: dt.datetime) -> Change:
    if snapshot(session, made.kind, made.subject) != made.after:
        raise Stale(f"{made.kind} {made.subject} has been changed since")
    try:
        with session.begin_nested():
            done = change(session, actor, made.kind, made.subject, made.before, now, batch=batch, undoes=made.id)
    except IntegrityError:
        raise Stale(f"{made.kind} {made.subject} is needed by other rows") from None
    if done is None:
        raise Stale(f"{made.kind} {made.subject} is as it was")
    return done


def undone(session: Session, changes: Sequence[Change]) -> frozenset[int]:
    """Which of these changes have been taken back."""
    ids = [each.id for each in changes]
    return frozenset(key for key in session.scalars(select(Change.undoes).where(Change.undoes.in_(ids))) if key)


def history(
    session: Session,
    kinds: Sequence[str] = (),
    subject: str | None = None,
    *,
    below: int | None = None,
    limit: int = 50,
) -> Sequence[Change]:
    """Changes of these kinds (all, when none is named), of one row if told, the latest first."""
    found = select(Change).order_by(Change.id.desc()).limit(limit)
    if kinds:
        found = found.where(Change.kind.in_(kinds))
    if subject is not None:
        found = found.where(Change.subject == subject)
    if below is not None:
        found = found.where(Change.id < below)
    return session.scalars(found).all()


def differences(before: Values | None, after: Values | None) -> Iterator[tuple[str, Any, Any]]:
    """(column, before, after) of what differs."""
    for name in dict.fromkeys((*(before or {}), *(after or {}))):
        was, becomes = (before or {}).get(name), (after or {}).get(name)
        if was != becomes:
            yield name, was, becomes
