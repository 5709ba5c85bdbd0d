"""Bringing a plan from the office's own workbook: read, shown with the fate of every row, chosen, committed, undone.

Nothing of the plan changes before the commit. What was read waits as a draft of whoever brought it; the comparison with
the plan is made anew each time it is shown, so that it is never stale.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.exceptions import Forbidden, NotFound

from models import plan_commit
from models.plan import Plan, Project
from models.plan_bringing import Difference, Judged, judge
from models.plan_import import PlanDraft, PlanImport, forget_drafts
from models.plan_lines import Departments
from nlp.pii import find
from nlp.search import search_text
from sheets.read import read_book
from sheets.types import FATES, Book, Line, Note, SheetRead, Unreadable, packed, unpacked
from web import access
from web.context import console
from web.desk import Desk, Page, needs
from web.plan import pages, plans

__all__ = ["pages"]

#: Lines, and rows, of one page of the preview.
AT_ONCE = 100


@dataclass(frozen=True)
class Brought:
    """What was sent: the workbook as it was read, or why not."""

    name: str
    sha256: str
    book: Book | None
    trouble: str = ""


def _read() -> Brought:
    """Read the workbook; it takes its time, so this is done before the transaction."""
    file = request.files.get("file")
    content = file.read() if file is not None and file.filename else b""
    name = (file.filename or "")[-200:] if file is not None else ""
    sha256 = hashlib.sha256(content).hexdigest()
    if not content:
        return Brought(name, sha256, None, "no_file")
    try:
        book = read_book(content)
    except Unreadable as error:
        return Brought(name, sha256, None, str(error))
    return Brought(name, sha256, book, "" if book.lines else "no_projects")


@pages.get("/import")
@needs(access.may_edit_plan)
def bring(desk: Desk) -> Page:
    """Choose a plan and a file."""
    return _ask(desk)


def _ask(desk: Desk, trouble: str = "", book: Book | None = None) -> str:
    known = plans(desk.session)
    asked = request.values.get("plan", "")
    return desk.page("plan/import.html", plans=known, asked=asked, trouble=trouble, book=book)


@pages.post("/import")
@needs(access.may_edit_plan, before=_read)
def brought(desk: Desk) -> Page:
    """Keep what was read as a draft, and show it."""
    sent: Brought = desk.brought
    number = request.form.get("plan", "")
    plan = desk.session.get(Plan, int(number)) if number.isdecimal() and len(number) < 10 else None
    if sent.trouble or sent.book is None:
        return _ask(desk, sent.trouble, sent.book), 422
    if plan is None and number != "new":
        return _ask(desk, "no_plan"), 422
    if plan is None:
        plan = _made(desk, sent.book)
    forget_drafts(desk.session, desk.now)
    judged, _ = judge(desk.session, plan, sent.book.lines)
    out = [j.index for j in judged if j.fate == "twice" or sent.book.lines[j.index].hidden]
    draft = PlanDraft(
        plan_id=plan.id,
        staff_id=desk.viewer.staff_id,
        name=sent.name,
        sha256=sent.sha256,
        content=pack(sent.book),
        left_out=out,
        created_at=desk.now,
    )
    desk.session.add(draft)
    desk.session.flush()
    desk.record("plan.read", f"plan:{plan.id}", None, {"file": sent.name, "sha256": sent.sha256})
    return desk.go("plan.look", number=draft.id)


def _made(desk: Desk, book: Book) -> Plan:
    """A new plan for the years the workbook has; it is empty, and nobody sees it before it is published."""
    years = book.years
    plan = Plan(
        name=desk.w("plan.usual_name"),
        first_year=years[0],
        last_year=years[-1],
        layout=book.layout,
        created_at=desk.now,
    )
    desk.session.add(plan)
    desk.session.flush()
    desk.record("plan.made", f"plan:{plan.id}", None, {"years": [years[0], years[-1]]})
    return plan


def pack(book: Book) -> bytes:
    """What was read, small enough to be kept."""
    return zlib.compress(json.dumps(packed(book), ensure_ascii=False).encode(), 6)


def unpack(content: bytes) -> Book:
    """What `pack` made."""
    return unpacked(json.loads(zlib.decompress(content)))


def _draft(session: Session, staff_id: int, number: int, *, lock: bool = False) -> PlanDraft:
    """This draft. Raises NotFound; Forbidden for another's."""
    wanted = select(PlanDraft).where(PlanDraft.id == number)
    found = session.scalar(wanted.with_for_update() if lock else wanted)
    if found is None:
        raise NotFound
    if found.staff_id != staff_id:
        raise Forbidden
    return found


@dataclass(frozen=True)
class Looked:
    """One project of the file as the preview shows it. `names`: words in its name that look like a private person's."""

    index: int
    line: Line
    fate: str
    differences: Sequence[Difference]
    chosen: bool
    project_id: int | None
    names: bool


@pages.get("/import/<int:number>")
@needs(access.may_edit_plan)
def look(desk: Desk, number: int) -> Page:
    """The fates: all sheets in figures; of one sheet its projects, and on wish every row."""
    draft = _draft(desk.session, desk.viewer.staff_id, number)
    return desk.page("plan/look.html", **_looked(desk, draft))


def _looked(desk: Desk, draft: PlanDraft) -> dict[str, Any]:
    book = unpack(draft.content)
    plan = desk.session.get_one(Plan, draft.plan_id)
    judged, gone = judge(desk.session, plan, book.lines)
    out = set(draft.left_out)
    place = _number("sheet", len(book.sheets) - 1, _first_with_lines(book))
    sheet = book.sheets[place]
    start = sum(len(each.lines) for each in book.sheets[:place])
    rows = request.values.get("show") == "rows"
    many = len(sheet.rows if rows else sheet.lines)
    page = _number("page", max(0, (many - 1) // AT_ONCE), 0)
    window = slice(page * AT_ONCE, (page + 1) * AT_ONCE)
    return {
        "draft": draft,
        "seen": _seen(_mark(desk.session, plan.id)),
        "plan": plan,
        "book": book,
        "place": place,
        "sheet": sheet,
        "counts": _counts(book, judged, out),
        "per_sheet": [{fate: each.count(fate) for fate in FATES} for each in book.sheets],
        "lines": [] if rows else _lines(sheet, judged, out, start, window),
        "rows": _rows(sheet)[window] if rows else [],
        "refused": [row for row in sheet.rows if row.fate == "refused"][:AT_ONCE],
        "show": "rows" if rows else "lines",
        "page": page,
        "last": max(0, (many - 1) // AT_ONCE),
        "gone": gone[:AT_ONCE],
        "sums": {year: sum(line.plan.get(year, 0) for line in sheet.lines) for year in sheet.years},
        "fits": set(book.years) <= set(plan.years),
    }


def _number(name: str, most: int, otherwise: int) -> int:
    typed = request.values.get(name, "")
    return min(int(typed), most) if typed.isdecimal() and len(typed) < 7 else min(otherwise, most)


def _first_with_lines(book: Book) -> int:
    return next((place for place, sheet in enumerate(book.sheets) if sheet.lines), 0)


def _lines(sheet: SheetRead, judged: Sequence[Judged], out: set[int], start: int, window: slice) -> list[Looked]:
    found = []
    for index, line in list(enumerate(sheet.lines, start))[window]:
        fate = judged[index]
        names = any(pii.kind == "name" for pii in find(line.name))
        found.append(Looked(index, line, fate.fate, fate.differences, index not in out, fate.project_id, names))
    return found


def _rows(sheet: SheetRead) -> list[Any]:
    """The rows that hold something; empty ones are only counted."""
    return [row for row in sheet.rows if row.fate != "blank"]


def _counts(book: Book, judged: Sequence[Judged], out: set[int]) -> dict[str, int]:
    found = {fate: sum(j.fate == fate for j in judged) for fate in ("new", "changed", "same", "twice")}
    found["left_out"] = sum(j.index in out and j.fate != "same" for j in judged)
    found["bring"] = sum(j.index not in out and j.fate != "same" for j in judged)
    found["refused"] = sum(sheet.count("refused") for sheet in book.sheets)
    found["sheets"] = len(book.sheets)
    found["satang"] = sum(sum(book.lines[j.index].plan.values()) for j in judged if j.index not in out)
    return found


@pages.post("/import/<int:number>")
@needs(access.may_edit_plan)
def choose(desk: Desk, number: int) -> Page:
    """Keep what was chosen on this page of the preview, or throw the draft away."""
    draft = _draft(desk.session, desk.viewer.staff_id, number, lock=True)
    if request.form.get("drop"):
        desk.session.delete(draft)
        desk.record("plan.draft_dropped", f"plan:{draft.plan_id}", {"file": draft.name}, None)
        desk.tell("plan.did_drop", "note")
        return desk.go("plan.all_plans")
    draft.left_out = _left_out(draft.left_out)
    desk.tell("plan.did_choose")
    asked = {name: request.form.get(name, "") for name in ("sheet", "page")}
    return desk.go("plan.look", number=draft.id, **asked)


def _left_out(before: Sequence[int]) -> list[int]:
    """What is left out after the boxes of this page were set: lines on it that are not ticked."""
    shown = {int(typed) for typed in request.form.getlist("shown") if typed.isdecimal() and len(typed) < 9}
    ticked = {int(typed) for typed in request.form.getlist("line") if typed.isdecimal() and len(typed) < 9}
    return sorted((set(before) - shown) | (shown - ticked))


@dataclass(frozen=True)
class Prepared:
    """All that is to be written, and what the plan was like when that was found out."""

    mark: tuple[int, str]
    new: Sequence[plan_commit.Ready]
    changed: Sequence[tuple[int, Line]]
    left_out: list[int]
    counts: dict[str, int]


def _mark(session: Session, plan_id: int) -> tuple[int, str]:
    """Changes whenever a project of the plan is made, changed or removed."""
    figures = select(func.count(), func.max(Project.updated_at)).where(Project.plan_id == plan_id)
    count, latest = session.execute(figures).one()
    return count, str(latest)


def _seen(mark: tuple[int, str]) -> str:
    """The mark as the preview sends it back: what was looked at is what is written, or it is shown again."""
    return f"{mark[0]}|{mark[1]}"


def _prepare() -> Prepared | None:
    """Make thousands of lines ready, before the transaction in which nobody else can write."""
    number = int((request.view_args or {}).get("number", 0))
    with console().database.read() as session:
        draft = session.get(PlanDraft, number)
        if draft is None:
            return None
        lines, out = unpack(draft.content).lines, _left_out(draft.left_out)
        judged, _ = judge(session, session.get_one(Plan, draft.plan_id), lines)
        departments, gone = Departments(session), set(out)
        taken = [j for j in judged if j.index not in gone]
        new = [plan_commit.ready(lines[j.index], departments, search_text) for j in taken if j.fate in ("new", "twice")]
        changed = [(j.project_id, lines[j.index]) for j in taken if j.fate == "changed" and j.project_id is not None]
        same = sum(j.fate == "same" for j in judged)
        counts = {"new": len(new), "changed": len(changed), "same": same, "left_out": len(out)}
        return Prepared(_mark(session, draft.plan_id), new, changed, out, counts)


@pages.post("/import/<int:number>/commit")
@needs(access.may_edit_plan, before=_prepare)
def commit(desk: Desk, number: int) -> Page:
    """Write all that is chosen, at once."""
    draft = _draft(desk.session, desk.viewer.staff_id, number, lock=True)
    ready: Prepared | None = desk.brought
    now = _mark(desk.session, draft.plan_id)
    if ready is None or ready.mark != now or request.form.get("seen", _seen(now)) != _seen(now):
        desk.tell("plan.meanwhile", "bad")
        return desk.go("plan.look", number=draft.id)
    if not ready.new and not ready.changed:
        desk.tell("plan.nothing_chosen", "note")
        return desk.go("plan.look", number=draft.id)
    plan = desk.session.get_one(Plan, draft.plan_id)
    done = plan_commit.commit(
        desk.session,
        plan,
        ready.new,
        ready.changed,
        desk.viewer.staff(desk.session),
        desk.now,
        name=draft.name,
        sha256=draft.sha256,
        counts=ready.counts,
        column=search_text,
    )
    desk.session.delete(draft)
    desk.record("plan.imported", f"plan:{plan.id}", None, {"import": done.id, "file": draft.name, **ready.counts})
    desk.tell("plan.did_import", new=ready.counts["new"], changed=ready.counts["changed"])
    return desk.go("plan.index", plan=plan.id)


@pages.post("/imports/<int:number>/undo")
@needs(access.may_edit_plan)
def undo(desk: Desk, number: int) -> Page:
    """Take an import back as a whole, unless something of it was worked on since."""
    brought = desk.session.scalar(select(PlanImport).where(PlanImport.id == number).with_for_update())
    if brought is None:
        raise NotFound
    if brought.undone_at is not None:
        desk.tell("plan.undone_before", "note")
        return desk.go("plan.all_plans")
    staff = desk.viewer.staff(desk.session)
    try:
        count = plan_commit.undo(desk.session, brought, staff, desk.now, search_text)
    except plan_commit.CannotUndo as error:
        names = " · ".join(name[:60] for name in error.names[:5]) or desk.w("plan.undo_tied")
        desk.tell("plan.cannot_undo", "bad", count=max(1, len(error.names)), names=names)
        return desk.go("plan.all_plans")
    desk.record("plan.import_undone", f"plan:{brought.plan_id}", {"import": brought.id}, {"projects": count})
    desk.tell("plan.did_undo_import", count=count)
    return desk.go("plan.all_plans")


def said(note: Note) -> str:
    """The name of the text for a note of reading."""
    return f"plan_note.{note.code}"
