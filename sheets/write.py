"""Writing the plan as the office's forms: the same columns in the same order, so that a planner can paste the rows.

One sheet for each form and revision, grouped by the levels above the projects. Everything is written as text or as a
number: nothing a cell begins with becomes a formula. What is written here, sheets/read.py reads as the same projects.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

import xlsxwriter

from .groups import LEVELS, revision_words, written
from .types import Line, Revision

_FONT = "TH Sarabun New"
_NAMES = {"p02": "ผ.02", "p02_1": "ผ.02-1", "p02_2": "ผ.02-2", "p03": "ผ.03"}
_TITLES = {"p02": "แบบ ผ.02", "p02_1": "แบบ ผ.02/1", "p02_2": "แบบ ผ.02/2", "p03": "แบบ ผ.03"}
_HEADINGS = {
    "p02": "รายละเอียดโครงการพัฒนา",
    "p02_1": "รายละเอียดโครงการพัฒนา สำหรับโครงการที่เกินศักยภาพของชุมชน",
    "p02_2": "รายละเอียดโครงการพัฒนา สำหรับประสานโครงการพัฒนาองค์การบริหารส่วนจังหวัด",
    "p03": "บัญชีครุภัณฑ์",
}
_FILES = {kind: number for number, kind in enumerate(("original", "added", "changed", "corrected", "reviewed"))}
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_BAD_IN_TITLES = re.compile(r"[\[\]:*?/\\']")

#: The most characters that Excel takes in a cell.
LONGEST = 32_767


@dataclass(frozen=True)
class Wanted:
    """What is to be written: the plan's name, its years, whether it is issue based."""

    name: str
    years: Sequence[int]
    issue: bool


@dataclass(frozen=True)
class _Column:
    """One column: its head (first row, second row), which field or year it holds, and its width."""

    head: str
    below: str
    role: str
    width: int
    year: int = 0


def write_plan(file: IO[bytes], wanted: Wanted, lines: Iterable[Line]) -> None:
    """Write the workbook into the file."""
    sheets: dict[tuple[str, str, int, int], list[Line]] = {}
    for line in lines:
        at = line.revision
        sheets.setdefault((line.form, at.kind, at.year or 0, at.number or 0), []).append(line)
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        looks = _looks(book)
        order = sorted(sheets, key=lambda k: (list(_NAMES).index(k[0]), k[2], k[3], _FILES[k[1]]))
        for key in order or [("p02", "original", 0, 0)]:
            kind, year, number = key[1:]
            revision = Revision() if kind == "original" else Revision(kind, number, year)
            title = f"{_NAMES[key[0]]} {revision_words(revision).replace('ครั้งที่ ', '')}".strip()
            sheet = book.add_worksheet(_BAD_IN_TITLES.sub("-", title)[:31])
            _Writer(sheet, looks, wanted, key[0], revision).write(sheets.get(key, []))


def _looks(book: Any) -> dict[str, Any]:
    font = {"font_name": _FONT, "font_size": 14, "valign": "top"}
    box = font | {"border": 1}
    return {
        "title": book.add_format(font | {"bold": True, "font_size": 16, "align": "center"}),
        "right": book.add_format(font | {"bold": True, "align": "right"}),
        "group": book.add_format(font | {"bold": True}),
        "head": book.add_format(box | {"bold": True, "align": "center", "valign": "vcenter", "text_wrap": True}),
        "text": book.add_format(box | {"text_wrap": True}),
        "mark": book.add_format(box | {"align": "center"}),
        "money": book.add_format(box | {"num_format": "#,##0.##;-#,##0.##;0", "align": "right"}),
    }


class _Writer:
    """Writes one sheet, from above."""

    def __init__(self, sheet: Any, looks: Mapping[str, Any], wanted: Wanted, form: str, revision: Revision) -> None:
        self._sheet, self._looks, self._wanted = sheet, looks, wanted
        self._form, self._revision, self._row = form, revision, 0

    def write(self, lines: Sequence[Line]) -> None:
        columns = columns_of(self._form, self._wanted, lines)
        self._page(columns)
        self._titles(len(columns))
        groups: dict[str, str] = {}
        self._headed(columns, lines[0] if lines else None, groups)
        count = 0
        for line in lines:
            if self._group(line, groups):
                count = 0
            count += 1
            self._line(columns, line, count)

    def _page(self, columns: Sequence[_Column]) -> None:
        self._sheet.set_landscape()
        self._sheet.set_paper(9)
        self._sheet.fit_to_pages(1, 0)
        for index, column in enumerate(columns):
            self._sheet.set_column(index, index, column.width)

    def _titles(self, width: int) -> None:
        years = self._wanted.years
        span = f"(พ.ศ. {years[0]} – {years[-1]})" if years else ""
        self._text(self._row, width - 1, _TITLES[self._form], "right")
        titles = [_HEADINGS[self._form], f"{self._wanted.name} {span}".strip(), revision_words(self._revision)]
        for title in filter(None, titles):
            self._row += 1
            self._text(self._row, 0, title, "group" if title == titles[2] else "title")
        self._row += 1

    def _headed(self, columns: Sequence[_Column], first: Line | None, groups: dict[str, str]) -> None:
        """The groups of the first project, then the head of the table, as the form has them."""
        if first is not None:
            self._group(first, groups)
        column = 0
        while column < len(columns):
            each = columns[column]
            together = [c for c in columns[column:] if c.head == each.head and c.below]
            if not each.below:
                self._sheet.merge_range(self._row, column, self._row + 1, column, each.head, self._looks["head"])
                column += 1
                continue
            if len(together) > 1:
                last = column + len(together) - 1
                self._sheet.merge_range(self._row, column, self._row, last, each.head, self._looks["head"])
            else:
                self._text(self._row, column, each.head, "head")
            for offset, below in enumerate(together):
                self._text(self._row + 1, column + offset, below.below, "head")
            column += len(together)
        self._sheet.repeat_rows(self._row, self._row + 1)
        self._row += 2

    def _group(self, line: Line, groups: dict[str, str]) -> bool:
        """Write the levels that begin anew with this project; whether any does."""
        levels = [level for level in LEVELS if level != "programme" or self._form != "p03"]
        mine = {level: line.values.get(level, "") for level in levels}
        changed = next((index for index, level in enumerate(levels) if mine[level] != groups.get(level, "")), None)
        if changed is None:
            return False
        for level in levels[changed:]:
            if mine[level] or (level == levels[changed] and groups.get(level)):
                self._text(self._row, 0, written(level, mine[level], issue=self._wanted.issue), "group")
                self._row += 1
        groups.clear()
        groups.update(mine)
        return True

    def _line(self, columns: Sequence[_Column], line: Line, count: int) -> None:
        for index, column in enumerate(columns):
            match column.role:
                case "plan" | "ordinance":
                    money = line.plan if column.role == "plan" else line.ordinance
                    self._money(index, money.get(column.year))
                case "mark":
                    self._text(self._row, index, line.values.get("mark") or str(count), "mark")
                case "other":
                    self._text(self._row, index, line.cells.get(column.head, ""), "text")
                case "target" if self._form == "p03":
                    self._text(self._row, index, _bought(line), "text")
                case role:
                    self._text(self._row, index, line.values.get(role, ""), "text")
        self._row += 1

    def _money(self, column: int, satang: int | None) -> None:
        if satang is None:
            self._sheet.write_blank(self._row, column, None, self._looks["money"])
        else:
            baht = satang // 100 if satang % 100 == 0 else satang / 100
            self._sheet.write_number(self._row, column, baht, self._looks["money"])

    def _text(self, row: int, column: int, text: str, look: str) -> None:
        clean = _UNWRITABLE.sub("", text)[:LONGEST]
        if clean:
            self._sheet.write_string(row, column, clean, self._looks[look])
        else:
            self._sheet.write_blank(row, column, None, self._looks[look])


def _bought(line: Line) -> str:
    """What ผ.03 says under เป้าหมาย: it has no column for a name, so the name is its first line."""
    name, target = line.values.get("name", ""), line.values.get("target", "")
    return target if target.split("\n", 1)[0] == name else f"{name}\n{target}".strip()


def columns_of(form: str, wanted: Wanted, lines: Sequence[Line]) -> list[_Column]:
    """The columns of a form for these projects: those of the ministry's form, and such as the lines need besides."""
    years = sorted({*wanted.years, *(y for line in lines for y in (*line.plan, *line.ordinance))})
    money = [_Column("งบประมาณ (บาท)", str(year), "plan", 13, year) for year in years]
    if any(line.ordinance for line in lines):
        money += [_Column("เทศบัญญัติ/ข้อบัญญัติ (บาท)", str(year), "ordinance", 13, year) for year in years]
    needed = {role for line in lines for role, text in line.values.items() if text}
    own = list(dict.fromkeys(name for line in lines for name in line.cells))
    columns = _equipment(money) if form == "p03" else _projects(form, wanted, needed, money)
    there = {column.role for column in columns} | (set(LEVELS) - {"programme"} if form == "p03" else set(LEVELS))
    more = [column for column in _MORE if column.role in needed - there - {"name"}]
    return [*columns, *more, *(_Column(name, "", "other", 18) for name in own)]


def _projects(form: str, wanted: Wanted, needed: set[str], money: list[_Column]) -> list[_Column]:
    kpi = [] if wanted.issue and "kpi" not in needed else [_Column("ตัวชี้วัด (KPI)", "", "kpi", 20)]
    return [
        _Column("ที่", "", "mark", 5),
        _Column("โครงการ", "", "name", 30),
        _Column("วัตถุประสงค์", "", "objective", 28),
        _Column("เป้าหมาย (ผลผลิตของโครงการ)", "", "target", 28),
        *(_WHERE if form == "p02_2" or needed & {"district", "begin", "end"} else ()),
        *money,
        *kpi,
        _Column("ผลที่คาดว่าจะได้รับ", "", "result", 24),
        _Column("หน่วยงานรับผิดชอบหลัก", "", "department_name", 18),
    ]


def _equipment(money: list[_Column]) -> list[_Column]:
    return [
        _Column("ที่", "", "mark", 5),
        _Column("แผนงาน", "", "programme", 24),
        _Column("หมวด", "", "budget_type", 18),
        _Column("ประเภท", "", "item", 22),
        _Column("เป้าหมาย (ผลผลิตของครุภัณฑ์)", "", "target", 36),
        *money,
        _Column("หน่วยงานรับผิดชอบหลัก", "", "department_name", 18),
    ]


#: Columns of a province's layout: in ผ.02/2, and where something stands in them.
_WHERE = (
    _Column("อำเภอ", "", "district", 12),
    _Column("พิกัด", "เริ่มต้น", "begin", 16),
    _Column("พิกัด", "สิ้นสุด", "end", 16),
)
#: Fields that a form has no column for, right of it, where something stands in them.
_MORE = (
    _Column("เหตุผลความจำเป็น", "", "reason", 24),
    _Column("สถานที่ดำเนินการ", "", "place", 20),
    _Column("วัตถุประสงค์", "", "objective", 28),
    _Column("ตัวชี้วัด (KPI)", "", "kpi", 20),
    _Column("ผลที่คาดว่าจะได้รับ", "", "result", 24),
    _Column("หมวด", "", "budget_type", 18),
    _Column("ประเภท", "", "item", 22),
    *_WHERE,
)
