"""How the API writes what it gives: cases in public and in full, projects, proposals, polls. web/openapi.json says the
same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from messages import cases
from messages.thai import full_case_number, local
from models.api_tokens import Origin
from models.plan import Project
from models.polls import Poll
from models.proposals import Proposal
from models.publishing import PublicCase, PublicPhoto, coarse
from models.tickets import Entry, Ticket

Json = dict[str, Any]


def moment(when: datetime | None) -> str | None:
    """A time with the town's zone."""
    return local(when).isoformat(timespec="seconds") if when is not None else None


def day(when: date | datetime | None) -> str | None:
    """A day in the town."""
    if isinstance(when, datetime):
        when = local(when).date()
    return when.isoformat() if when is not None else None


def baht(satang: int | None) -> str | None:
    """Money as text with two decimals: no reader's arithmetic is to lose a satang."""
    return f"{satang // 100}.{satang % 100:02d}" if satang is not None else None


def public_case(one: PublicCase, photos: Sequence[PublicPhoto], base: str) -> Json:
    """A case as everybody may see it: staff's wording, a coarse place, days."""
    return {
        "id": one.code,
        "view": "public",
        "title": one.title,
        "words": one.words,
        "outcome": one.outcome,
        "kind": one.kind,
        "state": one.state,
        "category": one.category,
        "category_name": one.category_name,
        "department_name": one.department,
        "place": {"text": one.place, "moo": one.moo, "lat": one.lat, "lon": one.lon},
        "channel": one.channel,
        "received": day(one.received),
        "closed": day(one.closed),
        "days": one.days,
        "fiscal_year": one.fiscal_year,
        "photos": [
            {
                "url": f"{base}/cases/{one.code}/{p.token}.webp",
                "purpose": p.purpose,
                "width": p.width,
                "height": p.height,
            }
            for p in photos
        ],
        "url": f"{base}/cases/{one.code}",
    }


def full_case(ticket: Ticket, code: str | None, origin: Origin | None, now: datetime, base: str) -> Json:
    """A case as the office sees it; never who told it."""
    merged = ticket.merged_into_id
    return {
        "id": full_case_number(ticket.fiscal_year, ticket.number),
        "view": "full",
        "number": cases.number(ticket),
        "text": ticket.text,
        "kind": ticket.kind,
        "state": ticket.state,
        "category": ticket.category,
        "department": ticket.department.code,
        "agency": ticket.agency_code,
        "urgent": ticket.urgency == "high",
        "place": {"text": ticket.place, "moo": ticket.moo, "lat": ticket.lat, "lon": ticket.lon},
        "channel": ticket.channel,
        "owner": ticket.owner.name if ticket.owner is not None else None,
        "received_at": moment(ticket.received_at),
        "answer_by": moment(ticket.answer_by),
        "first_answer_at": moment(ticket.first_answer_at),
        "due_at": moment(ticket.due_at),
        "closed_at": moment(ticket.closed_at),
        "paused": ticket.pause_reason,
        "late": ticket.is_late(now),
        "reopened": ticket.reopened,
        "merged": merged is not None,
        "external_id": (origin.external_id or None) if origin is not None else None,
        "public_id": code,
        "follow_url": f"{base}/s/{ticket.token}",
    }


def entry(row: Entry) -> Json:
    """A line of a case's history, without who of the residents spoke."""
    return {
        "id": row.id,
        "at": moment(row.at),
        "what": row.what,
        "words": row.words,
        "public": row.public,
        "by": row.staff.name if row.staff is not None else "resident" if row.person_id is not None else "system",
    }


def project(row: Project, base: str) -> Json:
    """A project of a published plan."""
    return {
        "id": row.id,
        "name": row.shown_name,
        "plan": row.plan.name,
        "step": row.step,
        "percent": row.percent,
        "strategy": row.strategy,
        "department_name": row.department.name if row.department is not None else row.department_name,
        "moos": list(row.moos),
        "lat": coarse(row.lat),
        "lon": coarse(row.lon),
        "budget": {str(year): baht(satang) for year, satang in sorted(row.money().items())},
        "contract": baht(row.contract_satang),
        "spent": baht(row.spent_satang),
        "begins": day(row.begins_on),
        "ends": day(row.ends_on),
        "done": day(row.done_on),
        "url": f"{base}/projects/{row.id}",
    }


def proposal(row: Proposal, supporters: int, base: str) -> Json:
    """A proposal that neighbours may see; never who made it."""
    return {
        "id": full_case_number(row.fiscal_year, row.number),
        "number": row.name,
        "title": row.title,
        "why": row.why,
        "benefit": row.benefit,
        "topic": row.topic,
        "state": row.state,
        "moo": row.moo,
        "lat": coarse(row.lat),
        "lon": coarse(row.lon),
        "supporters": supporters,
        "threshold": row.threshold,
        "answer": row.answer,
        "cost": baht(row.cost_satang),
        "reason": row.reason,
        "received": day(row.received_at),
        "url": f"{base}/{row.fiscal_year}/proposals/{row.number}",
    }


def poll(row: Poll, base: str) -> Json:
    """A poll that was opened: what is asked, until when, and when it is over the result; never anything of a ballot."""
    result = row.result if row.state == "published" else None
    return {
        "id": row.code,
        "title": row.title,
        "about": row.about,
        "state": row.state,
        "opens_at": moment(row.opens_at),
        "closes_at": moment(row.closes_at),
        "options": [{"id": o.code, "title": o.title, "detail": o.detail, "cost": baht(o.cost)} for o in row.options],
        "manifest_hash": row.manifest_hash,
        "result": _result(result),
        "url": f"{base}/polls/{row.code}",
    }


def _result(result: Mapping[str, Any] | None) -> list[Json] | None:
    """Each contest's totals and what was chosen; None before it is published."""
    if result is None:
        return None
    return [
        {
            "area": str(each.get("area", "")),
            "totals": {str(option): int(number) for option, number in each["totals"].items()},
            "selected": [str(option) for option in each["selected"]],
        }
        for each in result.get("contests", ())
    ]
