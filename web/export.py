"""The register of cases (ทะเบียนรับเรื่องร้องเรียน) as CSV or XLSX: the cases of the list's filter, a line each.

Confidential cases are left out: a file wanders. Who reported is in it only where the viewer may see that and asks for
it, and then the audit says so.
"""

from __future__ import annotations

from collections.abc import Iterator

from flask import redirect, request, url_for
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload
from werkzeug.exceptions import NotFound

from messages import cases
from messages.thai import local
from messages.words import Words
from models import calendar
from models.tickets import Entry, Ticket
from web import access
from web.cases import pages
from web.cases_list import found
from web.desk import Desk, Page, needs
from web.rows import state
from web.sheets import TYPES, Cell, Column, answer
from web.wanted import wanted

__all__ = ["pages"]

#: Lines of one file: years of a town. A workbook of this size takes half a minute to write.
MOST = 50_000
#: Cases fetched at once.
BLOCK = 500
#: Names of the columns (texts `register.*`) and their widths, in the order of the offices' registers.
COLUMNS = (
    *(("nr", 7), ("number", 12), ("received", 22), ("channel", 14), ("moo", 7), ("category", 24), ("matter", 60)),
    *(("reporter", 24), ("department", 26), ("answered", 22), ("days", 10), ("state", 20), ("closed", 22)),
    *(("result", 50), ("rating", 8), ("note", 30)),
)


@pages.get("/export.<kind>")
@needs(access.may_export_cases)
def export(desk: Desk, kind: str) -> Page:
    """The file; refused where it would be too long to be of use."""
    if kind not in TYPES:
        raise NotFound
    asked = wanted(request.args)
    wished = found(desk, asked).where(Ticket.sensitive.is_(False))
    some = wished.with_only_columns(Ticket.id).limit(MOST + 1).subquery()
    count = desk.session.scalar(select(func.count()).select_from(some)) or 0
    if count > MOST:
        desk.tell("cases_list.export_too_many", "bad", most=f"{MOST:,}")
        return redirect(url_for("cases.index", **asked.asked), 303)  # type: ignore[arg-type]
    reporters = bool(request.args.get("reporters")) and access.may_see_reporters(desk.viewer)
    desk.looked("cases.exported", "cases", asked.asked | {"file": kind, "count": count, "reporters": reporters})
    columns = [Column(desk.w(f"register.{name}"), width) for name, width in COLUMNS if reporters or name != "reporter"]
    name = f"{desk.w('register.file')}-{local(desk.now):%Y%m%d}"
    return answer(kind, name, desk.w("register.title"), columns, lines(desk.session, desk.w, wished, reporters))


def lines(session: Session, w: Words, wished: Select[Ticket], reporters: bool) -> Iterator[list[Cell]]:
    """The lines of the register, oldest first as a register stands."""
    wished = wished.order_by(Ticket.received_at, Ticket.id).options(
        joinedload(Ticket.kind_of), joinedload(Ticket.department)
    )
    if reporters:
        wished = wished.options(joinedload(Ticket.reporter))
    nr = 0
    for block in session.scalars(wished.execution_options(yield_per=BLOCK)).partitions():
        results = _results(session, [ticket.id for ticket in block])
        for ticket in block:
            nr += 1
            cells = _line(w, ticket, nr, results.get(ticket.id, ""))
            if reporters:
                cells.insert(7, _reporter(w, ticket))
            yield cells
        session.expunge_all()


def _line(w: Words, ticket: Ticket, nr: int, result: str) -> list[Cell]:
    answered = ticket.first_answer_at
    return [
        nr,
        cases.number(ticket),
        ticket.received_at,
        w(f"filter.channels.{ticket.channel}") if f"filter.channels.{ticket.channel}" in w else ticket.channel,
        ticket.moo,
        cases.category(w, ticket),
        cases.for_group(ticket.text),
        cases.department(w, ticket),
        answered,
        calendar.age_days(ticket.received_at, answered) if answered else None,
        state(w, ticket),
        ticket.closed_at,
        cases.for_group(result),
        ticket.rating,
        _note(w, ticket),
    ]


def _reporter(w: Words, ticket: Ticket) -> str:
    """The name; who wished it hidden stays hidden in files."""
    if ticket.hidden_name:
        return w("register.hidden")
    return ticket.reporter.name if ticket.reporter else ""


def _note(w: Words, ticket: Ticket) -> str:
    """What else the office should know: the place, that it was opened again, what the rating said."""
    said = [ticket.place, w("register.reopened", times=ticket.reopened) if ticket.reopened else ""]
    return " · ".join(part for part in (*said, cases.for_group(ticket.rating_note or "")) if part)


def _results(session: Session, numbers: list[int]) -> dict[int, str]:
    """With what words each of these was finished or refused last."""
    ended = Entry.what.in_(("done", "refused"))
    newest = select(func.max(Entry.id)).where(Entry.ticket_id.in_(numbers), ended).group_by(Entry.ticket_id)
    ends = session.execute(select(Entry.ticket_id, Entry.words).where(Entry.id.in_(newest)))
    return {end.ticket_id: end.words for end in ends}
