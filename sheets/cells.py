"""A workbook opened: the cells that hold something, what is merged, what is hidden, and the text boxes.

openpyxl reads the cells. What it passes over is read here from the parts of the file: text boxes (xl/drawings), and
formulas whose value nobody has computed yet (written by a program, never opened in Excel).
"""

from __future__ import annotations

import io
import posixpath
import re
import warnings
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from xml.etree import ElementTree

from nlp.normalise import repair

from .types import Box, Unreadable

#: Bytes of a workbook, packed and unpacked (which may pretend to be small); rows and columns of a sheet; sheets.
BYTES, UNPACKED, ROWS, COLUMNS, SHEETS = 20_000_000, 300_000_000, 60_000, 60, 200

_OLD = b"\xd0\xcf\x11\xe0"  # .xls, and .xlsx with a password
_UNSEEN = re.compile("[\u200b\ufeff\u2060\u00ad]")
_INNER = re.compile(r"[ \t\u00a0]+")
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
_TEXT = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_REL = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_R_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# A formula without a value: <c r="E5"><f>SUM(E1:E4)</f><v/></c>, as programs write it.
_UNCOMPUTED = re.compile(rb'<c r="([A-Z]{1,3}\d{1,7})"[^>]*>\s*<f(?:>[^<]*</f>|[^>]*/>)\s*(?:<v\s*/>|<v></v>)?\s*</c>')


@dataclass(frozen=True)
class Merge:
    """A merged range, bounds included, from 1."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass
class Grid:
    """One sheet. `cells` holds what is not empty, by (row, column) from 1; of a merged range its first cell only.

    `raw` are the values as Excel has them, `uncomputed` the cells with a formula and no value.
    """

    title: str
    hidden: bool
    raw: dict[int, dict[int, Any]]
    merges: list[Merge] = field(default_factory=list)
    hidden_rows: frozenset[int] = frozenset()
    uncomputed: frozenset[tuple[int, int]] = frozenset()
    boxes: tuple[Box, ...] = ()
    covered: dict[tuple[int, int], Merge] = field(default_factory=dict)
    covered_in: dict[int, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Know of every cell by which merge it is covered."""
        for merge in self.merges:
            for row in range(merge.top, merge.bottom + 1):
                for column in range(merge.left, merge.right + 1):
                    if (row, column) != (merge.top, merge.left):
                        self.covered[row, column] = merge
                        self.covered_in.setdefault(row, []).append(column)

    @property
    def last(self) -> int:
        """The last row that holds something."""
        return max(self.raw, default=0)

    def text(self, row: int, column: int) -> str:
        """The cell's own text, cleaned; "" for one that is empty or covered by a merge."""
        return plain(self.raw.get(row, {}).get(column))

    def spread(self, row: int, column: int) -> str:
        """The text that is seen there: of a merged range that of its first cell."""
        merge = self.covered.get((row, column))
        return self.text(merge.top, merge.left) if merge is not None else self.text(row, column)

    def value(self, row: int, column: int) -> Any:
        """The cell's own value."""
        return self.raw.get(row, {}).get(column)


def plain(value: Any) -> str:
    """A cell as text: marks of Thai put in order, blanks cleaned, line breaks kept. Whole numbers without “.0”."""
    if value is None:
        return ""
    if isinstance(value, str):
        lines = repair(_UNSEEN.sub("", value)).replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return "\n".join(_INNER.sub(" ", line).strip() for line in lines).strip()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    return str(value)


def opened(content: bytes) -> list[Grid]:
    """The sheets of a workbook (.xlsx, .xlsm). Raises Unreadable with a code."""
    if content.startswith(_OLD):
        raise Unreadable("old_format")
    if not content.startswith(b"PK"):
        raise Unreadable("no_workbook")
    if len(content) > BYTES:
        raise Unreadable("large")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(each.file_size for each in packed.infolist()) > UNPACKED:
                raise Unreadable("large")
            return _grids(content, packed)
    except Unreadable:
        raise
    except Exception:  # noqa: BLE001 - a broken workbook fails in as many ways as there are parts in it
        raise Unreadable("broken") from None


def _grids(content: bytes, packed: zipfile.ZipFile) -> list[Grid]:
    # Imported here: it takes a tenth of a second, and only those who bring a workbook need it.
    from openpyxl import load_workbook  # noqa: PLC0415

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions that it does not know
        book = load_workbook(io.BytesIO(content), data_only=True, keep_links=False)
    if len(book.worksheets) > SHEETS:
        raise Unreadable("many_sheets")
    parts = _parts(packed)
    grids = []
    for sheet in book.worksheets:
        part = parts.get(sheet.title, "")
        grids.append(_grid(sheet, packed, part))
    return grids


def _grid(sheet: Any, packed: zipfile.ZipFile, part: str) -> Grid:
    raw: dict[int, dict[int, Any]] = {}
    # Its public iterators make every cell up to the last row, and a stray format may lie in row 1,048,576.
    for (row, column), cell in sorted(sheet._cells.items()):
        if cell.value is None or (isinstance(cell.value, str) and not plain(cell.value)):
            continue
        if row > ROWS or column > COLUMNS:
            raise Unreadable("long_sheet")
        raw.setdefault(row, {})[column] = cell.value
    merges = [
        Merge(each.min_row, each.min_col, min(each.max_row, ROWS), min(each.max_col, COLUMNS))
        for each in sheet.merged_cells.ranges
        if each.min_row <= ROWS and each.min_col <= COLUMNS
    ]
    hidden = frozenset(row for row, look in sheet.row_dimensions.items() if look.hidden)
    uncomputed = _uncomputed(packed.read(part)) if part else frozenset()
    for row, column in uncomputed:
        if row <= ROWS and column <= COLUMNS:
            raw.setdefault(row, {})[column] = UNCOMPUTED
    return Grid(
        title=plain(sheet.title),
        hidden=sheet.sheet_state != "visible",
        raw=dict(sorted(raw.items())),
        merges=[merge for merge in merges if (merge.bottom - merge.top) * (merge.right - merge.left) < ROWS],
        hidden_rows=hidden,
        uncomputed=uncomputed,
        boxes=_boxes(packed, part) if part else (),
    )


#: What stands for the value of a formula that nobody computed.
UNCOMPUTED = "=?"


def _uncomputed(xml: bytes) -> frozenset[tuple[int, int]]:
    from openpyxl.utils.cell import coordinate_to_tuple  # noqa: PLC0415 - as above

    return frozenset(coordinate_to_tuple(found.decode()) for found in _UNCOMPUTED.findall(xml))


# -- the parts of the file ---------------------------------------------------------------------------------------------


def _parse(packed: zipfile.ZipFile, part: str) -> ElementTree.Element:
    content = packed.read(part)
    if b"<!DOCTYPE" in content[:2_000] or b"<!ENTITY" in content:
        raise Unreadable("broken")
    return ElementTree.fromstring(content)  # noqa: S314 - no entities, and of bounded size


def _related(packed: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """What a part points to: (kind, path) by id."""
    folder, name = posixpath.split(part)
    index = f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"
    if index not in packed.namelist():
        return {}
    found = {}
    for each in _parse(packed, index).iter(f"{_REL}Relationship"):
        target = each.get("Target", "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        found[each.get("Id", "")] = (each.get("Type", "").rsplit("/", 1)[-1], path)
    return found


def _parts(packed: zipfile.ZipFile) -> dict[str, str]:
    """Where each sheet lies, by its title."""
    book = next((path for kind, path in _related(packed, "").values() if kind == "officeDocument"), "xl/workbook.xml")
    related = _related(packed, book)
    found = {}
    for sheet in _parse(packed, book).iter(f"{_MAIN}sheet"):
        kind, path = related.get(sheet.get(_R_ID, ""), ("", ""))
        if kind == "worksheet" and path in packed.namelist():
            found[sheet.get("name", "")] = path
    return found


def _boxes(packed: zipfile.ZipFile, part: str) -> tuple[Box, ...]:
    """The text boxes and shapes with words that lie over a sheet, from above."""
    found = []
    for kind, path in _related(packed, part).values():
        if kind != "drawing" or path not in packed.namelist():
            continue
        for anchor in _parse(packed, path):
            paragraphs = ["".join(run.text or "" for run in p.iter(f"{_TEXT}t")) for p in anchor.iter(f"{_TEXT}p")]
            text = plain("\n".join(paragraphs))
            if text:
                first = _anchored(anchor, "from")
                found.append(Box(first, max(first, _anchored(anchor, "to")), text))
    return tuple(sorted(found, key=lambda box: (box.first, box.text)))


def _anchored(anchor: ElementTree.Element, end: str) -> int:
    row = anchor.findtext(f"{_DRAWN}{end}/{_DRAWN}row")
    return int(row) + 1 if row is not None and row.isdecimal() else 1
