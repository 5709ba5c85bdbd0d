"""Nothing that is not public is anywhere: in no page, feed, count, picture or file; found out by adding it and looking
whether a single byte is another."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.bucket import store_of
from bot.open_data import OpenData
from models.approving import keep
from models.database import Database
from models.open_files import open_files
from models.publications import Publication
from models.staff import Staff
from models.tickets import Ticket
from models.town import Category, put_setting
from tests.web.office import NAMES, START, Browser, Office
from tests.web.public import PATHS, SECRET, photo, project, proposal, public


def seen(office: Office, *more: str) -> dict[str, bytes]:
    """Every address of the site with what it answers, in both languages."""
    browser = Browser(office)
    paths = [*PATHS, *more, *(f"/en{path}" for path in (*PATHS, *more) if not path.endswith((".txt", ".xml")))]
    found = {}
    for path in paths:
        page = browser.get(path)
        assert page.status_code == 200, path
        found[path] = page.data
    return found


def built(office: Office) -> dict[str, bytes]:
    """Every file of open data, built now."""
    store = store_of(office.settings)
    OpenData(office.database, store, office.settings.public_url, lambda: office.now).work()
    browser = Browser(office)
    with office.database.read() as session:
        rows = open_files(session)
    return {row.name: browser.get(f"/open-data/{row.dataset}/{row.name}").data for row in rows}


@pytest.fixture
def site(quick_database: Database, tmp_path: Path) -> Office:
    """A site with a store of its own."""
    return Office(quick_database, data_dir=tmp_path)


#: Ways in which a case is not public.
NOT = st.fixed_dictionaries(
    {
        "sensitive": st.booleans(),
        "decided": st.sampled_from(["no", "kept"]),
        "kind": st.sampled_from(["complaint", "question", "message", "suggestion"]),
        "state": st.sampled_from(["new", "taken", "done", "refused", "withdrawn", "merged"]),
        "category": st.sampled_from(["streetlight", "road", "welfare", "staff_conduct"]),
        "moo": st.sampled_from([None, 3, 5, 9]),
        "rating": st.sampled_from([None, 1, 5]),
    }
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cases=st.lists(NOT, min_size=1, max_size=4))
def test_a_case_that_is_not_public_changes_no_byte_of_the_site(office: Office, cases: list[dict[str, Any]]) -> None:
    if not re.search("[0-9]", Browser(office).get("/cases").text.partition("พบ ")[2][:3].replace("0", "")):
        public(office, rating=4)
    before = seen(office)
    for each in cases:
        hide(office, **each)
    assert seen(office) == before


def hide(office: Office, *, decided: str, **more: Any) -> int:
    """A case that nobody outside may know of."""
    closed = START if more["state"] in ("done", "refused", "withdrawn", "merged") else None
    key = office.case(SECRET, lat=14.02, lon=100.53, place=SECRET, closed_at=closed, **more)
    if decided == "kept":
        with office.database.begin() as session:
            staff = session.query(Staff).filter_by(name=NAMES["clerk"]).one()
            keep(session, session.get_one(Ticket, key), SECRET, staff, office.now)
    photo(office, key, shown=True)
    return key


def test_what_the_reporter_wrote_is_nowhere(office: Office) -> None:
    key, code = public(office, "ไฟดับหน้าศาลา", place="หน้าศาลา", words="ไฟดับสองดวง")
    original, copy = photo(office, key, shown=False), photo(office, key, shown=True)
    everything = seen(office, f"/cases/{code}")
    for path, body in everything.items():
        text = body.decode("utf-8", "ignore")
        assert SECRET not in text, path
        assert "ยายคำ" not in text, path
        assert "14.0208" not in text, path
        assert original not in text, path
        assert "1/70" not in text.replace("number=1/70", "").replace('value="1/70"', "").replace("<strong>1/70", ""), (
            path
        )
    assert copy in everything[f"/cases/{code}"].decode()


def test_files_hold_what_is_public_and_nothing_else(site: Office) -> None:
    public(site, "=cmd|'/C calc'!A0", words="ไฟดับ")
    hide(site, decided="kept", kind="complaint", state="done", category="road", moo=3, sensitive=False, rating=None)
    project(site)
    project(site, f"โครงการ{SECRET}", published=False)
    proposal(site)
    proposal(site, SECRET, 2, state="review", opened_at=None)
    files = built(site)
    assert {name.partition("-")[0] for name in files} == {"cases", "projects", "proposals"}
    for name, body in files.items():
        assert SECRET.encode() not in body, name
    csv = files["cases-2569-11.csv"]
    assert csv.startswith(b"\xef\xbb\xbf")
    assert "'=cmd" in csv.decode("utf-8-sig")
    assert "2026-11-20,20/11/2569" in csv.decode()
    assert csv.decode().count("\r\n") == 2


def test_what_is_taken_back_is_in_no_file_from_that_moment_on(site: Office) -> None:
    key, _code = public(site, "เรื่องที่จะถอน")
    public(site, "เรื่องที่อยู่ต่อ")
    built(site)
    browser = Browser(site)
    path = "/open-data/cases/cases-2570.json"
    assert "เรื่องที่จะถอน" in browser.get(path).text
    with site.database.begin() as session:
        session.get_one(Ticket, key).sensitive = True
    assert browser.get(path).status_code == 503  # until the worker has built it anew
    assert "เรื่องที่จะถอน" not in built(site)["cases-2570.json"].decode()
    assert "เรื่องที่อยู่ต่อ" in browser.get(path).text


@pytest.mark.parametrize("by", ["words", "setting", "category"])
def test_what_is_corrected_is_in_no_file_from_that_moment_on(site: Office, by: str) -> None:
    """A name that was overlooked, or a place that must not be told: taken back without taking back the case."""
    key, code = public(site, "ไฟดับ", words=f"ข้างบ้าน{SECRET}", place="หน้าวัด")
    built(site)
    browser, path = Browser(site), "/open-data/cases/cases-2570.json"
    assert SECRET in browser.get(path).text
    with site.database.begin() as session:
        if by == "words":
            session.query(Publication).filter_by(code=code).one().words = "ข้างบ้าน"
        elif by == "setting":
            put_setting(session, "public.withheld", ["streetlight"])
        else:
            session.get_one(Ticket, key).category = "welfare"
    assert browser.get(path).status_code == 503
    told = built(site)["cases-2570.json"].decode()
    assert code in told
    assert (SECRET if by == "words" else "หน้าวัด") not in told


def test_a_kind_made_confidential_takes_its_cases_from_everywhere(site: Office) -> None:
    key, code = public(site, "ไฟดับข้างศาลา", state="done", closed_at=START)
    number = photo(site, key, shown=True)
    built(site)
    with site.database.begin() as session:
        session.get_one(Category, "streetlight").sensitive = True
    browser = Browser(site)
    for path in (f"/cases/{code}", f"/cases/{code}/{number}.webp", f"/api/v1/cases/{code}"):
        assert browser.get(path).status_code == 404, path
    assert browser.get("/open-data/cases/cases-2570.json").status_code == 503
    assert all("ไฟดับข้างศาลา".encode() not in page for page in seen(site).values())
    assert "cases-2570.json" not in built(site)


def test_what_is_added_takes_no_file_away(site: Office) -> None:
    _key, code = public(site, "ไฟดับ")
    built(site)
    with site.database.begin() as session:
        session.query(Publication).filter_by(code=code).one().outcome = "เปลี่ยนหลอดแล้ว"
    assert Browser(site).get("/open-data/cases/cases-2570.json").status_code == 200


def test_a_number_tells_nothing_but_state_and_department(office: Office) -> None:
    public(office, "ไฟดับ")  # 1/70
    hide(
        office, decided="no", kind="complaint", state="new", category="road", moo=3, sensitive=True, rating=None
    )  # 2/70
    browser = Browser(office)

    def ask(number: str) -> str:
        page = browser.get("/status", query_string={"number": number})
        assert "Set-Cookie" not in page.headers
        return page.text.replace(number, "#").replace(quote(number, safe=""), "#")

    assert "กองช่าง" in ask("1/70")
    assert "ไฟดับ" not in ask("1/70")  # neither its words nor its page: numbers lead nowhere
    assert "/cases/" not in ask("1/70").partition("<main")[2].partition("</main")[0]
    assert ask("2/70") == ask("3/70") == ask("2570-00099")
    assert "กองช่าง" not in ask("2/70")


def test_public_names_tell_neither_order_nor_number(office: Office) -> None:
    codes = [public(office, f"เรื่อง {n}")[1] for n in range(12)]
    assert len(set(codes)) == 12
    assert codes != sorted(codes)
    assert all(len(code) == 9 for code in codes)


def test_ratings_of_a_few_are_not_told(office: Office) -> None:
    for stars in (5, 5, 4, 4):
        public(office, rating=stars, state="done", closed_at=START + timedelta(days=2))
    assert "4.5" not in Browser(office).get("/2570/statistics").text
    public(office, rating=5, state="done", closed_at=START + timedelta(days=2))
    assert "4.6" in Browser(office).get("/2570/statistics").text
    public(office, rating=1, moo=3, state="done", closed_at=START + timedelta(days=2))  # would follow from the total
    page = Browser(office).get("/2570/statistics").text
    assert not re.search(r'class="num">[0-9]\.[0-9]<', page.partition("ตามประเภท")[0])


def test_a_withdrawn_proposal_and_an_unpublished_plan_are_away(office: Office) -> None:
    proposal(office, "ลานกีฬา")
    proposal(office, SECRET, 2, state="withdrawn")
    proposal(office, SECRET, 3, state="refused", reason="ไม่เข้าข่าย", opened_at=None)
    key = project(office, SECRET, published=False)
    browser = Browser(office)
    assert "ลานกีฬา" in browser.get("/2570/proposals").text
    for path in ("/proposals", "/2570/proposals", "/projects", "/2570/projects", "/sitemap.xml"):
        assert SECRET not in browser.get(path).text
    for path in ("/2570/proposals/2", "/2570/proposals/3", f"/projects/{key}", f"/projects/{key}/card.png"):
        assert browser.get(path).status_code == 404


def test_a_persons_name_is_no_contractors(office: Office) -> None:
    person = project(office, contractor="นายสมมุติ รับเหมา")
    firm = project(office, contractor="หจก.ทุ่งสมมุติก่อสร้าง")
    assert "รับเหมา" not in Browser(office).get(f"/projects/{person}").text
    assert "หจก.ทุ่งสมมุติก่อสร้าง" in Browser(office).get(f"/projects/{firm}").text
