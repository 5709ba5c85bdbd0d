"""The ballot page in a browser at 360 px: every kind voted by tapping, sealed in the page as the server would seal it,
without barriers; and the same without any script."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from ballots import canonical, choices, sealing
from ballots.manifest import Kind, Manifest
from models.database import Database
from models.poll_drafts import manifest_of
from models.polls import Poll
from tests.browser import browser
from tests.databases import hurried, sqlite_copy
from tests.web.browsing import Window, axe, served
from tests.web.office import Office
from tests.web.voting import Booth, declared, opened

pytestmark = pytest.mark.browser

OLD_PHONE = (360, 640)


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with browser() as running:
        yield running


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("ballot")
    database = hurried(Database(sqlite_copy(sqlite_template, folder)))
    with served(database, data_dir=folder) as running:
        yield running
    database.dispose()


def come(window: Window, booth: Booth) -> Page:
    """A resident opens her link, and agrees."""
    page = window.open(booth.link(booth.person()))
    page.get_by_role("button", name="เปิดบัตรลงคะแนน").click()
    page.get_by_role("button", name="ยินยอม").click()
    expect(page.get_by_role("button", name="ตรวจดูก่อนส่ง")).to_be_visible()
    return page


def card(page: Page, option: str) -> str:
    return f'[data-option="{option}"]'


def tap(page: Page, kind: Kind) -> object:
    """Choose by tapping as one does on a telephone; the canonical choice."""
    if kind == Kind.CHOOSE_ONE:
        page.locator(f"{card(page, 'o3')} .pick").click()
        return ("o3",)
    if kind in (Kind.APPROVAL, Kind.BUDGET_APPROVAL):
        for option in ("o4", "o1"):
            page.locator(f"{card(page, option)} .pick").click()
        return ("o1", "o4")
    if kind == Kind.SCORE:
        page.locator(f"{card(page, 'o1')} .scores label").nth(5).click()
        page.locator(f"{card(page, 'o2')} .scores label").nth(3).click()
        return {"o1": 5, "o2": 3}
    if kind == Kind.RANKED:
        for option in ("o2", "o4"):
            page.locator(f"{card(page, option)} .step.wide").click()
        page.locator(card(page, "o4")).get_by_role("button", name="เลื่อนขึ้น").click()
        return ("o4", "o2")
    for _ in range(3):
        page.locator(card(page, "o2")).get_by_role("button", name="+").click()
    return {"o2": 3}


@pytest.mark.parametrize("kind", list(Kind))
def test_a_ballot_is_tapped_and_sealed_in_the_page(chrome: Browser, office: Office, kind: Kind) -> None:
    booth, window = opened(office, declared(kind)), Window(chrome, office, size=OLD_PHONE)
    sent: list[str] = []
    window.page.on("request", lambda request: sent.append(request.url + (request.post_data or "")))
    page = come(window, booth)
    axe(page)
    choice = tap(page, kind)
    page.get_by_role("button", name="ตรวจดูก่อนส่ง").click()
    expect(page.get_by_role("heading", name="ท่านเลือก")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="ยืนยัน ลงคะแนน").click()
    expect(page.get_by_role("heading", name="ลงคะแนนเรียบร้อย")).to_be_visible()
    expect(page.locator("#same")).to_be_visible()
    axe(page)
    assert booth.envelopes() == [(choice, "")]
    assert any("sealed=" in each for each in sent)
    assert not [each for each in sent if "choice=" in each or "score_" in each or "rank_" in each]
    window.close()


@pytest.mark.parametrize("kind", [Kind.RANKED, Kind.SCORE])
def test_a_ballot_is_filled_in_without_scripts(chrome: Browser, office: Office, kind: Kind) -> None:
    booth = opened(office, declared(kind))
    context = chrome.new_context(viewport={"width": 360, "height": 640}, java_script_enabled=False)
    page = context.new_page()
    page.goto(office.settings.public_url + booth.link(booth.person()))
    page.get_by_role("button", name="เปิดบัตรลงคะแนน").click()
    page.get_by_role("button", name="ยินยอม").click()
    if kind == Kind.RANKED:
        page.locator('[name="rank_o1"]').select_option("1")
        page.locator('[name="rank_o3"]').select_option("2")
    else:
        page.locator(f"{card(page, 'o1')} .scores label").nth(4).click()
    page.get_by_role("button", name="ตรวจดูก่อนส่ง").click()
    page.get_by_role("button", name="ยืนยัน ลงคะแนน").click()
    expect(page.get_by_role("heading", name="ลงคะแนนเรียบร้อย")).to_be_visible()
    assert booth.envelopes() == [(("o1", "o3") if kind == Kind.RANKED else {"o1": 4}, "")]
    context.close()


def test_the_page_says_what_is_too_much_before_anything_is_sent(chrome: Browser, office: Office) -> None:
    booth, window = opened(office, declared(Kind.BUDGET_APPROVAL)), Window(chrome, office, size=OLD_PHONE)
    page = come(window, booth)
    page.locator(f"{card(page, 'o1')} .pick").click()
    expect(page.locator("#sum")).to_have_text("เลือกแล้ว 1 ข้อ · เหลือเงินอีก 450,000 บาท")
    page.locator(f"{card(page, 'o3')} .pick").click()
    expect(page.locator("#sum")).to_contain_text("เกินเงินไป 19,000 บาท")
    page.get_by_role("button", name="ตรวจดูก่อนส่ง").click()
    expect(page.get_by_role("alert")).to_contain_text("เกิน 800,000 บาท")
    assert booth.envelopes() == []
    window.close()


def _manifest(booth: Booth) -> Manifest:
    with booth.office.database.read() as session:
        return manifest_of(session.get_one(Poll, booth.poll_id))


_PADDED = "([r, c]) => Array.from(songsiang.padded(songsiang.canonical(r, c, '0042', '07'.repeat(16)), r.size))"
CHOICES: dict[Kind, list[object]] = {
    Kind.APPROVAL: [[], ["o2"], ["o2", "o1"]],
    Kind.RANKED: [[], ["o4", "o1"], ["o3", "o2", "o1"]],
    Kind.SCORE: [{}, {"o2": 5, "o1": 1}, {"o4": 3, "o3": 2, "o2": 1, "o1": 5}],
}


@pytest.mark.parametrize("kind", list(CHOICES))
def test_browser_and_server_write_the_same_bytes(chrome: Browser, office: Office, kind: Kind) -> None:
    booth, window = opened(office, declared(kind)), Window(chrome, office, size=OLD_PHONE)
    page, manifest = come(window, booth), _manifest(booth)
    noise = b"\x07" * 16
    for chosen in CHOICES[kind]:
        given = [{"poll": manifest.poll, "kind": kind.value, "size": manifest.size, "key": manifest.seal}, chosen]
        made = page.evaluate(
            "([r, c]) => Array.from(songsiang.padded(songsiang.canonical(r, c, '0042', '07'.repeat(16)), r.size))",
            given,
        )
        plain = sorted(chosen) if kind == Kind.APPROVAL and isinstance(chosen, list) else chosen
        ours = canonical.dumps({"v": 1, "poll": manifest.poll, "choice": plain, "mark": "0042", "r": noise.hex()})
        assert bytes(made) == ours + b"\x80" + bytes(manifest.size - len(ours) - 1), json.dumps(chosen)
        envelope = bytes.fromhex(page.evaluate("([r, c]) => songsiang.seal(r, c, '0042')", given))
        assert len(envelope) == sealing.ciphertext_size(manifest)
        opened_again = sealing.open_sealed(manifest, booth.seal, envelope)
        assert canonical.dumps(choices.plain(opened_again.choice)) == canonical.dumps(plain)
        assert opened_again.mark == "0042"
    window.close()
