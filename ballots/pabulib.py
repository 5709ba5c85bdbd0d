"""Pabulib's `.pb` files: participatory-budgeting elections as text (META, PROJECTS, VOTES, fields parted by “;”).

Reads all four kinds of votes (approval, choose-1, cumulative, ordinal) and writes what anybody's own software can count
again. Format: pabulib.org/format.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from ballots.tally.budget import Spending, Weights

_SECTIONS = ("META", "PROJECTS", "VOTES")
#: Columns of a table without rows.
_PROJECT, _VOTE = ("project_id", "cost"), ("voter_id", "vote")
_TYPES = ("approval", "choose-1", "cumulative", "ordinal")


class BadFile(ValueError):
    """This is no such file. The message says where."""


@dataclass(frozen=True)
class Project:
    """One project as published. `cost` in the file's smallest amount (`Election.scale`); None: nothing is said."""

    id: str
    cost: int
    name: str
    votes: int | None = None
    score: int | None = None
    selected: bool | None = None


@dataclass(frozen=True)
class Election:
    """A file. Costs and budget are whole numbers: amounts with decimals were multiplied by `scale`."""

    meta: Mapping[str, str]
    projects: tuple[Project, ...]
    ballots: tuple[Weights, ...]
    budget: int
    scale: int = 1

    def spending(self) -> Spending:
        """For counting. Ballots without any project count as voters, as in `num_votes`."""
        costs = {project.id: project.cost for project in self.projects}
        return Spending(costs, self.budget, Counter(self.ballots), len(self.ballots))

    @property
    def threshold(self) -> int:
        """min_project_score_threshold, 0 where there is none."""
        return int(self.meta.get("min_project_score_threshold") or 0)

    @property
    def selected(self) -> frozenset[str] | None:
        """The published winners; None where none are published. Pabulib's “2” (left out of the budget) is not 1."""
        if all(project.selected is None for project in self.projects):
            return None
        return frozenset(project.id for project in self.projects if project.selected)


def read(text: str, *, as_published: bool = False) -> Election:
    """Read a file. A project that stands twice on a ballot counts once; `as_published` counts it twice, as some cities'
    official numbers do. Raises BadFile."""
    parts = _parts(text.removeprefix("\ufeff"))
    meta = {row[0].strip(): row[1].strip() for row in parts["META"][1:] if len(row) > 1}
    rows, votes = _table(parts["PROJECTS"]), _table(parts["VOTES"])
    amounts = [_amount(meta.get("budget", ""), "budget")]
    amounts += [_amount(row.get("cost", ""), f"cost of {row.get('project_id')}") for row in rows]
    scale = 10 ** max(max(0, -int(amount.normalize().as_tuple().exponent)) for amount in amounts)
    whole = [int(amount * scale) for amount in amounts]
    projects = tuple(_project(row, cost) for row, cost in zip(rows, whole[1:], strict=True))
    known = {project.id for project in projects}
    if len(known) != len(projects):
        raise BadFile("PROJECTS: a project_id stands twice")
    kind = meta.get("vote_type", "approval")
    if kind not in _TYPES:
        raise BadFile(f"META: vote_type {kind} is unknown")
    longest = int(meta.get("max_length") or 0) or max((len(_ids(row)) for row in votes), default=0)
    ballots = tuple(_ballot(row, kind, longest, known, as_published=as_published) for row in votes)
    return Election(meta, projects, ballots, whole[0], scale)


def _parts(text: str) -> dict[str, list[list[str]]]:
    parts: dict[str, list[list[str]]] = {}
    current: list[list[str]] | None = None
    for row in csv.reader(io.StringIO(text), delimiter=";"):
        if len(row) == 1 and row[0].strip().upper() in _SECTIONS:
            current = parts.setdefault(row[0].strip().upper(), [])
        elif row and current is not None:
            current.append(row)
    if any(section not in parts or not parts[section] for section in _SECTIONS):
        raise BadFile("META, PROJECTS and VOTES are needed, each with a heading")
    return parts


def _table(rows: Sequence[Sequence[str]]) -> list[dict[str, str]]:
    names = [name.strip() for name in rows[0]]
    return [{name: value.strip() for name, value in zip(names, row, strict=False)} for row in rows[1:] if any(row)]


def _amount(text: str, what: str) -> Decimal:
    try:
        amount = Decimal(text.replace(",", "."))
    except InvalidOperation:
        raise BadFile(f"{what}: {text!r} is no amount") from None
    if not amount.is_finite() or amount < 0:
        raise BadFile(f"{what}: {text!r} is no amount")
    return amount


def _project(row: Mapping[str, str], cost: int) -> Project:
    def number(name: str) -> int | None:
        return int(Decimal(row[name])) if row.get(name, "").strip() else None

    selected = row.get("selected", "").strip()
    return Project(
        row["project_id"],
        cost,
        row.get("name", ""),
        number("votes"),
        number("score"),
        selected == "1" if selected else None,
    )


def _ids(row: Mapping[str, str]) -> list[str]:
    return [part.strip() for part in row.get("vote", "").split(",") if part.strip()]


def _ballot(row: Mapping[str, str], kind: str, longest: int, known: set[str], *, as_published: bool) -> Weights:
    ids = _ids(row)
    if not known.issuperset(ids):
        raise BadFile(f"VOTES: {sorted(set(ids) - known)} stand under no project")
    if kind == "cumulative":
        points = [int(Decimal(part)) for part in row.get("points", "").split(",") if part.strip()]
        if len(points) != len(ids):
            raise BadFile("VOTES: as many points as projects are needed")
    elif kind == "ordinal":
        points = [longest - place for place in range(len(ids))]
    else:
        points = [1] * len(ids)
    total: dict[str, int] = {}
    for project, number in zip(ids, points, strict=True):
        if project not in total or as_published:
            total[project] = total.get(project, 0) + number
    return tuple(sorted((project, number) for project, number in total.items() if number))


def write(meta: Mapping[str, str], projects: Iterable[Mapping[str, str]], votes: Iterable[Mapping[str, str]]) -> str:
    """A file from its three tables. Every project needs project_id and cost, every vote voter_id and vote; the fields
    of the first row are those of all."""
    out = io.StringIO()
    sheet = csv.writer(out, delimiter=";", lineterminator="\n")
    out.write("META\n")
    sheet.writerows([("key", "value"), *meta.items()])
    for section, rows, empty in (("PROJECTS", projects, _PROJECT), ("VOTES", votes, _VOTE)):
        out.write(f"{section}\n")
        names: list[str] = []
        for row in rows:
            if not names:
                names = list(row)
                sheet.writerow(names)
            sheet.writerow([row[name] for name in names])
        if not names:
            sheet.writerow(empty)
    return out.getvalue()
