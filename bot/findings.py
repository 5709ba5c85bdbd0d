"""Findings: what the doctor says, in Thai and in English, each with what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warn", "bad"]


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `ok`: as it should be; `warn`: somebody should look; `bad`: something is broken."""

    level: Level
    name: str
    thai: str
    english: str


def ok(name: str, thai: str, english: str) -> Finding:
    """As it should be."""
    return Finding("ok", name, thai, english)


def warn(name: str, thai: str, english: str) -> Finding:
    """It works, but somebody should look."""
    return Finding("warn", name, thai, english)


def bad(name: str, thai: str, english: str) -> Finding:
    """Something is broken."""
    return Finding("bad", name, thai, english)
