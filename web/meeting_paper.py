"""The report of a ประชาคม (รายงานการประชุมประชาคมท้องถิ่น) on paper, and its figures as a workbook."""

from __future__ import annotations

from collections.abc import Iterator

from messages import cases, proposals
from models.meeting_rules import ranked
from models.meetings import KINDS, SEXES, Meeting
from web import access
from web.desk import Desk, Page, needs
from web.meetings import meeting, pages
from web.sheets import Cell, Column, Sheet, book

__all__ = ["pages"]

#: Columns of the result (texts `meetings.col_*`) and their widths.
COLUMNS = (
    *(("rank", 8), ("number", 12), ("title", 60), ("place", 30), ("votes_for", 12), ("votes_against", 12)),
    *(("abstained", 12), ("resolution", 22), ("words", 40), ("cost", 16), ("owner", 24)),
)


@pages.get("/<int:number>/print")
@needs(access.may_see_proposals)
def paper(desk: Desk, number: int) -> Page:
    """The report as it is signed: who came, the proceedings, what was resolved, by rank."""
    row = meeting(desk, number)
    given = {"row": row, "items": ranked(row.items), "kinds": KINDS, "sexes": SEXES}
    return desk.page("meetings/print.html", place_of=lambda p: proposals.place(desk.w, p), **given)


@pages.get("/<int:number>/export.xlsx")
@needs(access.may_export_proposals)
def workbook(desk: Desk, number: int) -> Page:
    """Two sheets: the result by rank, and who came."""
    row, w = meeting(desk, number), desk.w
    desk.looked("meeting.exported", f"meeting:{row.id}")
    result = [Column(w(f"meetings.col_{name}"), width) for name, width in COLUMNS]
    came = [Column(w("meetings.kind"), 34), *(Column(w(f"meetings.{sex}"), 10) for sex in SEXES)]
    sheets = [
        Sheet(w("meetings.result"), result, _result(desk, row)),
        Sheet(w("meetings.heads"), [*came, Column(w("meetings.total"), 10)], _came(desk, row)),
        Sheet(w("meetings.about"), [Column(w("meetings.about"), 24), Column("", 60)], _about(desk, row)),
    ]
    return book(f"{w('meetings.file')}-{row.held_on:%Y%m%d}-{row.id}", sheets)


def _result(desk: Desk, row: Meeting) -> Iterator[list[Cell]]:
    w = desk.w
    for item in ranked(row.items):
        p = item.proposal
        yield [
            item.rank,
            p.name,
            cases.for_group(p.title),
            cases.for_group(proposals.place(w, p)),
            item.votes_for,
            item.votes_against,
            item.abstained,
            w(f"proposal.resolution_{item.resolution}") if item.resolution else "",
            item.words,
            None if p.cost_satang is None else p.cost_satang / 100,
            p.group.name if p.group else "",
        ]


def _came(desk: Desk, row: Meeting) -> Iterator[list[Cell]]:
    for kind in KINDS:
        yield [desk.w(f"meetings.kind_{kind}"), *(row.heads(kind, sex) for sex in SEXES), row.heads(kind)]
    yield [desk.w("meetings.total"), *(row.heads(sex=sex) for sex in SEXES), row.heads()]


def _about(desk: Desk, row: Meeting) -> Iterator[list[Cell]]:
    w = desk.w
    village = w("report.place_moo", moo=row.moo) if row.moo is not None else w("proposal.nowhere")
    yield [w("meetings.field_title"), row.title]
    yield [w("meetings.field_day"), row.held_on]
    for name, value in (("starts", row.starts), ("place", row.place), ("chair", row.chair), ("clerk", row.clerk)):
        yield [w(f"meetings.field_{name}"), value]
    yield [w("meetings.field_moo"), village]
    yield [w("meetings.field_minutes"), row.minutes]
