"""The public site before people who walk addresses, send what no reader sends, and hope for a page that breaks."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from urllib.parse import quote

import pytest

from models.database import Database
from models.people import Person
from models.proposals import Support
from tests.web.office import START, Browser, Office
from tests.web.public import proposal, public
from web.public.front import network_of

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


def test_nobody_walks_through_all_numbers(office: Office) -> None:
    browser = Browser(office)
    asked = [browser.get(f"/status?number={n}/70") for n in range(1, 22)]
    assert [page.status_code for page in asked] == [200] * 20 + [429]
    assert int(asked[-1].headers["Retry-After"]) > 0
    assert "ถามถี่เกินไป" in asked[-1].text
    assert browser.get("/status").status_code == 200  # the form itself may always be opened
    other = browser.get("/status?number=1/70", environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert other.status_code == 200


def test_a_network_of_ipv6_is_one_asker() -> None:
    assert network_of("2001:db8:1:2::3") == network_of("2001:db8:1:2:ffff::9") != network_of("2001:db8:1:3::3")
    assert network_of("::ffff:203.0.113.9") == network_of("203.0.113.9") != network_of("203.0.113.8")


@pytest.mark.parametrize(("villages", "told"), [([3, 3, 3], False), ([3] * 5, True), ([3] * 6 + [5], True)])
def test_no_village_of_a_few_supporters_follows_from_the_total(office: Office, villages: list[int], told: bool) -> None:
    key = proposal(office)
    with office.database.begin() as session:
        for moo in villages:
            person = Person(name="สมมุติ", created_at=START)
            session.add(person)
            session.flush()
            session.add(Support(proposal_id=key, person_id=person.id, moo=moo, since=START))
    page = Browser(office).get("/2570/proposals/1").text.partition("<main")[2]
    assert ("<table" in page) is told
