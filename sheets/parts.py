"""A project while its rows are being read, and the line that comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .cells import UNCOMPUTED, Grid
from .heads import Head
from .types import FIELDS, Line, Note, Revision
from .villages import villages


@dataclass
class Draft:
    """A project of which more rows may come. `faults` make all its rows refused."""

    number: int
    head: Head
    groups: dict[str, str]
    revision: Revision
    rows: list[int] = field(default_factory=list)
    words: dict[str, str] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)
    plan: dict[int, int] = field(default_factory=dict)
    ordinance: dict[int, int] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    faults: list[Note] = field(default_factory=list)

    def take(self, words: Mapping[str, str], shared: Mapping[str, str], others: Mapping[str, str]) -> None:
        """The first row: its own words, and those a merge shares among several projects."""
        self.rows = [self.number]
        self.words = {**shared, **words}
        self.cells = dict(others)

    def go_on(self, words: Mapping[str, str], others: Mapping[str, str]) -> None:
        """A further row: its words are added below."""
        for role, text in words.items():
            self.words[role] = f"{self.words[role]}\n{text}" if self.words.get(role) else text
        for name, text in others.items():
            self.cells[name] = f"{self.cells[name]}\n{text}" if self.cells.get(name) else text

    def pay(self, plan: Mapping[int, int], ordinance: Mapping[int, int]) -> None:
        """Money of a row; a second amount for a year is added, and told."""
        for mine, theirs in ((self.plan, plan), (self.ordinance, ordinance)):
            for year, amount in theirs.items():
                if year in mine:
                    self.notes.append(Note("added_up", str(year)))
                mine[year] = mine.get(year, 0) + amount


def finished(draft: Draft, grid: Grid, form: str) -> tuple[Line, list[Note]]:
    """The line, and why it is refused, if it is."""
    values = {**draft.groups, **draft.words}
    if draft.head.equipment:
        values["name"] = values.get("target", "").split("\n", 1)[0]
    faults = list(draft.faults)
    if not values.get("name"):
        faults.append(Note("no_name"))
    faults += [Note("too_long", role) for role, text in values.items() if len(text) > FIELDS[role]]
    faults += [Note("uncomputed_text", role) for role, text in values.items() if text == UNCOMPUTED]
    notes = list(dict.fromkeys(draft.notes + _boxes(draft, grid)))
    line = Line(
        sheet=grid.title,
        rows=tuple(draft.rows),
        form=form,
        values=values,
        plan=draft.plan,
        ordinance=draft.ordinance,
        moos=villages(values.get("name", ""), values.get("target", ""), values.get("place", "")),
        revision=draft.revision,
        cells=draft.cells,
        notes=tuple(notes),
        hidden=grid.hidden or bool(grid.hidden_rows & set(draft.rows)),
        years=draft.head.years,
    )
    return line, faults


def _boxes(draft: Draft, grid: Grid) -> list[Note]:
    first, last = draft.rows[0], draft.rows[-1]
    return [Note("box", box.text[:200]) for box in grid.boxes if box.first <= last and box.last >= first]
