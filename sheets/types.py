"""What reading a workbook gives: every row with its fate, and the projects that came out of the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

#: project: begins a project. continuation: goes on with the one before. heading: heads of the table and groups, notes.
#: sum: a total. blank: nothing in it. refused: not understood, `why` says why.
Fate = Literal["project", "continuation", "heading", "sum", "blank", "refused"]
FATES: tuple[Fate, ...] = ("project", "continuation", "heading", "sum", "blank", "refused")

#: Text fields of a project, by the names of models.plan.Project's columns, with the most characters each may have.
FIELDS: Mapping[str, int] = {
    "mark": 20,
    "name": 5_000,
    "objective": 30_000,
    "target": 30_000,
    "kpi": 30_000,
    "result": 30_000,
    "reason": 30_000,
    "department_name": 200,
    "national": 5_000,
    "province": 5_000,
    "strategy": 300,
    "tactic": 5_000,
    "programme": 300,
    "budget_type": 5_000,
    "item": 5_000,
    "district": 120,
    "begin": 200,
    "end": 200,
    "place": 5_000,
}


@dataclass(frozen=True)
class Note:
    """Something to know about a row, a project or a sheet: a code and what belongs into its words."""

    code: str
    about: str = ""


@dataclass(frozen=True)
class Revision:
    """How the project came into the plan: kind (models.plan.REVISIONS), and ครั้งที่ number/year."""

    kind: str = "original"
    number: int | None = None
    year: int | None = None


@dataclass(frozen=True)
class Row:
    """One row of a sheet. `cells` counts those that hold something, `satang` is the money read in its year columns."""

    number: int
    fate: Fate
    why: Note
    cells: int = 0
    satang: int = 0


@dataclass(frozen=True)
class Line:
    """One project as the sheet has it. `rows` are the numbers of its rows; `notes` are for the reader's eye.

    `years` are those the table has columns for: a year that is there and has no money is blank on purpose.
    """

    sheet: str
    rows: tuple[int, ...]
    form: str
    values: Mapping[str, str]
    plan: Mapping[int, int] = field(default_factory=dict)
    ordinance: Mapping[int, int] = field(default_factory=dict)
    moos: tuple[int, ...] = ()
    revision: Revision = Revision()
    cells: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    hidden: bool = False
    years: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """The project's name."""
        return self.values.get("name", "")

    @property
    def satang(self) -> int:
        """All its money, of plan and ordinance."""
        return sum(self.plan.values()) + sum(self.ordinance.values())


@dataclass(frozen=True)
class Box:
    """A text box that lies over the cells (from row, to row; 1 is the first), which no reader of cells sees."""

    first: int
    last: int
    text: str


@dataclass(frozen=True)
class SheetRead:
    """One sheet. `form` is "" and `years` are empty when no table of the plan was found in it."""

    title: str
    hidden: bool
    form: str
    years: tuple[int, ...]
    layout: str
    rows: tuple[Row, ...]
    lines: tuple[Line, ...]
    boxes: tuple[Box, ...] = ()
    notes: tuple[Note, ...] = ()

    def count(self, fate: Fate) -> int:
        """How many rows met this fate."""
        return sum(row.fate == fate for row in self.rows)


@dataclass(frozen=True)
class Book:
    """A whole workbook."""

    sheets: tuple[SheetRead, ...]

    @property
    def lines(self) -> list[Line]:
        """All projects, in the order of the sheets."""
        return [line for sheet in self.sheets for line in sheet.lines]

    @property
    def years(self) -> tuple[int, ...]:
        """All years that any table has, in order."""
        return tuple(sorted({year for sheet in self.sheets for year in sheet.years}))

    @property
    def layout(self) -> str:
        """strategy or issue: what most tables are."""
        found = [sheet.layout for sheet in self.sheets if sheet.form]
        return max(("strategy", "issue"), key=found.count)


class Unreadable(ValueError):
    """No workbook could be read; the text is a code."""


def packed(book: Book) -> dict[str, Any]:
    """The book as plain data for JSON."""
    return asdict(book)


def unpacked(data: Mapping[str, Any]) -> Book:
    """What `packed` made, after a journey through JSON (which makes text of keys and lists of tuples)."""
    return Book(tuple(_sheet(each) for each in data["sheets"]))


def _sheet(data: Mapping[str, Any]) -> SheetRead:
    return SheetRead(
        title=data["title"],
        hidden=data["hidden"],
        form=data["form"],
        years=tuple(data["years"]),
        layout=data["layout"],
        rows=tuple(Row(**{**row, "why": Note(**row["why"])}) for row in data["rows"]),
        lines=tuple(_line(each) for each in data["lines"]),
        boxes=tuple(Box(**each) for each in data["boxes"]),
        notes=_notes(data["notes"]),
    )


def _notes(data: Sequence[Mapping[str, str]]) -> tuple[Note, ...]:
    return tuple(Note(**each) for each in data)


def _line(data: Mapping[str, Any]) -> Line:
    return Line(
        sheet=data["sheet"],
        rows=tuple(data["rows"]),
        form=data["form"],
        values=data["values"],
        plan={int(year): amount for year, amount in data["plan"].items()},
        ordinance={int(year): amount for year, amount in data["ordinance"].items()},
        moos=tuple(data["moos"]),
        revision=Revision(**data["revision"]),
        cells=data["cells"],
        notes=_notes(data["notes"]),
        hidden=data["hidden"],
        years=tuple(data["years"]),
    )
