"""Promises of `messages.limits`: it counts as LINE counts, never cuts a Thai cluster, and refuses what LINE refuses."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from openapi_schema_validator import OAS30Validator
from referencing import Registry
from referencing.jsonschema import DRAFT4

from messages import limits, parts
from simulator.checks import problems

STRICT = Path(__file__).parents[2] / "shared" / "spec" / "line-openapi" / "messaging-api.strict.yml"
#: Thai with towers of marks, Latin, emoji made of several code points, and breaks.
MIXED = st.text(st.sampled_from([*"กขนมเแไ่้๊๋็ัิีึืุูำาะ 123abc\n", "😀", "👩", "\u200d", "🌾", "🇹", "🇭"]), max_size=120)


def whole(head: str, text: str) -> bool:
    """Whether `head` ends where a cluster of `text` ends."""
    rest = text[len(head) :]
    return text.startswith(head) and limits.clusters(head) + limits.clusters(rest) == limits.clusters(text)


# Counting and cutting


def test_counts_as_line_counts() -> None:
    assert limits.units("ที่") == 3
    assert limits.clusters("ที่") == 1
    assert limits.units("😀") == 2
    assert limits.clusters("ติดตามสถานะเรื่องที่แจ้งไว้") == 20


@given(MIXED)
def test_units_are_those_of_utf_16(text: str) -> None:
    assert limits.units(text) == len(text.encode("utf-16-le")) // 2


@given(MIXED, st.integers(1, 60))
def test_a_cut_text_fits_and_no_cluster_is_broken(text: str, most: int) -> None:
    short = limits.cut(text, most)
    assert limits.units(short) <= most
    if limits.units(text) <= most:
        assert short == text
    else:
        assert short.endswith("…")
        head = short.removesuffix("…")
        dropped = re.match("[เแโใไ\\s]*", text[len(head) :])
        assert dropped is not None
        assert any(whole(head + dropped.group()[:more], text) for more in range(len(dropped.group()) + 1))


def test_a_cut_never_leaves_half_a_letter() -> None:
    assert limits.cut("บ้านไม้", 5) == "บ้าน…"
    assert limits.cut("บ้านไม้", 6) == "บ้าน…"
    assert limits.split("บ้านไม้", 5) == ["บ้าน", "ไม้"]


def test_nothing_fits_nothing() -> None:
    with pytest.raises(ValueError, match="nothing fits"):
        limits.cut("ก", 0)


@given(MIXED, st.integers(1, 40))
def test_a_label_fits_on_one_line(text: str, most: int) -> None:
    label = limits.fit_label(text, most)
    assert limits.clusters(label) <= most
    assert "\n" not in label
    assert " ".join(text.split()).startswith(label.removesuffix("…"))


def test_a_label_that_fits_stays() -> None:
    assert limits.fit_label("ติดตามสถานะเรื่องที่แจ้งไว้") == "ติดตามสถานะเรื่องที่แจ้งไว้"
    assert limits.fit_label("ติดตามสถานะเรื่องที่แจ้งไว้นะ") == "ติดตามสถานะเรื่องที่แจ้ง…"


@given(MIXED, st.integers(2, 60))
def test_the_parts_of_a_split_text_hold_all_of_it(text: str, most: int) -> None:
    found = limits.split(text, most)
    assert all(0 < limits.units(part) <= most for part in found)
    assert "".join("".join(found).split()) == "".join(text.split())


@given(
    st.lists(st.sampled_from(["กิ่ง", "ไม้", "น้ำ", "ที่", "ผู้", "ใหญ่", " ", "\n", "👩‍🌾"])).map("".join), st.integers(6, 40)
)
def test_a_text_is_split_between_clusters(text: str, most: int) -> None:
    rest = text.strip()
    for part in limits.split(text, most):
        assert whole(part, rest)
        rest = rest[len(part) :].lstrip()
    assert rest == ""


def test_a_long_text_breaks_at_its_lines() -> None:
    first, second = "ก" * 3_000, "ข" * 3_000
    assert limits.split(f"{first}\n{second}") == [first, second]
    assert limits.split("") == []
    with pytest.raises(ValueError, match="cannot be split"):
        limits.split("😀", 1)


# What LINE refuses

LONG = "ก" * 1_501
BUTTON: dict[str, Any] = {"type": "button", "action": {"type": "message", "label": "ก", "text": "ก"}}


def flexed(*contents: dict[str, Any], layout: str = "vertical", **bubble: Any) -> dict[str, Any]:
    body = {"type": "box", "layout": layout, "contents": list(contents)}
    return {"type": "flex", "altText": "ก", "contents": {"type": "bubble", "body": body, **bubble}}


def replying(**action: Any) -> dict[str, Any]:
    return {"type": "text", "text": "ก", "quickReply": {"items": [{"type": "action", "action": action}]}}


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "unknown type": ({"type": "poem"}, "messages[0]"),
    "type of no text": ({"type": ["text"]}, "messages[0]"),
    "no text": ({"type": "text"}, "messages[0]"),
    "blank text": ({"type": "text", "text": " \n"}, "messages[0].text"),
    "long text": ({"type": "text", "text": "ก" * 5_001}, "messages[0].text"),
    "text of 2,501 emoji": ({"type": "text", "text": "😀" * 2_501}, "messages[0].text"),
    "unknown property": ({"type": "text", "text": "ก", "color": "red"}, "messages[0].color"),
    "long alt text": ({**flexed(), "altText": LONG}, "messages[0].altText"),
    "raw Thai in an address": (replying(type="uri", label="ก", uri="https://a.example/ก"), ".action.uri"),
    "script address": (replying(type="uri", label="ก", uri="javascript:x"), ".action.uri"),
    "long label": (replying(type="message", label="ก" * 21, text="ก"), ".action.label"),
    "no label": (replying(type="message", text="ก"), ".action"),
    "long data": (replying(type="postback", label="ก", data="ก" * 301), ".action.data"),
    "long shown text": (replying(type="postback", label="ก", data="ก", displayText="ก" * 301), ".displayText"),
    "14 quick replies": ({**replying(), "quickReply": {"items": [1] * 14}}, "quickReply.items"),
    "no quick reply": ({**replying(), "quickReply": {"items": []}}, "quickReply.items"),
    "camera on a card": (flexed({**BUTTON, "action": {"type": "camera", "label": "ก"}}), ".action"),
    "button without action": (flexed({"type": "button"}), "contents[0]"),
    "flex label of 41": (flexed({**BUTTON, "action": {"type": "message", "label": "ก" * 41, "text": "ก"}}), ".label"),
    "blank flex text": (flexed({"type": "text", "text": ""}), "contents[0].text"),
    "huge bubble": (flexed(size="huge"), ".size"),
    "button in a baseline": (flexed(BUTTON, layout="baseline"), "contents[0]"),
    "icon in a column": (flexed({"type": "icon", "url": "https://a.example/i.png"}), "contents[0]"),
    "colour by name": (flexed({"type": "text", "text": "ก", "color": "red"}), ".color"),
    "size by name": (flexed({"type": "text", "text": "ก", "size": "large"}), ".size"),
    "bubble of 31 KB": (flexed(*[{"type": "text", "text": "ก" * 3_500}] * 3), "messages[0].contents"),
    "13 bubbles": ({**flexed(), "contents": parts.carousel([parts.card("ก", [])] * 13)}, ".contents"),
    "empty bubble": ({**flexed(), "contents": {"type": "bubble"}}, "messages[0].contents"),
    "carousel of two sizes": (
        {**flexed(), "contents": parts.carousel([parts.card("ก", []), {**parts.card("ก", []), "size": "giga"}])},
        "messages[0].contents",
    ),
    "carousel of 51 KB": (
        {**flexed(), "contents": parts.carousel([parts.card("ก", ["ก" * 400] * 5)] * 9)},
        "messages[0].contents",
    ),
    "picture by http": (
        {"type": "image", "originalContentUrl": "http://a.example/1", "previewImageUrl": "https://a.example/1"},
        ".originalContentUrl",
    ),
    "place beyond the pole": (
        {"type": "location", "title": "ก", "address": "ก", "latitude": 91.0, "longitude": 0.0},
        ".latitude",
    ),
    "sender called LINE": ({"type": "text", "text": "ก", "sender": {"name": "Line ของเรา"}}, ".sender.name"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_line_refuses_is_refused_with_its_place_and_page(name: str) -> None:
    message, path = REFUSED[name]
    with pytest.raises(limits.TooMuch) as refused:
        limits.check([message])
    assert path in refused.value.path
    assert "https://developers.line.biz/en/reference/messaging-api/#" in refused.value.rule


def test_one_to_five_messages() -> None:
    limits.check([parts.text("ก")] * 5)
    for messages in ([], [parts.text("ก")] * 6):
        with pytest.raises(limits.TooMuch, match="1 to 5"):
            limits.check(messages)


def test_a_thai_label_is_counted_by_what_is_seen() -> None:
    limits.check([parts.text("ก", parts.say("ติดตามสถานะเรื่องที่แจ้งไว้"))])


def test_the_demo_may_show_pictures_of_this_machine() -> None:
    limits.check([parts.image("http://127.0.0.1:8000/p/1.jpg", "http://localhost:8000/p/1s.jpg")])
    with pytest.raises(limits.TooMuch):
        limits.check([parts.image("http://localhost.example/p/1.jpg", "https://a.example/1s.jpg")])


# Against LINE's own description

SAMPLES: dict[str, list[dict[str, Any]]] = {
    "text with every quick reply": [
        parts.text(
            "ที่ไหนคะ",
            *(parts.location("ส่งตำแหน่ง"), parts.camera("ถ่ายรูป"), parts.camera_roll("เลือกรูป"), parts.say("ข้าม")),
            *(parts.tap("หมู่ 3", parts.pack("f", v="3")), parts.link("แผนที่", "https://town.example/วัด")),
            *(parts.call("โทร", "1669"), parts.pick_date("วันไหน", "m=d", initial="2026-01-31")),
        )
    ],
    "cards": [
        parts.flex(
            "เรื่องของท่าน",
            parts.carousel(
                [
                    parts.card(
                        "ไฟหน้าวัดดับ",
                        ["มืดมาก", ("ที่ไหน", "หน้าวัด")],
                        [parts.tap("รับเรื่อง", "m=a"), parts.say("เมนู")],
                        status="กำลังดำเนินการ",
                        header="เรื่อง 42/69",
                        hero="https://town.example/1.jpg",
                        footer_note="ครบกำหนด 5 ธ.ค. 68",
                    ),
                    parts.summary("ตรวจดู", [("เรื่อง", "ไฟ", parts.tap("แก้ไข", "m=e")), ("รูป", "", None)]),
                ]
            ),
        )
    ],
    "the rest": [
        parts.image("https://town.example/1.jpg", "https://town.example/1s.jpg"),
        parts.audio("https://town.example/1.m4a", 3_000),
        parts.location_card("หน้าวัด", "", 18.79, 98.98),
        parts.sticker(11537, 52002734),
    ],
}


@pytest.fixture(scope="module")
def judge() -> OAS30Validator:
    """LINE's published description of a push, made strict."""
    if not STRICT.exists():
        pytest.skip("../shared is absent: the messages are not judged by LINE's description")
    description = yaml.load(STRICT.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    registry: Registry[Any] = Registry().with_resource("line", DRAFT4.create_resource(description))
    return OAS30Validator({"$ref": "line#/components/schemas/PushMessageRequest"}, registry=registry)


@pytest.mark.shared
@pytest.mark.parametrize("name", SAMPLES)
def test_what_is_built_fits_lines_own_description(judge: OAS30Validator, name: str) -> None:
    limits.check(SAMPLES[name])
    judge.validate({"to": "U" + "0" * 32, "messages": SAMPLES[name]})
    with pytest.raises(Exception, match="poem"):  # the judge does judge
        judge.validate({"to": "U" + "0" * 32, "messages": [{"type": "poem"}]})


@pytest.mark.parametrize("name", SAMPLES)
def test_the_simulator_takes_what_is_built(name: str) -> None:
    assert problems("push", {"to": "U" + "0" * 32, "messages": SAMPLES[name]}) == []


@pytest.mark.parametrize("name", sorted(REFUSED.keys() - {"blank text"}))  # LINE does not say whether blanks are a text
def test_the_simulator_was_written_apart_and_refuses_the_same(name: str) -> None:
    assert problems("push", {"to": "U" + "0" * 32, "messages": [REFUSED[name][0]]})
