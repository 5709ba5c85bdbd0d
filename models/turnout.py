"""Turnout (ผู้มาใช้สิทธิ): how many have voted, by channel and village. Never how, and never who.

Small cells are hidden: a number below the poll's `small_cell`, and, so that it cannot be worked out by subtraction, at
least one more of the same row and column of the table (the smallest that is left), until two stand hidden wherever one
does. Totals of the whole poll are always told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ballots.manifest import Manifest, QuorumKind
from models.polls import Poll
from models.roll import CHANNELS, RollRow

K = TypeVar("K")
Cells = dict[tuple[str, str], int]


@dataclass(frozen=True)
class Turnout:
    """`roll` persons may vote; `voted` by channel (“online”, “paper”); `cells` by (area, channel), None where hidden;
    `areas` and `on_roll` are the same by area alone; `levels` counts voters by level."""

    roll: int
    voted: dict[str, int]
    cells: dict[tuple[str, str], int | None]
    areas: dict[str, int | None]
    on_roll: dict[str, int]
    levels: dict[str, int | None]
    households: int
    households_voted: int

    @property
    def total(self) -> int:
        """All who have voted."""
        return sum(self.voted.values())

    @property
    def percent(self) -> float:
        """Of the roll, 0–100."""
        return 100 * self.total / self.roll if self.roll else 0.0


@dataclass(frozen=True)
class QuorumReport:
    """The turnout asked for and reached, in the quorum's own unit; `met` None where none is asked for."""

    kind: str
    asked: int
    reached: int
    met: bool | None


def turnout(session: Session, poll_id: int, small: int) -> Turnout:
    """The turnout as it may be shown; `small`: cells below it are hidden. Of a poll whose roll is forgotten: as it was
    shown before."""
    kept = _kept(session, poll_id)
    if kept is not None:
        return kept
    mine = RollRow.poll_id == poll_id
    counted = select(RollRow.area, RollRow.channel, func.count()).where(mine).group_by(RollRow.area, RollRow.channel)
    by_cell: Cells = {}
    on_roll: dict[str, int] = {}
    for area, channel, number in session.execute(counted):
        on_roll[area] = on_roll.get(area, 0) + number
        if channel is not None:
            by_cell[area, channel] = number
    voted = {channel: sum(n for (_, c), n in by_cell.items() if c == channel) for channel in CHANNELS}
    areas = {area: sum(by_cell.get((area, channel), 0) for channel in CHANNELS) for area in sorted(on_roll)}
    shown = hide_line(areas, small)
    # an area that is hidden stays hidden: its channels shown would add up to it, and then others by subtraction
    begin = {(a, c) for a, number in shown.items() if number is None for c in CHANNELS}
    hidden = hide_small({(a, c): by_cell.get((a, c), 0) for a in areas for c in CHANNELS}, small, begin)
    return Turnout(
        roll=sum(on_roll.values()),
        voted=voted,
        cells=hidden,
        areas=shown,
        on_roll=on_roll,
        levels=hide_line(_levels(session, poll_id), small),
        households=houses(session, poll_id),
        households_voted=houses(session, poll_id, voted=True),
    )


#: Where a poll's `result` keeps the turnout when its roll is forgotten (models/poll_forgetting.py).
KEPT = "turnout_kept"


def keep(seen: Turnout) -> dict[str, Any]:
    """A turnout as plain data, to be kept when the roll goes."""
    return {**asdict(seen), "cells": [[area, channel, number] for (area, channel), number in seen.cells.items()]}


def _kept(session: Session, poll_id: int) -> Turnout | None:
    data = (session.scalar(select(Poll.result).where(Poll.id == poll_id)) or {}).get(KEPT)
    if data is None:
        return None
    return Turnout(**{**data, "cells": {(area, channel): number for area, channel, number in data["cells"]}})


def _levels(session: Session, poll_id: int) -> dict[str, int]:
    found = select(RollRow.level, func.count()).where(RollRow.poll_id == poll_id, RollRow.voted)
    return {level: number for level, number in session.execute(found.group_by(RollRow.level))}  # noqa: C416


def houses(session: Session, poll_id: int, *, voted: bool = False) -> int:
    """How many households are on the roll, or have voted."""
    found = select(func.count(RollRow.household.distinct())).where(RollRow.poll_id == poll_id)
    return session.scalar(found.where(RollRow.voted) if voted else found) or 0


# -- hiding ------------------------------------------------------------------------------------------------------------


def hide_line(numbers: Mapping[str, int], small: int) -> dict[str, int | None]:
    """One row of numbers whose sum is known: small ones are hidden, and never only one (nought tells of nobody)."""
    hidden = {name for name, number in numbers.items() if 0 < number < small}
    _second(hidden, [name for name in numbers if name not in hidden], numbers, small)
    return {name: None if name in hidden else number for name, number in numbers.items()}


def hide_small(cells: Cells, small: int, begin: Iterable[tuple[str, str]] = ()) -> dict[tuple[str, str], int | None]:
    """A table whose row and column sums may be known: in each line with a hidden cell, at least two are hidden.
    `begin`: cells that are hidden whatever stands in them."""
    hidden = {place for place, number in cells.items() if 0 < number < small} | set(begin)
    while True:
        before = len(hidden)
        for line in _lines(cells):
            in_line = hidden & set(line)
            _second(in_line, [place for place in line if place not in hidden], cells, small)
            hidden |= in_line
        if len(hidden) == before:
            return {place: None if place in hidden else number for place, number in cells.items()}


def _lines(cells: Cells) -> list[list[tuple[str, str]]]:
    areas, channels = {a for a, _ in cells}, {c for _, c in cells}
    rows = [[place for place in cells if place[0] == area] for area in sorted(areas)]
    return rows + [[place for place in cells if place[1] == channel] for channel in sorted(channels)]


def _second(hidden: set[K], shown: list[K], numbers: Mapping[K, int], small: int) -> None:
    """Hide the smallest of the shown ones too where the hidden ones alone would be told by the sum."""
    while shown and hidden and (len(hidden) < 2 or sum(numbers[each] for each in hidden) < small):
        # a nought hides nothing: take the smallest number that is one, else the nought
        least = min(shown, key=lambda each: (numbers[each] == 0, numbers[each]))
        hidden.add(least)
        shown.remove(least)


# -- quorum ------------------------------------------------------------------------------------------------------------


def quorum(manifest: Manifest, seen: Turnout, exact_areas: Mapping[str, int]) -> QuorumReport:
    """Whether the turnout that was asked for is reached. Reported only; it never changes the count.

    `exact_areas`: voters by area without hiding, for the quorum of every single area; not shown.
    """
    asked, kind = manifest.quorum.value, manifest.quorum.kind
    if kind == QuorumKind.NONE:
        return QuorumReport(kind, 0, seen.total, None)
    if kind == QuorumKind.NUMBER:
        reached = seen.total
    elif kind == QuorumKind.PERCENT_ROLL:
        reached = _share(seen.total, seen.roll)
    elif kind == QuorumKind.PERCENT_HOUSEHOLDS:
        reached = _share(seen.households_voted, seen.households)
    else:
        shares = [_share(exact_areas.get(area.id, 0), seen.on_roll.get(area.id, 0)) for area in manifest.areas]
        reached = min(shares, default=0)
    return QuorumReport(kind, asked, reached, reached >= asked)


def voted_by_area(session: Session, poll_id: int) -> dict[str, int]:
    """Voters by area, exact. For the quorum and the closing entry's own hiding; not to be shown."""
    found = select(RollRow.area, func.count()).where(RollRow.poll_id == poll_id, RollRow.voted)
    return {area: number for area, number in session.execute(found.group_by(RollRow.area))}  # noqa: C416


def _share(part: int, whole: int) -> int:
    """Whole per cent, rounded down: 49.9 % is not half."""
    return 100 * part // whole if whole else 0
