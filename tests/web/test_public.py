"""The public site: what residents and assessors find, under addresses that stay; kept in memory, never outdated."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from datetime import date, timedelta

import pytest

from models.announcements import Announcement, put
from models.tickets import Ticket
from models.town import Village, put_setting
from tests.web.office import START, Browser, Office
from tests.web.public import PATHS, photo, project, proposal, public
from web.public.case_map import CELL, Circle, apart, snap
from web.public.kept import Shelf, make

DONE = {"state": "done", "closed_at": START + timedelta(days=4)}


def test_every_address_opens_without_a_cookie_in_both_languages(office: Office) -> None:
    browser = Browser(office)
    for path in (*PATHS, *(f"/en{p}" for p in PATHS)):
        page = browser.get(path)
        assert page.status_code == 200, path
        assert "Set-Cookie" not in page.headers, path
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"] or "/widget" in path, path


def test_a_case_shows_what_staff_approved(office: Office) -> None:
    _, code = public(office, "ไฟดับหน้าศาลา", words="ไฟดับสองดวง", outcome="เปลี่ยนหลอดแล้ว", place="หน้าศาลา", **DONE)
    page = Browser(office).get(f"/cases/{code}").text
    for words in ("ไฟดับหน้าศาลา", "ไฟดับสองดวง", "เปลี่ยนหลอดแล้ว", "หน้าศาลา", "หมู่ 5", "แก้แล้ว", "ใช้ 4 วัน", "กองช่าง"):
        assert words in page
    english = Browser(office).get(f"/en/cases/{code}").text
    assert "took 4 days" in english
    assert 'href="/cases/' + code in english  # the way back to Thai


def test_lists_are_narrowed_and_paged(office: Office) -> None:
    with office.database.begin() as session:
        session.add_all(Village(moo=n, name=f"บ้าน {n}") for n in (3, 5))
    for number in range(15):
        public(office, f"ไฟดับที่ {number:02d}", received_at=START + timedelta(minutes=number), moo=3 if number % 2 else 5)
    public(office, "ถนนเป็นหลุม", category="road", **DONE)
    browser = Browser(office)

    def titles(path: str) -> list[str]:
        return re.findall(r'class="item-title"><a href="[^"]+">([^<]+)<', browser.get(path).text)

    first = browser.get("/2570/cases").text
    assert "พบ 16 เรื่อง" in first
    following = re.search(r'href="([^"]+)" rel="next"', first)
    assert following
    both = titles("/2570/cases") + titles(following[1].replace("&amp;", "&"))
    assert len(both) == len(set(both)) == 16
    assert titles("/cases?category=road") == ["ถนนเป็นหลุม"]
    assert titles("/cases?state=done") == ["ถนนเป็นหลุม"]
    assert len(titles("/cases?moo=3")) == 7
    assert titles("/cases?q=หลุม") == ["ถนนเป็นหลุม"]
    assert titles("/cases?q=%25") == []
    assert len(titles("/cases?cell=14.021,100.525")) == 12
    assert titles("/2560/cases") == []
    assert browser.get("/cases?year=2570&moo=3").headers["Location"] == "/2570/cases?moo=3"
    assert browser.get("/2570/cases?year=all&moo=3").headers["Location"] == "/cases?moo=3"


@pytest.mark.parametrize(
    "junk", ["?moo=x&state=&category=%00&after=nobody&cell=a", "?after=%F0%9F%92%A9", "?q=" + "ก" * 500]
)
def test_addresses_changed_by_hand_do_no_harm(office: Office, junk: str) -> None:
    public(office)
    assert Browser(office).get("/cases" + junk).status_code == 200
    assert Browser(office).get("/cases/map.json" + junk).status_code == 200


@pytest.mark.parametrize(
    "path", ["/none", "/cases/nobody00", "/projects/99", "/2570/proposals/9", "/en/open-data/x", "/privacy/9"]
)
def test_what_there_is_not_says_so_in_the_readers_language(office: Office, path: str) -> None:
    page = Browser(office).get(path)
    assert page.status_code == 404
    assert ("Page not found" if path.startswith("/en") else "ไม่พบหน้านี้") in page.text


# -- freshness ---------------------------------------------------------------------------------------------------------


def test_a_page_is_told_once_until_it_changes(office: Office) -> None:
    key, code = public(office)
    browser = Browser(office)
    for path in ("/", "/2570/cases", f"/cases/{code}", "/cases/map.json", "/cases/feed.atom", "/2570/statistics"):
        first = browser.get(path)
        again = browser.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b""), path
        assert first.headers["Cache-Control"] == "public, no-cache"
    with office.database.begin() as session:
        session.get_one(Ticket, key).state = "waiting"
    page = browser.get(f"/cases/{code}", headers={"If-None-Match": first.headers["ETag"]})
    assert page.status_code == 200
    assert "รองบประมาณ" in page.text
    with office.database.begin() as session:
        session.get_one(Ticket, key).sensitive = True
    assert browser.get(f"/cases/{code}").status_code == 404
    assert "ไฟถนนดับ" not in browser.get("/2570/cases").text


def test_what_the_office_does_in_private_changes_no_etag(office: Office) -> None:
    public(office)
    browser = Browser(office)
    before = {path: browser.get(path).headers["ETag"] for path in ("/", "/2570/cases", "/sitemap.xml")}
    office.case("เรื่องใหม่", sensitive=True)
    assert {path: browser.get(path).headers["ETag"] for path in before} == before


def test_a_new_name_of_the_town_is_on_every_page_at_once(office: Office) -> None:
    browser = Browser(office)
    assert "เมืองใหม่" not in browser.get("/accessibility").text
    with office.database.begin() as session:
        put_setting(session, "town.name", "เทศบาลเมืองใหม่")
    assert "เมืองใหม่" in browser.get("/accessibility").text


def test_arguments_that_a_page_does_not_know_leave_no_trace_for_others(office: Office) -> None:
    browser = Browser(office)
    browser.get("/cases?evil=<b>x</b>&moo=3")
    assert "evil" not in browser.get("/cases?moo=3").text


def test_pages_go_out_packed_for_slow_lines(office: Office) -> None:
    page = Browser(office).client.get("/", headers={"Accept-Encoding": "gzip"})
    assert page.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in page.headers["Vary"]
    assert len(page.data) < 8_000


def test_the_shelf_forgets_what_was_not_asked_for(office: Office) -> None:
    shelf = Shelf(most=3_000)
    for number in range(9):
        shelf.put(number, 1, make(b"x" * 400, "text/plain"))
    assert shelf.find(8, 1) is not None
    assert shelf.find(8, 2) is None
    assert shelf.find(0, 1) is None


# -- map ---------------------------------------------------------------------------------------------------------------


def test_the_map_joins_what_is_near_and_rounds_places(office: Office) -> None:
    public(office, "หนึ่ง")
    public(office, "สอง", lat=14.0211, lon=100.5251)
    public(office, "ไกล", lat=14.3, lon=100.9)
    public(office, "บ้านใคร", category="welfare", lat=14.1, lon=100.7)
    browser = Browser(office)
    features = json.loads(browser.get("/cases/map.json?zoom=8").data)["features"]
    assert sorted(f["properties"].get("count", 1) for f in features) == [1, 2]
    for feature in json.loads(browser.get("/cases/map.json?zoom=18").data)["features"]:
        assert all(round(edge, 3) == edge for edge in feature["geometry"]["coordinates"])
    page = browser.get("/cases/map.json?bbox=14.01,100.51,14.03,100.53&zoom=14")
    assert page.status_code == 302  # to the whole blocks that neighbours ask for too
    inside = browser.get(page.headers["Location"])
    assert inside.status_code == 200
    assert browser.get("/cases/map.json?bbox=9,9&zoom=14").status_code == 400


def test_circles_keep_their_distance() -> None:
    cells = [Circle(5, 1, 14.02, 100.52, "a"), Circle(1, 1, 14.0201, 100.5201, "b"), Circle(2, 0, 14.5, 100.9, "c")]
    joined = apart(cells, "12")
    assert sorted((c.count, c.open) for c in joined) == [(2, 0), (6, 2)]


def test_a_view_that_is_snapped_stays_as_it_is() -> None:
    once = snap((14.013, 100.511, 14.029, 100.538), 256)
    south, west, north, east = (float(edge) for edge in once.split(","))
    assert south <= 14.013
    assert north >= 14.029
    assert snap((south, west, north, east), 256) == once
    assert CELL > 24


# -- feeds, sitemap, widget, cards ------------------------------------------------------------------------------------


def test_feeds_and_sitemap_are_sound_and_lead_to_pages(office: Office) -> None:
    _, code = public(office, "ไฟดับ & <เสา>")
    project(office)
    proposal(office)
    browser = Browser(office)
    atom = ET.fromstring(browser.get("/cases/feed.atom").data)
    entry = atom.find("{http://www.w3.org/2005/Atom}entry")
    assert entry is not None
    assert "ไฟดับ & <เสา>" in str(entry.findtext("{http://www.w3.org/2005/Atom}title"))
    assert ET.fromstring(browser.get("/cases/feed.rss").data).find("channel/item/link") is not None
    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    places = [str(e.text) for e in ET.fromstring(browser.get("/sitemap.xml").data).findall("s:url/s:loc", names)]
    base = office.settings.public_url
    assert f"{base}/cases/{code}" in places
    for place in places:
        assert browser.get(place.removeprefix(base)).status_code == 200, place


def test_the_widget_may_be_framed_by_the_sites_the_town_names(office: Office) -> None:
    browser = Browser(office)
    page = browser.get("/widget")
    assert page.headers["Content-Security-Policy"].endswith("frame-ancestors *")
    assert "X-Frame-Options" not in page.headers
    with office.database.begin() as session:
        put_setting(session, "public.widget_hosts", ["https://www.example.go.th/x"])
    assert browser.get("/widget").headers["Content-Security-Policy"].endswith("'self' https://www.example.go.th")
    assert browser.get("/").headers["X-Frame-Options"] == "DENY"


def test_cards_are_pictures_of_the_size_that_is_shared(office: Office) -> None:
    from PIL import Image

    _, code = public(office)
    key = project(office)
    proposal(office)
    for path in ("/card.png", f"/cases/{code}/card.png", f"/en/projects/{key}/card.png", "/2570/proposals/1/card.png"):
        page = Browser(office).get(path)
        import io

        with Image.open(io.BytesIO(page.data)) as image:
            assert image.size == (1200, 630)
        assert len(page.data) < 60_000


def test_a_photo_comes_small_or_not_at_all(office: Office) -> None:
    key, code = public(office)
    original = photo(office, key, shown=False)
    assert Browser(office).get(f"/cases/{code}/{original}.webp").status_code == 404


# -- what the town says -----------------------------------------------------------------------------------------------


def announce(office: Office, title: str, day: date, **more: object) -> int:
    with office.database.begin() as session:
        row = Announcement(created_at=START)
        values = {
            "kind": "news",
            "title": title,
            "body": "หนึ่ง\n\nสอง https://example.go.th/x",
            "title_en": "",
            "body_en": "",
        }
        put(row, values | {"day": day, "until": None, "shown": True, "pinned": False} | more, START)
        session.add(row)
        session.flush()
        return row.id


def test_announcements_appear_on_their_day_and_go_when_taken_down(office: Office) -> None:
    today = date(2026, 11, 20)
    number = announce(office, "ประกาศวันนี้", today)
    announce(office, "ประกาศพรุ่งนี้", today + timedelta(days=1))
    announce(office, "ร่าง", today, shown=False)
    browser = Browser(office)
    page = browser.get("/announcements").text
    assert "ประกาศวันนี้" in page
    assert "พรุ่งนี้" not in page
    assert "ร่าง" not in page
    text = browser.get(f"/2570/announcements/{number}").text
    assert '<a href="https://example.go.th/x"' in text
    assert browser.get(f"/2569/announcements/{number}").status_code == 404
    office.later(days=1)
    assert "ประกาศพรุ่งนี้" in browser.get("/announcements").text


def test_line_is_shown_with_a_code_once_its_name_is_told(office: Office) -> None:
    browser = Browser(office)
    assert "line.me" not in browser.get("/line").text
    with office.database.begin() as session:
        put_setting(session, "public.line_id", "@songsiang")
    page = browser.get("/line").text
    assert "https://line.me/R/ti/p/%40songsiang" in page
    assert "<svg" in page.partition('class="qr"')[2][:200]


def test_projects_show_their_money_and_way(office: Office) -> None:
    key = project(office, step="build", percent=60)
    page = Browser(office).get(f"/projects/{key}").text
    assert "500,000" in page
    assert 'aria-current="step">ก่อสร้าง' in page
    assert "60%" in page
    assert "โครงการถนนคอนกรีต" in Browser(office).get("/2570/projects").text
    assert "โครงการถนนคอนกรีต" not in Browser(office).get("/2571/projects").text


def test_what_became_of_proposals_is_told(office: Office) -> None:
    proposal(office, "สระว่ายน้ำ", 2, state="refused", reason="เกินงบประมาณ")
    page = Browser(office).get("/2570/proposals/2").text
    assert "เกินงบประมาณ" in page
    assert "ไม่รับ" in page
