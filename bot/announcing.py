"""Announcing: new lines of history become deliveries for the addresses that want to know (models/hooks.py).

Only what residents may know makes an event, of matters that are not confidential; and only its name, number and state
are told, never anybody's words. A move that may still be undone waits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from messages.thai import full_case_number, local
from models import watching
from models.database import Database
from models.hooks import Delivery, Hook, listeners
from models.plan_rows import ProjectEntry
from models.proposals import Step
from models.publications import Publication
from models.publishing import is_public
from models.tickets import Entry

#: Lines looked at in one go.
BATCH = 500
#: Lines of a case's history that change how it stands.
MOVES = (
    *("taken", "forwarded", "asked", "waiting", "outside", "progress", "done", "refused"),
    *("reopened", "resumed", "withdrawn", "merged"),
)

Body = dict[str, Any]


def _case(session: Session, entry: Entry) -> tuple[str, Body] | None:
    ticket = entry.ticket
    if ticket.sensitive or not entry.public or (entry.what != "created" and entry.what not in MOVES):
        return None
    code = session.scalar(select(Publication.code).where(Publication.ticket_id == ticket.id, Publication.shown))
    case = {
        "id": full_case_number(ticket.fiscal_year, ticket.number),
        "state": ticket.state,
        "kind": ticket.kind,
        "category": ticket.category,
        "department": ticket.department.code,
        "channel": ticket.channel,
        "public_code": code,
    }
    return "case.created" if entry.what == "created" else "case.changed", {"what": entry.what, "case": case}


def _project(_session: Session, entry: ProjectEntry) -> tuple[str, Body] | None:
    project = entry.project
    if not entry.public or project.plan.published_at is None or entry.step == "draft":
        return None
    told = {"id": project.id, "name": project.shown_name, "step": entry.step, "percent": project.percent}
    return "project.changed", {"what": entry.what, "project": told}


def _proposal(_session: Session, entry: Step) -> tuple[str, Body] | None:
    proposal = entry.proposal
    if not entry.public or not is_public(proposal):
        return None
    told = {"id": full_case_number(proposal.fiscal_year, proposal.number), "state": proposal.state}
    return "proposal.changed", {"what": entry.what, "proposal": told}


@dataclass(frozen=True)
class Source:
    """A table of history, and how a line of it is told; None: it is not."""

    name: str
    table: Any
    tell: Callable[[Session, Any], tuple[str, Body] | None]


SOURCES = (
    Source("case", Entry, _case),
    Source("project", ProjectEntry, _project),
    Source("proposal", Step, _proposal),
)


class Announcer:
    """Makes deliveries of one database's history. Any number of workers may announce: each line is told once."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database, self._clock = database, clock
        self._seen: dict[str, set[int]] = {source.name: set() for source in SOURCES}

    def work(self) -> int:
        """Announce all there is; returns how many deliveries were made."""
        with self._database.read() as session:
            heard = bool(listeners(session))
            begun = set(session.scalars(select(watching.Mark.name)))
        if heard:
            return sum(self._announce(source, begun=source.name in begun) for source in SOURCES)
        if begun & self._seen.keys():
            self._rest()
        return 0

    def _rest(self) -> None:
        """Nobody listens any more: forget how far we were."""
        with self._database.begin() as session:
            for source in SOURCES:
                watching.leap(session, source.name)
                self._seen[source.name].clear()

    def _announce(self, source: Source, *, begun: bool) -> int:
        now, made = self._clock(), 0
        with self._database.read() as session:
            if begun and not self._fresh(session, source, now):
                return 0
        with self._database.begin() as session:
            mark = watching.begin(session, source.name, source.table)
            hooks = listeners(session)
            for entry in self._fresh(session, source, now):
                told = None if (entry.data or {}).get("undone") else source.tell(session, entry)
                if told is not None:
                    made += _deliver(session, hooks, source, entry, told, now)
                self._seen[source.name].add(entry.id)
            watching.settle(session, mark, source.table, now)
            settled = mark.settled
        self._seen[source.name] = {each for each in self._seen[source.name] if each > settled}
        return made

    def _fresh(self, session: Session, source: Source, now: datetime) -> Sequence[Any]:
        """Lines that were not looked at yet and may be told."""
        mark = session.get(watching.Mark, source.name)
        if mark is None:
            return []
        table, seen = source.table, self._seen[source.name]
        ids = session.scalars(select(table.id).where(table.id > mark.settled).order_by(table.id))
        fresh = [each for each in ids if each not in seen][:BATCH]
        found = session.scalars(select(table).where(table.id.in_(fresh)).order_by(table.id)) if fresh else ()
        return [one for one in found if one.tell_after is None or one.tell_after <= now]


def _deliver(
    session: Session, hooks: Sequence[Hook], source: Source, entry: Any, told: tuple[str, Body], now: datetime
) -> int:
    kind, data = told
    event = f"{source.name}_{entry.id}"
    known = set(session.scalars(select(Delivery.hook_id).where(Delivery.event == event)))
    wanted = [hook for hook in hooks if kind in hook.events and hook.id not in known and entry.at >= hook.created_at]
    body = {"type": kind, "timestamp": local(entry.at).isoformat(timespec="seconds"), "data": data}
    session.add_all(
        Delivery(hook_id=hook.id, event=event, type=kind, body=body, next_try_at=now, created_at=now) for hook in wanted
    )
    session.flush()
    return len(wanted)
