"""Whatever is sent to Open311: documents stay well formed, questions never break it, and nothing gets in by an
address."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.outside import Outside
from bot.photos import Photos
from messages.thai import full_case_number
from models.fetches import expect_address
from models.files import File
from models.storage import Folder
from tests.systems.system import System, newest, publish, ticket_of
from tests.systems.test_outside import serving
from tests.test_photos import jpeg
from tests.web.office import Office
from web.open311_params import Fault, asked
from web.open311_shape import write
from web.traffy_reading import NotTheirs, is_name, read_csv, read_issue

QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
NAMES = (
    "service_request_id",
    "service_code",
    "start_date",
    "end_date",
    "status",
    "page",
    "page_size",
    "jurisdiction_id",
)
FIELDS = (
    "service_code",
    "lat",
    "long",
    "address_string",
    "address_id",
    "description",
    "media_url",
    "attribute[danger]",
)


@QUICK
@given(text=st.text(st.characters(codec="utf-8"), max_size=60), number=st.floats(allow_nan=False, allow_infinity=False))
def test_every_text_makes_a_well_formed_document(text: str, number: float) -> None:
    item = {"service_request_id": text, "lat": number, "notes": [{"description": text}], "media_url": None}
    read = ET.fromstring(write("xml", "service_requests", [item]))
    assert [child.tag for child in read[0]] == ["service_request_id", "lat", "notes", "media_url"]
    assert json.loads(write("json", "service_requests", [item])) == [item]


@QUICK
@given(given_=st.dictionaries(st.sampled_from(NAMES), st.text(max_size=40), max_size=5))
def test_a_question_is_understood_or_refused(office: Office, given_: dict[str, str]) -> None:
    fault: Fault | None = None
    try:
        read = asked(given_, office.now)
    except Fault as refused:
        fault = refused
    else:
        assert 1 <= read.size <= 1000
        assert (read.end - read.start).days <= 90
    assert fault is None or (fault.status == 400 and fault.texts)


@QUICK
@given(given_=st.dictionaries(st.sampled_from(NAMES), st.text(st.characters(codec="utf-8"), max_size=30), max_size=4))
def test_no_question_breaks_the_server(system: System, given_: dict[str, str]) -> None:
    for form in ("xml", "json"):
        page = system.get(f"/open311/v2/requests.{form}?{urlencode(given_)}")
        assert page.status_code in (200, 400, 404, 429)


@QUICK
@given(fields=st.dictionaries(st.sampled_from(FIELDS), st.text(st.characters(codec="utf-8"), max_size=60), max_size=6))
def test_no_form_breaks_the_server(system: System, fields: dict[str, str]) -> None:
    page = system.client.post("/open311/test/requests.xml", data={"api_key": system.token, **fields})
    assert page.status_code in (200, 400, 404, 429), page.text
    ET.fromstring(page.data)


@QUICK
@given(data=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_file_breaks_the_reading_of_traffys(data: bytes) -> None:
    for start in (b"", b"\xef\xbb\xbfticket_id,type,description,timestamp,status\n"):
        said, rows = "traffy.", []
        try:
            rows = read_csv(start + data)
        except NotTheirs as wrong:
            said = wrong.name
        assert said.startswith("traffy.")
        assert all(row.fault or is_name(row.theirs) for row in rows)


_ANY: Any = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.lists(st.text(max_size=9))
)


@QUICK
@given(
    row=st.dictionaries(
        st.sampled_from(["ticket_id", "latitude", "longitude", "coords", "timestamp", "photo", "type"]), _ANY
    )
)
def test_no_object_breaks_it_either(row: dict[str, Any]) -> None:
    read = read_issue(row)
    assert (read.lat is None) == (read.lon is None) or read.lat is not None or read.lon is not None
    assert all(one.startswith("http") for one in read.photos)


# -- pictures by address -----------------------------------------------------------------------------------------------


class Fetcher:
    """The worker that fetches pictures, with a way out that knows one host of the office's own."""

    def __init__(self, office: Office, folder: Path, internal: list[str]) -> None:
        self.office = office
        nobody: Any = None
        way = Outside(internal, names=lambda _host, _port: ["127.0.0.1"])
        self.photos = Photos(office.database, nobody, Folder(folder), clock=lambda: office.now, outside=way)

    def fetch(self, address: str) -> File:
        """Fetch a picture that an address was given for; its row."""
        ticket = self.office.case()
        with self.office.database.begin() as session:
            number = expect_address(session, address, ticket, self.office.now).id
        self.photos.fetch_due()
        with self.office.database.read() as session:
            return session.scalars(select(File).where(File.id == number)).one()


def test_a_picture_by_address_is_fetched_and_made_anew(office: Office, tmp_path: Path) -> None:
    with serving() as server:
        server.body = jpeg()
        row = Fetcher(office, tmp_path, ["own.example"]).fetch(f"http://own.example:{server.port}/a.jpg")
    assert (row.state, row.mime, row.kind) == ("stored", "image/jpeg", "image")
    assert b"ACME" not in (tmp_path / row.token[:2] / row.token).read_bytes()


@pytest.mark.parametrize(
    ("body", "status", "internal", "state"),
    [
        (b"<html>", 200, ["own.example"], "failed"),
        (b"", 404, ["own.example"], "gone"),
        (b"", 302, ["own.example"], "failed"),
        (b"", 500, ["own.example"], "waiting"),
        (None, 200, [], "failed"),
    ],
)
def test_what_is_no_picture_or_lies_inside_is_not_kept(
    office: Office, tmp_path: Path, body: bytes | None, status: int, internal: list[str], state: str
) -> None:
    with serving() as server:
        server.body, server.status = jpeg() if body is None else body, status
        row = Fetcher(office, tmp_path, internal).fetch(f"http://own.example:{server.port}/a.jpg")
        assert row.state == state
        assert bool(server.asked) == bool(internal)


# -- what PostgreSQL, or a calendar, does not know ---------------------------------------------------------------------


@pytest.mark.parametrize("field", ["address_string", "first_name", "attribute_pole", "description"])
def test_a_report_with_a_nul_is_taken_without_it(systems: System, field: str) -> None:
    said: dict[str, Any] = {field: "a\0b"}
    assert systems.file311(**said).status_code == 200
    assert "\0" not in newest(systems.office).text


@pytest.mark.parametrize("query", ["start_date=0001-01-01T00:00:00Z", "end_date=0001-01-01T00:00:00Z"])
def test_the_first_day_that_there_is_may_be_asked_about(systems: System, query: str) -> None:
    page = systems.get(f"/open311/v2/requests.json?{query}")
    assert (page.status_code, page.json) == (200, [])


def test_the_next_page_is_asked_for_as_this_one_was(system: System) -> None:
    publish(system.office, system.office.case())
    page = system.get("/open311/v2/requests.json?status=open&status=closed&page_size=1")
    assert "status=open%2Cclosed" in page.headers["Link"]


def test_a_cursor_tells_nothing_of_a_confidential_case(system: System) -> None:
    office = system.office
    hidden, shown = ticket_of(office, office.case(sensitive=True)), ticket_of(office, office.case())
    asked = [
        system.get(f"/api/v1/cases?view=full&cursor={full_case_number(one.fiscal_year, one.number)}", token=True)
        for one in (shown, hidden)
    ]
    assert [page.status_code for page in asked] == [200, 400]
