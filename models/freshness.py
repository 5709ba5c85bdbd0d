"""Freshness: a count for each topic of the public site that goes up with every commit that changes what it shows.

Pages that are kept in memory (web/public/kept.py) are kept under these counts, so nothing outdated is shown for a
moment after a commit, and nothing is worked out twice between two. Counting is done by the sessions themselves, just
before they commit: whoever changes a case, a project or a setting need not know that there is a public site.

The counts are spread over a few rows, so that writers on PostgreSQL hardly ever wait for each other; because they are
written last, nobody who holds one waits for anything else.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import String, event, func, inspect, select, update
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column

from models.announcements import Announcement
from models.base import Base
from models.files import File
from models.notices import Notice
from models.open_files import OpenFile
from models.own_words import OwnWords
from models.plan import Plan, Project
from models.plan_rows import Budget, ProjectEntry, ProjectVillage
from models.polls import Poll, PollOption
from models.proposals import Proposal, Support
from models.publications import Publication
from models.publishing import PROJECT_STEPS
from models.tickets import Ticket
from models.town import DEFAULTS, Agency, Category, Department, Setting, Village

#: withdrawn: something is public no more, so files that were built before may not be handed out.
TOPICS = ("cases", "projects", "proposals", "polls", "news", "town", "files", "withdrawn")
#: Over how many rows a count is spread.
SHARDS = 8

#: Which rows change which topics. Tickets and photos are asked about one by one: most are not public.
_TOPICS: dict[type[Any], str] = {
    Publication: "cases",
    **dict.fromkeys((Plan, Project, Budget, ProjectEntry, ProjectVillage), "projects"),
    **dict.fromkeys((Proposal, Support), "proposals"),
    **dict.fromkeys((Poll, PollOption), "polls"),
    Announcement: "news",
    **dict.fromkeys((Setting, Village, Category, Department, Agency, Notice, OwnWords), "town"),
    OpenFile: "files",
}
_NAMES = {kind.__tablename__: topic for kind, topic in _TOPICS.items()}
_TOUCHED, _ASKED, _MOVED = "freshness.topics", "freshness.tickets", "freshness.categories"


class PublicStamp(Base):
    """A part of a topic's count."""

    __tablename__ = "public_stamps"

    topic: Mapped[str] = mapped_column(String(10), primary_key=True)
    shard: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[int] = mapped_column(default=0)


def stamps(session: Session) -> dict[str, int]:
    """The count of every topic, as of this session's snapshot."""
    found = select(PublicStamp.topic, func.sum(PublicStamp.value)).group_by(PublicStamp.topic)
    return dict.fromkeys(TOPICS, 0) | {topic: int(value) for topic, value in session.execute(found)}


def _note(session: Session, rows: Iterable[Any], *, gone: bool = False) -> None:
    topics: set[str] = session.info.setdefault(_TOUCHED, set())
    tickets: set[int] = session.info.setdefault(_ASKED, set())
    for row in rows:
        if isinstance(row, Ticket):
            tickets.add(row.id)
            if inspect(row).attrs.category.history.deleted:  # of a kind, perhaps, whose place is withheld
                session.info.setdefault(_MOVED, set()).add(row.id)
        elif isinstance(row, File) and row.copy_of_id is not None:
            topics |= {"cases", "withdrawn"} if row.deleted_at is not None else {"cases"}
            tickets.add(row.ticket_id or 0)
        elif isinstance(row, Setting) and row.name not in DEFAULTS:  # the house's own notes to itself
            continue
        elif (topic := _TOPICS.get(type(row))) is not None:
            topics.add(topic)
            if isinstance(row, Category):
                topics.add("cases")  # whether they are public hangs on their kind
            if isinstance(row, Publication) and not gone:
                tickets.add(row.ticket_id)  # its revision goes up
            if (gone and topic != "files") or _is_away(row) or _has_lost(row):
                topics.add("withdrawn")


def _is_away(row: Any) -> bool:
    """Whether a row that was changed is not, or no longer, shown to the public."""
    match row:
        case Publication():
            return not row.shown
        case Proposal():
            return row.state in ("review", "withdrawn")
        case Plan():
            return row.published_at is None
        case Project():
            return row.step not in PROJECT_STEPS
        case _:
            return False


#: Columns that are told to everybody: what stood there and stands there no more was taken back, however little it is
#: (a name that somebody overlooked).
_TOLD: dict[type[Any], tuple[str, ...]] = {
    Publication: ("title", "words", "outcome", "place", "moo", "lat", "lon"),
    Proposal: ("title", "why", "benefit", "place", "moo", "lat", "lon", "answer", "reason"),
    Project: ("name", "objective", "target", "result", "contractor", "lat", "lon"),
}


def _has_lost(row: Any) -> bool:
    """Whether a change took back something that files built before may tell."""
    if isinstance(row, Setting):
        return row.name == "public.withheld"
    if isinstance(row, Category):
        return row.sensitive
    state = inspect(row)
    return any(any(state.attrs[name].history.deleted or ()) for name in _TOLD.get(type(row), ()))


def _flushed(session: Session, _context: Any) -> None:
    _note(session, (*session.new, *(row for row in session.dirty if session.is_modified(row))))
    _note(session, session.deleted, gone=True)


def _executed(state: ORMExecuteState) -> None:
    """Statements that change many rows at once."""
    if state.is_select or not (state.is_update or state.is_insert or state.is_delete):
        return
    table = getattr(getattr(state.statement, "table", None), "name", "")
    topics: set[str] = state.session.info.setdefault(_TOUCHED, set())
    if table in _NAMES:
        topics |= {_NAMES[table]} if state.is_insert else {_NAMES[table], "withdrawn"}
    elif table in (Ticket.__tablename__, File.__tablename__) and not state.is_insert:
        topics |= {"cases", "withdrawn"}


def _committing(session: Session) -> None:
    if session.in_nested_transaction():  # a savepoint ends; the commit itself comes later
        return
    session.flush()
    tickets = session.info.pop(_ASKED, set())
    topics = session.info.pop(_TOUCHED, set())
    if tickets:
        topics |= _of_tickets(session, tickets)
    for topic in sorted(topics):
        _count(session, topic)
    _forget(session)


def _forget(session: Session) -> None:
    for name in (_TOUCHED, _ASKED, _MOVED):
        session.info.pop(name, None)


def _of_tickets(session: Session, ids: set[int]) -> set[str]:
    """What changed with these cases: nothing, unless something of them is public."""
    columns = (Publication.id, Ticket.id, Ticket.sensitive, Ticket.state)
    joined = select(*columns).join(Ticket, Ticket.id == Publication.ticket_id)
    found = session.execute(joined.where(Publication.ticket_id.in_(ids))).all()
    if not found:
        return set()
    keys = [key for key, *_ in found]
    one_more = update(Publication).where(Publication.id.in_(keys)).values(revision=Publication.revision + 1)
    session.connection().execute(one_more)
    moved = session.info.pop(_MOVED, set())
    away = any(
        sensitive or state in ("withdrawn", "merged") or number in moved for _, number, sensitive, state in found
    )
    return {"cases", "withdrawn"} if away else {"cases"}


def _count(session: Session, topic: str) -> None:
    shard = secrets.randbelow(SHARDS)
    mine = (PublicStamp.topic == topic, PublicStamp.shard == shard)
    connection = session.connection()
    if not connection.execute(update(PublicStamp).where(*mine).values(value=PublicStamp.value + 1)).rowcount:
        insert = _insert(connection.dialect.name)
        row = insert(PublicStamp).values(topic=topic, shard=shard, value=1)
        again = {"value": PublicStamp.value + 1}
        connection.execute(row.on_conflict_do_update(index_elements=["topic", "shard"], set_=again))


def _insert(dialect: str) -> Any:
    if dialect == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as postgresql  # noqa: PLC0415 - loads psycopg's part

        return postgresql
    from sqlalchemy.dialects.sqlite import insert as sqlite  # noqa: PLC0415

    return sqlite


_LISTENERS: dict[str, Callable[..., Any]] = {
    "after_flush": _flushed,
    "do_orm_execute": _executed,
    "before_commit": _committing,
    "after_rollback": _forget,
}


def listen() -> None:
    """Let every session count from now on. Safe to repeat."""
    for name, listener in _LISTENERS.items():
        if not event.contains(Session, name, listener):
            event.listen(Session, name, listener)
