"""The public site before people who walk addresses, send what no reader sends, and hope for a page that breaks."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from urllib.parse import quote

import pytest

from models.database import Database
from tests.web.office import Browser, Office
from tests.web.public import public

HUGE = "9" * 30


@pytest.fixture
def town(database: Database) -> Office:
    """A town, once per kind of database."""
    return Office(database)


def test_no_address_breaks_a_page(town: Office) -> None:
    numbers = ("/projects/{}", "/projects/{}/card.png", "/2570/proposals/{}", "/2570/announcements/{}", "/privacy/{}")
    browser = Browser(town)
    for path in numbers:
        assert browser.get(path.format(HUGE)).status_code == 404, path
    for path in ("/cases/%00", "/polls/%00", "/api/v1/cases/%00", "/open311/v2/requests/%00.json"):
        assert browser.get(path).status_code == 404, path
    for path in ("/cases?q=%00", "/cases?after=%00", "/cases/feed.atom?category=%00", "/status?number=%00"):
        assert browser.get(path).status_code == 200, path
    for path in ("/api/v1/cases?cursor=%00", "/open311/v2/requests.xml?service_code=%00"):
        assert browser.get(path).status_code == 400, path


def test_a_sign_that_xml_cannot_hold_breaks_no_feed(office: Office) -> None:
    public(office, "ไฟดับ\x0b <b>&", words="คำ\x08 ]]>")
    for path in ("/cases/feed.atom", "/cases/feed.rss", "/sitemap.xml"):
        assert ET.fromstring(Browser(office).get(path).data) is not None, path


def test_the_way_to_the_other_language_stays_on_this_site(office: Office) -> None:
    for path in ("/en//elsewhere.example/x", "//elsewhere.example/x", "/en/" + quote("\\") + "elsewhere.example"):
        page = Browser(office).get(path).text
        assert 'href="//' not in page, path
        assert 'href="/\\' not in page, path
