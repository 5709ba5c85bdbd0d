"""Promises of `messages.parts` and `messages.blocks`: what buttons carry, how they look, and that LINE takes it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages import blocks, limits, parts

ANY_TEXT = st.text(max_size=700)
THAI = "กกิ่งไม้พาดสายไฟหน้าวัดสันทรายริมน้ำ"
LABELS = st.text("กขคงจไเแ่้๊็ีืุู abc", min_size=1, max_size=80).filter(str.strip)
ROUTES = st.from_regex(r"[a-z][a-z0-9_.-]{0,20}", fullmatch=True)
FIELDS = st.dictionaries(
    st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True).filter(lambda name: name not in ("m", "route")),
    st.one_of(st.text(max_size=60), st.integers()),
    max_size=5,
)


def every(part: Any, kind: str) -> Iterator[dict[str, Any]]:
    """Each component of this type inside a Flex part."""
    if isinstance(part, dict):
        if part.get("type") == kind:
            yield part
        for inside in part.values():
            yield from every(inside, kind)
    elif isinstance(part, list):
        for inside in part:
            yield from every(inside, kind)


# What buttons carry


def test_packed_data_stays_readable() -> None:
    assert parts.pack("report") == "m=report"
    assert parts.pack("case.take", id=42, run=3) == "m=case.take&id=42&run=3"
    assert parts.pack("f", v="หมู่ 5", note=None) == "m=f&v=หมู่ 5"


@given(ROUTES, FIELDS)
def test_what_is_packed_comes_back(route: str, fields: dict[str, str | int]) -> None:
    try:
        data = parts.pack(route, **fields)
    except ValueError:
        long = {name: str(value) for name, value in fields.items()}
        assert limits.units(f"m={route}&{long}") > 250
        return
    assert limits.units(data) <= 300
    assert parts.unpack(data) == (route, {name: str(value) for name, value in fields.items()})


@pytest.mark.parametrize("route", ["", "A", "m=a", "a&b", "ก", "a b"])
def test_a_malformed_route_is_refused(route: str) -> None:
    with pytest.raises(ValueError, match="no route"):
        parts.pack(route)


def test_data_over_lines_limit_is_refused() -> None:
    assert limits.units(parts.pack("r", v="ก" * 294)) == 300
    with pytest.raises(ValueError, match="301 units"):
        parts.pack("r", v="ก" * 295)


def test_the_name_of_the_route_is_no_field() -> None:
    with pytest.raises(ValueError, match="no name"):
        parts.pack("r", m="other")


@given(st.text())
def test_garbage_never_raises(data: str) -> None:
    route, fields = parts.unpack(data)
    assert route or fields == {}


@pytest.mark.parametrize("data", ["", "m=", "report", "m=a&", "m=a&b", "m=a&m=b", "m=a&x=1&x=2", "x=1&m=a", "m=a&X=1"])
def test_what_was_never_packed_has_no_route(data: str) -> None:
    assert parts.unpack(data) == ("", {})


# Actions


def test_a_tap_is_seen_in_the_chat_unless_asked_not_to() -> None:
    assert parts.tap("รับเรื่อง", "m=a")["displayText"] == "รับเรื่อง"
    assert parts.tap("รับเรื่อง", "m=a", "ฉันรับเรื่องนี้")["displayText"] == "ฉันรับเรื่องนี้"
    assert "displayText" not in parts.tap("รับเรื่อง", "m=a", "")


def test_saying_is_the_label_unless_told() -> None:
    assert parts.say("เมนู")["text"] == "เมนู"
    assert parts.say("เมนู", "ขอเมนู")["text"] == "ขอเมนู"


@pytest.mark.parametrize(
    ("uri", "encoded"),
    [
        ("https://town.example/วัด?q=ก ข", "https://town.example/%E0%B8%A7%E0%B8%B1%E0%B8%94?q=%E0%B8%81%20%E0%B8%82"),
        ("https://town.example/a%20b?x=1&y=2#z", "https://town.example/a%20b?x=1&y=2#z"),
        ("https://town.example/100%", "https://town.example/100%25"),
        ("tel:1669", "tel:1669"),
        ("line://ti/p/@town", "line://ti/p/@town"),
    ],
)
def test_links_go_out_in_plain_ascii(uri: str, encoded: str) -> None:
    assert parts.link("เปิด", uri)["uri"] == encoded


def test_a_host_in_thai_goes_out_as_browsers_send_it() -> None:
    uri = parts.link("เปิด", "https://เทศบาล.ไทย/")["uri"]
    assert uri.isascii()
    assert uri.removeprefix("https://").removesuffix("/").encode().decode("idna") == "เทศบาล.ไทย"


@pytest.mark.parametrize("uri", ["javascript:alert(1)", "file:///etc/passwd", "town.example", "", "ftp://town.example"])
def test_other_schemes_are_refused(uri: str) -> None:
    with pytest.raises(ValueError, match="LINE opens"):
        parts.link("เปิด", uri)


def test_a_call_dials_digits() -> None:
    assert parts.call("โทร", "๐๕๓-111-222 ต่อ 12")["uri"] == "tel:053111222"
    with pytest.raises(ValueError, match="no telephone number"):
        parts.call("โทร", "ไม่มี")


def test_a_date_picker_takes_dates_and_times() -> None:
    action = parts.pick_date("เลือกวัน", "m=d", initial=date(2026, 1, 31), earliest="2026-01-01")
    assert (action["mode"], action["initial"], action["min"]) == ("date", "2026-01-31", "2026-01-01")
    timed = parts.pick_date("เลือก", "m=d", "datetime", latest=datetime(2026, 1, 31, 13, 5))  # noqa: DTZ001 - wall-clock
    assert timed["max"] == "2026-01-31t13:05"
    limits.check([parts.text("วันไหนคะ", action, timed)])


# Messages


def test_quick_replies_are_added_to_those_there_are() -> None:
    before = parts.text("ที่ไหนคะ", parts.location("ส่งตำแหน่ง"))
    after = parts.quick(before, parts.camera("ถ่ายรูป"), parts.camera_roll("เลือกรูป"))
    assert [item["action"]["type"] for item in after["quickReply"]["items"]] == ["location", "camera", "cameraRoll"]
    assert len(before["quickReply"]["items"]) == 1


def test_the_fourteenth_quick_reply_is_refused() -> None:
    parts.text("เลือก", *[parts.say("ก")] * 13)
    with pytest.raises(limits.TooMuch):
        parts.text("เลือก", *[parts.say("ก")] * 14)


@given(LABELS, LABELS)
def test_labels_are_made_to_fit_where_they_stand(label: str, place: str) -> None:
    action = parts.tap(label, "m=a")
    item = parts.text("เลือก", action)["quickReply"]["items"][0]["action"]
    assert limits.clusters(item["label"]) <= 20
    assert limits.clusters(parts.button(action)["action"]["label"]) <= 40
    limits.check([parts.text("เลือก", action), parts.location_card(place, "", 18.79, 98.98)])


def test_media_messages_are_taken_by_line() -> None:
    photo = parts.image("https://town.example/ไฟล์/1.jpg", "https://town.example/1s.jpg")
    limits.check([photo, parts.audio("https://town.example/1.m4a", 3_000), parts.sticker(11537, 52002734)])


# Cards


@given(
    title=ANY_TEXT,
    lines=st.lists(st.one_of(ANY_TEXT, st.tuples(ANY_TEXT, ANY_TEXT)), max_size=6),
    labels=st.lists(LABELS, max_size=3),
    status=st.none() | ANY_TEXT,
    note=st.none() | ANY_TEXT,
)
def test_a_card_of_any_words_is_taken_by_line(
    title: str, lines: list[str | tuple[str, str]], labels: list[str], status: str | None, note: str | None
) -> None:
    buttons = [parts.tap(label, "m=a") for label in labels]
    bubble = parts.card(title, lines, buttons, status=status, header=note, footer_note=note)
    limits.check([parts.flex("เรื่อง 42/69", parts.carousel([bubble]))])


@given(st.lists(st.tuples(ANY_TEXT, ANY_TEXT, LABELS | st.none()), max_size=7))
def test_a_summary_of_any_words_is_taken_by_line(rows: list[tuple[str, str, str | None]]) -> None:
    made = [(name, value, parts.tap(label, "m=e") if label else None) for name, value, label in rows]
    bubble = parts.summary("ตรวจดูอีกครั้ง", made, [parts.tap("ส่งเรื่อง", "m=a")])
    limits.check([parts.flex("ตรวจดูอีกครั้ง", bubble)])


def test_ten_long_cases_fit_one_carousel() -> None:
    rows = [("ที่ไหน", THAI * 4), ("ล่าสุด", THAI * 4), ("กำหนด", "5 ธันวาคม 2568")]
    buttons = [parts.tap(label, parts.pack("case", id=42)) for label in ("ดูทั้งหมด", "เพิ่มข้อมูล", "ถอนเรื่อง")]
    bubble = parts.card(THAI, [THAI * 30, *rows], buttons, status="กำลังดำเนินการ", header="เรื่อง 42/69")
    limits.check([parts.flex("เรื่องของท่าน", parts.carousel([bubble] * 10))])


def test_letters_on_cards_are_large_and_wrap() -> None:
    bubble = parts.card(THAI, [THAI, ("ที่ไหน", THAI)], [], status="ใหม่", header="กองช่าง", footer_note=THAI)
    found = list(every(bubble, "text"))
    assert len(found) == 7
    for part in found:
        assert part["size"] in ("md", "lg", "xl")
        assert part["wrap"] is True
        assert part["scaling"] is True


def test_every_row_of_a_summary_can_be_tapped() -> None:
    edit = [parts.tap("แก้ไข", parts.pack("f.edit", s=step)) for step in ("detail", "place")]
    bubble = parts.summary("ตรวจดู", [("เรื่อง", "ไฟดับ", edit[0]), ("ที่ไหน", "หน้าวัด", edit[1]), ("รูป", "", None)])
    assert [box["action"]["data"] for box in every(bubble, "box") if "action" in box] == [a["data"] for a in edit]
    words = [part["text"] for part in every(bubble, "text")]
    assert words.count("แก้ไข") == 2
    assert words[-1] == blocks.NOTHING


def test_the_first_button_is_the_one_meant() -> None:
    made = parts.button(parts.say("ค"), "link")
    bubble = parts.card("ก", [], [parts.say("ก"), parts.say("ข"), made], colour=parts.RED)
    assert [(b["style"], b["color"]) for b in every(bubble, "button")] == [
        ("primary", parts.RED),
        ("secondary", parts.STONE),
        ("link", parts.BLUE),
    ]


def test_a_picture_stands_over_the_card() -> None:
    bubble = parts.card("ก", [], hero="https://town.example/1.jpg")
    assert bubble["hero"]["url"] == "https://town.example/1.jpg"
    limits.check([parts.flex("ก", bubble)])


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(
    ("letters", "ground"),
    [
        *((parts.PAPER, ground) for ground in (parts.TEAL, parts.BLUE, parts.AMBER, parts.PURPLE)),
        *((parts.PAPER, ground) for ground in (parts.GREEN, parts.GREY, parts.RED)),
        *((letters, parts.PAPER) for letters in (parts.INK, parts.QUIET, parts.BLUE)),
        ("#111111", parts.STONE),  # LINE's own letters on a secondary button
    ],
)
def test_contrast_is_enough_for_old_eyes(letters: str, ground: str) -> None:
    light, dark = sorted((_luminance(letters), _luminance(ground)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5
