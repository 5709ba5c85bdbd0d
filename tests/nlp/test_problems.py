"""Several problems in one message become several cases; one matter told at length stays one."""

from __future__ import annotations

import pytest

from nlp.lexicon import lexicon
from nlp.normalise import normalise
from nlp.problems import problems


def codes(text: str) -> list[str]:
    cleaned = normalise(text).text
    return [problem.categories[0].code for problem in problems(cleaned, lexicon(), lexicon().scan(cleaned))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ไฟทางดับ แล้วก็ขยะไม่มาเก็บ", ["streetlight", "waste"]),
        ("ถนนเป็นหลุม กับเรื่องน้ำประปาไม่ไหล", ["road", "water_supply"]),
        ("1. ไฟทางหน้าวัดดับ 2. ท่อระบายน้ำตัน 3. หมาจรจัดเยอะ", ["streetlight", "drain", "stray_animal"]),
        ("ไฟทางดับ\nขยะล้นถัง", ["streetlight", "waste"]),
        ("- ถนนพัง\n- ถนนซอย 3 ก็พัง", ["road", "road"]),
        ("น้ำประปาไม่ไหล อีกเรื่องหนึ่งคือเสียงดังจากร้านเหล้า", ["water_supply", "noise"]),
        ("ไฟทางดับ ขยะไม่เก็บ หมาจรจัดไล่กัด", ["streetlight", "waste", "stray_animal"]),
    ],
)
def test_several(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "ไฟทางดับ",
        "ไฟทางดับ มืดมาก กลัวอันตราย",
        "ถนนเป็นหลุมเป็นบ่อ รถตกหลุม ช่วยมาซ่อมถนนด้วย",
        "ฝนตกน้ำท่วม ท่อระบายน้ำตัน น้ำระบายไม่ทัน",
        "สวัสดีครับ ขอบคุณครับ",
        "ขยะ",
        "",
    ],
)
def test_one_or_none(text: str) -> None:
    assert codes(text) == []


def test_the_words_of_each_problem_are_kept() -> None:
    cleaned = "ไฟทางดับหน้าวัด และขยะไม่มาเก็บซอย 3"
    first, second = problems(cleaned, lexicon(), lexicon().scan(cleaned))
    assert first.text == "ไฟทางดับหน้าวัด"
    assert second.text == "ขยะไม่มาเก็บซอย 3"
