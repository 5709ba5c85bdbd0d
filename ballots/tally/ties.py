"""Ties: found, named, and settled by the policy that was frozen before opening; never silently.

A tie is decisive when the outcome depends on how it is settled. A decisive tie that the policy's steps leave open needs
the lot; without one the count stops with `DecisiveTie`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from ballots.manifest import TieStep


@dataclass(frozen=True)
class Tie:
    """Options that stood equal in a round. `settled` is the step that told them apart, or “harmless” when every order
    gives the same outcome; `order` is the order taken."""

    round: int
    options: tuple[str, ...]
    settled: str
    order: tuple[str, ...]

    def plain(self) -> dict[str, Any]:
        """As it stands in results.json."""
        return {
            "round": self.round,
            "options": list(self.options),
            "settled": self.settled,
            "order": list(self.order),
        }


class DecisiveTie(Exception):
    """The outcome hangs on these options, which stand equal in this round, and the policy needs a lot to go on."""

    def __init__(self, options: Iterable[str], round_number: int) -> None:
        self.options = tuple(sorted(options))
        self.round = round_number
        super().__init__(f"round {round_number}: {', '.join(self.options)} are equal; the lot has to decide")


#: A number per option; the lower goes first.
Measure = Callable[[str], int]


@dataclass
class TieBreaker:
    """Settles ties by the steps of a policy. `measures` gives each step but the lot its numbers; `lot` is one order of
    all options for the whole count, the first drawn first, or None as long as nothing was drawn."""

    steps: Sequence[TieStep] = (TieStep.LOT,)
    measures: Mapping[TieStep, Measure] = field(default_factory=dict)
    lot: Sequence[str] | None = None
    ties: list[Tie] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._place = {option: place for place, option in enumerate(self.lot or ())}

    def order(
        self, tied: Iterable[str], round_number: int, extra: Mapping[TieStep, Measure] | None = None
    ) -> list[str]:
        """The tied options in the order of the policy, the tie noted. Raises DecisiveTie when a lot is needed."""
        return self.take(tied, len(list(tied)) - 1, round_number, extra, whole=True)

    def first(self, tied: Iterable[str], round_number: int, extra: Mapping[TieStep, Measure] | None = None) -> str:
        """The one that goes first. Raises DecisiveTie when a lot is needed to say which."""
        return self.take(tied, 1, round_number, extra)[0]

    def take(
        self,
        tied: Iterable[str],
        room: int,
        round_number: int,
        extra: Mapping[TieStep, Measure] | None = None,
        *,
        whole: bool = False,
        rest: bool = False,
    ) -> list[str]:
        """The `room` first of the tied options, the tie noted; with `rest`, and with `whole`, the others behind them.

        Raises DecisiveTie when the cut (with `whole`: any place) goes through options that only a lot can part.
        """
        options = sorted(tied)
        groups, settled = self._split([options], extra or {})
        begin = 0
        for group in groups:
            if len(group) > 1 and (whole or begin < room < begin + len(group)):
                self._need_lot(group, round_number)
                settled = TieStep.LOT.value
            begin += len(group)
        ordered = [option for group in groups for option in sorted(group, key=self._drawn)]
        self.ties.append(Tie(round_number, tuple(options), settled, tuple(ordered)))
        return ordered if whole or rest else ordered[:room]

    def parted(
        self, tied: Iterable[str], extra: Mapping[TieStep, Measure] | None = None
    ) -> tuple[list[list[str]], str]:
        """The tied options in groups, parted as far as the policy goes (by the lot too, where it is known), and the
        step that settled it. Notes nothing."""
        groups, settled = self._split([sorted(tied)], extra or {})
        if not self._place or all(len(group) == 1 for group in groups):
            return groups, settled
        return [[option] for group in groups for option in sorted(group, key=self._drawn)], TieStep.LOT.value

    def note(self, tied: Iterable[str], order: Sequence[str], settled: str, round_number: int) -> None:
        """Remember a tie that was settled elsewhere by what `parted` said."""
        self.ties.append(Tie(round_number, tuple(sorted(tied)), settled or "harmless", tuple(order)))

    def harmless(self, tied: Iterable[str], round_number: int) -> list[str]:
        """Note a tie whose order changes nothing; returns the options in the order of their names."""
        options = sorted(tied)
        self.ties.append(Tie(round_number, tuple(options), "harmless", tuple(options)))
        return options

    def _need_lot(self, group: Sequence[str], round_number: int) -> None:
        if TieStep.LOT not in self.steps or not self._place.keys() >= set(group):
            raise DecisiveTie(group, round_number)

    def _drawn(self, option: str) -> int:
        return self._place.get(option, 0)

    def _split(self, groups: list[list[str]], extra: Mapping[TieStep, Measure]) -> tuple[list[list[str]], str]:
        """Groups of equals after the steps before the lot, and the last step that parted anything (“” if none did)."""
        used = ""
        for step in self.steps:
            measure = extra.get(step) or self.measures.get(step)
            if measure is None or all(len(group) == 1 for group in groups):
                continue
            parted = [list(part) for group in groups for _, part in groupby(sorted(group, key=measure), key=measure)]
            if len(parted) > len(groups):
                groups, used = parted, step.value
        return [sorted(group) for group in groups], used


def is_number(value: str) -> bool:
    """Whether this is a public random number in the one form that is taken: its digits, as they were published.

    With any other writing of it (a space, ๘ for 8, a word behind it) whoever types it could choose among lots.
    """
    return value.isascii() and value.isdecimal()


def draw_order(manifest_hash: str, random_number: str, options: Iterable[str]) -> tuple[str, ...]:
    """The lot from a public random number: SHA-256 over rules, number and option, the smallest first.

    Nobody could know it when the rules were frozen, and everybody can compute it afterwards (voting.md §4.7).
    """

    def key(option: str) -> tuple[str, str]:
        said = f"{manifest_hash}|{random_number.strip()}|{option}"
        return hashlib.sha256(said.encode()).hexdigest(), option

    return tuple(sorted(options, key=key))
