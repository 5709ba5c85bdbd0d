"""Polls in a browser: the key ceremony with keys that never leave it; every page without barriers, PC and phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from ballots import keys
from ballots.manifest import Kind
from models.database import Database
from models.polls import Poll
from tests.browser import browser
from tests.databases import hurried, sqlite_copy
from tests.web.browsing import OLD_PC, Window, axe, served
from tests.web.office import Office
from tests.web.test_polls_public import VOTES
from tests.web.voting import declared, draft, finish, opened, publish

pytestmark = pytest.mark.browser

SMALL = (360, 740)
HOME = "/console/polls/"


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with browser() as running:
        yield running


@pytest.fixture
def office(tmp_path: Path, sqlite_template: Path) -> Iterator[Office]:
    database = hurried(Database(sqlite_copy(sqlite_template, tmp_path)))
    with served(database, data_dir=tmp_path) as running:
        yield running
    database.dispose()


def saved(page: Page, holder: str, folder: Path) -> Path:
    """A holder saves the own key file."""
    with page.expect_download() as coming:
        page.get_by_role("link", name=holder).click()
    target = folder / f"{holder}.txt"
    coming.value.save_as(target)
    return target


@pytest.mark.parametrize("holders", [["ปลัดเทศบาล"], ["ปลัดเทศบาล", "กำนัน", "ครูใหญ่"]], ids=["one", "three"])
def test_keys_are_made_and_tried_in_the_browser(
    chrome: Browser, office: Office, tmp_path: Path, holders: list[str]
) -> None:
    booth = draft(office, declared(Kind.CHOOSE_ONE))
    window = Window(chrome, office, "poll_officer", OLD_PC)
    sent: list[str] = []
    window.page.on("request", lambda request: sent.append(request.post_data or ""))
    page = window.open(f"{HOME}{booth.poll_id}/keys")
    for number in (1, 2, 3):
        page.locator(f"#holder-{number}").fill(holders[number - 1] if number <= len(holders) else "")
    page.get_by_role("button", name="สร้างกุญแจในเครื่องนี้").click()
    files = [saved(page, holder, tmp_path) for holder in holders]
    expect(page.get_by_role("button", name="ใช้กุญแจนี้")).to_be_disabled()
    page.get_by_label("ทุกคนบันทึกไฟล์ของตนแล้ว").check()
    page.get_by_role("button", name="ใช้กุญแจนี้").click()
    expect(page.locator("#told")).to_contain_text("รับกุญแจสาธารณะแล้ว")
    page.locator("[data-keyfile]").set_input_files(files[-1])
    if len(holders) == 3:
        page.locator("[data-other]").set_input_files(files[0])
    expect(page.locator("#tried")).to_contain_text("เปิดซองทดสอบได้")
    page.get_by_role("button", name="ยืนยันว่าเปิดได้").click()
    expect(page.locator("#told")).to_contain_text("เปิดซองทดสอบได้แล้ว")
    secrets = [file.read_text(encoding="utf-8").splitlines()[5].replace(" ", "") for file in files]
    assert all(len(secret) == 64 and secret not in body for secret in secrets for body in sent)
    with office.database.read() as session:
        poll = session.get_one(Poll, booth.poll_id)
        assert poll.rehearsed
        publics = [keys.public_key(bytes.fromhex(secret)) for secret in secrets]
        assert publics == ([poll.seal_public] if len(holders) == 1 else [each for _, each in poll.rehearsal["holders"]])
    window.close()


@pytest.mark.parametrize("size", [OLD_PC, SMALL], ids=["old-pc", "phone"])
def test_no_barriers_anywhere(chrome: Browser, office: Office, size: tuple[int, int]) -> None:
    first = draft(office, declared(Kind.BUDGET_APPROVAL))
    window = Window(chrome, office, "poll_officer", size)
    for path in ("", "/question", "/options", "/who", "/keys", "/roll", "/slips"):
        axe(window.open(f"{HOME}{first.poll_id}{path}"))
    axe(window.open(HOME))
    booth = opened(office, declared(Kind.BUDGET_APPROVAL))
    for chosen, number in VOTES[Kind.BUDGET_APPROVAL]:
        for _ in range(number):
            booth.cast(chosen)
    for path in (f"{HOME}{booth.poll_id}", f"/polls/{booth.code}", "/polls/"):
        axe(window.open(path))
    window.close()
    finish(booth)
    window = Window(chrome, office, "poll_officer", size)
    for path in ("/paper", "/count"):
        axe(window.open(f"{HOME}{booth.poll_id}{path}"))
    publish(booth)
    for path in (f"{HOME}{booth.poll_id}/count", f"/polls/{booth.code}"):
        axe(window.open(path))
    window.close()
