"""Every page of the console in a browser, taken from the application itself so that none is forgotten: no barriers on
an old office PC and on a telephone, nothing wider than the window, nothing the page or its policy complains of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from werkzeug.routing import Rule

from bot import invented
from models.database import Database
from models.helpers import Helper
from models.tickets import Ticket
from tests.databases import hurried, sqlite_copy
from tests.web.browsing import OLD_PC, PHONE, Window, axe, served
from tests.web.office import Office
from tests.web.test_access import address

pytestmark = pytest.mark.browser


@pytest.fixture
def office(tmp_path: Path, sqlite_template: Path) -> Iterator[Office]:
    """An office with the invented town's cases, one of which a headman filed."""
    database = hurried(Database(sqlite_copy(sqlite_template, tmp_path)))
    with served(database, data_dir=tmp_path) as opened:
        with database.begin() as session:
            invented.fill(session, opened.now)
            session.add(Helper(name="ผู้ใหญ่แดง", office="headman", moo=3, created_at=opened.now))
            case = session.get_one(Ticket, 1)
            case.sensitive, case.on_behalf = False, "headman"
        yield opened
    database.dispose()


def pages(office: Office) -> list[Rule]:
    """All routes of the console that show something."""
    found = [rule for rule in office.app.url_map.iter_rules() if "GET" in (rule.methods or set())]
    return sorted((rule for rule in found if rule.rule.startswith("/console")), key=lambda rule: rule.rule)


@pytest.mark.timeout(900)
def test_every_page_can_be_read_by_everybody(chrome: Browser, office: Office) -> None:
    window = Window(chrome, office, "admin", OLD_PC)
    looked, told = set[str](), list[str]()
    for rule in pages(office):
        path = address(rule)
        answer = window.context.request.get(office.settings.public_url + path, max_redirects=0)
        if answer.status != 200 or "<html" not in answer.text()[:300]:
            continue  # redirects, files, parts of pages, and rows that this town has not
        looked.add(rule.endpoint)
        for width, height in (OLD_PC, PHONE):
            window.page.set_viewport_size({"width": width, "height": height})
            window.open(path)
            try:
                axe(window.page)
            except AssertionError as barrier:
                told.append(str(barrier))
    assert told == [], "\n\n".join(told)
    assert {"cases.show", "cases.index", "cases.work", "cases.board", "cases.map", "intake.new"} <= looked
    assert {"overview.index", "people.index", "helpers.new", "problems.index", "wizard.town", "wizard.line"} <= looked
    assert {"settings.index", "settings.words", "settings.letters", "audit.index", "account.index"} <= looked
    window.close()
