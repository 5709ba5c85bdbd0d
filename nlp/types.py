"""What we understand of a message: the shapes that `nlp` hands out. Plain frozen data, no behaviour.

The codes of categories, departments and agencies are those of docs/categories.md (the defaults of the town's data);
`nlp` never reads a database: what it must know of a town comes in `Context`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple

Intent = Literal[
    "complaint",
    "suggestion",
    "proposal",
    "question",
    "status",
    "vote",
    "greeting",
    "thanks",
    "abuse",
    "emergency",
    "other",
]

#: none: no danger is spoken of. past: danger that is over, supposed, rehearsed or only asked about.
#: hazard: something that can hurt people soon (a wire down). danger: life is at stake now.
Emergency = Literal["none", "past", "hazard", "danger"]

Urgency = Literal["low", "normal", "high"]

PiiKind = Literal["id", "phone", "plate", "account", "name", "house", "email", "line"]


class Scored(NamedTuple):
    """A code with the probability (0–1) that it is the right one."""

    code: str
    p: float


@dataclass(frozen=True, slots=True)
class Village:
    """A village (หมู่บ้าน) of the town: its number (หมู่ที่), its name and, where known, its centre in WGS 84 degrees."""

    moo: int
    name: str = ""
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A place people name (a temple, a market, a soi): the name as it is said, other names, village and position."""

    name: str
    aliases: tuple[str, ...] = ()
    moo: int | None = None
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What may be known besides the text.

    `now` is aware (any zone; relative dates are read in Asia/Bangkok). `centre` is the town's middle as (lat, lon),
    needed to complete short Plus Codes. `moo` is the writer's own village, if told.
    """

    now: datetime
    villages: tuple[Village, ...] = ()
    places: tuple[NamedPlace, ...] = ()
    centre: tuple[float, float] | None = None
    moo: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where, as far as the text tells. `text` is the part of the message that tells it, fit to be shown."""

    text: str
    moo: int | None = None
    house: str | None = None
    soi: str | None = None
    road: str | None = None
    landmark: str | None = None
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True)
class Pii:
    """Personal data found in the text: what kind, and where (`text[start:end]`, offsets in code points)."""

    kind: PiiKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date spoken of: the ISO day it means, and where it stands in the text."""

    day: date
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Problem:
    """One of several problems in one message: its words and what they mean on their own."""

    text: str
    categories: tuple[Scored, ...]


@dataclass(frozen=True, slots=True)
class Understanding:
    """All that is understood of one message.

    `categories` and `departments` are ranked, best first, and never empty. `agency` is an outside agency's code when
    the matter is probably not the town's own. `emergency_kind` is one of fire, electric, flood, accident, hazmat,
    drowning, rescue, medical, crime, missing, suicide, storm, unknown, when `emergency` is not "none". `sensitive`
    names why the matter must never become public (corruption, abuse, self_harm, drugs, violence). `problems` holds two
    or more entries only when the message tells of several. `unsure` is true when the bot had better ask than guess the
    intent.
    """

    text: str
    intent: Intent
    intent_p: float
    unsure: bool
    emergency: Emergency
    emergency_kind: str | None
    categories: tuple[Scored, ...]
    departments: tuple[Scored, ...]
    agency: str | None
    urgency: Urgency
    place: Place | None
    dates: tuple[DateMention, ...]
    pii: tuple[Pii, ...]
    abusive: bool
    sensitive: str | None
    problems: tuple[Problem, ...] = ()
