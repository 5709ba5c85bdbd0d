"""What a new town starts with: its categories, departments, outside agencies and emergency numbers, as plain data.

The tables stand in `lexicon/*.toml`. `bot` copies them into the town's database, where the office changes them; `nlp`
itself needs only codes. Times to answer are suggestions in working days (thai-nlp notes §6.2), not law.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Category:
    """One kind of matter.

    `name` fits a LINE button (20 characters at most). `sla_days_urgent` and `sla_days_normal` are working days (0: at
    once, the same day). `fallback` takes the matter in towns without `department`, `second` is the department
    that gets such matters next to it. `radius` is the distance in metres within which two reports may
    be the same (0: never offered). `siblings` are the categories people mix it up with. `sensitive` matters are never
    made public.
    """

    code: str
    name: str
    description: str
    department: str
    fallback: str | None
    second: str | None
    agency: str | None
    sla_days_urgent: int
    sla_days_normal: int
    sensitive: bool
    radius: int
    siblings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Department:
    """One department (กอง/สำนัก/งาน). `fallback` takes its work in towns that do not have it (None: always there)."""

    code: str
    name: str
    short: str
    fallback: str | None


@dataclass(frozen=True, slots=True)
class Agency:
    """An outside agency to which the town passes what is not its own; `phone` is its hotline, "" when none is known."""

    code: str
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Hotline:
    """A number to call. `kinds` are the kinds of emergency it serves. `checked` is false for numbers from memory."""

    number: str
    name: str
    purpose: str
    kinds: tuple[str, ...]
    checked: bool


@dataclass(frozen=True, slots=True)
class Defaults:
    """All tables, in the order in which they should be shown."""

    categories: tuple[Category, ...]
    departments: tuple[Department, ...]
    agencies: tuple[Agency, ...]
    hotlines: tuple[Hotline, ...]

    def category(self, code: str) -> Category:
        """The category of that code; KeyError when there is none."""
        for category in self.categories:
            if category.code == code:
                return category
        raise KeyError(code)


def read_defaults(folder: Path) -> Defaults:
    """Read the four tables of a folder. Raises KeyError or TypeError when a field is missing or misspelled."""

    def table(name: str) -> dict[str, dict[str, object]]:
        return tomllib.loads((folder / f"{name}.toml").read_text("utf-8"))

    departments = tuple(
        Department(code, str(row["name"]), str(row["short"]), _or_none(row.get("fallback")))
        for code, row in table("departments").items()
    )
    fallbacks = {department.code: department.fallback for department in departments}
    return Defaults(
        tuple(_category(code, row, fallbacks) for code, row in table("categories").items()),
        departments,
        tuple(Agency(code, str(row["name"]), str(row.get("phone", ""))) for code, row in table("agencies").items()),
        tuple(
            Hotline(number, str(row["name"]), str(row["purpose"]), _strings(row["kinds"]), bool(row["checked"]))
            for number, row in table("hotlines").items()
        ),
    )


def _category(code: str, row: dict[str, object], fallbacks: dict[str, str | None]) -> Category:
    urgent, normal = _integers(row["sla_days"])
    return Category(
        code=code,
        name=str(row["name"]),
        description=str(row["description"]),
        department=str(row["department"]),
        fallback=fallbacks[str(row["department"])],
        second=_or_none(row.get("second")),
        agency=_or_none(row.get("agency")),
        sla_days_urgent=urgent,
        sla_days_normal=normal,
        sensitive=bool(row.get("sensitive", False)),
        radius=_integers([row["radius"]])[0],
        siblings=_strings(row.get("siblings", [])),
    )


def _or_none(value: object) -> str | None:
    return None if value is None else str(value)


def _strings(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(f"a list is wanted, not {value!r}")
    return tuple(map(str, value))


def _integers(value: object) -> tuple[int, ...]:
    if not isinstance(value, list) or not all(isinstance(n, int) for n in value):
        raise TypeError(f"whole numbers are wanted, not {value!r}")
    return tuple(value)
