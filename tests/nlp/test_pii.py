"""Personal data: found with true positions, covered in public, and nothing else taken for it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.pii import COVERS, find, mask, valid_id
from nlp.types import PiiKind

# All people, numbers and plates are invented.
FOUND: list[tuple[str, PiiKind, str]] = [
    ("โทร 081-555-0142 ครับ", "phone", "081-555-0142"),
    ("เบอร์ ๐๘๑ ๕๕๕ ๐๑๔๒", "phone", "๐๘๑ ๕๕๕ ๐๑๔๒"),
    ("0 8 1 5 5 5 0 1 4 2", "phone", "0 8 1 5 5 5 0 1 4 2"),
    ("ติดต่อ 0815550142ค่ะ", "phone", "0815550142"),
    ("+66 81 555 0142", "phone", "+66 81 555 0142"),
    ("+66815550142", "phone", "+66815550142"),
    ("081.555.0142", "phone", "081.555.0142"),
    ("053-555014 ต่อ 12", "phone", "053-555014"),
    ("02-555-0142", "phone", "02-555-0142"),
    ("เบอร์โทร 8155501", "phone", "8155501"),
    ("เลขบัตร 1-2345-67890-12-1", "id", "1-2345-67890-12-1"),
    ("1234567890121", "id", "1234567890121"),
    ("9999999999999", "id", "9999999999999"),
    ("๑๒๓๔๕๖๗๘๙๐๑๒๑", "id", "๑๒๓๔๕๖๗๘๙๐๑๒๑"),
    ("๑ ๒๓๔๕ ๖๗๘๙๐ ๑๒ ๑", "id", "๑ ๒๓๔๕ ๖๗๘๙๐ ๑๒ ๑"),
    ("1 2 3 4 5 6 7 8 9 0 1 2 1", "id", "1 2 3 4 5 6 7 8 9 0 1 2 1"),
    ("บัตรประชาชน1234567890121ค่ะ", "id", "1234567890121"),
    ("บัตร 12345 6789 0122", "id", "12345 6789 0122"),
    ("1/2345/67890/12/2", "id", "1/2345/67890/12/2"),
    ("โทร 081_555_0142", "phone", "081_555_0142"),
    ("081 - 555 - 0142 ค่ะ", "phone", "081 - 555 - 0142"),
    ("บช. 123-4-56789-0", "account", "123-4-56789-0"),
    ("สิบล้อ 82-1234 สระบุรี", "plate", "82-1234"),
    ("กข 1234 จอดทับทางเท้า", "plate", "กข 1234"),
    ("ผมนายสมมุติ ใจงาม", "name", "นายสมมุติ ใจงาม"),
    ("ชื่อนายก้อง ใจงาม", "name", "นายก้อง ใจงาม"),
    ("บัญชีกรุงไทย 123-4-56789-0", "account", "123-4-56789-0"),
    ("เลขบัญชี 1234567890", "account", "1234567890"),
    ("ธกส 012345678901", "account", "012345678901"),
    ("ทะเบียน กข 1234 ขอนแก่น", "plate", "กข 1234"),
    ("รถทะเบียนกข1234", "plate", "กข1234"),
    ("เลขทะเบียน 1กข 234", "plate", "1กข 234"),
    ("รถกระบะสีขาว 1กข 234", "plate", "1กข 234"),
    ("กข 1234 เชียงใหม่ จอดขวาง", "plate", "กข 1234"),
    ("ทะเบียนรถ 82-1234", "plate", "82-1234"),
    ("นายสมมุติ ใจงาม แจ้งว่า", "name", "นายสมมุติ ใจงาม"),
    ("น.ส.มาลี รักสงบ 12", "name", "น.ส.มาลี รักสงบ"),
    ("คุณสมศรีโทรมา", "name", "คุณสมศรี"),
    ("ผู้ใหญ่บ้านนายบุญมาก เรียกเงิน", "name", "นายบุญมาก"),
    ("ผมชื่อสมชาย ใจดีมาก", "name", "สมชาย ใจดีมาก"),
    ("ด.ช.ปกรณ์ มีสุข หาย", "name", "ด.ช.ปกรณ์ มีสุข"),
    ("บ้านเลขที่ 99/1 ไฟดับ", "house", "99/1"),
    ("99/1 หมู่ 5", "house", "99/1"),
    ("12 ม.5 ต.ตัวอย่าง", "house", "12"),
    ("somsri@example.com", "email", "somsri@example.com"),
    ("ไลน์ somsri_99", "line", "somsri_99"),
    ("line id: abc.def", "line", "abc.def"),
]
NOTHING = [
    "นายกเทศมนตรีมาดู",
    "นายช่างโยธา",
    "นายทะเบียนไม่อยู่",
    "นายอำเภอนางรอง",
    "คุณภาพน้ำแย่",
    "นางพยาบาลใจดี",
    "ขอบพระคุณค่ะ คุณครูด้วย",
    "งบ 5 แสนบาท",
    "งบประมาณ 1,500,000 บาท",
    "เลขเรื่อง 2569-00042",
    "โทร 1669 หรือ 191",
    "พิกัด 13.756331, 100.501762",
    "18.081555, 98.912345",
    "วันที่ 15/11/2568 เวลา 18.30 น.",
    "หมู่ 5 6 7 น้ำไม่ไหล",
    "ไฟดับ 3 คืนแล้ว 12 ดวง",
    "ซอย 4 หน้าวัด เสาต้นที่ 2",
    "แอดไลน์แล้วนะครับ line official",
    "ถนน 2 เลน ยาว 1234 เมตร",
    "ป้ายรถเมล์พัง",
    "ป้ายบอก 20 เก็บ 50",
    "นัดวันที่ 06-12-2568 10.30 น.",
    "ถนนสาย ขก 1002 วิ่งไม่ได้",
    "นายกไม่มาดูเลย",
    "แม่ชื่อเสียงดี",
]


@pytest.mark.parametrize(("text", "kind", "words"), FOUND)
def test_found_where_it_stands(text: str, kind: PiiKind, words: str) -> None:
    assert [(pii.kind, text[pii.start : pii.end]) for pii in find(text)] == [(kind, words)]


@pytest.mark.parametrize("text", NOTHING)
def test_what_is_nobodys(text: str) -> None:
    assert find(text) == ()


def test_several_in_one_message_are_all_covered() -> None:
    text = "นายสมมุติ ใจงาม 99/1 หมู่ 5 โทร 0815550142 บัตร 1234567890121"
    covered = mask(text, find(text))
    for secret in ("สมมุติ", "99/1", "0815550142", "1234567890121"):
        assert secret not in covered
    for kind in ("name", "house", "phone", "id"):
        assert COVERS[kind] in covered


@pytest.mark.parametrize(
    ("digits", "valid"), [("1234567890121", True), ("1234567890122", False), ("123", False), ("12345678901x1", False)]
)
def test_check_digit(digits: str, valid: bool) -> None:
    assert valid_id(digits) is valid


@given(st.lists(st.integers(0, 9), min_size=12, max_size=12), st.sampled_from(["", "-", " "]), st.booleans())
def test_every_id_is_found_in_any_writing(digits: list[int], between: str, thai: bool) -> None:
    last = (11 - sum(digit * (13 - n) for n, digit in enumerate(digits)) % 11) % 10
    number = "".join(map(str, [*digits, last]))
    assert valid_id(number)
    written = between.join((number[0], number[1:5], number[5:10], number[10:12], number[12]))
    if thai:
        written = written.translate({ord(str(n)): chr(0x0E50 + n) for n in range(10)})
    text = f"เลขบัตรของผมคือ {written} ครับ"
    assert any(pii.kind == "id" and text[pii.start : pii.end] == written for pii in find(text))


@given(st.from_regex(r"0[689][0-9]{8}", fullmatch=True), st.sampled_from(["", "-", " ", "."]))
def test_every_mobile_number_is_found(number: str, between: str) -> None:
    written = between.join((number[:3], number[3:6], number[6:]))
    text = f"ติดต่อกลับ {written} นะคะ"
    assert any(text[pii.start : pii.end] == written for pii in find(text))


@given(st.text(st.sampled_from("0123456789๐๘๙ -./+@กขนาย้าคุณบัญชีโทร\n"), max_size=300))
def test_spans_are_true_and_apart(text: str) -> None:
    found = find(text)
    assert all(0 <= pii.start < pii.end <= len(text) for pii in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert len(mask(text, found)) >= 0


@given(st.text(st.sampled_from("018 -ก"), max_size=60))
def test_what_is_covered_holds_no_number_any_more(text: str) -> None:
    covered = mask(text, find(text))
    assert not [pii for pii in find(covered) if pii.kind in ("id", "phone")]
