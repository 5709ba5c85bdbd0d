"""Thai typed with the keyboard left in English is understood; English stays English."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.keyboard import _ENGLISH, _THAI, retype
from nlp.lexicon import lexicon

_TYPED = {ord(thai): english for english, thai in zip(_ENGLISH, _THAI, strict=True)}


def typed(thai: str) -> str:
    """What appears when somebody types this without switching the keyboard."""
    return thai.translate(_TYPED)


@pytest.mark.parametrize(
    "meant",
    [
        "ไฟดับ",
        "น้ำไม่ไหล",
        "ถนนเป็นหลุม",
        "ขยะไม่มาเก็บ",
        "น้ำท่วมบ้าน",
        "ไฟไหม้บ้าน ช่วยด้วย",
        "ติดตามเรื่อง",
        "ท่อตัน หน้าบ้าน",
        "สวัสดีครับ",
        "ขอบคุณค่ะ",
    ],
)
def test_what_was_meant(meant: str) -> None:
    assert retype(typed(meant), lexicon()) == meant


@pytest.mark.parametrize(
    "text",
    [
        "hello", "good morning", "ok thanks", "test", "facebook", "line", "wifi", "covid", "street light is broken",
        "help me please", "K7F2-9MQX", "081-555-0142", "https://example.com/abc", "a.b@example.com",
        "", "123", "ไฟดับ", "ok ครับ", "???",
        "the road near the temple has a big hole", "no water since yesterday", "2569-00042",
    ],
)  # fmt: skip
def test_what_is_left_alone(text: str) -> None:
    assert retype(text, lexicon()) is None


@given(st.text(st.sampled_from(_ENGLISH + " \n"), max_size=120))
def test_positions_stay(text: str) -> None:
    turned = retype(text, lexicon())
    assert turned is None or len(turned) == len(text)
