"""Bringing villages and places from a sheet: every row's fate is shown first, and nothing is written before that.

The columns stand in a fixed order; a row of headings is recognised and passed over. Rows with faults are left out and
say why, so that the sheet can be mended and brought again: what is there already stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import redirect, request, url_for
from sqlalchemy import select

from messages.thai import arabic_digits
from models import changes
from models.town import KnownPlace, Village
from web import access, changing
from web.desk import Desk, Page, needs
from web.settings import pages
from web.settings_places import split_aliases
from web.sheet_reading import Unreadable, read_file, read_text

__all__ = ["pages"]

#: The columns of each kind of sheet, in order; names of texts.
COLUMNS = {
    "villages": ("column.moo", "column.name", "column.lat", "column.lon"),
    "places": ("column.name", "column.aliases", "column.moo", "column.lat", "column.lon"),
}
KINDS = {"villages": "village", "places": "place"}


@dataclass(frozen=True)
class Fate:
    """What becomes of a row: new, changed, same or wrong (`fault` names the text that says why)."""

    number: int
    cells: Sequence[str]
    fate: str
    fault: str = ""
    subject: str | None = None
    after: Mapping[str, Any] = field(default_factory=dict)


class _Wrong(ValueError):
    """The row has a fault; the text is its name."""


@pages.get("/import/<any(villages, places):what>")
@needs(access.may_manage_settings)
def bring(desk: Desk, what: str) -> Page:
    """Where to paste, or choose a file."""
    return _ask(desk, what)


def _ask(desk: Desk, what: str, typed: str = "", trouble: str = "") -> str:
    return desk.page("settings/import.html", what=what, columns=COLUMNS[what], typed=typed, trouble=trouble)


@dataclass(frozen=True)
class Brought:
    """What was sent: its rows, or why there are none."""

    rows: Sequence[Sequence[str]]
    typed: str
    trouble: str = ""


def _read() -> Brought:
    """Read the table; a workbook takes its time, so this is done before the transaction."""
    typed = request.form.get("rows", "")
    file = request.files.get("file")
    try:
        rows = read_file(file.read()) if file and file.filename else read_text(typed)
    except Unreadable as error:
        return Brought([], typed, str(error))
    lines = ("\t".join(cell.replace("\t", " ").replace("\n", " ") for cell in row) for row in rows)
    return Brought(rows, "\n".join(lines))


@pages.post("/import/<any(villages, places):what>")
@needs(access.may_manage_settings, before=_read)
def brought(desk: Desk, what: str) -> Page:
    """Show the fate of every row; write them when that was confirmed."""
    sent: Brought = desk.brought
    if sent.trouble:
        return _ask(desk, what, sent.typed, sent.trouble), 422
    if changing.again():
        return _ask(desk, what, sent.typed)
    fates = judge(desk, what, sent.rows)
    count = {fate: sum(each.fate == fate for each in fates) for fate in ("new", "changed", "same", "wrong")}
    if request.form.get("confirmed") and (count["new"] or count["changed"]):
        return _write(desk, what, fates)
    columns = COLUMNS[what]
    return desk.page(
        "settings/import_look.html", what=what, columns=columns, fates=fates, count=count, typed=sent.typed
    )


def _write(desk: Desk, what: str, fates: Sequence[Fate]) -> Page:
    batch, done = changes.new_batch(), 0
    for each in fates:
        if each.fate in ("new", "changed"):
            done += changing.change(desk, KINDS[what], each.subject, dict(each.after), batch) is not None
    desk.tell("settings.brought", count=done)
    return redirect(url_for(f"settings.{what}"), 303)


def judge(desk: Desk, what: str, rows: Sequence[Sequence[str]]) -> list[Fate]:
    """The fate of each row, in order."""
    read = _read_village if what == "villages" else _read_place
    known = _known(desk, what)
    moos = set(desk.session.scalars(select(Village.moo)))
    seen: set[str] = set()
    found = []
    for number, cells in enumerate(rows, 1):
        if number == 1 and _is_heading(what, cells):
            continue
        padded = [*cells, *[""] * len(COLUMNS[what])][: len(COLUMNS[what])]
        try:
            key, after = read(padded, moos)
            if key in seen:
                raise _Wrong("settings.row_twice")
            seen.add(key)
            found.append(_fate(number, padded, known.get(key), key if what == "villages" else None, after))
        except _Wrong as wrong:
            found.append(Fate(number, padded, "wrong", str(wrong)))
    return found


def _fate(
    number: int, cells: list[str], there: tuple[str, dict[str, Any]] | None, subject: str | None, after: dict[str, Any]
) -> Fate:
    if there is None:
        return Fate(number, cells, "new", subject=subject, after=after)
    subject, before = there
    # What a sheet leaves empty is not known there; it does not wipe out what is known here.
    after = {name: value if value not in (None, "", []) else before[name] for name, value in after.items()}
    return Fate(number, cells, "same" if after == before else "changed", subject=subject, after=after)


def _known(desk: Desk, what: str) -> dict[str, tuple[str, dict[str, Any]]]:
    """What is there already, by what identifies it in a sheet: (key of the row, its values)."""
    if what == "villages":
        return {
            str(v.moo): (str(v.moo), {"name": v.name, "lat": v.lat, "lon": v.lon})
            for v in desk.session.scalars(select(Village))
        }
    return {
        p.name: (
            str(p.id),
            {"name": p.name, "aliases": list(p.aliases), "moo": p.moo, "lat": p.lat, "lon": p.lon},
        )
        for p in desk.session.scalars(select(KnownPlace))
    }


def _is_heading(what: str, cells: Sequence[str]) -> bool:
    """Whether the first row names the columns: no number where numbers stand, in a sheet of villages no หมู่ that
    counts."""
    if what == "villages":
        return _digits(cells[0]) is None
    return cells[0] in ("ชื่อ", "ชื่อสถานที่", "สถานที่", "name", "Name", "place", "Place")


def _digits(cell: str) -> int | None:
    """The number in “หมู่ที่ ๕”, “ม.5”, “5”."""
    plain = arabic_digits(cell).replace("หมู่ที่", "").replace("หมู่", "").replace("ม.", "").strip()
    return int(plain) if plain.isascii() and plain.isdigit() else None


def _moo(cell: str) -> int:
    found = _digits(cell)
    if found is None or not 1 <= found <= 999:
        raise _Wrong("settings.row_moo")
    return found


def _degrees(lat: str, lon: str) -> tuple[float | None, float | None]:
    if not lat and not lon:
        return None, None
    try:
        north, east = float(arabic_digits(lat)), float(arabic_digits(lon))
    except ValueError:
        raise _Wrong("settings.row_degrees") from None
    if -90 <= north <= 90 and -180 <= east <= 180:
        return north, east
    raise _Wrong("settings.row_degrees")


def _read_village(cells: Sequence[str], _moos: set[int]) -> tuple[str, dict[str, Any]]:
    moo, name = _moo(cells[0]), cells[1]
    if len(name) > 80:
        raise _Wrong("settings.row_long")
    lat, lon = _degrees(cells[2], cells[3])
    return str(moo), {"name": name, "lat": lat, "lon": lon}


def _read_place(cells: Sequence[str], moos: set[int]) -> tuple[str, dict[str, Any]]:
    name = cells[0]
    if not name:
        raise _Wrong("settings.row_nameless")
    if len(name) > 120 or len(cells[1]) > 1000:
        raise _Wrong("settings.row_long")
    moo = _moo(cells[2]) if cells[2] else None
    if moo is not None and moo not in moos:
        raise _Wrong("settings.row_unknown_moo")
    lat, lon = _degrees(cells[3], cells[4])
    return name, {"name": name, "aliases": split_aliases(cells[1]), "moo": moo, "lat": lat, "lon": lon}
