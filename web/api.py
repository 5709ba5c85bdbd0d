"""The API (/api/v1/) for the town's own systems and for whoever builds on its public data. The description is
web/openapi.json (OpenAPI 3.1), served here; docs/api.md tells how to begin.

Reading what is public needs no token. Everything else asks for a token's scope (web/outward.py). The writing half is in
web/api_write.py.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from flask import Blueprint, Response
from sqlalchemy import literal, select, tuple_
from sqlalchemy.orm import selectinload

from messages.thai import parse_case_number
from models import publishing
from models.api_tokens import Origin
from models.base import Utc
from models.calendar import ZONE
from models.publications import Publication
from models.tickets import Entry, Ticket
from models.town import Category, Department
from web import access, api_shapes
from web.api_input import Cases, query, states
from web.api_shapes import Json
from web.outward import Call, Refused, cached, outward

pages = Blueprint("api", __name__, url_prefix="/api/v1")

_JSON = "application/json"


def answer(content: Any, *, seconds: int = 30, public: bool = True) -> Response:
    """An answer to a GET, for caches to keep and to ask about again."""
    return cached(json.dumps(content, ensure_ascii=False).encode(), _JSON, seconds, public=public)


def missing() -> Refused:
    """For what is not there, or not to be seen."""
    return Refused(404, "not_found", "ไม่มีรายการนี้ หรือโทเคนนี้ไม่เห็น", "there is nothing here, or not for this token")


def page_of(items: Sequence[Json], following: str | None, *, public: bool = True) -> Response:
    """A page of a list, and the cursor of the next one."""
    return answer({"items": list(items), "next": following}, public=public)


# -- about -------------------------------------------------------------------------------------------------------------


@cache
def description() -> dict[str, Any]:
    """The OpenAPI document, as it is written."""
    read: dict[str, Any] = json.loads(files("web").joinpath("openapi.json").read_text("utf-8"))
    return read


@pages.get("/openapi.json")
@outward(None)
def openapi(call: Call) -> Response:
    """The description of this API, with this house's own address."""
    return answer(description() | {"servers": [{"url": f"{call.console.public_url}/api/v1"}]}, seconds=300)


@pages.get("/token")
@outward(None)
def token(call: Call) -> Response:
    """What the token of this request may do, and until when."""
    row = call.own_token
    told = {
        "name": row.name,
        "scopes": [scope for scope in row.scopes if call.may(scope)],
        "acts_for": row.staff.name,
        "expires_at": api_shapes.moment(row.expires_at),
        "per_minute": row.per_minute,
        "per_day": row.per_day,
    }
    return answer(told, public=False)


@pages.get("/categories")
@outward(None)
def categories(call: Call) -> Response:
    """Kinds of matter."""
    rows = call.session.scalars(select(Category).where(Category.active).order_by(Category.position, Category.code))
    told = [{"code": row.code, "name": row.name, "days": row.days_normal, "sensitive": row.sensitive} for row in rows]
    return answer({"items": told}, seconds=300)


@pages.get("/departments")
@outward(None)
def departments(call: Call) -> Response:
    """Departments of the office."""
    rows = call.session.scalars(select(Department).where(Department.active).order_by(Department.id))
    return answer({"items": [{"code": row.code, "name": row.name, "phone": row.phone} for row in rows]}, seconds=300)


# -- cases -------------------------------------------------------------------------------------------------------------


@pages.get("/cases")
@outward(None)
def cases(call: Call) -> Response:
    """Cases, the newest first: what is public, or all that the token's member of staff sees."""
    asked = query(Cases)
    view = asked.view or ("full" if call.may("cases.read") else "public")
    if view == "public":
        return _public_cases(call, asked)
    need(call, "cases.read")
    return _full_cases(call, asked)


def need(call: Call, scope: str) -> None:
    """Raises Refused where the caller has not this scope."""
    if call.token is None:
        raise Refused(401, "no_token", "ต้องส่งโทเคนใน Authorization: Bearer", "send a token: Authorization: Bearer")
    if not call.may(scope):
        raise Refused(403, "scope", f"โทเคนนี้ไม่มีสิทธิ {scope}", f"this token has not the scope {scope}")


def _midnight(day: Any, more: int = 0) -> datetime:
    """The beginning of a day in the town, or of one after it."""
    try:
        return datetime.combine(day + timedelta(days=more), time(), ZONE).astimezone(UTC)
    except OverflowError:
        raise Refused(400, "input", "วันที่อยู่นอกช่วงที่ใช้ได้", "this day is out of range") from None


def _spanned(found: Any, asked: Cases) -> Any:
    """Narrowed by what both views can be asked."""
    if asked.category:
        found = found.where(Ticket.category == asked.category)
    if asked.received_from:
        found = found.where(Ticket.received_at >= _midnight(asked.received_from))
    if asked.received_to:
        found = found.where(Ticket.received_at < _midnight(asked.received_to, 1))
    return found


def _public_cases(call: Call, asked: Cases) -> Response:
    for name in ("changed_since", "external_id"):
        if getattr(asked, name) is not None:
            raise Refused(400, "input", f"{name} ใช้ได้กับ view=full", f"{name} is for view=full")
    found = _spanned(publishing.joined(), asked)
    wanted = states(asked.state, tuple(publishing.GROUPS))
    if wanted:
        found = found.where(Ticket.state.in_([s for group in wanted for s in publishing.GROUPS[group]]))
    if asked.department:
        found = found.where(Ticket.department_id.in_(select(Department.id).where(Department.code == asked.department)))
    if asked.moo is not None:
        found = found.where(publishing.moo_column(publishing.withheld(call.session)) == asked.moo)
    if asked.cursor:
        found = _after(found, _mark_of_code(call, asked.cursor))
    found = found.order_by(Ticket.received_at.desc(), Ticket.id.desc()).limit(asked.limit + 1)
    rows = publishing.public_cases(call.session, found)
    shown = rows[: asked.limit]
    photos = publishing.public_photos(call.session, [row.code for row in shown])
    base = call.console.public_url
    items = [api_shapes.public_case(row, photos.get(row.code, []), base) for row in shown]
    return page_of(items, shown[-1].code if len(rows) > asked.limit else None)


def _mark_of_code(call: Call, code: str) -> tuple[datetime, int]:
    """Where a page of public cases ended. The cursor is the last one's public name, which tells nothing else."""
    columns = select(Ticket.received_at, Ticket.id).join(Publication, Publication.ticket_id == Ticket.id)
    row = call.session.execute(columns.where(Publication.code == code)).first()
    if row is None:
        raise bad_cursor()
    return row[0], row[1]


def bad_cursor() -> Refused:
    """For a cursor that no page has given."""
    return Refused(400, "cursor", "cursor ใช้ไม่ได้ เริ่มใหม่โดยไม่ใส่ cursor", "this cursor is none: begin without one")


def _after(found: Any, mark: tuple[datetime, int]) -> Any:
    return found.where(tuple_(Ticket.received_at, Ticket.id) < tuple_(literal(mark[0], Utc()), literal(mark[1])))


def visible(call: Call) -> Any:
    """The cases that the token sees in full: those of whom it acts for, confidential ones never."""
    return access.tickets(call.viewer).where(Ticket.sensitive.is_(False))


def _full_cases(call: Call, asked: Cases) -> Response:
    found = _spanned(visible(call), asked)
    wanted = states(asked.state)
    if wanted:
        found = found.where(Ticket.state.in_(wanted))
    if asked.department:
        found = found.where(Ticket.department_id.in_(select(Department.id).where(Department.code == asked.department)))
    if asked.moo is not None:
        found = found.where(Ticket.moo == asked.moo)
    if asked.changed_since is not None:
        found = found.where(Ticket.id.in_(select(Entry.ticket_id).where(Entry.at >= asked.changed_since)))
    if asked.external_id is not None:
        own = (Origin.token_id == call.own_token.id, Origin.external_id == asked.external_id)
        found = found.where(Ticket.id.in_(select(Origin.ticket_id).where(*own)))
    if asked.cursor:
        found = _after(found, _mark_of_number(call, asked.cursor))
    found = found.options(selectinload(Ticket.department), selectinload(Ticket.owner))
    rows = call.session.scalars(
        found.order_by(Ticket.received_at.desc(), Ticket.id.desc()).limit(asked.limit + 1)
    ).all()
    shown = rows[: asked.limit]
    call.record("api.read", "tickets", {"cases": len(shown), "first": shown[0].id if shown else None})
    items = full_cases(call, shown)
    return page_of(items, items[-1]["id"] if len(rows) > asked.limit else None, public=False)


def _mark_of_number(call: Call, number: str) -> tuple[datetime, int]:
    parsed = parse_case_number(number)
    row = None
    if parsed is not None and parsed[0] is not None:
        here = visible(call).where(
            Ticket.fiscal_year == parsed[0], Ticket.number == parsed[1]
        )  # no other tells its time
        row = call.session.execute(here.with_only_columns(Ticket.received_at, Ticket.id)).first()
    if row is None:
        raise bad_cursor()
    return row[0], row[1]


def full_cases(call: Call, rows: Sequence[Ticket]) -> list[Json]:
    """Cases in full, with their public names and what this token calls them."""
    ids = [row.id for row in rows]
    named = publishing.joined(Ticket.id, Publication.code).where(Ticket.id.in_(ids))
    codes = {row[0]: str(row[1]) for row in call.session.execute(named)}
    own = select(Origin).where(Origin.ticket_id.in_(ids), Origin.token_id == call.own_token.id)
    origins = {row.ticket_id: row for row in call.session.scalars(own)}
    base = call.console.public_url
    return [api_shapes.full_case(row, codes.get(row.id), origins.get(row.id), call.now, base) for row in rows]


@pages.get("/cases/<number>")
@outward(None)
def case(call: Call, number: str) -> Response:
    """One case: by its public name, or in full by its number (2570-00042)."""
    if "-" not in number:
        found = publishing.public_case(call.session, number)
        if found is None:
            raise missing()
        photos = publishing.public_photos(call.session, [found.code]).get(found.code, [])
        return answer(api_shapes.public_case(found, photos, call.console.public_url))
    need(call, "cases.read")
    ticket = ticket_of(call, number)
    call.record("api.read", f"ticket:{ticket.id}", {})
    return answer(full_cases(call, [ticket])[0], public=False)


@pages.get("/cases/<number>/history")
@outward("cases.read")
def history(call: Call, number: str) -> Response:
    """What happened to a case, in order."""
    ticket = ticket_of(call, number)
    rows = call.session.scalars(select(Entry).where(Entry.ticket_id == ticket.id).order_by(Entry.id))
    call.record("api.read", f"ticket:{ticket.id}", {"history": True})
    return answer({"items": [api_shapes.entry(row) for row in rows if row.what != "looked"]}, public=False)


def ticket_of(call: Call, number: str, *, lock: bool = False) -> Ticket:
    """The case with this number that the token sees. Raises Refused."""
    parsed = parse_case_number(number)
    if parsed is None or parsed[0] is None or parsed[1] > 10**9:
        raise missing()
    wanted = visible(call).where(Ticket.fiscal_year == parsed[0], Ticket.number == parsed[1])
    found = call.session.scalar(wanted.with_for_update(of=Ticket) if lock else wanted)
    if not isinstance(found, Ticket):
        raise missing()
    return found
