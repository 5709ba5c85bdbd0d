"""Counts a poll: finds the rule of the manifest, and counts every area by itself where the manifest says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ballots.choices import Choice
from ballots.entries import Tiebreak
from ballots.manifest import LotKind, Manifest, Mode, Option, Rule, manifest_hash
from ballots.tally import single
from ballots.tally.budget import Spending, Weights
from ballots.tally.greedy import greedy
from ballots.tally.irv import irv
from ballots.tally.outcome import Outcome
from ballots.tally.schulze import schulze
from ballots.tally.shares import equal_shares
from ballots.tally.ties import DecisiveTie, TieBreaker, draw_order

#: Satang in a baht.
BAHT = 100
#: Why single ballots are not published: the poll is quiet, there are too few, or too few in one area.
WITHHELD = ("", "quiet", "few", "few_in_area")


@dataclass(frozen=True)
class Contest:
    """One count: of the whole poll (area “”), or of one area. `ballots` without the `blank` ones."""

    area: str
    options: tuple[Option, ...]
    budget: int
    ballots: int
    blank: int
    outcome: Outcome


#: Ballots put together: (area, choice as a tuple) and how many there are of it.
Pile = Counter[tuple[str, tuple[object, ...]]]


class TieIn(DecisiveTie):
    """A decisive tie in the count of `area` (“”: the whole poll). The lot of the manifest is needed."""

    def __init__(self, tie: DecisiveTie, area: str) -> None:
        super().__init__(tie.options, tie.round)
        self.area = area


def count(
    manifest: Manifest, ballots: Iterable[tuple[str, Choice]], lot: Sequence[str] | None = None
) -> tuple[Contest, ...]:
    """Count ballots (area, choice) that were judged before. The order of the ballots means nothing.

    `lot`: one order of all options (`lot_of`), where it was drawn. Raises TieIn when a decisive tie needs it.
    """
    return count_pile(manifest, pile(ballots), lot)


def pile(ballots: Iterable[tuple[str, Choice]]) -> Pile:
    """Equal ballots put together, whatever their order was."""
    return Counter(
        (area, tuple(sorted(choice.items())) if isinstance(choice, dict) else tuple(choice)) for area, choice in ballots
    )


def count_pile(manifest: Manifest, ballots: Pile, lot: Sequence[str] | None = None) -> tuple[Contest, ...]:
    """The same as `count`, of ballots that were put together before."""
    by_area: dict[str, Counter[tuple[object, ...]]] = {}
    for (area, choice), number in ballots.items():
        by_area.setdefault(area if manifest.per_area else "", Counter())[choice] += number
    areas = tuple(area.id for area in manifest.areas) if manifest.per_area else ("",)
    return tuple(_contest(manifest, area, by_area.get(area, Counter()), lot) for area in areas)


def lot_of(manifest: Manifest, drawn: Tiebreak | None) -> tuple[str, ...] | None:
    """The order of all options by the lot on the board; None as long as there is none."""
    if drawn is None:
        return None
    if drawn.kind == LotKind.DRAW:
        return drawn.order
    return draw_order(manifest_hash(manifest), drawn.value, (option.id for option in manifest.options))


def withheld(manifest: Manifest, voters: Mapping[str, int]) -> str:
    """Why single ballots may not be published, one of WITHHELD. `voters`: who voted (online and paper) by area; by “”
    where the manifest names no areas."""
    if sum(voters.values()) < manifest.publish_from:
        return "few"
    if any(0 < voters.get(area.id, 0) < manifest.small_cell for area in manifest.areas):
        return "few_in_area"
    return "quiet" if manifest.mode == Mode.QUIET else ""


def may_withhold(manifest: Manifest, reason: str, voters: int) -> bool:
    """Whether a closing entry's reason can be true for so many voters in all."""
    if voters < manifest.publish_from or reason == "few":
        return voters < manifest.publish_from and reason == "few"
    if reason == "few_in_area":
        return bool(manifest.areas)
    return reason == ("quiet" if manifest.mode == Mode.QUIET else "")


def unit(manifest: Manifest) -> int:
    """Satang in the unit of money that is counted in: whole baht where every amount is whole, so that the .pb file and
    anybody's software count the very same numbers."""
    amounts = [manifest.budget, manifest.counting.step, *(area.budget for area in manifest.areas)]
    amounts += [option.cost for option in manifest.options]
    return 1 if any(amount % BAHT for amount in amounts) else BAHT


def threshold(manifest: Manifest, ballots: int) -> int:
    """Votes or points a project needs, of so many ballots that are not blank."""
    percent = -(-ballots * manifest.counting.threshold_percent // 100)
    return max(manifest.counting.threshold, percent)


def _contest(manifest: Manifest, area: str, ballots: Counter[tuple[object, ...]], lot: Sequence[str] | None) -> Contest:
    options = manifest.on_ballot(area) if manifest.per_area else manifest.options
    blank = ballots.pop((), 0)
    total = sum(ballots.values())
    breaker = TieBreaker(manifest.ties.steps, {}, lot)
    try:
        outcome = _outcome(manifest, area, options, ballots, breaker)
    except DecisiveTie as tie:
        raise TieIn(tie, area) from None
    return Contest(area, options, manifest.budget_of(area), total, blank, outcome)


def _outcome(
    manifest: Manifest, area: str, options: Sequence[Option], ballots: Counter[tuple[object, ...]], ties: TieBreaker
) -> Outcome:
    rule, seats = manifest.counting.rule, manifest.counting.seats
    ids = [option.id for option in options]
    if rule in (Rule.PLURALITY, Rule.BORDA, Rule.IRV, Rule.SCHULZE):
        ranked: dict[single.Ranking, int] = {
            tuple((str(option),) for option in choice): number for choice, number in ballots.items()
        }
        if rule == Rule.PLURALITY:
            return single.plurality(ids, ranked, seats, ties)
        if rule == Rule.BORDA:
            return single.borda(ids, ranked, seats, ties)
        return irv(ids, ranked, ties) if rule == Rule.IRV else schulze(ids, ranked, ties)
    if rule == Rule.APPROVAL:
        chosen = {tuple(str(option) for option in choice): number for choice, number in ballots.items()}
        return single.approval(ids, chosen, seats, ties)
    weighted = {_weights(choice): number for choice, number in ballots.items()}
    if rule == Rule.SCORE:
        return single.score(ids, weighted, seats, ties)
    return _spend(manifest, area, options, weighted, ties)


def _weights(choice: Iterable[object]) -> Weights:
    return tuple((part[0], part[1]) if isinstance(part, tuple) else (str(part), 1) for part in choice)


def _spend(
    manifest: Manifest, area: str, options: Sequence[Option], ballots: Mapping[Weights, int], ties: TieBreaker
) -> Outcome:
    money, voters = unit(manifest), sum(ballots.values())
    costs = {option.id: option.cost // money for option in options}
    spending = Spending(costs, manifest.budget_of(area) // money, ballots, voters)
    counting = manifest.counting
    if counting.rule == Rule.EQUAL_SHARES:
        return equal_shares(spending, ties, step=counting.step // money, comparison=counting.comparison)
    needed = threshold(manifest, voters)
    return greedy(spending, ties, skip=counting.rule != Rule.GREEDY_NO_SKIP, threshold=needed)
