"""Typing paper ballots: one ballot a line, in the shorthand of people who count; read into choices, and written back.

Options are called by their number on the paper. `1 3` chooses two, in order where ballots are ranked; `1=5 3=2` gives
points; `-` is blank; `x12` at the end says that there are twelve of it. Thai digits will do.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from ballots import canonical, choices
from ballots.choices import NUMBERED
from ballots.manifest import Kind, Manifest
from messages.thai import arabic_digits

#: Ballots that one line may stand for.
MOST = 100_000
_TIMES = re.compile(r"\s*[x×*]\s*([0-9]{1,6})\s*$", re.ASCII | re.IGNORECASE)
_BLANK = ("-", "–", "0", "ว่าง")


class WrongLine(ValueError):
    """A line that no ballot says; `line` is its number, from 1, and `code` why."""

    def __init__(self, line: int, code: str) -> None:
        super().__init__(f"line {line}: {code}")
        self.line, self.code = line, code


def read(manifest: Manifest, text: str, area: str = "") -> tuple[Any, ...]:
    """The ballots as `choices.plain` has them. Raises WrongLine."""
    found: list[Any] = []
    for number, line in enumerate(arabic_digits(text).splitlines(), 1):
        if line.strip():
            choice, times = _line(manifest, number, line, area)
            found += [choice] * times
            if len(found) > MOST:
                raise WrongLine(number, "many")
    return tuple(found)


def _line(manifest: Manifest, number: int, line: str, area: str) -> tuple[Any, int]:
    repeated = _TIMES.search(line)
    times = int(repeated[1]) if repeated else 1
    body = line[: repeated.start()] if repeated else line
    try:
        chosen = _chosen(manifest, body)
        return choices.plain(choices.make_choice(manifest, chosen, area)), times
    except choices.Refused as refused:
        raise WrongLine(number, refused.code) from None
    except (ValueError, IndexError):
        raise WrongLine(number, "shape") from None


def _chosen(manifest: Manifest, body: str) -> Any:
    numbered = manifest.kind in NUMBERED
    if body.strip() in _BLANK:
        return {} if numbered else ()
    parts = [part for part in re.split(r"[\s,;/]+", body.strip()) if part]
    if not numbered:
        return tuple(_option(manifest, part) for part in parts)
    pairs = [part.split("=") for part in parts]
    if any(len(pair) != 2 for pair in pairs) or len({pair[0] for pair in pairs}) != len(pairs):
        raise ValueError(body)
    return {_option(manifest, name): int(points) for name, points in pairs}


def _option(manifest: Manifest, mark: str) -> str:
    place = int(mark)
    if place < 1:
        raise IndexError(mark)
    return manifest.options[place - 1].id


def write(manifest: Manifest, ballots: Iterable[Any]) -> str:
    """The same ballots as lines, equal ones together."""
    counted = Counter(canonical.dumps(ballot) for ballot in ballots)
    lines = []
    for raw, times in sorted(counted.items()):
        body = say(manifest, canonical.loads(raw))
        lines.append(f"{body} x{times}" if times > 1 else body)
    return "\n".join(lines)


def say(manifest: Manifest, ballot: Any) -> str:
    """One ballot in the shorthand."""
    places = {option.id: str(place) for place, option in enumerate(manifest.options, 1)}
    if not ballot:
        return "-"
    if isinstance(ballot, dict):
        return " ".join(f"{places[key]}={points}" for key, points in ballot.items())
    order = ballot if manifest.kind == Kind.RANKED else sorted(ballot, key=lambda key: int(places[key]))
    return " ".join(places[key] for key in order)
