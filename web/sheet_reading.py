"""Reading tables that people bring: pasted from a sheet, as CSV (UTF-8 or Thai Windows), or as XLSX. Rows of text only.

What is too large, or no table, is refused with the name of a text that says what to do.
"""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from typing import Any

#: The most rows and columns that are read, and bytes of a file (unpacked bytes of an XLSX, which may pretend to be
#: small).
ROWS, COLUMNS, BYTES, UNPACKED = 2_000, 12, 2_000_000, 40_000_000


class Unreadable(ValueError):
    """No table could be read; the text is the name of what to tell."""


def read_text(text: str) -> list[list[str]]:
    """The rows of pasted or CSV text: tabs, semicolons or commas between the cells."""
    lines = text.strip("\ufeff\r\n")
    if not lines.strip():
        raise Unreadable("settings.sheet_empty")
    first = lines.split("\n", 1)[0]
    mark = next((each for each in ("\t", ";", ",") if each in first), "\t")
    return _trimmed(list(csv.reader(io.StringIO(lines), delimiter=mark)))


def read_file(content: bytes) -> list[list[str]]:
    """The rows of a CSV or XLSX file, told apart by content."""
    if len(content) > BYTES:
        raise Unreadable("settings.sheet_large")
    if content.startswith(b"PK"):
        return _read_xlsx(content)
    for encoding in ("utf-8-sig", "cp874"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return read_text(text)
    raise Unreadable("settings.sheet_unreadable")


def _read_xlsx(content: bytes) -> list[list[str]]:
    # Imported here: it takes a tenth of a second, and only those who bring a workbook need it.
    from openpyxl import load_workbook  # noqa: PLC0415

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(each.file_size for each in packed.infolist()) > UNPACKED:
                raise Unreadable("settings.sheet_large")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that it does not know
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        rows = [
            [_cell(value) for value in row]
            for row in sheet.iter_rows(max_row=ROWS + 1, max_col=COLUMNS, values_only=True)
        ]
        book.close()
    except Unreadable:
        raise
    except Exception:  # noqa: BLE001 - a broken workbook fails in as many ways as there are parts in it
        raise Unreadable("settings.sheet_unreadable") from None
    return _trimmed(rows)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _trimmed(rows: list[list[str]]) -> list[list[str]]:
    found = [[cell.strip() for cell in row[:COLUMNS]] for row in rows]
    found = [row for row in found if any(row)]
    if not found:
        raise Unreadable("settings.sheet_empty")
    if len(found) > ROWS:
        raise Unreadable("settings.sheet_long")
    return found
