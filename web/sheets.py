"""Tables as files that open properly in a Thai Excel: CSV and XLSX, from the same rows. They are written into a
temporary file row by row, so that a big register does not fill the memory.

What a spreadsheet would run as a formula stays text: in CSV it gets an apostrophe before it, in XLSX cells are written
as text. Moments are shown in the town's time; in XLSX they are real dates, shown in the Buddhist Era.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any
from urllib.parse import quote

import xlsxwriter
from flask import Response
from xlsxwriter.worksheet import Worksheet

from messages.thai import BE, local

Cell = str | int | float | datetime | date | None

#: The most characters Excel takes in a cell, and the widest column we make.
LONGEST, WIDEST = 32_767, 60
#: A date in the Thai (Buddhist) calendar with Arabic digits, whatever the language of the Excel: 5 ธ.ค. 2569.
_MOMENT, _DAY = "[$-107041E]d mmm yyyy h:mm", "[$-107041E]d mmm yyyy"
# Signs that neither CSV nor the XML of XLSX can hold.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class Column:
    """One column: what stands at its head, and how wide it is in characters."""

    name: str
    width: int = 14


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]


def answer(kind: str, filename: str, title: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> Response:
    """The table as a file to be kept. `kind`: csv or xlsx; `title` names the sheet."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the response, after it was sent
    if kind == "csv":
        write_csv(file, columns, rows)
    else:
        write_xlsx(file, title, columns, rows)
    return sent(file, kind, filename)


def book(filename: str, sheets: Iterable[Sheet]) -> Response:
    """A workbook of several sheets as a file to be kept."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the response, after it was sent
    write_book(file, sheets)
    return sent(file, "xlsx", filename)


def _named(filename: str) -> str:
    """The header that names a file to be kept: headers hold Latin-1 only, so a Thai name is encoded (RFC 6266)."""
    if filename.isascii():
        return f'attachment; filename="{filename}"'
    return f"attachment; filename*=UTF-8''{quote(filename, safe='')}"


def sent(file: IO[bytes], kind: str, filename: str) -> Response:
    """A written file (csv or xlsx) to be kept; it is closed when it was sent."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    response = Response(iter(lambda: file.read(65_536), b""), content_type=TYPES[kind])
    response.call_on_close(file.close)
    response.content_length = size
    response.headers["Content-Disposition"] = _named(f"{filename}.{kind}")
    response.headers["Cache-Control"] = "no-store"
    return response


def write_csv(file: IO[bytes], columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> None:
    """CSV with a byte order mark, without which Thai Excel takes UTF-8 for another script; CRLF as RFC 4180 has it."""
    out = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    lines = csv.writer(out)
    lines.writerow([column.name for column in columns])
    lines.writerows([_plain(cell) for cell in row] for row in rows)
    out.detach()


def _plain(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case datetime():
            moment = local(cell)
            return f"{moment.day}/{moment.month}/{moment.year + BE} {moment:%H:%M}"
        case date():
            return f"{cell.day}/{cell.month}/{cell.year + BE}"
        case str():
            return harmless(_UNWRITABLE.sub("", cell))
        case _:
            return str(cell)


def harmless(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would take it for a formula (OWASP: CSV injection)."""
    begins = text.lstrip(" \u00a0\u200b\ufeff")[:1]
    return f"'{text}" if begins and begins in "=+-@\t\r\n＝＋－＠" else text


def write_xlsx(file: IO[bytes], title: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> None:
    """A workbook of one sheet: heads frozen, filters on, printed on A4 across with heads repeated."""
    write_book(file, [Sheet(title, columns, rows)])


def write_book(file: IO[bytes], sheets: Iterable[Sheet]) -> None:
    """A workbook of several sheets like that."""
    plain = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file, plain) as book:
        book.formats[0].set_font_name("TH Sarabun New")
        book.formats[0].set_font_size(14)
        font = {"font_name": "TH Sarabun New", "font_size": 14, "valign": "top"}
        formats = {
            "head": book.add_format(font | {"bold": True, "bg_color": "#E2EFF2", "bottom": 1, "text_wrap": True}),
            "text": book.add_format(font | {"text_wrap": True}),
            "moment": book.add_format(font | {"num_format": _MOMENT, "align": "left"}),
            "day": book.add_format(font | {"num_format": _DAY, "align": "left"}),
        }
        for each in sheets:
            _fill(book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", each.title)[:31]), each, formats)


def _fill(sheet: Worksheet, given: Sheet, formats: dict[str, Any]) -> None:
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    for index, column in enumerate(given.columns):
        sheet.set_column(index, index, min(column.width, WIDEST))
        sheet.write_string(0, index, column.name, formats["head"])
    last = 0
    for last, row in enumerate(given.rows, 1):
        for index, cell in enumerate(row):
            _put(sheet, last, index, cell, formats)
    sheet.autofilter(0, 0, last, max(len(given.columns) - 1, 0))


def _put(sheet: Worksheet, row: int, column: int, cell: Cell, formats: dict[str, Any]) -> None:
    match cell:
        case None | "":
            return
        case datetime():
            sheet.write_datetime(row, column, local(cell).replace(tzinfo=None), formats["moment"])
        case date():
            sheet.write_datetime(row, column, cell, formats["day"])
        case str():
            sheet.write_string(row, column, _UNWRITABLE.sub("", cell)[:LONGEST], formats["text"])
        case _:
            sheet.write_number(row, column, cell, formats["text"])
