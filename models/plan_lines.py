"""Lines of the plan's forms as values of a project: what a form or an import puts in, and what is derived from it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.plan import Project
from models.thai_order import thai_order
from models.town import Department

#: The text fields of a project's line, as the forms have them.
TEXTS = (
    "mark",
    "name",
    "objective",
    "target",
    "kpi",
    "result",
    "reason",
    "department_name",
    "national",
    "province",
    "strategy",
    "tactic",
    "programme",
    "budget_type",
    "item",
    "district",
    "begin",
    "end",
    "place",
)
_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")

#: Makes a search column of texts: `nlp.search.search_text`, handed in because models know nothing of language.
Column = Callable[..., str]


def name_key(name: str) -> str:
    """A name as a revised file recognises it: letters, marks and digits only, Thai digits as Arabic ones."""
    kept = (c for c in name.translate(_DIGITS).casefold() if unicodedata.category(c)[0] in "LNM")
    return "".join(kept)[:200]


def derived(values: Mapping[str, Any], moos: Sequence[int], column: Column) -> dict[str, str]:
    """What is computed from a line: the key, the place in Thai order, and the search column."""
    name = str(values.get("name", ""))
    texts = [str(values.get(field, "")) for field in ("name", "public_name", "place", "target", "objective")]
    groups = [str(values.get(field, "")) for field in ("department_name", "programme", "strategy")]
    villages = [f"หมู่ {moo} หมู่ที่ {moo}" for moo in moos]
    return {
        "name_key": name_key(name),
        "sort_key": thai_order(name),
        "search": column(*texts[:3], *villages, *texts[3:], *groups),
    }


def put(project: Project, values: Mapping[str, Any], column: Column) -> None:
    """Set the given fields of a project, and what is derived from them; the villages it is for must be set before."""
    for name, value in values.items():
        setattr(project, name, value)
    whole = {name: getattr(project, name) for name in (*TEXTS, "public_name")}
    for name, value in derived(whole, project.moos, column).items():
        setattr(project, name, value)


class Departments:
    """Finds the department that a form names: by name, short name or code, however it is spaced."""

    def __init__(self, session: Session) -> None:
        """Look them up once; a form names the same few a thousand times."""
        self._known: dict[str, int] = {}
        for row in session.scalars(select(Department).order_by(Department.id)):
            for word in (row.name, row.short, row.code):
                self._known.setdefault(name_key(word), row.id)

    def find(self, written: str) -> int | None:
        """The id of the department, None where nobody is known by this."""
        return self._known.get(name_key(written)) if written else None
