"""Who may vote: lists from sheets (kept as keyed hashes), the counter, and the slips that headmen hand out."""

from __future__ import annotations

from dataclasses import dataclass

import segno
from flask import request
from markupsafe import Markup
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from messages.thai import arabic_digits
from models import counter, roll, vote_codes
from models.counter import Line
from models.poll_drafts import rules_of
from models.polls import NotAllowed, Poll
from models.roll import LEVELS, RollRow
from models.town import Village
from models.vote_codes import CodeSheet, Slip
from web import access
from web.desk import Desk, Page, needs
from web.polls import find, page, pages, tell
from web.sheet_reading import Unreadable, read_file, read_text

__all__ = ["pages"]

#: Lines of a list whose fault the page tells; the others only as a number.
TOLD = 30
#: Words in the first line that tell that it is a line of headings.
_HEADS = ("เลข", "บัตร", "id", "โทร", "ปี")


# -- lists -------------------------------------------------------------------------------------------------------------


@pages.get("/<int:number>/roll")
@needs(access.may_serve_voters)
def roll_page(desk: Desk, number: int) -> Page:
    """The roll in numbers, the counter, and where lists are brought."""
    return _roll(desk, find(desk, number, "draft", "open"))


def _roll(desk: Desk, poll: Poll, **more: object) -> str:
    session = desk.session
    values: dict[str, object] = {"taken": None, "code": "", "served": "", "typed": {}}
    return page(
        desk,
        "polls/roll.html",
        poll,
        places=roll.count(session, poll.id),
        by_level={level: roll.count(session, poll.id, RollRow.level == level) for level in LEVELS},
        may_bring=poll.state == "draft" and not poll.frozen,
        told=TOLD,
        **(values | more),
    )


@pages.post("/<int:number>/roll/list")
@needs(access.may_run_polls)
def take_list(desk: Desk, number: int) -> Page:
    """Put the people of a list onto the roll; a fault is told by the line's number, not by its words."""
    poll = find(desk, number, "draft")
    try:
        lines = _lines()
        taken = counter.take_list(desk.session, desk.viewer, desk.console.keys, number, lines, desk.now)
    except Unreadable as trouble:
        desk.tell(str(trouble), "bad")
        return desk.go("polls.roll_page", number=number)
    except NotAllowed as refused:
        tell(desk, refused)
        return desk.go("polls.roll_page", number=number)
    return _roll(desk, poll, taken=taken)


def _lines() -> list[Line]:
    """The lines of the sheet: national id or telephone, year of birth (B.E.), village, house number. Raises
    Unreadable."""
    upload = request.files.get("sheet")
    rows = read_file(upload.stream.read()) if upload and upload.filename else read_text(request.form.get("pasted", ""))
    if rows and any(word in cell.lower() for cell in rows[0] for word in _HEADS):
        rows = rows[1:]
    return [_line(row) for row in rows]


def _line(row: list[str]) -> Line:
    cells = [arabic_digits(cell).strip() for cell in row] + [""] * 4
    year, moo = cells[1], cells[2]
    return Line(
        number=cells[0],
        birth_year=int(year) if year.isdecimal() and len(year) < 5 else 0,
        moo=int(moo) if moo.isdecimal() and len(moo) < 4 else None,
        house=cells[3],
    )


@pages.post("/<int:number>/roll/clear")
@needs(access.may_run_polls)
def clear_roll(desk: Desk, number: int) -> Page:
    """Begin the roll anew."""
    find(desk, number, "draft")
    try:
        gone = counter.clear_roll(desk.session, desk.viewer, number, desk.now)
        desk.tell("polls.roll_cleared", count=gone)
    except NotAllowed as refused:
        tell(desk, refused)
    return desk.go("polls.roll_page", number=number)


# -- the counter -------------------------------------------------------------------------------------------------------


@pages.post("/<int:number>/counter")
@needs(access.may_serve_voters)
def serve(desk: Desk, number: int) -> Page:
    """Somebody stands at the counter with the card: give a code for LINE, or a paper ballot. Nothing typed is kept but
    as keyed hashes."""
    poll = find(desk, number, "draft", "open")
    form = request.form
    line = _line([form.get("number", ""), form.get("birth_year", ""), form.get("moo", ""), form.get("house", "")])
    keys = desk.console.keys
    try:
        if slip := form.get("slip", "").strip():
            row = counter.place_of_code(desk.session, keys, poll, slip)
            if row is None:
                raise NotAllowed("wrong_code")
        else:
            row = counter.admit(desk.session, desk.viewer, keys, number, line, desk.now)
        return _served(desk, poll, row)
    except NotAllowed as refused:
        tell(desk, refused)
        return desk.go("polls.roll_page", number=number)


def _served(desk: Desk, poll: Poll, row: RollRow) -> str:
    keys, done = desk.console.keys, request.form.get("do", "code")
    if done == "paper":
        back = counter.hand_paper(desk.session, desk.viewer, keys, poll.id, row.roll_id, desk.now)
        return _roll(desk, poll, served="paper_back" if back else "paper")
    code = counter.give_code(desk.session, desk.viewer, keys, poll.id, row.roll_id, desk.now)
    return _roll(desk, poll, served="code", code=code)


# -- slips -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Printed:
    """A slip on paper: its code, and the QR of the page that tells how to use it."""

    code: str
    qr: Markup


@pages.get("/<int:number>/slips")
@needs(access.may_run_polls)
def slips(desk: Desk, number: int) -> Page:
    """The sheets that were printed, and a form for more."""
    poll = find(desk, number, "draft", "open")
    villages = desk.session.scalars(select(Village).order_by(Village.moo)).all()
    sheets = vote_codes.sheets(desk.session, number)
    return page(desk, "polls/slips.html", poll, sheets=sheets, villages=villages, areas=rules_of(poll).areas)


@pages.post("/<int:number>/slips")
@needs(access.may_run_polls)
def print_slips(desk: Desk, number: int) -> Page:
    """A sheet of fresh slips, shown once."""
    poll, count = find(desk, number, "draft", "open"), request.form.get("count", "")
    area, label = request.form.get("area", "")[:20], request.form.get("label", "").strip()[:120]
    try:
        sheet, made = vote_codes.print_sheet(
            *(desk.session, desk.viewer, desk.console.keys, poll),
            *(int(count) if count.isdecimal() and len(count) < 6 else 0, desk.now),
            area=area,
            label=label,
        )
    except NotAllowed as refused:
        tell(desk, refused)
        return desk.go("polls.slips", number=number)
    return _print(desk, poll, sheet, made)


@pages.post("/slips/<int:sheet>/again")
@needs(access.may_run_polls)
def print_again(desk: Desk, sheet: int) -> Page:
    """The unused slips of a sheet with new codes; the old ones open nothing any more."""
    row = _sheet(desk, sheet)
    poll = find(desk, row.poll_id, "draft", "open")
    found, made = vote_codes.reprint(desk.session, desk.viewer, desk.console.keys, sheet, desk.now)
    return _print(desk, poll, found, made)


@pages.post("/slips/<int:sheet>/revoke")
@needs(access.may_run_polls)
def revoke(desk: Desk, sheet: int) -> Page:
    """A sheet was lost: its unused codes open nothing any more."""
    row = _sheet(desk, sheet)
    count = vote_codes.revoke(desk.session, desk.viewer, sheet, desk.now)
    desk.tell("polls.revoked", count=count)
    return desk.go("polls.slips", number=row.poll_id)


@pages.post("/<int:number>/slips/revoke")
@needs(access.may_run_polls)
def revoke_one(desk: Desk, number: int) -> Page:
    """One slip was lost."""
    poll = find(desk, number, "draft", "open")
    gone = vote_codes.revoke_one(
        desk.session, desk.viewer, desk.console.keys, poll, request.form.get("code", ""), desk.now
    )
    desk.tell("polls.revoked" if gone else "polls.why_wrong_code", "done" if gone else "bad", count=1)
    return desk.go("polls.slips", number=number)


def _sheet(desk: Desk, number: int) -> CodeSheet:
    found = desk.session.get(CodeSheet, number)
    if found is None:
        raise NotFound
    return found


def _print(desk: Desk, poll: Poll, sheet: CodeSheet, made: list[Slip]) -> str:
    base = desk.console.public_url
    printed = [Printed(slip.code, _qr(f"{base}/vote/code/{poll.code}/{slip.code}")) for slip in made]
    return desk.page("polls/slips_print.html", poll=poll, sheet=sheet, slips=printed)


def _qr(address: str) -> Markup:
    drawn = segno.make(address, error="m").svg_inline(scale=3, border=2, dark="#000", light="#fff", omitsize=True)
    return Markup(drawn)  # noqa: S704 - drawn by us, nothing in it comes from anybody
