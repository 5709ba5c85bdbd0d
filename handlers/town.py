"""The town as a handler sees it while answering one event: a snapshot of its settings, villages and places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from messages import english
from messages.words import Text, Words, with_own
from models.key_room import KeyRoom
from models.own_words import own_words
from models.town import DEFAULTS, KnownPlace, Setting, Village
from nlp import types as understood
from nlp.model import Model


@dataclass(frozen=True)
class Town:
    """What the town says of itself: settings by name, villages, places, and its words in the reader's language.

    `model` is what the town has taught the bot (`songsiang nlp retrain`); None: the shipped one. `own`: what it says
    in its own (Thai) words, instead of the texts that were delivered. `keys`: the keys of polls, where the machine has
    them; `liff`: the LIFF app in which ballots open, "" for the browser.
    """

    settings: dict[str, Any]
    villages: tuple[understood.Village, ...]
    places: tuple[understood.NamedPlace, ...]
    words: Words
    public_url: str
    key: str
    model: Model | None = None
    own: Mapping[str, Text] = field(default_factory=dict)
    keys: KeyRoom | None = field(default=None, repr=False)
    liff: str = ""

    @property
    def centre(self) -> tuple[float, float] | None:
        """The town's middle (lat, lon) in degrees, if told."""
        lat, lon = self.settings["town.lat"], self.settings["town.lon"]
        return (lat, lon) if lat is not None and lon is not None else None

    def context(self, now: datetime, moo: int | None) -> understood.Context:
        """What `nlp` may know beside the text."""
        return understood.Context(now=now, villages=self.villages, places=self.places, centre=self.centre, moo=moo)

    def speaking(self, language: str) -> Town:
        """The same town, its words in another reader's language."""
        if language == self.words.language:
            return self
        return replace(self, words=_words(self.settings, self.public_url, language, self.own))

    def village_name(self, moo: int | None) -> str:
        """“หมู่ 3 บ้านสันทราย”, or just the number, or nothing."""
        if moo is None:
            return ""
        name = next((v.name for v in self.villages if v.moo == moo), "")
        return f"{self.words('report.place_moo', moo=moo)} {name}".strip()


def load_town(session: Session, public_url: str, key: str, language: str = "th") -> Town:
    """Read the town's data. `key` is the secret that hashes codes; `language` is the reader's."""
    settings = dict(DEFAULTS)
    settings.update({s.name: s.value.get("value") for s in session.scalars(select(Setting)) if s.name in DEFAULTS})
    villages = tuple(
        understood.Village(v.moo, v.name, v.lat, v.lon) for v in session.scalars(select(Village).order_by(Village.moo))
    )
    places = tuple(
        understood.NamedPlace(p.name, tuple(p.aliases), p.moo, p.lat, p.lon)
        for p in session.scalars(select(KnownPlace).order_by(KnownPlace.id))
    )
    own = own_words(session)
    words = _words(settings, public_url, language, own)
    return Town(settings, villages, places, words, public_url, key, own=own)


def _words(settings: dict[str, Any], public_url: str, language: str, own: Mapping[str, Text]) -> Words:
    fields = {
        "org": settings["town.name"],
        "bot": settings["bot.name"],
        "phone": settings["town.phone"],
        "rescue_phone": settings["town.rescue_phone"],
        "hours": english.name(settings["town.hours"]) if language == "en" else settings["town.hours"],
        "retention_years": settings["privacy.retention_years"],
        "answer_days": settings["duty.answer_days"],
        "public_url": public_url,
    }
    texts = with_own(language, own, fields) if own and language == "th" else None
    return Words(language, fields, settings["bot.polite"], texts)
