"""Promises of `web/texts/`: complete in both languages, with the same fields, and apart from the words of the chat."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from messages import words
from models.town import DEFAULTS
from web.words import speaking, texts

WEB = Path(__file__).parents[2] / "web"


def fields(language: str, name: str) -> set[str]:
    found = texts(language)[name]
    lines = (found,) if isinstance(found, str) else found
    return {field for line in lines for _, field, _, _ in Formatter().parse(line) if field is not None}


def test_both_languages_have_every_text_with_the_same_fields() -> None:
    assert texts("en").keys() == texts("th").keys()
    for name in texts("th"):
        assert fields("en", name) == fields("th", name), name


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_no_text_is_empty_or_hides_one_of_the_chat(language: str) -> None:
    assert all(texts(language).values())
    assert not texts(language).keys() & words.names(language)


def test_english_is_english() -> None:
    for name, text in texts("en").items():
        letters = [char for char in str(text) if char.isalpha()]
        thai = sum("\u0e01" <= char <= "\u0e2e" for char in letters)
        assert thai * 2 <= len(letters) or name == "signin.word", name


def _named() -> Iterator[tuple[Path, str]]:
    """Every text that a template or a module asks for by its whole name."""
    for path in WEB.rglob("*.html"):
        for name in re.findall(r"""\bw\(\s*["']([a-z_.]+)["']\s*[,)]""", path.read_text(encoding="utf-8")):
            yield path, name
    for path in WEB.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if called in ("w", "tell") and isinstance(node.args[0].value, str):
                    yield path, node.args[0].value


def test_every_text_that_is_asked_for_exists() -> None:
    w = speaking("th", DEFAULTS, "https://example.go.th")
    named = list(_named())
    assert len(named) > 100
    for path, name in named:
        assert name in w, f"{path.name} asks for {name!r}"


def test_no_text_lies_unused() -> None:
    """A text is used when the code holds its name, or the beginning with which its name is put together."""
    code = "\n".join(
        path.read_text(encoding="utf-8") for path in (*WEB.rglob("*.html"), *WEB.rglob("*.py"), *WEB.rglob("*.js"))
    )
    begun = set(re.findall(r"""["']([a-z_]+\.(?:[a-z_]+[._])?)["']\s*~""", code))
    begun |= set(re.findall(r"""f["']([a-z_]+\.(?:[a-z_]+[._])?){""", code))
    begun |= {found.partition("%")[0] for found in re.findall(r"""["']([a-z_]+\.[a-z_]+_%[ds])["']""", code)}
    for name in texts("th"):
        quoted = f'"{name}"' in code or f"'{name}'" in code
        assert quoted or any(name.startswith(start) for start in begun), f"nobody says {name!r}"
