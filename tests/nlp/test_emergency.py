"""Dangers: found in many voices, and left alone when they are past, supposed, rehearsed or a play on words.

All messages are written for these tests.
"""

from __future__ import annotations

import pytest

from nlp.emergency import Alarm, alarm
from nlp.lexicon import lexicon
from nlp.normalise import normalise


def judged(text: str) -> Alarm:
    return alarm(lexicon().scan(normalise(text).text))


DANGER = [
    ("ไฟไหม้บ้านยายคำ มาเร็วๆ", "fire"),
    ("ไฟไหม้ห้องแถวหลังตลาด คนติดอยู่ข้างใน", "fire"),
    ("ไฟใหม้บ้านคับ", "fire"),
    ("ไฟกำลังลามไปบ้านข้างๆแล้ว", "fire"),
    ("ไฟไหม้เฮือน ซ่อยแหน่เด้อ", "fire"),
    ("ไฟไหม้เฮือนเจ้า จ้วยตวย", "fire"),
    ("ไฟไหม้เรินแล้ว ช่วยกันด้วย", "fire"),
    ("ไม่ได้ล้อเล่น ไฟไหม้จริงๆ", "fire"),
    ("ไ ฟ ไ ห ม้ บ้าน", "fire"),
    ("ลูกโดนไฟดูดอยู่หลังบ้าน", "electric"),
    ("ช่างถูกไฟช็อตตกเสา", "electric"),
    ("น้ำป่ามาแล้ว", "flood"),
    ("น้ำท่วมถึงอกแล้ว ออกจากบ้านไม่ได้", "flood"),
    ("ตาป่วยติดเตียง น้ำขึ้นมาก อพยพไม่ไหว น้ำท่วมบ้านแล้ว ติดอยู่", "flood"),
    ("รถชนกันหน้าโรงเรียน มีคนเจ็บ", "accident"),
    ("มอไซล้ม เลือดออกเต็มเลย ด่วนค่ะ", None),
    ("รถตู้พลิกคว่ำตรงโค้งวัด", "accident"),
    ("เด็กจมน้ำที่สระหลังวัด", "drowning"),
    ("หลานตกคลองหายไป", "drowning"),
    ("คนตกท่อ ขึ้นไม่ได้", "rescue"),
    ("ติดอยู่ในลิฟต์ 3 คน", "rescue"),
    ("ตึกถล่มทับคนงาน", None),
    ("แม่หมดสติ ไม่หายใจ", "medical"),
    ("พ่อเจ็บหน้าอก เหงื่อแตก ปากเบี้ยว", "medical"),
    ("เมียจะคลอดลูกแล้ว รถไม่มี", "medical"),
    ("งูกัดลูก ทำไงดี", None),
    ("มีคนถือมีดไล่ฟันคนหน้าตลาด", "crime"),
    ("ผัวซ้อมเมียอยู่ข้างบ้าน เสียงร้องลั่นเลย", "crime"),
    ("ได้ยินเสียงปืนสามนัดหลังวัด", "crime"),
    ("ขโมยกำลังงัดบ้านตรงข้าม", "crime"),
    ("ยายหายออกจากบ้านตั้งแต่เช้า ความจำเสื่อม", "missing"),
    ("ไม่อยากอยู่แล้ว อยากตาย", "suicide"),
    ("มีคนจะกระโดดสะพาน", "suicide"),
    ("แก๊สระเบิดในครัว มีคนเจ็บ", None),
    ("โรงน้ำแข็งแอมโมเนียรั่ว คนสลบหลายคน", None),
    ("ดินถล่มทับบ้าน", None),
    ("ช่วยด้วย", "unknown"),
    ("ช่วยด้วยยยยย!!!", "unknown"),
    ("ไหม้", "fire"),
    ("1669", "medical"),
]
HAZARD = [
    "สายไฟขาดตกอยู่กลางถนน",
    "เสาไฟฟ้าเอียงจะล้มใส่บ้าน",
    "เสาไฟล้มขวางซอย",
    "หม้อแปลงระเบิดไฟดับทั้งซอย",
    "กลิ่นแก๊สแรงมากหลังร้านหมูกระทะ",
    "ฝาท่อหายหน้าโรงเรียน",
    "งูเห่าเข้าบ้าน มาจับที",
    "งูเข้าเฮือน ซอยมาจับแหน่",
    "ต่อหัวเสือทำรังหน้าศาลา",
    "ต้นไม้ใหญ่จะล้มทับศาลา",
    "ไฟไหม้หญ้าข้างทาง ควันเยอะ",
    "สะพานไม้ผุจะพังแล้ว",
    "ไฟรั่วที่ตู้กดน้ำโรงเรียน",
]
NEITHER = [
    # past and over
    "ปีที่แล้วไฟไหม้ตลาด ขอเงินเยียวยา",
    "เมื่อวานรถชนหน้าวัด วันนี้ป้ายยังล้มอยู่",
    "ขอบคุณที่มาดับไฟไหม้เมื่อคืนนะคะ",
    "เคยมีเด็กจมน้ำที่สระนี้ อยากให้ล้อมรั้ว",
    "ไฟดับลงแล้ว ไฟไหม้ไม่ลาม ขอบคุณค่ะ",
    # supposed, feared, asked
    "กลัวไฟไหม้เพราะหญ้ารกมาก",
    "ถ้าไฟไหม้ต้องโทรเบอร์อะไร",
    "ถนนมืด เสี่ยงรถชน",
    "เด็กเกือบโดนรถชนหน้าโรงเรียน",
    "ฝาครอบหลวม อาจมีคนบาดเจ็บได้",
    # rehearsed and equipment
    "ซ้อมดับเพลิงวันไหนครับ",
    "ขอถังดับเพลิงให้หมู่บ้าน",
    "อบรมช่วยคนจมน้ำเด็กเข้าได้ไหม",
    # plays on words and letters that only look like it
    "รถไฟมากี่โมง",
    "ไฟแดงเสียตรงสี่แยก",
    "ขยะใต้ทางด่วนเต็มไปหมด",
    "น้ำมันแพงมาก",
    "ฝนตกน้ำท่วมถนน",
    "ใบไม้ตกน้ำเต็มคลอง",
    "ร้อนจะตายอยู่แล้ว ไฟดับ",
    "เหม็นขยะจนอยากตาย",
    "ไข้เลือดออกระบาด ขอพ่นยุง",
    "ปลาตายลอยเต็มหนอง",
    "ราคานี้ไฟไหม้ฟางแล้วล่ะ",
    "กู้ภัยมาร่วมงานบุญ",
    "ไฟทางดับสามดวง",
    "หลอดไฟขาดหน้าวัด",
    "น้ำไม่ไหลช่วยด้วยครับ",
    "ขอบคุณครับ",
    "",
]


@pytest.mark.parametrize(("text", "kind"), DANGER)
def test_people_in_danger(text: str, kind: str | None) -> None:
    found = judged(text)
    assert (found.grade, found.now) == ("danger", True)
    assert kind is None or found.kind == kind


@pytest.mark.parametrize("text", HAZARD)
def test_what_can_hurt_somebody_soon(text: str) -> None:
    found = judged(text)
    assert (found.grade, found.now) == ("hazard", False)


@pytest.mark.parametrize("text", NEITHER)
def test_no_alarm(text: str) -> None:
    assert judged(text).grade in ("none", "past")


def test_what_is_past_is_said_to_be_past() -> None:
    assert judged("ปีที่แล้วไฟไหม้ตลาด").grade == "past"
    assert judged("ถ้าไฟไหม้ต้องโทรเบอร์อะไร") == Alarm("past", "fire", now=False)


def test_since_yesterday_is_not_yesterday() -> None:
    assert judged("น้ำท่วมตั้งแต่เมื่อวาน ตอนนี้ติดอยู่บนหลังคา").grade == "danger"
    assert judged("เสาไฟล้มตั้งแต่เมื่อวาน").grade == "hazard"


def test_a_danger_at_the_end_of_an_endless_message_is_heard() -> None:
    story = "เรียนท่านนายก ผมมีเรื่องอยากเล่าให้ฟังหลายเรื่อง " * 60
    assert judged(story + "ตอนนี้ไฟไหม้บ้านครับ ช่วยด้วย").grade == "danger"


def test_one_danger_is_not_hidden_by_another_that_is_over() -> None:
    assert judged("เมื่อปีก่อนน้ำท่วม แต่ว่าตอนนี้ที่บ้านแม่หมดสติ เรียกไม่ตื่น ช่วยด้วย").grade == "danger"


def test_three_got_out_and_four_are_still_inside() -> None:
    text = "ขอกู้ภัยด่วนครับ รถรับส่งเด็กตกลงไปในคลอง ช่วยขึ้นมาได้สามคน ที่เหลือยังอยู่ข้างใน"
    assert judged(text).grade == "danger"
    assert judged("เมื่อเช้ารถตกคลอง ช่วยขึ้นมาได้หมดแล้ว ขอบคุณกู้ภัยค่ะ").grade == "past"
