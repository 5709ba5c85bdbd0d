"""The lexicon: what words say about a message, read from the tables in `lexicon/*.toml` that a clerk can extend.

A line of a table is a pattern:

    ไฟทาง                one piece of text
    {not}ไหล             a group of `words.toml` spelled out: ไม่ไหล, บ่ไหล, …
    {light} + {dead}     both, at most `NEAR` characters apart, in either order
    ขอ > เบี้ย            both, near each other, in this order
    ไฟ + ดับ - ไหม้       … and the last one nowhere in the message

Blanks in the message do not matter (people put them anywhere), so patterns are written without. Words of `decoys.toml`
hide what is inside them: รถไฟ holds no ไฟ. Where two finds overlap crosswise (ตกน้ำ in ฝนตกน้ำท่วม), the one that does
not bridge a blank wins, else the longer one.

Finding is one walk through a tree of all words: about one step per character, whatever the number of words, and no
regular expression that could backtrack. The whole lexicon is loaded once per process.
"""

from __future__ import annotations

import itertools
import re
import tomllib
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from .defaults import Defaults, read_defaults

FOLDER = Path(__file__).with_name("lexicon")
#: Most characters (blanks not counted) between two parts of a pattern joined by + or >.
NEAR = 24
#: How much a line says, by the name of the list it stands in.
WEIGHTS = {
    "certain": 7.0,
    "sure": 5.0,
    "likely": 3.0,
    "hint": 1.5,
    "faint": 0.7,
    "against": -3.0,
    # The grades of emergency.toml.
    "danger": 5.0,
    "acute": 4.0,
    "hazard": 3.0,
}
#: Finds of one symbol that are looked at; more say nothing new and would make hostile texts slow.
MOST_FINDS = 16
#: Most spellings one pattern may stand for; a line that stands for more is a mistake in the table.
MOST_SPELLINGS = 4_000

_GROUP = re.compile(r"\{([a-z_0-9]+)\}")
_SPACE = re.compile(r"[ \t]+")

# A vowel written before its letter cannot stand right before a word, nor a mark or vowel written after it right behind:
# ไหม้ does not hold ไหม, and เสียง does not hold สี.
_LEADING = frozenset("เแโใไ")
_TRAILING = frozenset("ะัาำๅ็่้๊๋์ํ๎" + "".join(map(chr, range(0x0E34, 0x0E3B))))

Span = tuple[int, int]


class Evidence(NamedTuple):
    """Why a label was given: the weight of the rule and the part of the scanned text (blanks left out) it rests on."""

    weight: float
    start: int
    end: int
    rule: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a table. `parts` are symbols; all must be found, near each other, and none of `without` anywhere."""

    table: str
    label: str
    weight: float
    source: str
    parts: tuple[int, ...]
    ordered: bool
    without: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Scan:
    """What was found in one text. `text` is the text without blanks; spans refer to it."""

    text: str
    finds: Mapping[int, list[Span]]
    evidence: Mapping[tuple[str, str], list[Evidence]] = field(default_factory=dict)
    strengths: Mapping[str, dict[str, float]] = field(default_factory=dict)

    def labels(self, table: str) -> dict[str, float]:
        """Label → strength. Further evidence for a label counts, each less than the one before; overlaps do not."""
        return self.strengths.get(table, {})

    def has(self, table: str, label: str) -> bool:
        """Whether any rule of that table gave that label."""
        return (table, label) in self.evidence

    def spans(self, table: str, label: str) -> list[Span]:
        """Where the evidence for a label stands, in order."""
        return sorted((e.start, e.end) for e in self.evidence.get((table, label), ()))


class Lexicon:
    """All tables of rules, compiled. `scan` reads a text once for all of them."""

    def __init__(self, tables: Mapping[str, Mapping[str, Any]]) -> None:
        """`tables` maps file stems to their parsed TOML: "words" and "decoys", the others tables of rules.

        Raises ValueError naming the table and the line when a pattern cannot be understood.
        """
        self._words = {name: tuple(words) for name, words in tables.get("words", {}).items()}
        self._symbols: dict[str, int] = {}
        self._tree: dict[str, Any] = {}
        self._by_rarest: dict[int, list[Rule]] = {}
        self._typos = _typo_pattern(tables.get("typos", {}))
        self._right: dict[str, str] = {w: r for r, wrongs in tables.get("typos", {}).items() for w in wrongs}
        hiding = (word for words in tables.get("decoys", {}).values() for word in words)
        self._decoy = self._symbol("\0decoy", [spelled for word in hiding for spelled in self._spellings(word)])
        self.rules: tuple[Rule, ...] = tuple(self._read_rules(tables))
        uses = Counter(symbol for rule in self.rules for symbol in rule.parts)
        for rule in self.rules:  # a rule is looked at only where its rarest part was found
            self._by_rarest.setdefault(min(rule.parts, key=lambda symbol: uses[symbol]), []).append(rule)

    def scan(self, text: str) -> Scan:
        """Everything the tables say about a cleaned text (`Normal.text`). Linear in the length of the text."""
        squeezed, joints = _squeeze(self._typos.sub(lambda m: self._right[m.group()], text))
        finds = self._find(squeezed, joints)
        evidence: dict[tuple[str, str], list[Evidence]] = {}
        for symbol in finds:
            for rule in self._by_rarest.get(symbol, ()):
                span = _place(rule, finds)
                if span is not None:
                    found = Evidence(rule.weight, *span, rule.source)
                    evidence.setdefault((rule.table, rule.label), []).append(found)
        strengths: dict[str, dict[str, float]] = {}
        for (table, label), found_for in evidence.items():
            strengths.setdefault(table, {})[label] = _strength(found_for)
        return Scan(squeezed, finds, evidence, strengths)

    def vocabulary(self) -> frozenset[str]:
        """All spellings of the groups in `words.toml` and of the single words in the table of categories."""
        single = (
            rule.source for rule in self.rules if rule.table == "category" and not re.search(r"[ {]", rule.source)
        )
        return frozenset(single) | {spelled for name in self._words for spelled in self._spellings(f"{{{name}}}")}

    def _find(self, text: str, joints: list[int]) -> dict[int, list[Span]]:
        """Symbol → where it stands, after decoys and crosswise overlaps have been dealt with."""
        hits = sorted(self._walk(text), key=lambda hit: (_bridges(hit, joints), hit[0] - hit[1], hit[0]))
        kept = _uncrossed(hits, len(text))
        hidden = _inside([hit for hit in kept if self._decoy in hit[2]], len(text))
        finds: dict[int, list[Span]] = {}
        for start, end, symbols in sorted(kept):
            if hidden[start] >= end and self._decoy not in symbols:
                continue
            for symbol in symbols:
                spans = finds.setdefault(symbol, [])
                if len(spans) < MOST_FINDS:
                    spans.append((start, end))
        finds.pop(self._decoy, None)
        return finds

    def _walk(self, text: str) -> Iterator[tuple[int, int, tuple[int, ...]]]:
        """Every word of the lexicon at every place: (start, end, symbols)."""
        tree, length = self._tree, len(text)
        before = ""
        for start, letter in enumerate(text):
            node = tree.get(letter) if before not in _LEADING else None
            before = letter
            end = start + 1
            while node is not None:
                after = text[end] if end < length else "\n"
                if after not in _TRAILING and (symbols := node.get("")):
                    yield start, end, symbols
                node = node.get(after)
                end += 1

    def _read_rules(self, tables: Mapping[str, Mapping[str, Any]]) -> Iterator[Rule]:
        for table, labels in tables.items():
            if table in ("words", "decoys", "typos"):
                continue
            for label, lists in labels.items():
                for strength, lines in lists.items():
                    for line in lines:
                        yield self._rule(table, label, strength, line)

    def _rule(self, table: str, label: str, strength: str, line: str) -> Rule:
        wanted, *unwanted = re.split(r" - ", line)
        ordered = " > " in wanted
        parts = re.split(r" [+>] ", wanted)
        try:
            symbols = tuple(self._symbol(part, self._spellings(part)) for part in parts)
            without = tuple(self._symbol(part, self._spellings(part)) for part in unwanted)
            weight = WEIGHTS[strength]
        except (KeyError, ValueError) as error:
            raise ValueError(f"lexicon/{table}.toml [{label}] {strength}: {line!r}: {error}") from error
        return Rule(table, label, weight, line, symbols, ordered, without)

    def _spellings(self, part: str) -> list[str]:
        """All texts a part stands for: groups replaced by each of their words, blanks left out."""
        pieces: list[list[str]] = []
        for n, piece in enumerate(_GROUP.split(part.strip())):
            if n % 2 == 0:
                pieces.append([piece.replace(" ", "")])
            elif piece in self._words:
                pieces.append([s for word in self._words[piece] for s in self._spellings(word)])
            else:
                raise ValueError(f"no group {{{piece}}} in words.toml")
        count = 1
        for piece_list in pieces:
            count *= len(piece_list)
        if count > MOST_SPELLINGS:
            raise ValueError(f"stands for {count} spellings")
        return ["".join(combination) for combination in itertools.product(*pieces)]

    def _symbol(self, name: str, spellings: Iterable[str]) -> int:
        """The number of a part; its spellings are put into the tree the first time it is met."""
        name = name.strip()
        if name in self._symbols:
            return self._symbols[name]
        number = self._symbols[name] = len(self._symbols)
        for spelling in spellings:
            if not spelling:
                raise ValueError("an empty part")
            node = self._tree
            for letter in spelling:
                node = node.setdefault(letter, {})
            node[""] = (*node.get("", ()), number)
        return number


def _typo_pattern(typos: Mapping[str, Iterable[str]]) -> re.Pattern[str]:
    wrong = sorted((w for wrongs in typos.values() for w in wrongs), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, wrong)) or r"(?!)")


def _squeeze(text: str) -> tuple[str, list[int]]:
    """The text without blanks, and the positions in it where a blank was."""
    pieces = _SPACE.split(text)
    joints = list(itertools.accumulate(len(piece) for piece in pieces))[:-1]
    return "".join(pieces), joints


def _bridges(hit: tuple[int, int, tuple[int, ...]], joints: list[int]) -> bool:
    """Whether a blank stood inside the found word."""
    place = bisect_left(joints, hit[0] + 1)
    return place < len(joints) and joints[place] < hit[1]


def _uncrossed(hits: list[tuple[int, int, tuple[int, ...]]], length: int) -> list[tuple[int, int, tuple[int, ...]]]:
    """The hits, best first, without those that cross a better one. Nested ones stay."""
    inner: list[Span | None] = [None] * (length + 1)  # the innermost kept hit around each position between letters
    kept = []
    for start, end, symbols in hits:
        left, right = inner[start], inner[end]
        if (left is not None and left[1] < end) or (right is not None and right[0] > start):
            continue
        kept.append((start, end, symbols))
        inner[start + 1 : end] = [(start, end)] * (end - start - 1)
    return kept


def _inside(decoys: list[tuple[int, int, tuple[int, ...]]], length: int) -> list[int]:
    """For each position, the end of the decoy that reaches furthest over it (0: none)."""
    reach = [0] * (length + 1)
    for start, end, _ in decoys:
        for position in range(start, end):
            reach[position] = max(reach[position], end)
    return reach


def _place(rule: Rule, finds: Mapping[int, list[Span]]) -> Span | None:
    """The span over which a rule holds, or None. Each part must stand near the one before it, not overlapping it."""
    parts = rule.parts
    if len(parts) == 1 and not rule.without:
        return finds[parts[0]][0]
    if not all(symbol in finds for symbol in parts) or any(symbol in finds for symbol in rule.without):
        return None
    whole = [(start, end, end) for start, end in finds[parts[0]]]
    for symbol in parts[1:]:
        nexts = finds[symbol]
        whole = [
            (min(a, s), max(b, e), e)
            for a, b, last in whole
            for s, e in nexts
            if 0 <= s - b <= NEAR or (not rule.ordered and 0 <= a - e <= NEAR)
        ][:MOST_FINDS]
        if not whole:
            return None
    start, end, _ = min(whole, key=lambda span: span[1] - span[0])
    return start, end


def _strength(found: list[Evidence]) -> float:
    """The best evidence in full, each further one that stands elsewhere at 40 % of the one before."""
    if len(found) == 1:
        return found[0].weight
    total, share = 0.0, 1.0
    taken: list[Span] = []
    for weight, start, end, _ in sorted(found, key=lambda e: -abs(e.weight)):
        if any(start < b and a < end for a, b in taken):
            continue
        taken.append((start, end))
        total += weight * share
        share *= 0.4
        if len(taken) == 6:
            break
    return total


@cache
def lexicon() -> Lexicon:
    """The project's own lexicon, compiled once per process (about 0.1 s)."""
    names = ("words", "decoys", "typos", "category", "intent", "emergency", "mention", "cry", "sensitive", "abuse")
    more = ("department", "agency", "urgency")
    return Lexicon({name: tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8")) for name in (*names, *more)})


@cache
def defaults() -> Defaults:
    """Categories, departments, agencies and hotlines a new town starts with (see `nlp.defaults`)."""
    return read_defaults(FOLDER)
