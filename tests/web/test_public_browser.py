"""The public site in a browser: no barriers on a small telephone and an old PC, light, and readable without scripts."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Response
from werkzeug.serving import make_server

from bot import invented
from bot.bucket import store_of
from bot.invented_site import fill_site
from bot.open_data import OpenData
from models.database import Database
from tests.databases import hurried, sqlite_copy
from tests.web.browsing import OLD_PC, axe, served
from tests.web.office import Browser as Reader
from tests.web.office import Office

pytestmark = pytest.mark.browser

SMALL = (360, 640)
#: Bytes of a first visit: what a cheap line is asked to carry.
LIGHT = 200_000
PATHS = (
    *("/", "/2570/cases", "/cases/map", "/2570/statistics", "/projects", "/proposals", "/announcements", "/2570/"),
    *("/2570/polls", "/line", "/privacy", "/accessibility", "/open-data", "/open-data/cases", "/widget", "/widget/how"),
    *("/status?number=1/70", "/en/", "/en/2570/cases", "/en/open-data/projects"),
)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Office]:
    """The demo's town, served."""
    folder = tmp_path_factory.mktemp("public")
    database = hurried(Database(sqlite_copy(sqlite_template, folder)))
    with served(database, data_dir=folder) as opened:
        store = store_of(opened.settings)
        with database.begin() as session:
            invented.fill(session, opened.now)
            fill_site(session, store, opened.now)
        OpenData(database, store, opened.settings.public_url, lambda: opened.now).work()
        yield opened
    database.dispose()


def page_of(chrome: Browser, size: tuple[int, int], **more: Any) -> tuple[Page, list[str]]:
    """A fresh visitor's page, and what it complains of."""
    context = chrome.new_context(viewport={"width": size[0], "height": size[1]}, locale="th-TH", **more)
    page, faults = context.new_page(), list[str]()
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    return page, faults


def some_case(town: Office) -> str:
    """The address of a mended case with photos."""
    found = re.search(r'src="/cases/([a-z0-9]{9})/', Reader(town).get("/cases?state=done").text)
    assert found
    return f"/cases/{found[1]}"


def first(town: Office, path: str) -> str:
    """The address of the first thing in a list."""
    found = re.search(r'class="item-title"><a href="([^"]+)"', Reader(town).get(path).text)
    assert found
    return found[1]


@pytest.mark.parametrize("size", [SMALL, OLD_PC], ids=str)
def test_no_barriers(chrome: Browser, town: Office, size: tuple[int, int]) -> None:
    page, faults = page_of(chrome, size)
    for path in (*PATHS, some_case(town), first(town, "/projects"), first(town, "/proposals")):
        page.goto(town.settings.public_url + path)
        if path == "/cases/map":
            page.wait_for_selector("#map[data-points]")
        axe(page)
    assert faults == []
    page.context.close()


@pytest.mark.parametrize("path", ["/", "/2570/cases", "/cases/map", "/projects", "case"])
def test_a_first_visit_is_light(chrome: Browser, town: Office, path: str) -> None:
    page, _ = page_of(chrome, SMALL)
    taken: list[Response] = []
    page.on("response", lambda answer: taken.insert(0, answer))
    page.goto(town.settings.public_url + (some_case(town) if path == "case" else path), wait_until="networkidle")
    weights = {answer.url: len(answer.body()) for answer in taken if answer.ok}
    sent = sum(int(answer.headers.get("content-length") or weights.get(answer.url, 0)) for answer in taken)
    assert 0 < sent < LIGHT, weights
    page.context.close()


def test_everything_can_be_read_without_scripts(chrome: Browser, town: Office) -> None:
    page, _ = page_of(chrome, SMALL, java_script_enabled=False)
    base = town.settings.public_url
    page.goto(base + "/")
    page.get_by_role("link", name="เรื่องที่แจ้ง", exact=True).first.click()
    page.get_by_text("กรอง", exact=True).first.click()
    page.get_by_label("สถานะ").select_option("done")
    page.get_by_role("button", name="ค้นหา").click()
    assert "state=done" in page.url
    page.locator(".item-title a").first.click()
    assert page.get_by_role("heading", name="ผลการดำเนินงาน").is_visible()
    page.goto(base + "/cases/map")
    page.get_by_role("link", name="หมู่ 5").click()
    assert page.locator(".item").count() > 0
    page.goto(base + "/status")
    page.get_by_label("เลขเรื่อง").fill("99999/70")
    page.get_by_role("button", name="ดูสถานะ").click()
    assert page.get_by_text("ไม่มีข้อมูลที่แสดงต่อสาธารณะ").is_visible()
    page.context.close()


def test_the_map_leads_to_cases(chrome: Browser, town: Office) -> None:
    page, faults = page_of(chrome, OLD_PC)
    page.goto(town.settings.public_url + "/cases/map")
    page.wait_for_selector("#map[data-points]")
    page.locator("#map .point").first.press("Enter")
    page.locator(".leaflet-popup a[href*='/cases/']").click()
    page.wait_for_url(re.compile(r"/cases/[a-z0-9]{9}$"))
    assert faults == []
    page.context.close()


def test_the_widget_shows_in_another_sites_frame(chrome: Browser, town: Office) -> None:
    page, faults = page_of(chrome, OLD_PC)
    frame = f'<iframe src="{town.settings.public_url}/widget" title="x" width="320" height="420"></iframe>'
    other = make_server("127.0.0.1", 0, lambda _environ, start: _answer(start, frame))
    thread = threading.Thread(target=other.serve_forever)
    thread.start()
    try:
        page.goto(f"http://127.0.0.1:{other.port}/")
        page.frame_locator("iframe").get_by_text("แก้แล้วล่าสุด").wait_for()
    finally:
        other.shutdown()
        thread.join()
        other.server_close()
    assert faults == []
    page.context.close()


def _answer(start: Any, body: str) -> list[bytes]:
    """Another site's page, which has no rules of its own."""
    start("200 OK", [("Content-Type", "text/html; charset=utf-8")])
    return [body.encode()]
