"""Understanding whole messages: many voices, one interface. All messages are written for these tests."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp import Context, NamedPlace, Understanding, Village, understand
from nlp.labels import CATEGORIES, DEPARTMENTS
from nlp.types import Emergency, Intent, Urgency

LETTERS = st.characters(min_codepoint=0x0E01, max_codepoint=0x0E4E) | st.sampled_from("abc 019/.\n😀,")
CONTEXT = Context(
    now=datetime(2026, 11, 20, 3, tzinfo=UTC),
    villages=(Village(3, "สันทราย"),),
    places=(NamedPlace("วัดสันทราย", (), 3, 18.81, 98.91),),
    centre=(18.8, 98.9),
)


def read(text: str) -> Understanding:
    return understand(text, CONTEXT)


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("ไฟทางหน้าวัดดับ", "streetlight"),
        ("ไฟกิ่งบ่แจ้งเด้อ มืดตึ๊ดตื๋อ", "streetlight"),
        ("น้ำไม่ไหล", "water_supply"),
        ("น้ามไม่ไหล 3 วันแล้วคับ", "water_supply"),
        ("น้ำบ่ไหลเด้อ", "water_supply"),
        ("น้ำม่ายไหล", "water_supply"),
        ("ohew,jws]", "water_supply"),  # น้ำไม่ไหล with the keyboard left in English
        ("ถนนเป็นหลุมเป็นบ่อ", "road"),
        ("ถนนน้ำท่วมรถผ่านไม่ได้", "flood"),
        ("ขยะล้นถังเหม็นมาก", "waste"),
        ("ขี้เหยื้อเต็มหน้าเฮือน", "waste"),
        ("รถขยะไม่มาเก็บสองอาทิตย์แล้ว 😡😡", "waste"),
        ("หมาจรจัดไล่กัดเด็ก", "stray_animal"),
        ("ท่อระบายน้ำตัน", "drain"),
        ("ร้านเหล้าเปิดเพลงดังทั้งคืน", "noise"),
        ("เผาขยะควันเข้าบ้าน", "air"),
        ("แม่ค้าตั้งแผงลอยขวางทางเท้า", "obstruction"),
        ("เบี้ยผู้สูงอายุเดือนนี้ยังไม่เข้า", "welfare"),
        ("เสียภาษีที่ดินวันไหน", "tax_fee"),
        ("แจ้งเกิดลูกใช้เอกสารอะไรบ้าง", "registration"),
        ("ไข้เลือดออกระบาด ขอพ่นยุง", "public_health"),
        ("ขยะ", "waste"),
    ],
)
def test_the_matter(text: str, category: str) -> None:
    assert read(text).categories[0].code == category


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("สวัสดีครับ", "greeting"),
        ("ขอบคุณมากค่ะ", "thanks"),
        ("เรื่องที่แจ้งไว้เงียบเลย", "status"),
        ("เรื่องที่แจ้งถึงไหนแล้วคะ", "status"),
        ("ไฟถนนดับช่วยมาซ่อมด้วย", "complaint"),
        ("เปิดกี่โมงคะ", "question"),
        ("โหวตโครงการยังไง", "vote"),
        ("ขอเสนอโครงการก่อสร้างถนนเข้าแผนพัฒนา", "proposal"),
        ("ไฟไหม้บ้าน ช่วยด้วย", "emergency"),
    ],
)
def test_the_intent(text: str, intent: str) -> None:
    understood = read(text)
    assert understood.intent == intent
    assert not understood.unsure


@pytest.mark.parametrize(
    "text",
    [
        "ไอ้เหี้ย ไฟดับอีกแล้ว กูทนไม่ไหวแล้ว",
        "ถนนแม่งพังมาเป็นปี ทำงานกันส้นตีนมาก",
        "น้ำไม่ไหลสัส เมื่อไหร่จะมาซ่อมวะ",
        "ห่วยแตก ขยะไม่มาเก็บเลยโว้ย",
        "ควายมากินข้าวในนา",
        "ตัวเหี้ยเข้าบ้านครับ",
        "หมาตายกลางถนน",
        "โคตรห่วย ถนนเพิ่งทำก็พัง",
        "อีคนรับเรื่องหน้าปลวก ตวาดยายกูต่อหน้าคนเป็นสิบที่ห้องจ่ายตังค์",
        "ไอ้หมาเวรของเพื่อนบ้านแม่งหอนทั้งคืน กูไม่ได้หลับได้นอนมาเป็นเดือน",
    ],
)
def test_an_angry_complaint_is_a_complaint(text: str) -> None:
    assert read(text).intent == "complaint"


@pytest.mark.parametrize("text", ["ไอ้ควาย", "ไอ้สัส", "เหี้ย", "ควยเหอะ", "อีดอก"])
def test_pure_swearing_is_abuse(text: str) -> None:
    understood = read(text)
    assert understood.intent == "abuse"
    assert understood.abusive


@pytest.mark.parametrize(
    "text", ["หมาตายหน้าวัด", "เวรยามหมู่บ้าน", "สัตว์จรจัดเยอะ", "ตัวเหี้ยเข้าเล้าไก่", "กู้ภัยอยู่ไหน", "จังหวัดไหนคะ", "แกงกะหรี่หก"]
)
def test_innocent_words_are_no_swearing(text: str) -> None:
    assert not read(text).abusive


@pytest.mark.parametrize(
    ("text", "sensitive"),
    [
        ("เจ้าหน้าที่เรียกเงินใต้โต๊ะ", "corruption"),
        ("มีคนขายยาบ้าท้ายซอย", "drugs"),
        ("พ่อเลี้ยงข่มขืนลูก", "abuse"),
        ("อยากตาย ไม่อยากอยู่แล้ว", "self_harm"),
        ("ผู้มีอิทธิพลขู่ฆ่า", "violence"),
        ("ไฟถนนดับ", None),
        ("หายาแก้ปวดที่ รพ.สต. ได้ไหม", None),
    ],
)
def test_what_must_stay_hidden(text: str, sensitive: str | None) -> None:
    assert read(text).sensitive == sensitive


def test_a_danger_is_decided_by_rules_and_routed_at_once() -> None:
    understood = read("ไฟไหม้บ้านหน้าวัดสันทราย")
    assert (understood.emergency, understood.emergency_kind) == ("danger", "fire")
    assert (understood.intent, understood.urgency) == ("emergency", "high")
    assert understood.categories[0].code == "disaster"
    assert understood.departments[0].code == "DISASTER"
    assert understood.place is not None
    assert understood.place.landmark == "วัดสันทราย"


@pytest.mark.parametrize(
    ("text", "agency"),
    [
        ("ไฟดับทั้งหมู่บ้าน หม้อแปลงมีเสียงดัง", "pea"),
        ("ทางหลวงหมายเลข 12 เป็นหลุม", "doh"),
        ("พ่อหมดสติ เรียกไม่ตื่น", "hospital"),
        ("สายสื่อสารห้อยหน้าบ้าน", "telecom"),
        ("ขยะไม่มาเก็บ", None),
    ],
)
def test_whose_it_is(text: str, agency: str | None) -> None:
    assert read(text).agency == agency


def test_everything_of_one_message() -> None:
    text = "เเจ้งไฟทางดับหน้าวัดสันทรายตั้งแต่เมื่อวาน ขยะก็ไม่มาเก็บ โทร ๐๘๑-๕๕๕-๐๑๔๒ ค้าบบบบบ"
    understood = read(text)
    assert [problem.categories[0].code for problem in understood.problems] == ["streetlight", "waste"]
    assert understood.place is not None
    assert understood.place.moo == 3
    (mention,) = understood.dates
    assert (mention.day, text[mention.start : mention.end]) == (date(2026, 11, 19), "เมื่อวาน")
    (pii,) = understood.pii
    assert text[pii.start : pii.end] == "๐๘๑-๕๕๕-๐๑๔๒"


def test_personal_data_typed_on_the_wrong_keyboard_is_still_covered() -> None:
    text = "0815550142"
    assert [text[pii.start : pii.end] for pii in read(text).pii] == [text]


@pytest.mark.parametrize("text", ["", " ", "\n", "?", "😀", "ๆ", "่", "\x00", "ก" * 6_000, "ไฟไหม้" * 900, "1" * 5_000])
def test_any_message_is_answered(text: str) -> None:
    read(text)


@settings(max_examples=60, deadline=None)
@given(
    st.text(st.characters(min_codepoint=0x0E01, max_codepoint=0x0E4E) | st.sampled_from("abc 019/.\n😀,"), max_size=300)
)
def test_every_field_keeps_its_promise(text: str) -> None:
    understood = read(text)
    assert understood.intent in get_args(Intent)
    assert understood.emergency in get_args(Emergency)
    assert understood.urgency in get_args(Urgency)
    assert 0 <= understood.intent_p <= 1
    for ranked, codes in ((understood.categories, CATEGORIES), (understood.departments, DEPARTMENTS)):
        assert {one.code for one in ranked} <= set(codes)
        assert [one.p for one in ranked] == sorted((one.p for one in ranked), reverse=True)
        assert sum(one.p for one in ranked) == pytest.approx(1, abs=1e-6)
    assert (understood.emergency == "danger") == (understood.intent == "emergency")
    assert len(understood.problems) != 1
    spans = [(pii.start, pii.end) for pii in understood.pii] + [(day.start, day.end) for day in understood.dates]
    assert all(0 <= start < end <= len(text) for start, end in spans)
