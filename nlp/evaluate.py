"""Measures the understanding: `python -m nlp.evaluate` (needs the extra `train`).

    python -m nlp.evaluate            everything; models are trained anew without the writers they are tested on
    python -m nlp.evaluate --quick    only sets the shipped weights have not learnt from
    python -m nlp.evaluate --corpus-only    only the project's own messages, by writers left out

Sets with labels by people come first. Where rows of a set taught the shipped weights, they are measured with models
that were trained without their writer, template or district. Every row goes through the whole `understand()`. Intervals
are 95 % (Wilson). What the numbers mean and their limits stand in docs/model-card.md.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from nlp import datasets, measures, speed
from nlp.baselines import BASELINES, Guess
from nlp.datasets import Row
from nlp.model import Model, load
from nlp.train import gather, parts, teaches, train
from nlp.types import Context, Scored, Understanding
from nlp.understand import understand

FOLDS = 3
CONTEXT = Context(now=datetime(2026, 1, 15, 12, 0, tzinfo=UTC))
THRESHOLDS = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True, slots=True)
class Set:
    """Rows to measure on: what is asked (a head), who labelled them, and what each row was understood as.

    `taught` tells that rows of this kind are learnt from, so that models without their writers were used.
    """

    title: str
    head: str
    rows: Sequence[Row]
    understood: Sequence[Understanding]
    taught: bool

    @property
    def truths(self) -> list[frozenset[str]]:
        """For each row the codes that are right."""
        if self.head == "categories" and self.taught and self.rows[0].source == "corpus":
            return [frozenset(row.picked[:1]) for row in self.rows]
        return [frozenset(row.says[self.head]) for row in self.rows]

    @property
    def guesses(self) -> list[Guess]:
        """What `understand()` ranks for each row."""
        return [ranked_by(self.head, found) for found in self.understood]


def ranked_by(head: str, found: Understanding) -> Guess:
    """The part of an understanding that answers a head, as a ranking."""
    if head == "categories":
        return found.categories
    if head == "departments":
        return found.departments
    if head == "intents":
        return (Scored(found.intent, found.intent_p),)
    if head == "agencies":
        return (Scored(found.agency or "none", 1.0),)
    return (Scored(found.urgency, 1.0),)


def main(arguments: Sequence[str] | None = None, say: Callable[[str], object] = print) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m nlp.evaluate", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="only sets that the shipped weights have not learnt from")
    parser.add_argument("--corpus-only", action="store_true", help="only the project's own messages")
    parser.add_argument("--no-baselines", action="store_true", help="leave the comparison with simple models out")
    chosen = parser.parse_args(arguments)
    if not chosen.corpus_only and not datasets.have_shared():
        say("../shared/data/messages is not on this machine: measuring on the project's own messages alone")
        chosen.corpus_only = True
    sets: list[Set] = []
    sources = gather(corpus_only=chosen.corpus_only)
    if not chosen.quick:
        sets += left_out(sources)
    if not chosen.corpus_only:
        sets += never_learnt(load())
    learn = [row for rows in sources.values() for row in rows]
    for one in sorted(sets, key=lambda one: one.rows[0].source == "corpus"):
        report(one, [] if chosen.no_baselines else learn, say)
    emergencies(sets, say)
    for line in speed.report():
        say(line)
    return 0


def never_learnt(model: Model) -> list[Set]:
    """Sets that no weights were learnt from, understood with the shipped ones."""
    asked = (
        ("gold_intent_dev200: one annotator's intents, a draft", "intents", datasets.gold_intents()),
        ("userpicked_2022_eval: residents' picks of six menus", "categories", datasets.userpicked("eval")),
        ("silver dev (every 10th): a keyword tagger's types", "categories", datasets.silver("dev")[::10]),
    )
    sets = []
    for title, head, rows in asked:
        told = [row for row in rows if head in row.says]
        sets.append(Set(title, head, told, [understand(row.text, CONTEXT, model) for row in told], taught=False))
    return sets


def left_out(sources: dict[str, list[Row]]) -> list[Set]:
    """Sets that weights are learnt from, understood with models that have not seen the row's writer."""
    found: dict[int, Understanding] = {}
    temperatures = {head.name: head.temperature for head in load().heads}
    measured = [row for name in ("newtax", "routed", "corpus") for row in sources.get(name, ())]
    part = dict(zip(map(id, measured), parts([row.group for row in measured], FOLDS), strict=True))
    for fold in range(FOLDS):
        known = {name: [row for row in rows if part.get(id(row)) != fold] for name, rows in sources.items()}
        model = train(known, temperatures)
        for row in measured:
            if part[id(row)] == fold:
                found[id(row)] = understand(row.text, CONTEXT, model)
    sets = []
    for title, head, rows in _asked(sources):
        told = list(rows)
        if told:
            sets.append(Set(title, head, told, [found[id(row)] for row in told], taught=True))
    return sets


def _asked(sources: dict[str, list[Row]]) -> Iterable[tuple[str, str, Iterable[Row]]]:
    newtax, routed = sources.get("newtax", []), sources.get("routed", [])
    own = sources["corpus"]
    calm = [row for row in own if "emergency" not in row.says["intents"]]
    yield "newtax_2024-12, all", "categories", newtax
    yield "newtax_2024-12 without อื่นๆ", "categories", [row for row in newtax if row.picked != ("อื่นๆ",)]
    inside = [row for row in routed if not all(name.startswith("external:") for name in row.picked)]
    yield "dept_routing, taken by the town's own", "departments", inside
    yield "dept_routing, all (outside: who passes it on)", "departments", routed
    yield "dept_routing, agency", "agencies", routed
    yield "own corpus, writers left out", "intents", own
    complaints = [row for row in calm if "complaint" in row.says["intents"] and "categories" in row.says]
    yield "own corpus, complaints, writers left out", "categories", complaints
    yield "own corpus, all but emergencies", "categories", [row for row in calm if "categories" in row.says]
    yield "own corpus, complaints", "departments", [row for row in complaints if "departments" in row.says]
    yield "own corpus", "agencies", [row for row in own if "agencies" in row.says]
    yield "own corpus", "urgencies", own


def report(one: Set, learn: Sequence[Row], say: Callable[[str], object]) -> None:
    """Print everything about a set; `learn` is what the baselines learn from (none: no baselines)."""
    truths, guesses = one.truths, one.guesses
    say(f"\n## {one.title}: {one.head} ({len(one.rows)} rows{', models without these writers' if one.taught else ''})")
    line(say, "understand()", guesses, truths)
    if learn and one.head in ("categories", "intents", "departments"):
        for name, guessed in against(one, learn).items():
            if guessed is None:
                say(f"  {name:22} – (no opinion on this, or not installed)")
            else:
                line(say, name, guessed, truths)
    if one.head in ("categories", "intents"):
        table = measures.reliability(guesses, truths)
        say(f"  reliability (error {measures.calibration_error(table):.3f}): believed → right (cases)")
        say("    " + "  ".join(f"{row.believed:.2f}→{row.right.value:.2f} ({row.right.cases})" for row in table))
        say("  asks below p: asked, then right")
        steps = measures.abstention(guesses, truths, THRESHOLDS)
        say("    " + "  ".join(f"{step.threshold:.1f}: {step.asked:.0%}, {step.right.value:.3f}" for step in steps))
    mistakes = measures.confusions(guesses, truths, 8)
    say("  most frequent mistakes: " + "; ".join(f"{right} as {wrong} {count}" for right, wrong, count in mistakes))


def line(say: Callable[[str], object], name: str, guesses: Sequence[Guess], truths: Sequence[frozenset[str]]) -> None:
    """One line: how often right among the first one, two, three."""
    firsts = (1,) if max(map(len, guesses)) == 1 else (1, 2, 3)
    say(f"  {name:22} " + "   ".join(f"@{first} {measures.among_first(guesses, truths, first)}" for first in firsts))


def against(one: Set, learn: Sequence[Row]) -> dict[str, list[Guess] | None]:
    """The baselines on the same rows: learnt without their writers where the set is one that is learnt from."""
    taught = [row for row in learn if teaches(row, one.head)]
    found: dict[str, list[Guess] | None] = {}
    part = parts([row.group for row in one.rows], FOLDS)
    taught_part = parts([row.group for row in taught], FOLDS)
    for name, baseline in BASELINES.items():
        if not one.taught:
            found[name] = baseline(one.head, taught, one.rows)
            continue
        guesses: list[Guess | None] = [None] * len(one.rows)
        for fold in range(FOLDS):
            at = [n for n in range(len(one.rows)) if part[n] == fold]
            known = [row for n, row in enumerate(taught) if taught_part[n] != fold]
            for n, guess in zip(at, baseline(one.head, known, [one.rows[n] for n in at]) or (), strict=False):
                guesses[n] = guess
        complete = [guess for guess in guesses if guess is not None]
        found[name] = complete if len(complete) == len(guesses) else None
    return found


def emergencies(sets: Sequence[Set], say: Callable[[str], object]) -> None:
    """How many dangers are found and how many alarms are right, on the project's own messages."""
    for one in sets:
        if one.rows[0].source != "corpus" or one.head != "intents":
            continue
        for what, grades in (("danger", {"danger"}), ("danger or hazard", {"danger", "hazard"})):
            wanted = [bool(grades & set(row.says["emergencies"])) for row in one.rows]
            recall, precision = measures.recall_precision([u.emergency in grades for u in one.understood], wanted)
            say(f"\n## {one.title}: {what} ({sum(wanted)} of {len(wanted)})")
            say(f"  recall {recall}   precision {precision}")
        polite = [
            u.intent == "abuse"
            for row, u in zip(one.rows, one.understood, strict=True)
            if "abuse" not in row.says["intents"]
        ]
        say(f"\n## {one.title}: taken for abuse though it is not: {sum(polite)} of {len(polite)}")


if __name__ == "__main__":
    sys.exit(main())
