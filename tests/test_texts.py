"""Promises of `messages/texts/*.toml`: complete in each language, sayable, and in one voice."""

from __future__ import annotations

import pytest

from messages import words
from messages.words import Words


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_language_has_every_text_with_the_same_fields(language: str) -> None:
    assert words.names(language) == words.names("th")
    for name in words.names("th"):
        assert words.fields_of(language, name) == words.fields_of("th", name), name


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_text_can_be_said(language: str) -> None:
    for polite in ("ค่ะ", "ครับ"):
        w = Words(language, polite=polite)
        for name in words.names(language):
            fields: dict[str, object] = dict.fromkeys(words.fields_of(language, name), "1")
            assert all(line.strip() for line in w.each(name, **fields)), name


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_fields_are_plain_names(language: str) -> None:
    for name in words.names(language):
        assert all(field.isidentifier() for field in words.fields_of(language, name)), name


def test_english_never_falls_back_to_thai() -> None:
    for name in words.names("en"):
        w = Words("en", fields=dict.fromkeys(words.fields_of("en", name), ""))
        letters = [char for char in w(name) if char.isalpha()]
        assert sum("\u0e01" <= char <= "\u0e2e" for char in letters) * 2 <= len(letters), name


def test_thai_with_khrap_keeps_no_female_particle() -> None:
    w = Words(polite="ครับ")
    for name in words.names("th"):
        fields: dict[str, object] = dict.fromkeys(words.fields_of("th", name), "")
        assert "ค่ะ" not in w(name, **fields), name
        assert not w(name, **fields).endswith("คะ"), name
