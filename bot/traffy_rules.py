"""The rules of the bridge to Traffy Fondue: what is told, what an answer means, when the month's calls run short."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.announcing import MOVES
from messages.thai import local
from models.tickets import Entry
from models.traffy import TYPES, TraffyJob, TraffyLink, TraffyMeter, echoes, link_for, link_of, put
from web.traffy_filing import bring, follow
from web.traffy_reading import Issue, read_issue

#: Below this part of the month's calls nobody looks for news any more; the rest is for telling.
KEEP = 0.1


def want_update(session: Session, entry: Entry, now: datetime) -> None:
    """A line of history becomes an update, unless it came from there, is nobody's business, or goes in a circle."""
    link = link_for(session, entry.ticket_id)
    data = entry.data or {}
    if (
        link is None
        or link.theirs is None
        or not entry.public
        or entry.what not in MOVES
        or data.get("via") == "traffy"
        or data.get("undone")
    ):
        return
    body = {"state": entry.ticket.state, "words": entry.words}
    job = put(session, "update", f"entry:{entry.id}", now, ticket_id=entry.ticket_id, body=body)
    if job is not None and echoes(session, entry.ticket_id, now):
        job.state, job.error = "held", "echo: too many updates of one case within a day"


def note_done(session: Session, job: TraffyJob, said: dict[str, Any], found: Any, now: datetime) -> None:
    """What a call that was taken means for the link."""
    link = link_for(session, job.ticket_id) if job.ticket_id is not None else None
    if job.kind == "read":
        issue = read_issue(found | {"status": _status_in(found)}, note=_note_in(found))
        known = link_of(session, issue.theirs)
        if known is None:
            bring(session, issue, now, quietly=False)
        else:
            follow(session, known, issue, now)
    elif link is not None and job.kind == "new":
        link.theirs, link.sent = str(found), "รอรับเรื่อง"
        if link.ticket.state != "new":  # it has moved on while it waited
            put(session, "update", f"state:{link.ticket_id}", now, ticket_id=link.ticket_id)
    elif link is not None:
        link.sent = str(said["state_name"])


def _status_in(found: dict[str, Any]) -> str:
    """The state of a case read by itself: its last line of timeline; the description gives it no field of its own."""
    told = [one for one in found.get("timeline") or [] if isinstance(one, dict) and one.get("status")]
    return str(told[-1]["status"]) if told else str(found.get("status") or "")


def _note_in(found: dict[str, Any]) -> str:
    told = [one for one in found.get("timeline") or [] if isinstance(one, dict)]
    return str(told[-1].get("note") or "")[:2_000] if len(told) > 1 else ""


def lost_link(session: Session, issue: Issue) -> TraffyLink | None:
    """A case of ours whose sending was in doubt: our name stands in its words. It is linked now, never filed again."""
    start = issue.words.rfind("(SS-")
    if start < 0:
        return None
    client = issue.words[start + 1 :].partition(")")[0]
    link = session.scalar(select(TraffyLink).where(TraffyLink.client == client, TraffyLink.born == "here"))
    if link is None or link.theirs not in (None, issue.theirs):
        return None
    link.theirs, link.sent = issue.theirs, link.sent or "รอรับเรื่อง"
    job = session.scalar(select(TraffyJob).where(TraffyJob.kind == "new", TraffyJob.ticket_id == link.ticket_id))
    if job is not None and job.state == "waiting":
        job.done(issue.at or job.created_at)
    return link


def their_type(mapped: dict[str, str], category: str) -> str:
    """Their name for a category: the town's own first, then as delivered; "" where there is none."""
    own = [name for name, code in mapped.items() if code == category and name not in TYPES]
    return next(iter([*own, *(name for name, code in mapped.items() if code == category)]), "")


def may_look(row: TraffyMeter | None, now: datetime) -> bool:
    """Whether the month's calls allow to look for news."""
    left = row.left(month_of(now)) if row is not None else None
    return left is None or left > max(5, KEEP * ((row.quota if row is not None else None) or 0))


def span_since(looked: datetime | None, now: datetime) -> str:
    """How far back to look: since the last time."""
    if looked is None or now - looked > timedelta(days=2, hours=20):
        return "all"
    return "today" if now - looked < timedelta(hours=20) else "3days"


def month_of(now: datetime) -> str:
    """The month in which calls are counted, in Thai time."""
    return local(now).strftime("%Y-%m")


def next_month(now: datetime) -> datetime:
    """When the month's calls begin anew: the first, in Thai time."""
    here = local(now)
    return (here.replace(day=1, hour=0, minute=5, second=0, microsecond=0) + timedelta(days=32)).replace(day=1)
