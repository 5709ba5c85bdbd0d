"""The messages the model learns from, brought into one form: what each row's labels say about every head.

Three kinds, believed in this order: the project's own messages (nlp/corpus/*.jsonl, exact labels, committed), tickets
of a city with labels people picked (../shared/data/messages, human but coarse) and tickets whose labels a keyword
tagger wrote (silver). Only hashes of the last two ever leave this machine. The product needs none of this at run time.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nlp import labels as known

CORPUS = Path(__file__).with_name("corpus")
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "messages"

#: For each head, its codes in the order of the weights' columns.
HEADS: Mapping[str, tuple[str, ...]] = {
    "intents": known.INTENTS,
    "categories": known.CATEGORIES,
    "departments": known.DEPARTMENTS,
    "agencies": known.AGENCIES,
    "urgencies": known.URGENCIES,
    "emergencies": known.EMERGENCIES,
}

Likelihood = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Row:
    """One message. `group` is its writer or template: rows of a group are never split between training and test.

    `says` holds, for each head the labels speak about, the codes they may stand for with how well each explains them
    (1 best; codes not named explain them by `slip` only). `picked` are the labels as they were given.
    """

    text: str
    source: str
    group: str
    says: Mapping[str, Likelihood] = field(default_factory=dict)
    picked: tuple[str, ...] = ()
    slip: float = 0.0


class MissingDataError(Exception):
    """A file that training needs is not there; the message names it and says what can be done without it."""


def corpus(folder: Path = CORPUS) -> list[Row]:
    """The project's own messages, in the order of file names and lines."""
    return [_own_row(line, path.stem) for path in sorted(folder.glob("*.jsonl")) for line in _lines(path)]


def newtax(folder: Path = SHARED) -> list[Row]:
    """Bangkok's tickets of December 2024 under the menu its residents and officers pick from."""
    return [
        _menu_row(line, "newtax", line["types"], known.MENU_2024) for line in _read(folder, "traffy_newtax_2024-12")
    ]


def userpicked(part: str, folder: Path = SHARED) -> list[Row]:
    """Tickets of 2022 with the resident's own pick of six menus; `part` is "train" or "eval"."""
    lines = _read(folder, f"traffy_userpicked_2022_{part}")
    return [_menu_row(line, f"userpicked-{part}", line["user_types"], known.MENU_2022) for line in lines]


def silver(part: str, folder: Path = SHARED) -> list[Row]:
    """Tickets with the types a keyword tagger wrote; `part` is "train" or "dev"."""
    lines = _read(folder, f"traffy_{part}")
    return [_menu_row(line, f"silver-{part}", line["types"], known.TYPES_SILVER) for line in lines]


def routed(folder: Path = SHARED) -> list[Row]:
    """Tickets with the units that took them, mapped to the departments of a small municipality and outside agencies."""
    return [_routed_row(line) for line in _read(folder, "dept_routing_train")]


def gold_intents(folder: Path = SHARED) -> list[Row]:
    """Two hundred messages with an annotator's intent (a draft): for measuring only."""
    rows = _read(folder, "gold_intent_dev200")
    return [
        Row(
            line["text"],
            "gold-intent",
            str(n),
            {"intents": {known.GOLD_INTENTS[line["intent"]]: 1.0}},
            (line["intent"],),
        )
        for n, line in enumerate(rows)
    ]


def consumer_questions(folder: Path = SHARED) -> list[Row]:
    """Questions people asked brands (Wisesight, CC0): what a question sounds like, whatever it is about."""
    path = folder / "wisesight_questions_cc0.txt"
    if not path.exists():
        raise MissingDataError(_missing(path))
    texts = [text.strip() for text in path.read_text("utf-8").splitlines()]
    says = {"intents": {"question": 1.0}}
    return [Row(text, "wisesight", str(n), says, (), 0.05) for n, text in enumerate(texts) if text]


def have_shared(folder: Path = SHARED) -> bool:
    """Whether the data that is not part of the project is on this machine."""
    return (folder / "traffy_newtax_2024-12.jsonl.gz").exists()


def _own_row(line: Mapping[str, Any], stem: str) -> Row:
    says: dict[str, Likelihood] = {
        "intents": {line["intent"]: 1.0},
        "urgencies": {line["urgency"]: 1.0},
        "emergencies": {line["emergency"]: 1.0},
    }
    agency = line["agency"] or "none"
    if agency in known.AGENCIES:
        says["agencies"] = {agency: 1.0}
    if line["categories"]:
        main, *others = line["categories"]
        says["categories"] = {main: 1.0, **dict.fromkeys(others, 0.25)}
    if line["department"]:
        says["departments"] = {line["department"]: 1.0}
    group = line["template"] or line["writer"]
    return Row(line["text"], "corpus", f"{stem}/{group}", says, tuple(line["categories"]))


def _menu_row(line: Mapping[str, Any], source: str, picked: Iterable[str], menu: Mapping[str, str]) -> Row:
    picked = tuple(label for label in picked if label in menu)
    means = {code: 1.0 for label in picked for code in menu[label].split()}
    says: dict[str, Likelihood] = {"categories": means} if means else {}
    says["intents"] = known.SUGGESTIVE.get(picked[0], known.TICKET) if picked else known.TICKET
    return Row(line["text"], source, _area(line), says, picked, 0.03)


def _routed_row(line: Mapping[str, Any]) -> Row:
    own = {known.DEPARTMENT_NAMES[name]: 1.0 for name in line["dept"] if name in known.DEPARTMENT_NAMES}
    agencies = {known.AGENCY_NAMES[name]: 1.0 for name in line["dept"] if name in known.AGENCY_NAMES}
    passing = {known.FORWARDED_BY[name]: 0.7 for name in line["dept"] if name in known.AGENCY_NAMES}
    says: dict[str, Likelihood] = {
        "intents": known.TICKET,
        "departments": own or passing,
        "agencies": {**agencies, **({"none": 1.0} if own else {})},
    }
    return Row(line["text"], f"routed-{line['src']}", line["text"][:16], says, tuple(line["dept"]), 0.02)


def _area(line: Mapping[str, Any]) -> str:
    """The district: the people who write again and again write about one place."""
    organisation = str(line.get("org", ""))
    return str(line.get("district") or organisation.rpartition("เขต")[2].partition(",")[0] or organisation)


def _missing(path: Path) -> str:
    return f"{path.name} is not there (looked in the folder of shared data); --corpus-only trains without it"


def _read(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    path = folder / f"{name}.jsonl.gz"
    if not path.exists():
        raise MissingDataError(_missing(path))
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())
