"""Promises of `messages.words`: texts by name, with their fields, in the town's particles."""

from __future__ import annotations

import pytest

from messages import words
from messages.words import LANGUAGES, Words, fields_of, names

TEXTS: dict[str, words.Text] = {
    "hello": "สวัสดีค่ะ {bot}ของ{org}",
    "ask": "ให้คะแนน {name} กี่คะแนนคะ คะน้าด้วยนะคะ\nโทรได้ไหมคะ",
    "lines": ("หนึ่งค่ะ", "{n} คะ"),
}


def test_fields_come_from_the_town_and_from_the_call() -> None:
    w = Words(fields={"bot": "น้องใส่ใจ", "org": "เทศบาลตำบลตัวอย่าง"}, texts=TEXTS)
    assert w("hello") == "สวัสดีค่ะ น้องใส่ใจของเทศบาลตำบลตัวอย่าง"
    assert w("hello", bot="บอต") == "สวัสดีค่ะ บอตของเทศบาลตำบลตัวอย่าง"
    assert w("ask", name="ช่างเอก").startswith("ให้คะแนน ช่างเอก")


def test_a_field_of_the_town_can_be_asked_for() -> None:
    assert Words(fields={"km": 3}, texts=TEXTS).field("km") == "3"
    with pytest.raises(KeyError, match="no field named 'org'"):
        Words(texts=TEXTS).field("org")


def test_a_list_is_its_lines_or_one_by_one() -> None:
    w = Words(texts=TEXTS)
    assert w("lines", n=2) == "หนึ่งค่ะ\n2 คะ"
    assert w.each("lines", n=2) == ["หนึ่งค่ะ", "2 คะ"]
    assert w.each("ask", name="ก") == [w("ask", name="ก")]


def test_a_value_with_braces_is_left_alone() -> None:
    assert Words(texts={"said": "“{text}”"})("said", text="{org} {0} {") == "“{org} {0} {”"


def test_a_missing_name_or_field_says_which() -> None:
    w = Words(texts=TEXTS)
    with pytest.raises(KeyError, match=r"no text named 'helo' in th\.toml"):
        w("helo")
    with pytest.raises(KeyError, match=r"text 'hello' in th\.toml needs the field 'bot'"):
        w("hello")
    assert "hello" in w
    assert "helo" not in w


def test_a_town_that_says_khrap_says_it_everywhere() -> None:
    w = Words(polite="ครับ", texts=TEXTS)
    assert w("ask", name="ก") == "ให้คะแนน ก กี่คะแนนครับ คะน้าด้วยนะครับ\nโทรได้ไหมครับ"
    assert w("lines", n=2) == "หนึ่งครับ\n2 ครับ"


def test_nested_tables_become_dotted_names() -> None:
    assert words.flatten({"a": {"b": {"c": "ก"}, "d": ["ข", "ค"]}}) == {"a.b.c": "ก", "a.d": ("ข", "ค")}
    with pytest.raises(TypeError, match=r"'a\.n'"):
        words.flatten({"a": {"n": 5}})


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(KeyError, match="xx"):
        Words("xx")


def test_a_part_in_brackets_goes_where_its_field_is_empty() -> None:
    texts = {"a": "ส่งแล้วค่ะ[\nถ้าด่วนโทร {phone}]", "b": "[โทร {phone} หรือ]พิมพ์ [มา] ได้ {count}"}
    known = Words("th", {"phone": "02-000-0123"}, texts=texts)
    assert known("a") == "ส่งแล้วค่ะ\nถ้าด่วนโทร 02-000-0123"
    assert known("b", count=0) == "โทร 02-000-0123 หรือพิมพ์ [มา] ได้ 0"
    unknown = Words("th", {"phone": ""}, texts=texts)
    assert unknown("a") == "ส่งแล้วค่ะ"
    assert unknown("b", count="[x {y}]") == "พิมพ์ [มา] ได้ [x {y}]"
    with pytest.raises(KeyError, match="phone"):
        Words("th", {}, texts=texts)("a")


def test_without_a_telephone_nobody_is_told_to_call_a_dash() -> None:
    """Whatever text may name the town's telephone leaves it out where the town has none."""
    for language in LANGUAGES:
        for name in names(language):
            fields = fields_of(language, name)
            if "phone" not in fields:
                continue
            words = Words(language, {**dict.fromkeys(fields, "…"), "phone": ""})(name)
            assert not any(call in words for call in ("โทร ", "call ", "phone ", "Phone ")), (name, words)
