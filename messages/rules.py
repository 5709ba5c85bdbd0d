"""The machine behind `limits.check`: a shape is a table of properties, each with a rule.

A rule gets the path and the value; it gives back what LINE asks for when the value breaks it, None when it does not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from messages import counting

REFERENCE = "https://developers.line.biz/en/reference/messaging-api/"

Rule = Callable[[str, Any], str | None]


class TooMuch(ValueError):
    """LINE would refuse this. `path` says where ("messages[0].text"), `rule` what LINE asks and on which page."""

    def __init__(self, path: str, rule: str) -> None:
        super().__init__(f"{path}: {rule}")
        self.path = path
        self.rule = rule


@dataclass(frozen=True)
class Shape:
    """One kind of object: the anchor of its page, the properties it needs and those it may have, each with its rule."""

    page: str
    need: Mapping[str, Rule] = field(default_factory=dict)
    may: Mapping[str, Rule] = field(default_factory=dict)

    def check(self, path: str, value: Any) -> None:
        """Raise TooMuch at the first property that is missing, unknown or breaks its rule."""
        rules = {**self.need, **self.may}
        missing = ", ".join(name for name in self.need if name not in value)
        if missing:
            raise TooMuch(path, f"needs {missing} ({REFERENCE}#{self.page})")
        for name, what in value.items():
            if name == "type":
                continue
            if name not in rules:
                raise TooMuch(f"{path}.{name}", f"no such property ({REFERENCE}#{self.page})")
            fault = rules[name](f"{path}.{name}", what)
            if fault:
                raise TooMuch(f"{path}.{name}", f"{fault} ({REFERENCE}#{self.page})")


def one_of_shapes(shapes: Mapping[str, Shape]) -> Rule:
    """The rule that a value is one of these shapes, told apart by its type."""

    def rule(path: str, value: Any) -> str | None:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in shapes:
            return f"is one of {', '.join(shapes)}"
        shapes[kind].check(path, value)
        return None

    return rule


def units(most: int, least: int = 1) -> Rule:
    """The rule of a text counted in UTF-16 units; one that must not be empty must not be blank either."""
    return lambda path, value: (
        None
        if isinstance(value, str) and counting.units(value) <= most and (least == 0 or value.strip())
        else f"is a text of {least} to {most} UTF-16 units"
    )


def clusters(most: int, least: int = 1) -> Rule:
    """The rule of a text counted in grapheme clusters."""
    return lambda path, value: (
        None
        if isinstance(value, str) and counting.clusters(value) <= most and (least == 0 or value.strip())
        else f"is a text of {least} to {most} grapheme clusters"
    )


def matching(pattern: str, what: str, most: int = 2_000) -> Rule:
    """The rule of a text that fits a pattern as a whole."""
    form = re.compile(pattern)
    return lambda path, value: (
        None if isinstance(value, str) and len(value) <= most and form.fullmatch(value) else f"is {what}"
    )


def word(*words: str) -> Rule:
    """The rule of a fixed set of words."""
    return lambda path, value: None if value in words else f"is one of {', '.join(words)}"


def number(least: float, most: float, whole: bool = False) -> Rule:
    """The rule of a number within bounds."""
    kinds = (int,) if whole else (int, float)
    return lambda path, value: (
        None
        if isinstance(value, kinds) and not isinstance(value, bool) and least <= value <= most
        else f"is a {'whole ' if whole else ''}number from {least} to {most}"
    )


def yes_or_no(path: str, value: Any) -> str | None:
    """The rule of true or false."""
    return None if isinstance(value, bool) else "is true or false"


def each(rule: Rule, most: int, least: int = 0) -> Rule:
    """The rule of a list, all of one kind."""

    def check(path: str, value: Any) -> str | None:
        if not isinstance(value, list) or not least <= len(value) <= most:
            return f"is a list of {least} to {most}"
        for at, item in enumerate(value):
            fault = rule(f"{path}[{at}]", item)
            if fault:
                raise TooMuch(f"{path}[{at}]", f"{fault} ({REFERENCE}#message-objects)")
        return None

    return check


def size_of(value: Any) -> int:
    """Bytes of an object as JSON in UTF-8, without needless spaces."""
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))
