"""The rules of a poll in plain words: what is asked, how it is counted, who may vote, what settles ties, what it binds.

Everything is read from the manifest, so that the page says what was signed, not what somebody remembers.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ballots.manifest import BUDGET_KINDS, Level, LotKind, Manifest, QuorumKind, Rule
from messages import cases
from messages.money import baht
from messages.words import Words
from web import ballot_form

#: Levels in the order of how sure they are.
LEVELS = tuple(Level)


def moment(text: str) -> datetime:
    """A time of the manifest or the board, “2026-11-02T01:00:00Z”."""
    return datetime.fromisoformat(text)


class Rules:
    """A manifest in the reader's language."""

    def __init__(self, w: Words, manifest: Manifest) -> None:
        self._w, self._m = w, manifest

    def _said(self, thai: str, english: str) -> str:
        return english if self._w.language == "en" and english else thai

    @property
    def title(self) -> str:
        """What is asked."""
        return self._said(self._m.title, self._m.title_en)

    @property
    def about(self) -> str:
        """What it is about."""
        return self._said(self._m.about, self._m.about_en)

    @property
    def label(self) -> str:
        """“รับฟังความคิดเห็น – ไม่ผูกพัน”, on every page."""
        return self._said(self._m.label, self._m.label_en)

    @property
    def decides(self) -> str:
        """The body that decides, and what the result binds."""
        who, binds = self._said(self._m.decides, self._m.decides_en), self._said(self._m.binds, self._m.binds_en)
        return self._w("poll.decides", who=who) + (f" · {binds}" if binds else "")

    def time(self, text: str) -> str:
        """A day and a time."""
        at = moment(text)
        return self._w("poll.moment", day=cases.day(self._w, at), time=cases.time_of_day(self._w, at))

    def name(self, option: str) -> str:
        """An option's title; what is not on the ballot is said as it is."""
        found = self._m.option(option)
        return self._said(found.title, found.title_en) if found else option

    def area(self, key: str) -> str:
        """An area's name: the manifest's, else the village's number."""
        named = next((place.title for place in self._m.areas if place.id == key), "")
        if named or not key:
            return named or self._w("poll.no_area")
        return self._w("poll.village", moo=key)

    @property
    def method(self) -> str:
        """How it is counted, by name."""
        return self._w(f"poll.rule_{self._m.counting.rule}")

    @property
    def method_steps(self) -> list[str]:
        """How it is counted, step by step."""
        m = self._m
        steps = self._w.each(f"poll.steps_{m.counting.rule}", seats=m.counting.seats)
        if m.counting.threshold or m.counting.threshold_percent:
            steps.append(self._threshold())
        if m.counting.rule == Rule.EQUAL_SHARES:
            extra = [("completion", m.counting.step), ("comparison", m.counting.comparison)]
            steps += [self._w(f"poll.steps_{name}", step=baht(m.counting.step)) for name, on in extra if on]
        return steps

    def _threshold(self) -> str:
        counting = self._m.counting
        if counting.threshold_percent:
            return self._w("poll.threshold_percent", percent=counting.threshold_percent)
        return self._w("poll.threshold", votes=counting.threshold)

    @property
    def ties(self) -> list[str]:
        """What settles a tie, in order."""
        steps = [self._w(f"poll.tie_{step}") for step in self._m.ties.steps[:-1]]
        if self._m.ties.lot == LotKind.PUBLIC_RANDOM:
            return [*steps, self._w("poll.tie_public_random", source=self._m.ties.random_source)]
        return [*steps, self._w("poll.tie_draw")]

    @property
    def quorum(self) -> str:
        """The turnout asked for."""
        quorum = self._m.quorum
        if quorum.kind == QuorumKind.NONE:
            return self._w("poll.quorum_none")
        words = self._w(f"poll.quorum_{quorum.kind}", value=quorum.value)
        return words + (f" ({quorum.source})" if quorum.source else "")

    @property
    def who(self) -> str:
        """Who may vote."""
        eligible = self._m.eligibility
        words = self._w(f"poll.level_{eligible.minimum}")
        if eligible.sources:
            words += " · " + self._w("poll.sources", sources=", ".join(eligible.sources))
        if self._m.household_quota:
            words += " · " + self._w("poll.quota", count=self._m.household_quota)
        return words

    def facts(self) -> Iterator[tuple[str, str]]:
        """(heading, text) pairs for a list of what was agreed."""
        m, w = self._m, self._w
        yield w("poll.when"), w("poll.from_to", since=self.time(m.opens), until=self.time(m.closes))
        yield w("poll.how"), " ".join(ballot_form.limits(w, m))
        if m.kind in BUDGET_KINDS:
            yield w("poll.money"), self._money()
        yield w("poll.who"), self.who
        yield w("poll.roll"), w("poll.roll_count", count=f"{m.roll:,}")
        yield w("poll.quorum"), self.quorum
        yield w("poll.revote"), w("poll.revote_yes") if m.revote else w("poll.revote_no")
        yield w("poll.mode"), w(f"poll.mode_{m.mode}")
        yield w("poll.holders"), ", ".join(m.holders)

    def _money(self) -> str:
        if not self._m.per_area:
            return self._w("ballot.baht", money=baht(self._m.budget))
        each = (f"{place.title} {self._w('ballot.baht', money=baht(place.budget))}" for place in self._m.areas)
        return " · ".join(each)
