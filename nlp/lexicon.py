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
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from .defaults import Defaults, read_defaults
from .finds import (
    MOST_FINDS,
    Evidence,
    Hit,
    Rule,
    Scan,
    Span,
    bridges,
    inside,
    place,
    squeeze,
    strength,
    uncrossed,
)

__all__ = ["FOLDER", "MOST_FINDS", "WEIGHTS", "Evidence", "Lexicon", "Rule", "Scan", "Span", "defaults", "lexicon"]

FOLDER = Path(__file__).with_name("lexicon")
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
#: Most spellings one pattern may stand for; a line that stands for more is a mistake in the table.
MOST_SPELLINGS = 4_000

_GROUP = re.compile(r"\{([a-z_0-9]+)\}")
# A vowel written before its letter cannot stand right before a word, nor a mark or vowel written after it right behind:
# ไหม้ does not hold ไหม, and เสียง does not hold สี.
_LEADING = frozenset("เแโใไ")
_TRAILING = frozenset("ะัาำๅ็่้๊๋์ํ๎" + "".join(map(chr, range(0x0E34, 0x0E3B))))


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

    def scan(self, text: str, tables: frozenset[str] | None = None) -> Scan:
        """Everything the tables (all, or only `tables`) say about a cleaned text (`Normal.text`), in linear time."""
        squeezed, joints = squeeze(self._typos.sub(lambda m: self._right[m.group()], text))
        finds = self._find(squeezed, joints)
        evidence: dict[tuple[str, str], list[Evidence]] = {}
        for symbol in finds:
            for rule in self._by_rarest.get(symbol, ()):
                if tables is not None and rule.table not in tables:
                    continue
                span = place(rule, finds)
                if span is not None:
                    found = Evidence(rule.weight, *span, rule.source)
                    evidence.setdefault((rule.table, rule.label), []).append(found)
        strengths: dict[str, dict[str, float]] = {}
        for (table, label), found_for in evidence.items():
            strengths.setdefault(table, {})[label] = strength(found_for)
        return Scan(squeezed, finds, evidence, strengths)

    def vocabulary(self) -> frozenset[str]:
        """All spellings of the groups in `words.toml` and of the single words in the table of categories."""
        single = (
            rule.source for rule in self.rules if rule.table == "category" and not re.search(r"[ {]", rule.source)
        )
        return frozenset(single) | {spelled for name in self._words for spelled in self._spellings(f"{{{name}}}")}

    def _find(self, text: str, joints: list[int]) -> dict[int, list[Span]]:
        """Symbol → where it stands, after decoys and crosswise overlaps have been dealt with."""
        hits = sorted(self._walk(text), key=lambda hit: hit[0] - hit[1])  # of equal length the first stays first
        if joints:
            hits.sort(key=lambda hit: bridges(hit, joints))
        kept = uncrossed(hits, len(text))
        hidden = inside([hit for hit in kept if self._decoy in hit[2]], len(text))
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

    def _walk(self, text: str) -> Iterator[Hit]:
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
                for grade, lines in lists.items():
                    for line in lines:
                        yield self._rule(table, label, grade, line)

    def _rule(self, table: str, label: str, grade: str, line: str) -> Rule:
        wanted, *unwanted = re.split(r" - ", line)
        ordered = " > " in wanted
        parts = re.split(r" [+>] ", wanted)
        try:
            symbols = tuple(self._symbol(part, self._spellings(part)) for part in parts)
            without = tuple(self._symbol(part, self._spellings(part)) for part in unwanted)
            weight = WEIGHTS[grade]
        except (KeyError, ValueError) as error:
            raise ValueError(f"lexicon/{table}.toml [{label}] {grade}: {line!r}: {error}") from error
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
