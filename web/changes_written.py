"""Changes in words: what of a row was and becomes, as people read it, in previews and in the history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import select

from messages import cases, english
from messages.thai import thai_date
from models.changes import Values, differences
from models.letters import known_kind
from models.people import Chat
from models.town import DEFAULTS, Agency, Category, Department
from web.desk import Desk

#: Columns whose values are codes, and the texts that say them.
_CODES = {"role": "role.", "office": "behalf.office_", "use": "templates.use_"}


@dataclass(frozen=True)
class Line:
    """One value: what it is called, what it was and becomes; None where there was or is no row."""

    name: str
    was: str | None
    becomes: str | None


@dataclass(frozen=True)
class Written:
    """A row that changes: its kind and name in words, how (made, removed, changed), and what differs."""

    kind: str
    name: str
    how: str
    lines: Sequence[Line]


class Scribe:
    """Writes changes for the reader of this page; the names of things are looked up once."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._w = desk, desk.w

    def write(self, kind: str, subject: str | None, before: Values | None, after: Values | None) -> Written:
        """The change in words. A setting without a row has its default."""
        if kind == "setting" and subject in DEFAULTS:
            before, after = (side or {"value": {"value": DEFAULTS[subject]}} for side in (before, after))
        how = "made" if before is None else "removed" if after is None else "changed"
        lines = []
        for name, was, becomes in self._differences(kind, subject, before, after):
            lines.append(
                Line(
                    self.column(kind, subject, name),
                    None if before is None else self.value(kind, name, was),
                    None if after is None else self.value(kind, name, becomes),
                )
            )
        if how == "removed" and not lines:
            lines.append(Line(self.kind(kind), self.subject(kind, subject, before), None))
        return Written(self.kind(kind), self.subject(kind, subject, after or before), how, lines)

    def _differences(
        self, kind: str, subject: str | None, before: Values | None, after: Values | None
    ) -> list[tuple[str, Any, Any]]:
        if kind != "setting" or subject != "letters.policies":
            return list(differences(before, after))
        # One line for each kind of letter, not one for all of them.
        was, becomes = ((side or {}).get("value", {}).get("value") or {} for side in (before, after))
        return [
            (f"letter:{n}", was.get(n), becomes.get(n))
            for n in sorted({*was, *becomes})
            if was.get(n) != becomes.get(n)
        ]

    def kind(self, kind: str) -> str:
        """“กอง”, “หมวด”, …"""
        return self._w(f"changes.kind_{kind}")

    def subject(self, kind: str, subject: str | None, values: Values | None) -> str:
        """What the row is called."""
        values = values or {}
        match kind:
            case "setting":
                return self._w(f"setting.{(subject or '').replace('.', '_')}")
            case "village":
                return f"{self._w('report.place_moo', moo=subject)} {values.get('name', '')}".strip()
            case "holiday":
                return f"{self._day(subject)} {values.get('name', '')}".strip()
            case "words":
                return str(subject)
            case "group":
                return self._groups.get(str(subject)) or self._w("problems.group")
            case "rule":
                return self._rule(values)
            case _:
                return cases.named(self._w, str(values.get("name") or values.get("title") or subject or ""))

    def _rule(self, values: Values) -> str:
        parts = [
            self._categories.get(values.get("category") or "", ""),
            self._w("report.place_moo", moo=values["moo"]) if values.get("moo") else "",
            f"“{values['word']}”" if values.get("word") else "",
        ]
        return " ".join(part for part in parts if part) or self._w("changes.any_case")

    def column(self, kind: str, subject: str | None, name: str) -> str:
        """What the value is called."""
        if name.startswith("letter:"):
            code = name.removeprefix("letter:")
            return known_kind(code).label if self._w.language == "th" else self._w(f"letter.{code}")
        if kind == "setting":
            return self.subject(kind, subject, None)
        return self._w(f"column.{name}")

    def value(self, kind: str, name: str, value: Any) -> str:
        """The value as people read it."""
        if kind == "setting" and isinstance(value, dict) and "value" in value:
            value = value["value"]
        if name.startswith("letter:"):
            return self._policy(name.removeprefix("letter:"), value)
        if value is None or value in ("", []):
            return self._w("changes.empty")
        if isinstance(value, bool):
            return self._w("changes.yes" if value else "changes.no")
        if isinstance(value, list):
            return "\n".join(str(each) for each in value) if kind == "words" else ", ".join(str(each) for each in value)
        return self._named(name, value)

    def _policy(self, code: str, own: Any) -> str:
        kind, chosen = known_kind(code), own or {}
        way = self._w(f"changes.way_{chosen.get('without_reply', kind.without_reply)}")
        return self._w("changes.policy", way=way, share=chosen.get("share", kind.share))

    def _named(self, name: str, value: Any) -> str:
        tables: dict[str, dict[str, str]] = {
            "department": self._departments,
            "fallback": self._departments,
            "department_id": self._numbered,
            "category": self._categories,
            "agency": self._agencies,
        }
        if name in tables:
            return tables[name].get(str(value), str(value))
        if name in _CODES:
            return self._w(f"{_CODES[name]}{value}")
        if name == "moo":
            return self._w("report.place_moo", moo=value)
        if f"changes.value_{value}" in self._w:
            return self._w(f"changes.value_{value}")
        return str(value)

    def _day(self, subject: str | None) -> str:
        day = date.fromisoformat(subject or "")
        return english.english_date(day) if self._w.language == "en" else thai_date(day)

    @cached_property
    def _departments(self) -> dict[str, str]:
        found = self._desk.session.execute(select(Department.code, Department.name))
        return {code: cases.named(self._w, name) for code, name in found}

    @cached_property
    def _numbered(self) -> dict[str, str]:
        found = self._desk.session.execute(select(Department.id, Department.name))
        return {str(number): cases.named(self._w, name) for number, name in found}

    @cached_property
    def _categories(self) -> dict[str, str]:
        found = self._desk.session.execute(select(Category.code, Category.name))
        return {code: cases.named(self._w, name) for code, name in found}

    @cached_property
    def _agencies(self) -> dict[str, str]:
        found = self._desk.session.execute(select(Agency.code, Agency.name))
        return {code: cases.named(self._w, name) for code, name in found}

    @cached_property
    def _groups(self) -> dict[str, str]:
        return {str(key): name for key, name in self._desk.session.execute(select(Chat.id, Chat.name))}
