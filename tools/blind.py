"""Measures `understand()` on messages that a colleague wrote blind: `python -m tools.blind [a|b] [--errors]`.

nlp/blind/set_a.jsonl and set_b.jsonl were written and labelled before their writer had seen the corpus, the lexicon or
the tests. Set A may be looked into and learnt from in kind; set B is only ever counted, so it stays honest. Neither is
used for training. Where a row lists several categories any of them is right: two clerks would differ, or the message
tells of several matters. Intervals are 95 % (Wilson).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from nlp.measures import share
from nlp.types import Context, Understanding
from nlp.understand import understand

HERE = Path(__file__).resolve().parents[1] / "nlp" / "blind"
CONTEXT = Context(now=datetime(2026, 11, 20, 12, tzinfo=UTC))
#: Rows of these intents are about a matter, so their category and department count.
MATTERS = ("complaint", "question", "proposal", "suggestion")
#: Kinds of personal data that must never be missed or seen where they are not.
HARD_KINDS = ("id", "phone", "account", "plate", "email")


class Case(NamedTuple):
    """One labelled message and what it was understood as."""

    row: dict[str, Any]
    found: Understanding


class Measure(NamedTuple):
    """A figure: its name, the cases it rests on, and which of them are right."""

    name: str
    cases: list[Case]
    right: Callable[[Case], bool]


def read(which: str) -> list[Case]:
    """Set "a" or "b", every message understood on its own."""
    lines = (HERE / f"set_{which}.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [Case(row, understand(row["text"], CONTEXT)) for row in rows]


def measures(cases: list[Case]) -> Iterator[Measure]:
    """Every figure of the table, the most important first."""
    yield from _of_danger(cases)
    yield from _of_meaning(cases)
    yield from _of_manners(cases)
    yield from _of_personal_data(cases)


def _of_danger(cases: list[Case]) -> Iterator[Measure]:
    meant = [case for case in cases if case.row["emergency"] == "danger"]
    raised = [case for case in cases if case.found.emergency == "danger"]
    hazards = [case for case in cases if case.row["emergency"] == "hazard"]
    past = [case for case in cases if case.row["emergency"] == "past"]
    yield Measure("danger recall", meant, lambda case: case.found.emergency == "danger")
    yield Measure("danger precision", raised, lambda case: case.row["emergency"] == "danger")
    yield Measure(
        "hazard seen (as hazard or danger)", hazards, lambda case: case.found.emergency in ("hazard", "danger")
    )
    yield Measure("past not alarmed", past, lambda case: case.found.emergency != "danger")


def _of_meaning(cases: list[Case]) -> Iterator[Measure]:
    matters = [case for case in cases if case.row["categories"] and case.row["intent"] in MATTERS]
    sent = [case for case in matters if case.row["department"]]
    sure = [case for case in cases if not case.found.unsure]
    agencies = [case for case in matters if case.row["agency"]]
    yield Measure("intent", cases, _intent)
    yield Measure("intent, where not asked", sure, _intent)
    yield Measure("not asked", cases, lambda case: not case.found.unsure)
    yield Measure("category first", matters, lambda case: _category(case, 1))
    yield Measure("category in three", matters, lambda case: _category(case, 3))
    yield Measure("department first", sent, lambda case: _department(case, 1))
    yield Measure("department in two", sent, lambda case: _department(case, 2))
    yield Measure("agency, where one is named", agencies, lambda case: case.found.agency == case.row["agency"])


def _of_manners(cases: list[Case]) -> Iterator[Measure]:
    angry = [case for case in cases if "angry" in case.row["writer"]]
    insults = [case for case in cases if case.row["intent"] == "abuse"]
    sensitive = [case for case in cases if case.row["sensitive"]]
    yield Measure("angry complaint not taken for abuse", angry, lambda case: case.found.intent != "abuse")
    yield Measure("pure abuse known", insults, lambda case: case.found.intent == "abuse")
    yield Measure("sensitive matter known", sensitive, lambda case: case.found.sensitive == case.row["sensitive"])


def _of_personal_data(cases: list[Case]) -> Iterator[Measure]:
    for kind in ("id", "phone", "account", "plate", "name", "house", "email", "line"):
        holding = [case for case in cases if kind in case.row["pii"]]
        yield Measure(f"personal data: {kind}", holding, lambda case, kind=kind: kind in _kinds(case))  # type: ignore[misc]
    plain = [case for case in cases if not case.row["pii"]]
    yield Measure("no personal data seen where none is", plain, lambda case: not _kinds(case) & set(HARD_KINDS))


def _intent(case: Case) -> bool:
    return bool(case.found.intent == case.row["intent"])


def _category(case: Case, most: int) -> bool:
    return any(code in case.row["categories"] for code, _ in case.found.categories[:most])


def _department(case: Case, most: int) -> bool:
    return case.row["department"] in [code for code, _ in case.found.departments[:most]]


def _kinds(case: Case) -> set[str]:
    return {found.kind for found in case.found.pii}


def _told(case: Case) -> str:
    row, found = case
    meant = f"{row['intent']} {row['emergency']} {row['categories']} {row['department']} {row['pii'] or ''}"
    ranked = [f"{code} {p:.2f}" for code, p in found.categories[:3]]
    desks = [f"{code} {p:.2f}" for code, p in found.departments[:2]]
    got = f"{found.intent} {found.intent_p:.2f} {found.emergency} {ranked} {desks} {found.agency or ''}"
    return f"  {row['text']}\n      meant {meant.strip()}\n      found {got.strip()}"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.blind", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("which", nargs="?", choices=("a", "b"), help="one set only")
    parser.add_argument("--errors", action="store_true", help="list the misses too (set A only; B stays unseen)")
    chosen = parser.parse_args(arguments)
    for which in chosen.which or "ab":
        cases = read(which)
        print(f"set {which.upper()}: {len(cases)} messages")
        for name, among, right in measures(cases):
            hits = sum(map(right, among))
            print(f"  {name:<38} {share(hits, len(among))} of {len(among)}")
            if chosen.errors and which == "a":
                print("\n".join(_told(case) for case in among if not right(case)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
