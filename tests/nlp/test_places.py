"""Where: villages by number and name, houses, soi, roads, landmarks, positions in every writing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.normalise import normalise
from nlp.places import coordinates, find, moos
from nlp.types import Context, NamedPlace, Village

TOWN = Context(
    now=datetime(2026, 11, 20, tzinfo=UTC),
    villages=(Village(3, "บ้านสันทราย"), Village(7, "หนองแวง"), Village(9, "ดอน")),
    places=(NamedPlace("วัดสันทราย", ("วัดใหญ่",), 3, 18.81, 98.91), NamedPlace("ตลาดเช้า")),
    centre=(18.8, 98.95),
)


def place(text: str) -> dict[str, Any]:
    found = find(normalise(text), TOWN)
    if found is None:
        return {}
    return {name: value for name in found.__slots__ if (value := getattr(found, name)) is not None}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("หมู่ 5 น้ำไม่ไหล", {"moo": 5, "text": "หมู่ 5"}),
        ("หมู่ที่ ๙", {"moo": 9}),
        ("หมู่ห้าไฟดับ", {"moo": 5}),
        ("ม.3 ต.ตัวอย่าง", {"moo": 3}),
        ("ไฟดับ ม3 ครับ", {"moo": 3}),
        ("99/1 ม.5", {"moo": 5, "house": "99/1"}),
        ("บ้านเลขที่ 12 ซอยร่วมใจ 3 ถนนประชาอุทิศ", {"house": "12", "soi": "ร่วมใจ 3", "road": "ประชาอุทิศ"}),
        ("ซอย 2 ไฟดับ", {"soi": "2"}),
        ("ใน ซ.3 มืดมาก", {"soi": "3"}),
        ("หน้าตลาดสดเทศบาลขยะล้น", {"landmark": "ตลาดสดเทศบาล", "text": "หน้าตลาดสดเทศบาล"}),
        ("ถนนเป็นหลุมหน้าร้านป้าแดง", {"landmark": "ร้านป้าแดง"}),
        ("ทางหลวงหมายเลข 12 เป็นหลุม", {"road": "12"}),
        ("ไฟหน้าวัดสันทรายดับ", {"landmark": "วัดสันทราย", "moo": 3, "lat": 18.81, "lon": 98.91}),
        ("แถววัดใหญ่", {"landmark": "วัดสันทราย"}),
        ("บ้านหนองแวงถนนพัง", {"moo": 7}),
        ("แถวหนองแวง", {"moo": 7}),
        ("บ้านดอนน้ำไม่ไหล", {"moo": 9}),
        ("ขยะเต็มตลาดเช้า", {"landmark": "ตลาดเช้า"}),
        ("18.812345, 98.912345", {"lat": 18.812345, "lon": 98.912345, "text": "18.81235, 98.91235"}),
    ],
)
def test_places(text: str, expected: dict[str, Any]) -> None:
    found = place(text)
    assert {name: found.get(name) for name in expected} == expected


@pytest.mark.parametrize(
    "text",
    ["หมู่สามัคคี", "ลูกเรียนชั้น ม.3", "ยาว 5 ม. 3 จุด", "ไฟดับทั้งหมู่บ้าน", "ถนนหน้าบ้านพัง", "เขาขึ้นดอนแล้ว", "สวัสดีครับ", ""],
)
def test_what_is_no_place(text: str) -> None:
    assert place(text) == {}


def test_a_list_of_villages() -> None:
    assert moos(normalise("หมู่ 5 6 7 น้ำไม่ไหล")) == (5, 6, 7)
    assert moos(normalise("หมู่ 3 และ หมู่ 8")) == (3, 8)
    assert moos(normalise("หมู่ 3 ไฟดับ 2 ดวง")) == (3,)


@pytest.mark.parametrize(
    ("text", "lat", "lon"),
    [
        ("98.912345,18.812345", 18.812345, 98.912345),  # the wrong way round
        ("https://www.google.com/maps/place/x/@18.8,98.9,17z/data=!3m1!4b1!3d18.8123!4d98.9123", 18.8123, 98.9123),
        ("https://maps.google.com/?q=18.81,98.91", 18.81, 98.91),
        ("https://www.google.com/maps/search/?api=1&query=18.81%2c98.91", 18.81, 98.91),
        ("https://www.google.com/maps/@18.8111,98.9222,17z", 18.8111, 98.9222),
        ("18°48'44.4\"N 98°54'44.4\"E", 18.812333, 98.912333),
        ("7MCWRW66+WW", 18.8123, 98.9123),
        ("rw66+ww เมืองตัวอย่าง", 18.8123, 98.9123),  # short: the town's middle completes it
    ],
)
def test_positions(text: str, lat: float, lon: float) -> None:
    found = coordinates(normalise(text).text, (18.8, 98.95))
    assert found == pytest.approx((lat, lon), abs=1e-4)


@pytest.mark.parametrize("text", ["48.858370, 2.294481", "1.5 ถึง 2.5 เมตร", "RW66+WW", "v1.234.567"])
def test_positions_that_are_not_believed(text: str) -> None:
    assert coordinates(normalise(text).text) is None


def test_a_shortened_link_tells_no_place() -> None:
    assert place("https://maps.app.goo.gl/AbC123") == {}


@given(st.floats(5.7, 20.4), st.floats(97.4, 105.6), st.booleans())
def test_every_position_in_thailand_is_read(lat: float, lon: float, swapped: bool) -> None:
    pair = (lon, lat) if swapped else (lat, lon)
    found = coordinates(f"{pair[0]:.6f}, {pair[1]:.6f}")
    assert found == pytest.approx((lat, lon), abs=1e-5)


@given(st.text(st.sampled_from("หมู่ซอยถนนม.0123456789/, วัดหน้า+@!d.°"), max_size=200))
def test_any_text_is_survived(text: str) -> None:
    place(text)
