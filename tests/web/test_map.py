"""The map: clusters that add up, single cases as they are, nothing that the viewer may not see; a table without it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from models.town import Village
from tests.web.listing import LIST, ago, filed
from tests.web.office import START, Browser, Office
from web.map import APART, Heap, joined

ALL = "13,100,15,101"


def points(browser: Browser, zoom: int, box: str = ALL, **asked: str) -> list[dict[str, Any]]:
    page = browser.get(LIST + "map.json", query_string={"bbox": box, "zoom": zoom, **asked})
    assert page.status_code == 200
    return [feature["properties"] for feature in page.json["features"]]  # type: ignore[index]


def test_near_cases_are_one_circle_until_one_looks_closer(offices: Office) -> None:
    late = ago(40, lat=14.0201, lon=100.5301)
    numbers = {
        filed(offices, "ไฟ", lat=14.0200, lon=100.5300),
        filed(offices, "น้ำ", **late),
        filed(offices, "ขยะ", lat=14.3000, lon=100.9000),
    }
    filed(offices, "ไม่มีตำแหน่ง")
    clerk = offices.sign_in("clerk")
    far = points(clerk, 5)
    assert [p["count"] for p in far] == [3]
    assert far[0]["late"] == 1
    middle = points(clerk, 12)
    assert sorted(p.get("count", 1) for p in middle) == [1, 2]
    near = points(clerk, 19)
    assert {p["number"] for p in near} == numbers
    assert sum(p["late"] for p in near) == 1


def test_only_what_is_in_view_is_sent(office: Office) -> None:
    filed(office, "ไฟ", lat=14.02, lon=100.53)
    clerk = office.sign_in("clerk")
    assert points(clerk, 12, "14.01,100.52,14.03,100.54") != []
    assert points(clerk, 12, "14.03,100.52,14.05,100.54") == []


@pytest.mark.parametrize("box", ["", "1,2,3", "a,b,c,d", "15,100,13,101", "nan,nan,nan,nan", "-91,0,0,0"])
def test_a_view_that_is_none_is_refused(office: Office, box: str) -> None:
    assert office.sign_in("clerk").get(LIST + "map.json", query_string={"bbox": box}).status_code == 400


def test_the_map_shows_what_the_list_shows(office: Office) -> None:
    where = {"lat": 14.02, "lon": 100.53}
    own = filed(office, "กองช่าง", moo=3, **where)
    filed(office, "กองอื่น", department="HEALTH", **where)
    filed(office, "ทุจริต", sensitive=True, **where)
    filed(office, "เสร็จ", state="done", closed_at=START, **where)
    crew = office.sign_in("crew")
    assert [p["number"] for p in points(crew, 19)] == [own]
    assert points(crew, 19, moo="2") == []
    assert [p["count"] for p in points(office.sign_in("clerk"), 19, state="")] == [3]


def test_a_table_by_village_stands_where_there_is_no_script(office: Office) -> None:
    with office.database.begin() as session:
        session.add_all([Village(moo=1, name="บ้านตลาด"), Village(moo=3, name="บ้านทุ่ง", lat=14.01, lon=100.53)])
    filed(office, "ไฟ", moo=3, lat=14.02, lon=100.53)
    filed(office, "น้ำ", moo=3, **ago(40))
    filed(office, "ไม่รู้ที่ไหน")
    text = office.sign_in("clerk").get(LIST + "map").text
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</th>(.*?)</tr>", text, re.DOTALL)
    shown = {re.sub("<[^>]+>", "", name).strip(): re.findall(r">([\d,–]+)<", cells) for name, cells in rows}
    assert shown == {"หมู่ 1 บ้านตลาด": ["0", "–", "0"], "หมู่ 3 บ้านทุ่ง": ["2", "1", "1"], "ไม่ระบุหมู่": ["1", "–", "0"]}


def heap(lat: float, lon: float, many: int) -> Heap:
    return Heap(many, 0, many, lat, lon, lat, lon, lat, lon)


def test_circles_keep_their_distance_and_lose_nothing() -> None:
    zoom = 12
    step = 360 / 256 / 2**zoom  # degrees of a pixel
    cells = [heap(14 + step * 20 * n, 100.5 + step * 13 * n, 50 - n) for n in range(40)]
    shown = joined(cells, zoom)
    assert sum(one.many for one in shown) == sum(50 - n for n in range(40))
    apart = [(a, b) for a in shown for b in shown if a is not b]
    assert all(((a.lat - b.lat) ** 2 + (a.lon - b.lon) ** 2) ** 0.5 >= APART * step * 0.99 for a, b in apart)
    assert min(one.south for one in shown) == 14
