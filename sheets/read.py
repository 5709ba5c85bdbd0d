"""Reading a workbook of the plan: every row of every sheet gets a fate and a reason; projects come out of the rows.

The rules were tried on the real layouts of Thai offices: merged cells are spread (but money is never multiplied by a
merge), a row without a running number goes on with the project above, numbering restarts with each revision, totals
are passed over but compared, and what is not understood is refused with its reason instead of guessed.
"""

from __future__ import annotations

from .cells import Grid, opened
from .groups import is_foot
from .heads import FIRST_ROWS, begins_head, form_named, head_at
from .rows import Reading
from .types import Book, Note, Row, SheetRead


def read_book(content: bytes) -> Book:
    """The workbook as it was understood. Raises Unreadable with a code when it is none."""
    return Book(tuple(read_sheet(grid) for grid in opened(content)))


def read_sheet(grid: Grid) -> SheetRead:
    """One sheet: rows with fates, and projects."""
    first = next((row for row in sorted(grid.raw) if row <= FIRST_ROWS and begins_head(grid, row)), None)
    if first is None:
        return _without_table(grid, "no_head")
    if not head_at(grid, first).money:
        return _without_table(grid, "no_years")
    reading = Reading(grid, _form(grid, first))
    number = 1
    while number <= grid.last:
        number = reading.take(number)
    lines = reading.finish()
    return SheetRead(
        title=grid.title,
        hidden=grid.hidden,
        form=reading.form,
        years=tuple(sorted(reading.years)),
        layout=reading.layout,
        rows=tuple(reading.rows),
        lines=tuple(lines),
        boxes=grid.boxes,
        notes=_notes(grid, reading),
    )


def _form(grid: Grid, head: int) -> str:
    """The form that the rows above the head name, else the sheet's title; ผ.03 is known by its columns too."""
    above = (grid.text(row, column) for row in range(1, head + 1) for column in sorted(grid.raw.get(row, ())))
    named = next((form for text in above if (form := form_named(text))), "") or form_named(grid.title)
    if head_at(grid, head).equipment:
        return "p03"
    return named if named != "p03" and named else "p02"


def _without_table(grid: Grid, why: str) -> SheetRead:
    """A sheet in which no table of the plan was found: a cover, a summary (ผ.01), somebody's own sums."""
    rows = [_outside(grid, number, why) for number in range(1, grid.last + 1)]
    return SheetRead(grid.title, grid.hidden, "", (), "", tuple(rows), (), grid.boxes, _notes(grid, None))


def _outside(grid: Grid, number: int, why: str) -> Row:
    cells = len(grid.raw.get(number, ()))
    if not cells:
        return Row(number, "blank", Note("blank"))
    alone = cells == 1 and is_foot(str(next(iter(grid.raw[number].values()))))
    return Row(number, "heading" if alone else "refused", Note("foot" if alone else why), cells)


def _notes(grid: Grid, reading: Reading | None) -> tuple[Note, ...]:
    """What to know about the whole sheet."""
    notes = []
    if grid.hidden:
        notes.append(Note("hidden_sheet"))
    if grid.boxes:
        notes.append(Note("boxes", str(len(grid.boxes))))
    if reading is not None and grid.hidden_rows & set(grid.raw):
        notes.append(Note("hidden_rows", str(len(grid.hidden_rows & set(grid.raw)))))
    if grid.uncomputed:
        notes.append(Note("uncomputed", str(len(grid.uncomputed))))
    return tuple(notes)
