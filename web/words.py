"""The console's words, by name: `texts/<language>/*.toml`, one file per feature, beside all that the bot says.

A page asks `w("nav.cases")`. What is not of the console comes from messages/texts (states, pauses, kinds).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from messages import english
from messages.words import LANGUAGES, Text, Words, flatten, speak


class PageWords(Words):
    """The words of pages in one language; behind them those of the chat."""

    def __init__(self, language: str, fields: Mapping[str, object], polite: str = "ค่ะ") -> None:
        """Raises KeyError for a language there are no files for."""
        super().__init__(language, fields, polite, texts={})
        self._texts = _spoken(language, polite)
        self._chat = Words(language, fields, polite)

    def each(self, name: str, /, **fields: object) -> list[str]:
        """The texts of a list, one by one. Raises KeyError for an unknown name or a missing field."""
        own = super().__contains__(name)
        return super().each(name, **fields) if own else self._chat.each(name, **fields)

    def __contains__(self, name: object) -> bool:
        """Whether there is a text of this name."""
        return super().__contains__(name) or name in self._chat


@cache
def texts(language: str) -> Mapping[str, Text]:
    """All texts of the console in this language, by dotted name. Raises ValueError when two files give the same."""
    if language not in LANGUAGES:
        raise KeyError(f"no words in the language {language!r}")
    found: dict[str, Text] = {}
    for file in sorted(files("web").joinpath("texts", language).iterdir(), key=lambda entry: entry.name):
        table = flatten(tomllib.loads(file.read_text(encoding="utf-8")))
        if twice := table.keys() & found.keys():
            raise ValueError(f"{file.name} gives again: {', '.join(sorted(twice))}")
        found |= table
    return found


@cache
def _spoken(language: str, polite: str) -> dict[str, Text]:
    """The same with the town's particle: over a thousand texts, which no request should go through anew."""
    return {name: speak(text, polite) for name, text in texts(language).items()}


def speaking(language: str, settings: Mapping[str, Any], public_url: str) -> PageWords:
    """The words for a reader of this language, with what every text may name of the town."""
    hours = settings["town.hours"]
    fields = {
        "org": settings["town.name"],
        "bot": settings["bot.name"],
        "phone": settings["town.phone"],
        "rescue_phone": settings["town.rescue_phone"],
        "hours": english.name(hours) if language == "en" else hours,
        "retention_years": settings["privacy.retention_years"],
        "answer_days": settings["duty.answer_days"],
        "public_url": public_url,
    }
    return PageWords(language, fields, settings["bot.polite"])
