"""The grammar of LINE's rules: small checks that are put together into shapes, and the report that they write.

A rule takes a JSON value and its path and notes what LINE would refuse. Lengths are counted as LINE counts them
(docs: "text character count"): UTF-16 code units, but grapheme clusters for labels and a few other texts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import regex

from simulator.events import utf16_length
from simulator.records import Json

Path = tuple[str | int, ...]


@dataclass
class Report:
    """What is wrong with a body: paths and words. ``loopback_http`` allows http media on this machine (see
    ``Switches``).
    """

    loopback_http: bool = False
    problems: list[tuple[Path, str]] = field(default_factory=list)

    def note(self, path: Path, words: str) -> None:
        """Add one problem."""
        self.problems.append((path, words))


Rule = Callable[[object, Path, Report], None]
Extra = Callable[[Json, Path, Report], None]


def graphemes(text: str) -> int:
    """The number of user-perceived characters (UAX #29 extended grapheme clusters)."""
    return len(regex.findall(r"\X", text))


@dataclass(frozen=True)
class Shape:
    """An object: its properties, which of them are needed, and what must hold between them. Others are refused."""

    props: Mapping[str, Rule]
    needed: tuple[str, ...] = ()
    extras: tuple[Extra, ...] = ()

    def __call__(self, value: object, path: Path, report: Report) -> None:
        """Check one value."""
        if not isinstance(value, dict):
            report.note(path, "must be an object")
            return
        before = len(report.problems)
        for name in self.needed:
            if value.get(name) is None:
                report.note((*path, name), "must be specified")
        for name, inner in value.items():
            rule = self.props.get(name)
            if rule is None:
                report.note((*path, name), "unknown field")
            elif inner is None and name not in self.needed:
                report.note((*path, name), "must not be null")
            elif inner is not None:
                rule(inner, (*path, name), report)
        if len(report.problems) == before:
            for extra in self.extras:
                extra(value, path, report)


def by_type(shapes: Mapping[str, Rule]) -> Rule:
    """An object whose ``type`` says which shape it has."""

    def check(value: object, path: Path, report: Report) -> None:
        if not isinstance(value, dict):
            report.note(path, "must be an object")
            return
        kind = value.get("type")
        rule = shapes.get(kind) if isinstance(kind, str) else None
        if rule is None:
            words = "must be specified" if kind is None else f"must be one of the following values: {sorted(shapes)}"
            report.note((*path, "type"), words)
        else:
            rule(value, path, report)

    return check


def text(most: int, *, least: int = 1, clusters: bool = False) -> Rule:
    """A string of ``least`` to ``most`` UTF-16 units, or grapheme clusters."""

    def check(value: object, path: Path, report: Report) -> None:
        if not isinstance(value, str):
            report.note(path, "must be a string")
            return
        length = graphemes(value) if clusters else utf16_length_or_bad(value)
        if length < 0:
            report.note(path, "must be valid Unicode")
        elif length == 0 and least:
            report.note(path, "May not be empty")
        elif not least <= length <= most:
            report.note(path, f"Length must be between {least} and {most}")

    return check


def utf16_length_or_bad(value: str) -> int:
    """UTF-16 length; -1 for a lone surrogate, which is no text."""
    try:
        return utf16_length(value)
    except UnicodeEncodeError:
        return -1


def matching(pattern: str, words: str) -> Rule:
    """A string that matches a whole pattern."""
    compiled = regex.compile(pattern)

    def check(value: object, path: Path, report: Report) -> None:
        if not isinstance(value, str) or not compiled.fullmatch(value):
            report.note(path, words)

    return check


def one_of(*values: str) -> Rule:
    """One of these strings."""

    def check(value: object, path: Path, report: Report) -> None:
        if value not in values or not isinstance(value, str):
            report.note(path, f"must be one of the following values: {list(values)}")

    return check


def number(lowest: float, highest: float, *, whole: bool = True) -> Rule:
    """A number in a range, integers only when ``whole``."""

    def check(value: object, path: Path, report: Report) -> None:
        good = isinstance(value, int | float) and not isinstance(value, bool)
        if not good or (whole and not isinstance(value, int)):
            report.note(path, "must be an integer" if whole else "must be a number")
        elif not lowest <= value <= highest:  # type: ignore[operator]  # good says that it is a number
            report.note(path, f"must be between {lowest:g} and {highest:g}")

    return check


def boolean(value: object, path: Path, report: Report) -> None:
    """True or false."""
    if not isinstance(value, bool):
        report.note(path, "must be a boolean")


def many(rule: Rule, least: int, most: int) -> Rule:
    """A list of ``least`` to ``most`` values, each by ``rule``."""

    def check(value: object, path: Path, report: Report) -> None:
        if not isinstance(value, list):
            report.note(path, "must be an array")
            return
        if not least <= len(value) <= most:
            report.note(path, f"Size must be between {least} and {most}")
            return
        for index, inner in enumerate(value):
            rule(inner, (*path, index), report)

    return check


_URI_CHARACTERS = regex.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
_BAD_PERCENT = regex.compile(r"%(?![0-9A-Fa-f]{2})")
_LOOPBACK = regex.compile(r"http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(/.*)?")


def uri(most: int, schemes: tuple[str, ...]) -> Rule:
    """A URI of these schemes, percent-encoded (raw Thai is refused)."""

    def check(value: object, path: Path, report: Report) -> None:
        if not isinstance(value, str) or not value:
            report.note(path, "must be a string")
        elif utf16_length_or_bad(value) not in range(most + 1):
            report.note(path, f"Length must be between 1 and {most}")
        elif value.partition(":")[0].lower() not in schemes or len(value.partition(":")[2]) == 0:
            report.note(path, "invalid uri scheme")
        elif not _URI_CHARACTERS.fullmatch(value) or _BAD_PERCENT.search(value) or not _has_host(value):
            report.note(path, "invalid uri")

    return check


def _has_host(value: str) -> bool:
    scheme, _, rest = value.partition(":")
    return scheme.lower() not in ("http", "https") or (rest.startswith("//") and rest[2:3] not in ("", "/", "?", "#"))


_HTTPS = uri(2000, ("https",))
_HTTP = uri(2000, ("http",))


def media_url(value: object, path: Path, report: Report) -> None:
    """An ``https`` URL of at most 2,000 characters for a picture, sound or film."""
    if report.loopback_http and isinstance(value, str) and _LOOPBACK.fullmatch(value):
        _HTTP(value, path, report)
    else:
        _HTTPS(value, path, report)
