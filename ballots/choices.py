"""A voter's choice, and whether the manifest allows it.

In canonical form a choice is
  choose_one, approval, budget_approval   the chosen ids, sorted              ("p1", "p3")
  ranked                                  ids, the best first                 ("p3", "p1")
  score, budget_points                    id to whole number, zeros left out  {"p1": 4}
and empty for a blank ballot (ไม่ประสงค์ลงคะแนน).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ballots.manifest import BUDGET_KINDS, Kind, Manifest

Choice = tuple[str, ...] | dict[str, int]

#: Kinds whose choice is numbers by option.
NUMBERED = (Kind.SCORE, Kind.BUDGET_POINTS)

#: Every code `Refused` can carry; messages and pages have a text for each.
CODES = (
    "shape",
    "order",
    "twice",
    "unknown_option",
    "blank",
    "too_few",
    "too_many",
    "score_range",
    "over_points",
    "over_budget",
)


class Refused(ValueError):
    """The ballot cannot hold this. `code` is one of CODES; `option` names the option it is about, where it is one."""

    def __init__(self, code: str, option: str = "") -> None:
        super().__init__(f"{code} {option}".strip())
        self.code, self.option = code, option


def read_choice(manifest: Manifest, data: object, area: str = "") -> Choice:
    """The choice in already canonical plain data (a list or an object). Raises Refused; never repairs."""
    choice = _shaped(manifest.kind, data)
    if isinstance(choice, tuple) and manifest.kind != Kind.RANKED and list(choice) != sorted(choice):
        raise Refused("order")
    check(manifest, choice, area)
    return choice


def make_choice(manifest: Manifest, chosen: Sequence[str] | Mapping[str, int], area: str = "") -> Choice:
    """The canonical choice of what a voter tapped: sorted where order means nothing, zeros dropped. Raises Refused."""
    choice: Choice
    if isinstance(chosen, Mapping):
        choice = {key: number for key, number in sorted(chosen.items()) if number != 0}
    else:
        choice = tuple(chosen) if manifest.kind == Kind.RANKED else tuple(sorted(chosen))
    if isinstance(choice, dict) != (manifest.kind in NUMBERED):
        raise Refused("shape")
    check(manifest, choice, area)
    return choice


def check(manifest: Manifest, choice: Choice, area: str = "") -> None:
    """Raise Refused unless this choice fits the ballot of this area."""
    keys = list(choice)
    on_ballot = {option.id: option for option in manifest.on_ballot(area)}
    for key in keys:
        if key not in on_ballot:
            raise Refused("unknown_option", key)
    if len(set(keys)) != len(keys):
        raise Refused("twice", next(key for key in keys if keys.count(key) > 1))
    if not keys:
        if not manifest.limits.blank:
            raise Refused("blank")
        return
    _check_number(manifest, len(keys))
    if isinstance(choice, dict):
        _check_numbers(manifest, choice)
    limited = manifest.limits.within_budget and manifest.kind in BUDGET_KINDS
    if limited and sum(on_ballot[key].cost for key in keys) > manifest.budget_of(area):
        raise Refused("over_budget")


def plain(choice: Choice) -> list[str] | dict[str, int]:
    """The choice as JSON has it."""
    return dict(choice) if isinstance(choice, dict) else list(choice)


def _shaped(kind: Kind, data: object) -> Choice:
    if kind in NUMBERED:
        if not isinstance(data, Mapping) or not all(isinstance(key, str) for key in data):
            raise Refused("shape")
        if not all(type(number) is int for number in data.values()):
            raise Refused("shape")
        return dict(data)
    if not isinstance(data, list | tuple) or not all(isinstance(key, str) for key in data):
        raise Refused("shape")
    return tuple(data)


def _check_number(manifest: Manifest, count: int) -> None:
    limits = manifest.limits
    least = 1 if manifest.kind == Kind.CHOOSE_ONE else limits.min_choices
    most = 1 if manifest.kind == Kind.CHOOSE_ONE else limits.max_choices
    if count < least:
        raise Refused("too_few")
    if most and count > most:
        raise Refused("too_many")


def _check_numbers(manifest: Manifest, choice: dict[str, int]) -> None:
    limits = manifest.limits
    for key, number in choice.items():
        if number < 1 or (limits.max_score and number > limits.max_score):
            raise Refused("score_range", key)
    if limits.points and sum(choice.values()) > limits.points:
        raise Refused("over_points")
