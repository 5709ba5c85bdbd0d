"""The audit for those who watch over the office: browse, narrow down, take out as CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy import Select, or_, select

from messages.thai import ZONE
from models import audit
from models.audit import AuditRow
from models.staff import Staff
from web import access
from web.desk import Desk, Page, needs

pages = Blueprint("audit", __name__, url_prefix="/console/audit")

#: Rows on a page, and rows of an export at most: what a spreadsheet opens without complaint.
PAGE, MOST = 50, 200_000
DOORS = ("web", "chat", "shell", "api")
COLUMNS = ("id", "at", "name", "role", "door", "address", "action", "subject", "before", "after", "hash")


def _asked() -> dict[str, str]:
    """What the form asks for, as typed."""
    return {name: request.args.get(name, "").strip() for name in ("q", "staff", "door", "since", "until", "below")}


def _narrowed(asked: dict[str, str]) -> Select[AuditRow]:
    found = select(AuditRow)
    if asked["staff"].isdigit():
        found = found.where(AuditRow.staff_id == int(asked["staff"]))
    if asked["door"] in DOORS:
        found = found.where(AuditRow.door == asked["door"])
    if asked["q"]:
        like = asked["q"]
        found = found.where(
            or_(AuditRow.action.contains(like, autoescape=True), AuditRow.subject.startswith(like, autoescape=True))
        )
    since, until = _day(asked["since"]), _day(asked["until"])
    if since is not None:
        found = found.where(AuditRow.at >= since)
    if until is not None:
        found = found.where(AuditRow.at < until + timedelta(days=1))
    return found


def _day(typed: str) -> datetime | None:
    """The beginning of that day in the town."""
    try:
        return datetime.combine(date.fromisoformat(typed), time.min, ZONE).astimezone(UTC)
    except ValueError:
        return None


@pages.get("/")
@needs(access.may_see_audit)
def index(desk: Desk) -> Page:
    """The newest first, fifty at a time."""
    asked = _asked()
    wanted = _narrowed(asked).order_by(AuditRow.id.desc())
    if asked["below"].isdigit():
        wanted = wanted.where(AuditRow.id < int(asked["below"]))
    rows = desk.session.scalars(wanted.limit(PAGE + 1)).all()
    people = desk.session.execute(select(Staff.id, Staff.name).order_by(Staff.name)).all()
    more = rows[PAGE - 1].id if len(rows) > PAGE else None
    template = "audit/rows.html" if desk.htmx else "audit/index.html"
    return desk.page(template, rows=rows[:PAGE], more=more, asked=asked, people=people, doors=DOORS)


@pages.get("/<int:number>")
@needs(access.may_see_audit)
def show(desk: Desk, number: int) -> Page:
    """One row with what was before and after."""
    row = desk.session.get_one(AuditRow, number) if desk.session.get(AuditRow, number) else None
    if row is None:
        return desk.page("error.html", code=404), 404
    return desk.page("audit/show.html", row=row, changes=changes(row.before, row.after))


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(name, before, after) of each value; empty where there was none."""
    names = list(dict.fromkeys((*before, *after)))
    return [(name, _text(before.get(name)), _text(after.get(name))) for name in names]


def _text(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@pages.get("/verify")
@needs(access.may_see_audit)
def verify(desk: Desk) -> Page:
    """Follow the whole chain, now."""
    return desk.page("audit/verify.html", verdict=audit.verify(desk.session))


@pages.get("/audit.csv")
@needs(access.may_see_audit)
def export(desk: Desk) -> Page:
    """What the form asks for as CSV, oldest first, with the hashes; that it was taken out is written down too."""
    asked = _asked()
    rows = desk.session.scalars(_narrowed(asked).order_by(AuditRow.id).limit(MOST))
    body = written(rows)
    desk.looked("audit.exported", "audit", {name: value for name, value in asked.items() if value})
    response = Response(body, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="audit-{desk.now:%Y%m%d}.csv"'
    return response


def written(rows: Iterable[AuditRow]) -> str:
    """CSV as Thai Excel opens it: UTF-8 with a byte order mark; nothing that a spreadsheet would run as a formula."""
    out = io.StringIO()
    out.write("\ufeff")
    lines = csv.writer(out)
    lines.writerow(COLUMNS)
    for row in rows:
        lines.writerow([_cell(getattr(row, name)) for name in COLUMNS])
    return out.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    text = json.dumps(value, ensure_ascii=False, sort_keys=True) if isinstance(value, dict) else str(value)
    return f"'{text}" if text[:1] in "=+-@\t\r" and text else text
