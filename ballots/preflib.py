"""PrefLib's `.soi` and `.toi` files: ranked ballots with their numbers (preflib.org/format).

A line is “count: 3,1,{2,5}”, the best first, options of one rank in braces. What is not named is not ranked.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from ballots.pabulib import BadFile
from ballots.tally.single import Ranking

_NAME = re.compile(r"#\s*ALTERNATIVE NAME (\d+):\s*(.*)", re.ASCII)
_LINE = re.compile(r"\s*(\d+)\s*:\s*(.*)", re.ASCII)
_RANK = re.compile(r"\{([^{}]*)\}|([^,{}\s]+)", re.ASCII)
_WHOLE = re.compile(r"(?:\{[^{}]*\}|[^,{}\s]+)(?:\s*,\s*(?:\{[^{}]*\}|[^,{}\s]+))*", re.ASCII)


@dataclass(frozen=True)
class Profile:
    """A file: the options' names by their numbers, and the ballots."""

    names: dict[str, str]
    ballots: dict[Ranking, int]


def read(text: str) -> Profile:
    """Read a .soi, .toi, .soc or .toc file. Raises BadFile."""
    names: dict[str, str] = {}
    ballots: Counter[Ranking] = Counter()
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        if line.startswith("#"):
            found = _NAME.match(line)
            if found:
                names[found[1]] = found[2].strip()
        elif line.strip():
            count, ranking = _ballot(line, number)
            ballots[ranking] += count
    for ranking in ballots:
        for rank in ranking:
            for option in rank:
                names.setdefault(option, option)
    if not names:
        raise BadFile("no alternatives are named")
    return Profile(names, dict(ballots))


def _ballot(line: str, number: int) -> tuple[int, Ranking]:
    found = _LINE.fullmatch(line)
    if not found or (found[2].strip() and not _WHOLE.fullmatch(found[2].strip())):
        raise BadFile(f"line {number}: “count: options” is expected")
    ranks = [
        tuple(sorted(part.strip() for part in (group or single).split(",") if part.strip()))
        for group, single in _RANK.findall(found[2])
    ]
    named = [option for rank in ranks for option in rank]
    if len(set(named)) != len(named):
        raise BadFile(f"line {number}: an option stands twice")
    return int(found[1]), tuple(rank for rank in ranks if rank)
