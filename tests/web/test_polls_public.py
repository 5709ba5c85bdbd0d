"""The public page of a poll: what it says at each stage, the result with its reasons, files that check, receipts."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from PIL import Image

from ballots import audit
from ballots.manifest import Kind
from tests.web.office import Browser, Office
from tests.web.voting import KINDS, Booth, declared, finish, opened, publish

#: Ballots that leave no tie, by kind: (choice, how many).
VOTES: dict[Kind, list[tuple[Any, int]]] = {
    Kind.CHOOSE_ONE: [(["o1"], 12), (["o2"], 9), ([], 1)],
    Kind.APPROVAL: [(["o1", "o2"], 12), (["o2"], 9), (["o3"], 2)],
    Kind.SCORE: [({"o1": 5, "o2": 1}, 12), ({"o3": 4}, 10)],
    Kind.RANKED: [(["o1", "o2"], 12), (["o2", "o3"], 9), (["o3"], 5)],
    Kind.BUDGET_APPROVAL: [(["o1", "o2"], 12), (["o1", "o4"], 9), (["o3"], 8)],
    Kind.BUDGET_POINTS: [({"o1": 6, "o2": 4}, 12), ({"o4": 10}, 9), ({"o3": 5}, 3)],
}


def voted(office: Office, kind: Kind) -> tuple[Booth, list[str]]:
    """A poll with ballots; and their receipts."""
    booth = opened(office, declared(kind))
    return booth, [booth.cast(chosen).code for chosen, number in VOTES[kind] for _ in range(number)]


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_result_names_the_winners_and_says_why(office: Office, kind: Kind) -> None:
    booth, _ = voted(office, kind)
    finish(booth)
    assert 'id="result"' not in Browser(office).get(f"/polls/{booth.code}").text
    publish(booth)
    page = Browser(office).get(f"/polls/{booth.code}").text
    assert "ไม่ผูกพัน" in page
    assert "ทำไม “ไฟโซลาร์ถนนเลียบคลอง”" in page or kind == Kind.APPROVAL
    assert page.count("<details") >= 4
    for word in ("poll.", "{votes}", "None"):
        assert word not in page
    english = Browser(office)
    english.post("/console/language", language="en", back="/polls/")
    assert "Round by round" in english.get(f"/polls/{booth.code}").text or kind != Kind.BUDGET_APPROVAL


def test_before_the_count_the_page_has_turnout_and_no_result(office: Office) -> None:
    booth, _ = voted(office, Kind.CHOOSE_ONE)
    page = Browser(office).get(f"/polls/{booth.code}").text
    assert "<strong>22</strong>" in page
    assert 'id="result"' not in page
    finish(booth, count=False)
    page = Browser(office).get(f"/polls/{booth.code}").text
    assert "รอผู้ถือกุญแจเปิดซอง" in page
    assert Browser(office).get(f"/polls/{booth.code}/result.png").status_code == 404
    assert Browser(office).get(f"/polls/{booth.code}/files/results.json").status_code == 404


def test_a_counted_result_is_not_seen_before_it_is_published(office: Office) -> None:
    booth, _ = voted(office, Kind.CHOOSE_ONE)
    finish(booth)
    browser = Browser(office)
    for path in ("", "/files/results.json", "/files/result.csv", "/files/ballots.bin", "/result.png"):
        page = browser.get(f"/polls/{booth.code}{path}")
        assert page.status_code == (404 if path else 200)
        assert 'id="result"' not in page.text
    with zipfile.ZipFile(io.BytesIO(browser.get(f"/polls/{booth.code}/files/{booth.code}.zip").data)) as packed:
        assert sorted(packed.namelist()) == ["board.jsonl", "head.json", "manifest.json"]


@pytest.mark.parametrize("kind", [Kind.CHOOSE_ONE, Kind.BUDGET_POINTS])
def test_what_is_downloaded_stands_every_check(office: Office, kind: Kind) -> None:
    booth, receipts = voted(office, kind)
    early = Browser(office).get(f"/polls/{booth.code}/files/{booth.code}.zip").data
    finish(booth)
    publish(booth)
    browser = Browser(office)
    raw = browser.get(f"/polls/{booth.code}/files/{booth.code}.zip").data
    files, since = _unpacked(raw), _unpacked(early)
    report = audit.audit(files, since)
    assert report.sound, report
    for name, content in files.items():
        page = browser.get(f"/polls/{booth.code}/files/{name}")
        assert page.data == content
        assert "attachment" in page.headers["Content-Disposition"]
    assert browser.get(f"/polls/{booth.code}/files/verify.py").text.startswith("#!/usr/bin/env python3")
    assert browser.get(f"/polls/{booth.code}/files/../secret").status_code == 404
    assert receipts


def _unpacked(raw: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_a_receipt_is_found_and_stands_in_no_address(office: Office) -> None:
    booth, receipts = voted(office, Kind.CHOOSE_ONE)
    browser = Browser(office)

    def ask(typed: str) -> str:
        page = browser.post(f"/polls/{booth.code}/receipt", receipt=typed)
        assert page.status_code == 200
        return page.text

    assert "ยังไม่พบ" in ask(receipts[0])
    finish(booth)
    assert "จะถูกนับเมื่อปิด" in ask(receipts[0])
    publish(booth)
    assert "อยู่ในบัตรที่นับ" in ask(receipts[0].lower().replace("-", " "))
    assert "ไม่พบ 0000-0000-0000" in ask("0000-0000-0000")
    assert "อ่านเลขใบรับไม่ได้" in ask("<script>alert(1)</script>")
    assert "&lt;script&gt;" in ask("<script>alert(1)</script>")


def test_the_picture_is_a_square_for_line(office: Office) -> None:
    booth, _ = voted(office, Kind.BUDGET_APPROVAL)
    finish(booth)
    publish(booth)
    answer = Browser(office).get(f"/polls/{booth.code}/result.png")
    if answer.status_code == 404:
        pytest.skip("the fonts are not installed: run make setup")
    picture = Image.open(io.BytesIO(answer.data))
    assert (picture.format, picture.size) == ("PNG", (1080, 1080))
    assert len(answer.data) < 1_000_000


def test_drafts_are_nobodys_business(office: Office) -> None:
    browser = Browser(office)
    assert browser.get("/polls/").status_code == 200
    assert browser.get("/polls/0000000000000000").status_code == 404
