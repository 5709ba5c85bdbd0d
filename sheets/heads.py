"""The head of a table of the plan: where it stands, and which column holds what.

Two head words in one row begin a head (โครงการ and วัตถุประสงค์; in ผ.03 แผนงาน, หมวด and ประเภท); up to three rows below
belong to it: years, (บาท), parts of columns. Blanks and line breaks do not count.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from nlp.normalise import fold

from .cells import Grid
from .money import year

#: The first head of a sheet stands within so many rows; more rows than this does no head have.
FIRST_ROWS, DEEPEST = 40, 4
#: A cell with more letters is no head that begins a table, but a project whose name begins like one.
LONGEST_HEAD = 20

_BLANKS = re.compile(r"\s+")
_FORM = re.compile(r"ผ\.?0?(2/1|2/2|2|3)(?![\d/])")
_FORMS = {"2": "p02", "2/1": "p02_1", "2/2": "p02_2", "3": "p03"}
_ORDINANCE = re.compile("เทศบัญญัติ|ข้อบัญญัติ")
_PARENTHESES = re.compile(r"\(.*?\)")

#: How a column's head begins, blanks removed, and which field it holds; the first that fits.
_ROLES: tuple[tuple[str, str], ...] = (
    ("ลำดับ", "mark"),
    ("ที่", "mark"),
    ("ชื่อโครงการ", "name"),
    ("โครงการ", "name"),
    ("วัตถุประสงค์", "objective"),
    ("เป้าหมาย", "target"),
    ("ตัวชี้วัด", "kpi"),
    ("kpi", "kpi"),
    ("ผลที่คาดว่า", "result"),
    ("ผลลัพธ์", "result"),
    ("หน่วยงาน", "department_name"),
    ("ผู้รับผิดชอบ", "department_name"),
    ("เหตุผล", "reason"),
    ("แผนงาน", "programme"),
    ("หมวด", "budget_type"),
    ("ประเภท", "item"),
    ("อำเภอ", "district"),
    ("พิกัดจุดสิ้นสุด", "end"),
    ("พิกัดสิ้นสุด", "end"),
    ("พิกัด", "begin"),
    ("จุดเริ่มต้น", "begin"),
    ("เริ่มต้น", "begin"),
    ("จุดสิ้นสุด", "end"),
    ("สิ้นสุด", "end"),
    ("สถานที่", "place"),
    ("พื้นที่ดำเนินการ", "place"),
    ("รวมงบประมาณ", "total"),
    ("งบประมาณรวม", "total"),
    ("รวม", "total"),
)
#: What may stand in the lower rows of a head besides years.
_LOWER = re.compile(
    r"(?:\(?บาท\)?|\(.{1,60}\)|ผลผลิตของโครงการ|ผลผลิตของครุภัณฑ์|kpi|(?:จุด)?เริ่มต้น|(?:จุด)?สิ้นสุด|หลัก|รับผิดชอบหลัก"
    r"|รับผิดชอบ|ที่รับผิดชอบ|จะได้รับ|เทศบัญญัติ|ข้อบัญญัติ|งบประมาณ|รวม"
    r"|ปี(?:งบประมาณ)?(?:พ\.?ศ\.?)?|พ\.?ศ\.?|จำนวนเงิน)"
)
_ONLY_YEAR = re.compile(r"(?:งบประมาณ)?(?:ปี)?(?:งบประมาณ)?(?:พ\.?ศ\.?)?(?:2[456]\d\d|(?<=ปี)\d\d)(?:\(?บาท\)?)?")


@dataclass(frozen=True)
class Head:
    """The columns of a table. `plan` and `ordinance` say which year a money column is for; `others` keep their head.

    `shared` are columns whose head is merged over several of them; `last` is the head's last row.
    """

    first: int
    last: int
    roles: Mapping[int, str]
    plan: Mapping[int, int]
    ordinance: Mapping[int, int]
    others: Mapping[int, str] = field(default_factory=dict)

    @property
    def money(self) -> frozenset[int]:
        """The columns that hold money of a year."""
        return frozenset(self.plan) | frozenset(self.ordinance)

    @property
    def years(self) -> tuple[int, ...]:
        """The years of the plan's money, in order."""
        return tuple(sorted(set(self.plan.values()) | set(self.ordinance.values())))

    @property
    def equipment(self) -> bool:
        """Whether it is the table of ผ.03."""
        fields = set(self.roles.values())
        return "name" not in fields and {"budget_type", "item"} <= fields

    @property
    def layout(self) -> str:
        """issue where no KPI is asked for (plans from 2571 on)."""
        return "strategy" if self.equipment or "kpi" in self.roles.values() else "issue"


def squeezed(text: str) -> str:
    """Folded, without blanks and line breaks."""
    return _BLANKS.sub("", fold(text))


def form_named(text: str) -> str:
    """The code of the form a title names (“แบบ ผ. ๐๒/๑”), or ""."""
    found = _FORM.search(squeezed(text))
    return _FORMS[found[1]] if found is not None else ""


def begins_head(grid: Grid, row: int) -> bool:
    """Whether the head of a table begins in this row."""
    words = {_PARENTHESES.sub("", squeezed(grid.text(row, column))) for column in grid.raw.get(row, ())}
    if {"name", "objective"} <= {_role(word) for word in words if len(word) <= LONGEST_HEAD}:
        return True
    return {"แผนงาน", "หมวด", "ประเภท"} <= words


def head_at(grid: Grid, first: int) -> Head:
    """The head that begins in this row."""
    last = _last_row(grid, first)
    columns = sorted({column for row in range(first, last + 1) for column in _seen(grid, row)})
    roles: dict[int, str] = {}
    plan: dict[int, int] = {}
    ordinance: dict[int, int] = {}
    others: dict[int, str] = {}
    for column in columns:
        parts = list(dict.fromkeys(grid.spread(row, column) for row in range(first, last + 1)))
        role = _role_of(parts)
        named = next((y for row in range(last, first - 1, -1) if (y := _year(grid, row, column)) is not None), None)
        if named is not None and not role:
            money = ordinance if _ORDINANCE.search(squeezed("".join(parts))) else plan
            if named not in money.values():
                money[column] = named
                continue
        if role and role not in roles.values():
            roles[column] = role
        else:
            others[column] = " ".join(part for part in parts if part) or f"({column})"
    return Head(first, last, roles, plan, ordinance, others)


def _role_of(parts: list[str]) -> str:
    """The field of a column: by its whole head, else by its lowest part (เริ่มต้น under พิกัด)."""
    lowest = _role(squeezed(next((part for part in reversed(parts) if part), "")))
    if lowest in ("begin", "end"):
        return lowest
    return _role(squeezed("".join(parts)))


def _role(word: str) -> str:
    return next((role for begin, role in _ROLES if word.startswith(begin)), "")


def _seen(grid: Grid, row: int) -> set[int]:
    """Columns in which something is seen in this row, also by a merge."""
    return {column for column in (*grid.raw.get(row, ()), *grid.covered_in.get(row, ())) if grid.spread(row, column)}


def _year(grid: Grid, row: int, column: int) -> int | None:
    merge = grid.covered.get((row, column))
    if merge is not None and merge.left != merge.right:  # a head over several columns names no single year
        return None
    value = grid.value(merge.top, merge.left) if merge is not None else grid.value(row, column)
    return year(value)


def _is_lower(value: object, word: str) -> bool:
    """Whether this may stand in a lower row of a head: a year and nothing else, or a part of a column's name."""
    if isinstance(value, str):
        return bool(_ONLY_YEAR.fullmatch(word) or _LOWER.fullmatch(word))
    return year(value) is not None


def _last_row(grid: Grid, first: int) -> int:
    """The last row of the head: rows below that hold nothing but years and lower parts of columns."""
    last = first
    for row in range(first + 1, first + DEEPEST):
        own = grid.raw.get(row, {})
        if not all(_is_lower(value, squeezed(grid.text(row, column))) for column, value in own.items()):
            break
        if own or any(grid.covered[row, c].top == first for c in grid.covered_in.get(row, ())):
            last = row
        else:
            break
    return last
