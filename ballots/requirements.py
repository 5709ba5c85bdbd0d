"""What makes a manifest sound: the part of the checklist before opening that needs nothing but the manifest itself.

`problems` names everything that is wrong by code; the console puts them into words. The verifier asks the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ballots import canonical
from ballots.manifest import (
    AREA_FROM,
    BUDGET_KINDS,
    MIN_BATCH,
    PUBLISH_FROM,
    RULES,
    STEPS,
    Kind,
    Level,
    LotKind,
    Manifest,
    Mode,
    QuorumKind,
    Rule,
    TieStep,
)
from ballots.sealing import plaintext_size

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)
_TIME = re.compile(r"\d{4}-(0[1-9]|1[0-2])-([0-2]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ", re.ASCII)
_DAY = re.compile(r"\d{4}-(0[1-9]|1[0-2])-([0-2]\d|3[01])", re.ASCII)
_THRESHOLDS = (Rule.GREEDY_THRESHOLD, Rule.GREEDY_NO_SKIP)
#: Titles longer than this fit no ballot page of an old phone (LINE's own cards cut far earlier).
TITLE_MOST = 200


def problems(manifest: Manifest) -> list[str]:
    """Codes of what is wrong, each once, in a fixed order; empty when the manifest may be opened."""
    checks = (_texts, _times, _options, _costs, _limits, _counting, _ties, _quorum, _voters, _areas, _keys)
    return list(dict.fromkeys(code for check in checks for code in check(manifest)))


def _texts(m: Manifest) -> Iterator[str]:
    if not _ID.fullmatch(m.poll):
        yield "poll_id"
    for code, text in (("title", m.title), ("label", m.label), ("decides", m.decides), ("town", m.town)):
        if not text.strip():
            yield f"{code}_missing"
    if len(m.title) > TITLE_MOST:
        yield "title_long"


def _times(m: Manifest) -> Iterator[str]:
    if not (_TIME.fullmatch(m.opens) and _TIME.fullmatch(m.closes)):
        yield "times"
    elif m.closes <= m.opens:
        yield "closes_before_opens"


def _options(m: Manifest) -> Iterator[str]:
    if len(m.options) < 2:
        yield "options_few"
    if len({option.id for option in m.options}) != len(m.options):
        yield "option_twice"
    known = {area.id for area in m.areas}
    for option in m.options:
        if not _ID.fullmatch(option.id):
            yield "option_id"
        if not option.title.strip() or len(option.title) > TITLE_MOST:
            yield "option_title"
        if any(value and not canonical.is_hex(value, 32) for value in (option.picture, option.paper)):
            yield "option_hash"
        if not known.issuperset(option.areas):
            yield "option_area"


def _costs(m: Manifest) -> Iterator[str]:
    if m.kind not in BUDGET_KINDS:
        if m.budget or any(option.cost for option in m.options):
            yield "cost_without_budget"
        return
    if any(option.cost <= 0 for option in m.options):
        yield "cost_missing"
    for area in _contests(m):
        costs = [option.cost for option in m.on_ballot(area)]
        if costs and m.budget_of(area) < min(costs):
            yield "budget_below_cheapest"


def _contests(m: Manifest) -> tuple[str, ...]:
    return tuple(area.id for area in m.areas) if m.per_area else ("",)


def _limits(m: Manifest) -> Iterator[str]:
    limits = m.limits
    if min(limits.min_choices, limits.max_choices, limits.max_score, limits.points) < 0:
        yield "limits"
    if limits.max_choices and limits.max_choices < limits.min_choices:
        yield "limits"
    if any(len(m.on_ballot(area.id)) < max(1, limits.min_choices) for area in m.areas):
        yield "area_without_options"
    if m.kind == Kind.SCORE and not limits.max_score:
        yield "score_missing"
    if m.kind == Kind.BUDGET_POINTS and not limits.points:
        yield "points_missing"
    if limits.within_budget and m.kind not in BUDGET_KINDS:
        yield "limits"


def _counting(m: Manifest) -> Iterator[str]:
    c = m.counting
    if c.rule not in RULES[m.kind]:
        yield "rule"
    one_winner = c.rule in (Rule.IRV, Rule.SCHULZE) or m.kind in BUDGET_KINDS
    if not 1 <= c.seats < max(2, len(m.options)) or (one_winner and c.seats != 1):
        yield "seats"
    asked = c.threshold > 0 or c.threshold_percent > 0
    if (asked and c.rule not in _THRESHOLDS) or (c.rule == Rule.GREEDY_THRESHOLD and not asked):
        yield "threshold"
    if min(c.threshold, c.threshold_percent) < 0 or c.threshold_percent > 100:
        yield "threshold"
    if (c.step or c.comparison) and c.rule != Rule.EQUAL_SHARES:
        yield "completion"
    if c.step < 0:
        yield "completion"


def _ties(m: Manifest) -> Iterator[str]:
    ties = m.ties
    if not ties.steps or ties.steps[-1] != TieStep.LOT or len(set(ties.steps)) != len(ties.steps):
        yield "tie_steps"
    if not set(ties.steps) <= set(STEPS[m.counting.rule]):
        yield "tie_steps"
    if ties.lot == LotKind.PUBLIC_RANDOM:
        if not ties.random_source.strip() or not _DAY.fullmatch(ties.random_date):
            yield "tie_source"
        elif not ties.still_secret(m.closes):
            yield "tie_source_early"


def _quorum(m: Manifest) -> Iterator[str]:
    q = m.quorum
    if (q.kind == QuorumKind.NONE) != (q.value == 0) or q.value < 0:
        yield "quorum"
    if q.kind not in (QuorumKind.NONE, QuorumKind.NUMBER) and q.value > 100:
        yield "quorum"
    if q.kind == QuorumKind.PERCENT_EACH_AREA and not m.areas:
        yield "quorum"


def _voters(m: Manifest) -> Iterator[str]:
    if m.roll < 1 and not m.eligibility.grows:
        yield "roll_empty"
    if not canonical.is_hex(m.roll_fingerprint, 32):
        yield "roll_fingerprint"
    if sum(m.eligibility.counts.values()) != m.roll or min(m.eligibility.counts.values(), default=0) < 0:
        yield "roll_counts"
    levels = [*Level]
    below = levels[: levels.index(m.eligibility.minimum)]
    # a list may say who is to come to the counter; a slip says nothing of who holds it
    if any(m.eligibility.counts.get(level, 0) for level in below if level != Level.LIST):
        yield "level_below"
    if m.household_quota < 0:
        yield "household_quota"
    if m.min_batch < MIN_BATCH or m.publish_from < PUBLISH_FROM or m.small_cell < 1:
        yield "secrecy_numbers"


def _areas(m: Manifest) -> Iterator[str]:
    if len({area.id for area in m.areas}) != len(m.areas) or any(not _ID.fullmatch(area.id) for area in m.areas):
        yield "area_id"
    if any(area.roll < AREA_FROM for area in m.areas):
        yield "area_small"
    if len(m.areas) == 1 or (m.per_area and not m.areas):
        yield "area_number"


def _keys(m: Manifest) -> Iterator[str]:
    if not canonical.is_hex(m.seal, 32):
        yield "seal"
    if not canonical.is_hex(m.link_commit, 32):
        yield "link_commit"
    if len(m.holders) not in (1, 3) or len(set(m.holders)) != len(m.holders) or not all(m.holders):
        yield "holders"
    if m.size < plaintext_size(m):
        yield "size"
    if m.mode not in tuple(Mode):
        yield "mode"
