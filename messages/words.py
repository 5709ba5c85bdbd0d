"""The words, by name: what the bot says in each language, read from `texts/<language>.toml`.

Names are dotted paths of the file's tables ("report.ask_place"). A value is a text or a list of texts; {name} marks a
field. A part in square brackets, “[โทร {phone}]”, is left out where one of its fields is empty. The files are written
with the particles ค่ะ/คะ; a town that prefers ครับ says so once, in `polite`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any

Text = str | tuple[str, ...]

#: The languages there are words in.
LANGUAGES = ("th", "en")

# คะ is a particle only where no Thai letter follows: คะแนน (a score) and คะน้า (kale) keep theirs.
_OPTIONAL = re.compile(r"\[([^\[\]]*\{[^\[\]]*)\]")
_PARTICLE = re.compile("ค่ะ|คะ(?![\u0e01-\u0e4e])")


class Words:
    """The words of one language for one town: `w("report.ask_place", n=3)`.

    `fields` are what every text may name without being given it each time ({org}, {bot}, {phone}). `texts` replaces the
    files of this package, for a town with words of its own.
    """

    def __init__(
        self,
        language: str = "th",
        fields: Mapping[str, object] | None = None,
        polite: str = "ค่ะ",
        texts: Mapping[str, Text] | None = None,
    ) -> None:
        """Raises KeyError for a language there is no file for."""
        self.language = language
        self.fields = dict(fields or {})
        self.polite = polite
        self._texts = _spoken(language, polite) if texts is None else {k: speak(v, polite) for k, v in texts.items()}

    def __call__(self, name: str, /, **fields: object) -> str:
        """The text of this name with its fields filled in; a list becomes its lines. KeyError: no such name, field."""
        return "\n".join(self.each(name, **fields))

    def each(self, name: str, /, **fields: object) -> list[str]:
        """The texts of a list, one by one (a single text is a list of one). Raises KeyError as calling does."""
        if name not in self._texts:
            raise KeyError(f"no text named {name!r} in {self.language}.toml")
        found = self._texts[name]
        return [self._fill(name, text, fields) for text in ((found,) if isinstance(found, str) else found)]

    def field(self, name: str) -> str:
        """What stands for {name} in every text. Raises KeyError for a field the town does not give."""
        if name not in self.fields:
            raise KeyError(f"no field named {name!r} is given to every text")
        return str(self.fields[name])

    def __contains__(self, name: object) -> bool:
        """Whether there is a text of this name."""
        return name in self._texts

    def _fill(self, name: str, text: str, fields: Mapping[str, object]) -> str:
        given = {**self.fields, **fields}
        try:
            return filled(text, given)
        except KeyError as missing:
            raise KeyError(f"text {name!r} in {self.language}.toml needs the field {missing}") from None


def filled(text: str, given: Mapping[str, object]) -> str:
    """The text with its fields filled in, without the optional parts that say nothing. Raises KeyError for a field that
    is not given."""
    return _OPTIONAL.sub(lambda part: _unless_empty(part[1], given), text).format_map(given)


def _unless_empty(part: str, given: Mapping[str, object]) -> str:
    """The optional part, or "" where one of its fields has nothing to say. Raises KeyError for an unknown field."""
    fields = [field for _, field, _, _ in Formatter().parse(part) if field is not None]
    return part if all(given[field] not in ("", None) for field in fields) else ""


def names(language: str) -> frozenset[str]:
    """Every name there is a text for in this language."""
    return frozenset(_read(language))


def fields_of(language: str, name: str) -> frozenset[str]:
    """The fields a text names, whatever gives them. Raises KeyError for an unknown name."""
    found = _read(language)[name]
    texts = (found,) if isinstance(found, str) else found
    return frozenset(field for text in texts for _, field, _, _ in Formatter().parse(text) if field is not None)


def delivered(language: str) -> Mapping[str, Text]:
    """Every text as it was delivered, by name, before any particle is exchanged."""
    return _read(language)


def fits(given: Text, own: Text, common: Collection[str]) -> bool:
    """Whether a town may say `own` instead of `given`: as many lines where they are a list, and no field that nobody
    fills in (those of `given` and the `common` ones are)."""
    if isinstance(given, str) != isinstance(own, str) or not own:
        return False
    if not isinstance(given, str) and (len(given) != len(own) or not all(own)):
        return False
    try:
        return _fields(own) <= _fields(given) | set(common)
    except ValueError:  # braces that do not close
        return False


def with_own(language: str, own: Mapping[str, Text], common: Collection[str]) -> dict[str, Text]:
    """The delivered texts with the town's own in their places; what does not fit (any more) is passed over."""
    given = _read(language)
    return {**given, **{name: text for name, text in own.items() if name in given and fits(given[name], text, common)}}


def _fields(text: Text) -> set[str]:
    """The fields of a text, as they are written in it, with what may stand behind the name."""
    texts = (text,) if isinstance(text, str) else text
    found = set()
    for line in texts:
        for _, field, spec, conversion in Formatter().parse(line):
            if field is not None:
                found.add(f"{field}!{conversion}:{spec}" if spec or conversion else field)
    return found


def speak(text: Text, polite: str) -> Text:
    """The text as a speaker who ends with `polite` says it: ค่ะ and คะ (also in นะคะ) become ครับ, or stay."""
    if polite == "ค่ะ":
        return text
    if isinstance(text, str):
        return _PARTICLE.sub(polite, text)
    return tuple(_PARTICLE.sub(polite, line) for line in text)


def flatten(table: Mapping[str, Any], above: str = "") -> dict[str, Text]:
    """A nested table as dotted names. Raises TypeError for a value that is no text, list of texts or table."""
    flat: dict[str, Text] = {}
    for key, value in table.items():
        name = f"{above}{key}"
        if isinstance(value, Mapping):
            flat |= flatten(value, f"{name}.")
        elif isinstance(value, str):
            flat[name] = value
        elif isinstance(value, list) and all(isinstance(line, str) for line in value):
            flat[name] = tuple(value)
        else:
            raise TypeError(f"text {name!r} is neither a text nor a list of texts")
    return flat


@cache
def _read(language: str) -> dict[str, Text]:
    if language not in LANGUAGES:
        raise KeyError(f"no words in the language {language!r}; there are {', '.join(LANGUAGES)}")
    return flatten(tomllib.loads(files("messages").joinpath("texts", f"{language}.toml").read_text(encoding="utf-8")))


@cache
def _spoken(language: str, polite: str) -> dict[str, Text]:
    return {name: speak(text, polite) for name, text in _read(language).items()}
