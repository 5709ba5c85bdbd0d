"""What rises: figures over the town's cases that can be explained to anybody, worked out from the rows it is given.

A trend compares how often something was reported in the last days with how often it used to be, and counts *people*,
not messages: one angry neighbour is no trend, and a word that fewer than three people used might name somebody. Texts
must be masked before they come here (`nlp.pii.mask`); this is a nightly matter, not one for every message.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from .duplicates import DEGREE, metres
from .lexicon import FOLDER, lexicon
from .normalise import normalise

#: Days that are "now", and how many such spans before it they are compared with.
RECENT, BEFORE = 30, 6
#: People from whom something must come before it is spoken of.
FEWEST = 3
#: A rate this many times the usual one is a rise.
RISE = 1.5
#: Metres within which cases of one category are one spot, and how many cases make it a repeat spot.
SPOT, REPEAT = 60.0, 3
#: Days that are looked back for repeat spots.
SPOT_DAYS = 365
#: Characters of a text that are cut into words: the tokeniser is slow on long ones.
WORDS_OF = 1_000

Cut = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Report:
    """One case as far as trends go. `reporter` tells people apart (any value), `at` is aware, `text` is masked."""

    category: str
    at: datetime
    reporter: str
    moo: int | None = None
    lat: float | None = None
    lon: float | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Rise:
    """A category (in a village, or in the whole town when `moo` is None) that is reported more often than usual.

    `now` cases by `people` in the last `RECENT` days against `usual` cases in as many days before; `times` is the ratio
    after adding one to both, so that a rise from nothing is not infinite.
    """

    category: str
    moo: int | None
    now: int
    usual: float
    people: int
    times: float


@dataclass(frozen=True, slots=True)
class Spot:
    """A place where the same thing is reported again and again: its middle, how often, by how many, first and last."""

    category: str
    lat: float
    lon: float
    count: int
    people: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Keyword:
    """A word that is written more often than usual: in `now` reports by `people`, against `usual` before."""

    word: str
    now: int
    usual: float
    people: int
    times: float


def rising(reports: Iterable[Report], now: datetime, days: int = RECENT) -> list[Rise]:
    """Categories by village, and by the whole town, that rise; the steepest first.

    Only what at least `FEWEST` people reported in the last `days` days, and at least `RISE` times as often as usual.
    """
    recent: dict[tuple[str, int | None], list[Report]] = defaultdict(list)
    earlier: Counter[tuple[str, int | None]] = Counter()
    spans: set[int] = set()
    for report in reports:
        span = _span(report.at, now, days)
        if span is None:
            continue
        spans.add(span)
        for key in {(report.category, None), (report.category, report.moo)}:
            if span == 0:
                recent[key].append(report)
            else:
                earlier[key] += 1
    known = max(spans, default=0)
    if known == 0:  # nothing to compare with: a town's first month is no rise
        return []
    found = [_rise(key, group, earlier[key] / known) for key, group in recent.items()]
    wanted = [rise for rise in found if rise.people >= FEWEST and rise.times >= RISE]
    return sorted(wanted, key=lambda rise: (-rise.times, -rise.now, rise.category, rise.moo or 0))


def spots(reports: Iterable[Report], now: datetime) -> list[Spot]:
    """Places with `REPEAT` or more cases of one category within `SPOT` metres and `SPOT_DAYS` days; the worst first.

    Cases are put together one after the other with the nearest spot so far; nothing is drawn at random.
    """
    clusters: dict[tuple[str, int, int], list[_Cluster]] = defaultdict(list)
    since = now - timedelta(days=SPOT_DAYS)
    for report in sorted(reports, key=lambda r: r.at):
        if report.lat is None or report.lon is None or not since <= report.at <= now:
            continue
        point = (report.lat, report.lon)
        home = _nearest(clusters, report.category, point)
        if home is None:
            home = _Cluster()
            clusters[(report.category, *_cell(point))].append(home)
        home.add(report, point)
    found = [cluster.spot() for group in clusters.values() for cluster in group if len(cluster.reports) >= REPEAT]
    return sorted(found, key=lambda spot: (-spot.count, -spot.last.timestamp(), spot.category))


def keywords(reports: Sequence[Report], now: datetime, days: int = RECENT, cut: Cut | None = None) -> list[Keyword]:
    """Words that are written more often than usual, by at least `FEWEST` people; the steepest first, at most 30.

    `cut` cuts a cleaned text into words (default: pythainlp's newmm with the lexicon's words added).
    """
    cut = cut or words
    recent: dict[str, set[str]] = defaultdict(set)
    counts: Counter[str] = Counter()
    earlier: Counter[str] = Counter()
    spans: set[int] = set()
    for report in reports:
        span = _span(report.at, now, days)
        if span is None or not report.text:
            continue
        spans.add(span)
        for word in dict.fromkeys(filter(telling, cut(normalise(report.text).text[:WORDS_OF]))):
            if span == 0:
                counts[word] += 1
                recent[word].add(report.reporter)
            else:
                earlier[word] += 1
    known = max(spans, default=0)
    if known == 0:
        return []
    found = [_keyword(word, counts[word], len(people), earlier[word] / known) for word, people in recent.items()]
    wanted = [keyword for keyword in found if keyword.people >= FEWEST and keyword.times >= RISE]
    return sorted(wanted, key=lambda keyword: (-keyword.times, -keyword.now, keyword.word))[:30]


def words(text: str) -> list[str]:
    """A cleaned text as words. The first call takes about half a second and 25 MB (the dictionary)."""
    # Imported here, because pythainlp takes 0.1 s and nobody who only listens needs it.
    from pythainlp.tokenize import word_tokenize  # noqa: PLC0415

    cut: list[str] = word_tokenize(
        text[:WORDS_OF], custom_dict=_dictionary(), engine="newmm", keep_whitespace=False, join_broken_num=False
    )
    return cut


def telling(word: str) -> bool:
    """Whether a word says something of a matter: no number, no particle, no single letter."""
    word = word.strip()
    table = _table()
    if word in table["short"]:
        return True
    return len(word) >= 3 and not re.search(r"[\d\[\]]", word) and word not in table["stop"] and word not in _common()


def _span(at: datetime, now: datetime, days: int) -> int | None:
    """0 for the last `days` days, 1 for those before, …; None for the future and what is too long ago."""
    if at > now:
        return None
    span = int((now - at) / timedelta(days=days))
    return span if span <= BEFORE else None


def _rise(key: tuple[str, int | None], group: list[Report], usual: float) -> Rise:
    people = len({report.reporter for report in group})
    return Rise(*key, len(group), usual, people, _times(len(group), usual))


def _keyword(word: str, now: int, people: int, usual: float) -> Keyword:
    return Keyword(word, now, usual, people, _times(now, usual))


def _times(now: int, usual: float) -> float:
    return (now + 1) / (usual + 1)


class _Cluster:
    """Cases put together so far, with their middle kept up to date."""

    def __init__(self) -> None:
        self.reports: list[Report] = []
        self.middle = (0.0, 0.0)

    def add(self, report: Report, point: tuple[float, float]) -> None:
        self.reports.append(report)
        share = 1 / len(self.reports)
        lat, lon = self.middle
        self.middle = lat + (point[0] - lat) * share, lon + (point[1] - lon) * share

    def spot(self) -> Spot:
        first, last = self.reports[0], self.reports[-1]
        people = len({report.reporter for report in self.reports})
        return Spot(first.category, *self.middle, len(self.reports), people, first.at, last.at)


def _cell(point: tuple[float, float]) -> tuple[int, int]:
    """The square (twice `SPOT` wide) of a grid in which a point lies: near clusters began in it or in one beside it."""
    wide = 2 * SPOT / DEGREE
    return math.floor(point[0] / wide), math.floor(point[1] / wide)


def _nearest(
    clusters: Mapping[tuple[str, int, int], list[_Cluster]], category: str, point: tuple[float, float]
) -> _Cluster | None:
    """The cluster whose middle is nearest to the point and within `SPOT` metres."""
    row, column = _cell(point)
    beside = ((category, row + down, column + right) for down in (-1, 0, 1) for right in (-1, 0, 1))
    near = [cluster for cell in beside for cluster in clusters.get(cell, ())]
    best = min(near, key=lambda cluster: metres(cluster.middle, point), default=None)
    return best if best is not None and metres(best.middle, point) <= SPOT else None


@cache
def _dictionary() -> object:
    """Frequent Thai words and the plain words of the lexicon (ไฟกิ่ง, ฝาท่อ, …), which the stock list lacks."""
    from pythainlp.corpus import tnc  # noqa: PLC0415
    from pythainlp.util import Trie  # noqa: PLC0415

    frequent = sorted(tnc.unigram_word_freqs().items(), key=lambda item: -item[1])[:20_000]
    return Trie({word for word, _ in frequent} | lexicon().vocabulary())


@cache
def _common() -> frozenset[str]:
    from pythainlp.corpus import thai_stopwords  # noqa: PLC0415

    return frozenset(thai_stopwords())


@cache
def _table() -> dict[str, frozenset[str]]:
    table = tomllib.loads((FOLDER / "keywords.toml").read_text("utf-8"))
    return {name: frozenset(entries) for name, entries in table.items()}
