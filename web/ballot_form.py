"""What a voter sees on a ballot, and what she tapped: the fields of the page, read without any script's help.

`choice` (one or many values) for what is chosen, `rank_<id>` for places, `score_<id>` for points, `mark` for the
voter's own four digits. The same names carry a choice through the review; it never stands in an address.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from ballots import choices, discreet
from ballots.choices import Choice, Refused
from ballots.manifest import BUDGET_KINDS, Kind, Manifest, Option
from messages.money import baht
from messages.thai import arabic_digits
from messages.words import Words

#: Up to this best score every score is a button of its own; above it, a list to choose from.
BUTTONS = 5
#: Longer numbers are no score of any poll.
_DIGITS = 6


class Unreadable(ValueError):
    """A field holds what no ballot can say; `code` is one of `choices.CODES`, “number”, “mark” or “rank”."""

    def __init__(self, code: str, option: str = "") -> None:
        super().__init__(code)
        self.code, self.option = code, option


@dataclass(frozen=True)
class Line:
    """One option as it stands on the page. `picture`: the token of its picture, or ""."""

    option: Option
    detail: str
    picture: str

    @property
    def id(self) -> str:
        """The option's id on ballots."""
        return self.option.id

    @property
    def cost(self) -> str:
        """Its price in baht, or ""."""
        return baht(self.option.cost) if self.option.cost else ""


@dataclass(frozen=True)
class Tapped:
    """What the form said, as it was said: to be shown again, to be carried on, to be sealed."""

    chosen: tuple[str, ...] | dict[str, int]
    mark: str


def order(key: str, poll: str, voter_id: int, ids: Sequence[str]) -> list[str]:
    """The options in this voter's own order: another one for everybody, the same one whenever she looks."""
    secret = hmac.digest(key.encode(), b"order of ballots", "sha256")
    return discreet.shuffle(secret, f"{poll}|{voter_id}", list(ids))


def read(manifest: Manifest, form: MultiDict[str, str]) -> Tapped:
    """What was tapped, for every kind of ballot. Raises Unreadable for what is no number, place or mark."""
    mark = arabic_digits(form.get("mark", "").strip())
    if mark and not (len(mark) == 4 and mark.isascii() and mark.isdigit()):
        raise Unreadable("mark")
    if manifest.kind in choices.NUMBERED:
        return Tapped({option.id: _number(form, "score_", option.id) for option in manifest.options}, mark)
    if manifest.kind == Kind.RANKED:
        return Tapped(_ranked(manifest, form), mark)
    return Tapped(tuple(value for value in form.getlist("choice") if value), mark)


def judge(manifest: Manifest, tapped: Tapped, area: str) -> Choice:
    """The canonical choice. Raises Unreadable with the code of what the rules of the poll do not allow."""
    try:
        return choices.make_choice(manifest, tapped.chosen, area)
    except Refused as refused:
        raise Unreadable(refused.code, refused.option) from None


def carried(tapped: Tapped, kind: Kind) -> list[tuple[str, str]]:
    """Names and values of hidden fields that say the same."""
    fields = [("mark", tapped.mark)] if tapped.mark else []
    if isinstance(tapped.chosen, dict):
        return fields + [(f"score_{key}", str(number)) for key, number in tapped.chosen.items() if number]
    if kind == Kind.RANKED:
        return fields + [(f"rank_{key}", str(place)) for place, key in enumerate(tapped.chosen, 1)]
    return fields + [("choice", key) for key in tapped.chosen]


def _number(form: Mapping[str, str], prefix: str, option: str) -> int:
    said = arabic_digits(form.get(prefix + option, "").strip())
    if not said:
        return 0
    if not (said.isascii() and said.isdigit() and len(said) <= _DIGITS):
        raise Unreadable("number", option)
    return int(said)


def _ranked(manifest: Manifest, form: Mapping[str, str]) -> tuple[str, ...]:
    """The options by their places, the best first. Two in one place cannot be told apart: the voter is asked."""
    places: dict[int, str] = {}
    for option in manifest.options:
        place = _number(form, "rank_", option.id)
        if place and place in places:
            raise Unreadable("rank", option.id)
        if place:
            places[place] = option.id
    return tuple(places[place] for place in sorted(places))


# -- in words ----------------------------------------------------------------------------------------------------------


def limits(w: Words, manifest: Manifest, area: str = "") -> list[str]:
    """What may be chosen, in short sentences."""
    told = [_how(w, manifest, area)]
    if manifest.kind in BUDGET_KINDS:
        name = "ballot.within_budget" if manifest.limits.within_budget else "ballot.budget"
        told.append(w(name, money=baht(manifest.budget_of(area))))
    if manifest.limits.blank and manifest.kind != Kind.CHOOSE_ONE:
        told.append(w("ballot.may_be_blank"))
    return told


def _how(w: Words, manifest: Manifest, area: str) -> str:
    most, least = manifest.limits.max_choices, manifest.limits.min_choices
    count = len(manifest.on_ballot(area))
    if manifest.kind == Kind.CHOOSE_ONE:
        return w("ballot.how_choose_one")
    if manifest.kind == Kind.RANKED:
        return w("ballot.how_ranked_most", count=most) if most else w("ballot.how_ranked")
    if manifest.kind == Kind.SCORE:
        return w("ballot.how_score", most=manifest.limits.max_score)
    if manifest.kind == Kind.BUDGET_POINTS:
        return w("ballot.how_points", points=manifest.limits.points)
    if most and least > 1:
        return w("ballot.how_between", least=least, most=most)
    if most and most < count:
        return w("ballot.how_most", most=most)
    return w("ballot.how_least", least=least) if least > 1 else w("ballot.how_any")


def fault(w: Words, wrong: Unreadable, manifest: Manifest, area: str = "") -> str:
    """What is wrong with a ballot, and what to do."""
    option = manifest.option(wrong.option)
    fields: dict[str, Any] = {
        "least": max(1, manifest.limits.min_choices),
        "most": manifest.limits.max_choices or len(manifest.on_ballot(area)),
        "score": manifest.limits.max_score or manifest.limits.points,
        "points": manifest.limits.points,
        "money": baht(manifest.budget_of(area)),
        "option": option.title if option else "",
    }
    return w(f"ballot.fault_{wrong.code}", **fields)
