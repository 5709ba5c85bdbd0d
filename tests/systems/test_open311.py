"""Open311 GeoReport v2 as the standard has it: forms, filters, errors, discovery, filing; and nothing that is not
public."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from georeport import GeoReport
from sqlalchemy import select

from models.contacts import Contact
from models.database import Database
from models.fetches import Fetch
from models.files import File
from models.publications import Publication
from models.tickets import Ticket
from models.town import Village
from tests.systems.system import System, count, newest, plain, publish, ticket_of
from tests.test_photos import jpeg
from tests.web.browsing import served
from tests.web.office import Office

GETS = ("discovery", "v2/services", "v2/services/streetlight", "v2/requests", "test/services", "test/requests")
TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}


# -- forms -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", TYPES)
@pytest.mark.parametrize("path", GETS)
def test_each_document_in_both_forms(system: System, path: str, form: str) -> None:
    page = system.get(f"/open311/{path}.{form}")
    assert (page.status_code, page.headers["Content-Type"]) == (200, TYPES[form])
    assert "Set-Cookie" not in page.headers
    assert page.headers["Access-Control-Allow-Origin"] == "*"
    if form == "xml":
        assert page.data.startswith(b'<?xml version="1.0" encoding="UTF-8"?>')
        assert b"xmlns" not in page.data


@pytest.mark.parametrize("path", GETS)
def test_both_forms_say_the_same(system: System, path: str) -> None:
    publish(system.office, system.office.case(), words="ใต้สะพาน <หน้าวัด> & ตลาด")

    def said(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: said(one) for key, one in value.items()}
        if isinstance(value, list):
            return [said(one) for one in value]
        return {True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else value

    xml, spark = (plain(system.get(f"/open311/{path}.{form}")) for form in ("xml", "json"))
    assert xml == said(spark)


@pytest.mark.parametrize("many", [0, 1, 2])
def test_a_list_is_a_list_whatever_its_length(system: System, many: int) -> None:
    for _ in range(many):
        publish(system.office, system.office.case())
    for form in TYPES:
        found = plain(system.get(f"/open311/v2/requests.{form}"))
        assert isinstance(found, list)
        assert len(found) == many
    assert json.loads(system.get("/open311/v2/requests.json").data) == [] or many


def test_the_rules_of_the_communitys_schemas(system: System) -> None:
    """What open311/schema-validation asks of types, written anew: codes and ids are text, flags are true or false."""
    code = publish(system.office, system.office.case(), lat=14.03, lon=100.534, moo=3)
    services = system.get("/open311/v2/services.json").json or []
    assert services
    for one in services:
        texts = ("service_code", "service_name", "description", "type", "keywords", "group")
        assert all(isinstance(one[name], str) and one[name] for name in texts)
        assert isinstance(one["metadata"], bool)
        assert one["type"] in ("realtime", "batch", "blackbox")
    for one in services:
        asked = system.get(f"/open311/v2/services/{one['service_code']}.json").json or {}
        assert asked["service_code"] == one["service_code"]
        orders = [each["order"] for each in asked["attributes"]]
        assert sorted(set(orders)) == orders
        assert min(orders) > 0
        for each in asked["attributes"]:
            assert isinstance(each["variable"], bool)
            assert isinstance(each["required"], bool)
            kinds = ("string", "number", "datetime", "text", "singlevaluelist", "multivaluelist")
            assert each["datatype"] in kinds
            assert bool(each["values"]) == each["datatype"].endswith("list")
            assert all(isinstance(value[key], str) for value in each["values"] for key in ("key", "name"))
    (one,) = system.get("/open311/v2/requests.json").json or []
    assert one["service_request_id"] == code
    assert isinstance(one["lat"], float)
    assert isinstance(one["long"], float)
    for name, value in one.items():
        assert value is None or name in ("lat", "long") or isinstance(value, str), name


# -- what is public ----------------------------------------------------------------------------------------------------


def test_only_what_staff_have_approved_is_there(system: System) -> None:
    office = system.office
    shown = publish(office, office.case(), title="ไฟดับหน้าวัด", words="สองดวง", moo=4, lat=14.031, lon=100.5)
    office.case("เรื่องที่ยังไม่อนุมัติ")
    secret = publish(office, office.case("ผู้รับเหมาให้เงินเจ้าหน้าที่", sensitive=True))
    gone = publish(office, office.case(state="withdrawn"))
    (one,) = system.get("/open311/v2/requests.json").json or []
    assert one["service_request_id"] == shown
    assert one["description"] == "ไฟดับหน้าวัด\nสองดวง"
    assert (one["lat"], one["long"], one["address_id"]) == (14.031, 100.5, "4")
    for name in (secret, gone):
        assert system.get(f"/open311/v2/requests/{name}.json").status_code == 404
        assert system.get(f"/open311/v2/requests.json?service_request_id={name}").json == []


def test_nothing_tells_who_told_or_at_what_hour(system: System) -> None:
    office = system.office
    publish(office, office.case("โทร 0812345678 ไฟดับ"))
    text = system.get("/open311/v2/requests.json?extensions=true").text
    assert "ยายคำ" not in text
    assert "0812345678" not in text
    (one,) = json.loads(text)
    assert one["requested_datetime"] == "2026-11-20T00:00:00+07:00"
    noon = "2026-11-20T12:00:00%2B07:00"  # the case came at ten: asking by the hour must not tell
    for span in (f"start_date={noon}", f"end_date={noon}", f"start_date={noon}&end_date={noon}"):
        assert len(system.get(f"/open311/v2/requests.json?{span}").json or []) == 1


def test_states_are_open_or_closed_and_the_stage_is_told_beside(system: System) -> None:
    office = system.office
    for state in ("new", "taken", "asking", "waiting", "outside", "done", "refused"):
        closed = office.now if state in ("done", "refused") else None
        publish(office, office.case(state=state, closed_at=closed), title=state)
    found = {one["description"]: one for one in system.get("/open311/v2/requests.json").json or []}
    assert {title: one["status"] for title, one in found.items()} == {
        **dict.fromkeys(("new", "taken", "asking", "waiting", "outside"), "open"),
        **dict.fromkeys(("done", "refused"), "closed"),
    }
    assert found["taken"]["status_notes"] == "กำลังดำเนินการ"
    for wanted, many in (("open", 5), ("closed", 2), ("open,closed", 7), ("", 7)):
        assert len(system.get(f"/open311/v2/requests.json?status={wanted}").json or []) == many


# -- filters -----------------------------------------------------------------------------------------------------------


def test_the_last_ninety_days_unless_asked_otherwise(system: System) -> None:
    office = system.office
    publish(office, office.case(received_at=office.now - timedelta(days=89)), title="ใหม่")
    publish(office, office.case(received_at=office.now - timedelta(days=200)), title="เก่า")
    assert [one["description"] for one in system.get("/open311/v2/requests.json").json or []] == ["ใหม่"]
    old = "start_date=2026-04-01T00:00:00Z&end_date=2026-06-01T00:00:00Z"
    assert [one["description"] for one in system.get(f"/open311/v2/requests.json?{old}").json or []] == ["เก่า"]


def test_ids_override_everything_else(system: System) -> None:
    office = system.office
    one, two = publish(office, office.case()), publish(office, office.case())
    wanted = f"service_request_id={one},{two},nobody&status=wrong&start_date=wrong&service_code=road"
    found = system.get(f"/open311/v2/requests.json?{wanted}").json or []
    assert {each["service_request_id"] for each in found} == {one, two}


def test_pages_do_not_overlap_and_say_where_the_next_one_is(system: System) -> None:
    office = system.office
    codes = {publish(office, office.case()) for _ in range(5)}
    seen: list[str] = []
    address = "/open311/v2/requests.json?page_size=2&status=open"
    while address:
        page = system.get(address)
        seen += [one["service_request_id"] for one in page.json or []]
        link = page.headers.get("Link", "")
        address = link[link.index("/open311") : link.index(">")] if link else ""
    assert len(seen) == 5
    assert set(seen) == codes


@pytest.mark.parametrize(
    "wrong",
    [
        "start_date=2026-01-01",
        "start_date=2026-01-01T00:00:00",
        "start_date=yesterday",
        "start_date=2569-01-01T00:00:00Z",
        "start_date=2026-02-30T00:00:00Z",
        "start_date=0001-01-01T00:00:00%2B14:00",
        "start_date=2026-01-01T00:00:00Z&end_date=2026-06-01T00:00:00Z",
        "start_date=2026-03-01T00:00:00Z&end_date=2026-02-01T00:00:00Z",
        "status=halfway",
        "page=0",
        "page=-1",
        "page=x",
        "page_size=1001",
        "page_size=๑",
    ],
)
@pytest.mark.parametrize("form", TYPES)
def test_a_wrong_question_is_a_400_in_the_same_form(system: System, form: str, wrong: str) -> None:
    page = system.get(f"/open311/v2/requests.{form}?{wrong}")
    assert (page.status_code, page.headers["Content-Type"]) == (400, TYPES[form])
    (error,) = plain(page)
    assert error["code"] == "400"
    assert error["description"]


@pytest.mark.parametrize(
    "right",
    [
        "start_date=&end_date=&status=&service_code=&page=&jurisdiction_id=",
        "start_date=2026-11-01T00:00:00+07:00",  # the plus was not encoded, and arrives as a blank
        "start_date=2026-11-01T00:00:00%2B07:00",
        "start_date=2026-11-01T00:00Z&end_date=2026-11-30T23:59:59.999Z",
        "jurisdiction_id=localhost",
        "jurisdiction_id=LOCALHOST",
        "no_such_argument=1",
        "service_code=streetlight,road",
    ],
)
def test_an_empty_value_is_no_value_and_unknown_names_are_left_alone(system: System, right: str) -> None:
    publish(system.office, system.office.case())
    assert len(system.get(f"/open311/v2/requests.json?{right}").json or []) == 1


@pytest.mark.parametrize("path", ["v2/services", "v2/services/road", "v2/requests", "v2/requests/x", "v2/tokens/x"])
def test_another_jurisdiction_is_a_404(system: System, path: str) -> None:
    for form in TYPES:
        page = system.get(f"/open311/{path}.{form}?jurisdiction_id=example.org")
        assert page.status_code == 404
        assert "jurisdiction" in plain(page)[0]["description"]


@pytest.mark.parametrize("path", ["v2/services/nothing", "v2/requests/nothing", "v2/tokens/nothing", "v2/nothing"])
@pytest.mark.parametrize("form", TYPES)
def test_what_is_not_there_is_a_404_in_the_same_form(system: System, path: str, form: str) -> None:
    page = system.get(f"/open311/{path}.{form}")
    assert (page.status_code, page.headers["Content-Type"]) == (404, TYPES[form])
    assert plain(page)[0]["code"] == "404"


def test_answers_are_asked_for_again_with_their_mark(system: System) -> None:
    page = system.get("/open311/v2/services.xml")
    assert page.headers["Cache-Control"] == "public, max-age=60"
    again = system.get("/open311/v2/services.xml", headers={"If-None-Match": page.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    publish(system.office, system.office.case())
    first = system.get("/open311/v2/requests.json")
    publish(system.office, system.office.case())
    later = system.get("/open311/v2/requests.json", headers={"If-None-Match": first.headers["ETag"]})
    assert later.status_code == 200


def test_english_for_who_asks_for_it(system: System) -> None:
    thai = system.get("/open311/v2/services.json").json or []
    english = system.get("/open311/v2/services.json", headers={"Accept-Language": "en-GB"}).json or []
    assert [one["service_code"] for one in thai] == [one["service_code"] for one in english]
    assert english[0]["service_name"].isascii()


# -- discovery ---------------------------------------------------------------------------------------------------------


def test_discovery_leads_to_services_in_every_form_it_names(system: System) -> None:
    base = system.office.settings.public_url
    for form in TYPES:
        found = plain(system.get(f"/open311/discovery.{form}"))
        assert all(found[name] for name in ("changeset", "contact", "key_service", "endpoints"))
        assert [one["type"] for one in found["endpoints"]] == ["production", "test"]
        for one in found["endpoints"]:
            assert one["specification"] == "http://wiki.open311.org/GeoReport_v2"
            assert one["formats"] == ["text/xml", "application/json"]
            address = one["url"].removeprefix(base)
            for ending in TYPES:
                assert system.get(f"{address}/services.{ending}").status_code == 200


def test_the_changeset_grows_when_services_change(system: System) -> None:
    before = (system.get("/open311/discovery.json").json or {})["changeset"]
    admin = system.office.sign_in("admin")
    page = admin.post("/console/settings/villages/new", moo="7", name="บ้านใหม่", lat="", lon="")
    seen = page.text.split('name="seen" value="')[1].split('"')[0]
    admin.post("/console/settings/villages/new", moo="7", name="บ้านใหม่", lat="", lon="", confirmed="1", seen=seen)
    assert (system.get("/open311/discovery.json").json or {})["changeset"] > before


# -- filing ------------------------------------------------------------------------------------------------------------


def test_a_report_becomes_a_case_like_any_other(systems: System) -> None:
    page = systems.file311(attribute_pole="กส 12/4", attribute_danger="yes", first_name="สมหญิง", phone="081-234-5678")
    (answer,) = page.json or []
    assert page.status_code == 200
    assert set(answer) == {"token", "service_notice", "account_id"}
    ticket = newest(systems.office)
    assert (ticket.channel, ticket.category, ticket.state) == ("open311", "streetlight", "new")
    assert ticket.department.name == "กองช่าง"
    assert ticket.answer_by - ticket.received_at > timedelta(days=14)
    assert (ticket.lat, ticket.lon, ticket.urgency) == (14.0295, 100.5342, "high")
    assert "ไฟถนนดับสองดวง" in ticket.text
    assert "กส 12/4" in ticket.text
    assert ticket.token == answer["token"]
    with systems.office.database.read() as session:
        contact = session.scalars(select(Contact)).one()
        assert (contact.name, contact.phone) == ("สมหญิง", "081-234-5678")


def test_a_token_waits_until_staff_approve_then_tells_the_public_id(system: System) -> None:
    (answer,) = system.file311().json or []
    address = f"/open311/v2/tokens/{answer['token']}.json"
    assert system.get(address).json == [{"token": answer["token"]}]
    code = publish(system.office, newest(system.office).id)
    assert system.get(address).json == [{"service_request_id": code, "token": answer["token"]}]
    assert len(system.get(f"/open311/v2/requests/{code}.json").json or []) == 1


def test_a_confidential_report_never_gets_a_public_id(system: System) -> None:
    (answer,) = system.file311(description="ผู้รับเหมาให้เงินใต้โต๊ะเจ้าหน้าที่ อบต.").json or []
    ticket = newest(system.office)
    assert ticket.sensitive
    publish(system.office, ticket.id)
    assert system.get(f"/open311/v2/tokens/{answer['token']}.json").json == [{"token": answer["token"]}]


@pytest.mark.parametrize("key", ["", "ssk_wrong", "x" * 200])
@pytest.mark.parametrize("form", TYPES)
def test_without_a_key_that_works_a_403(system: System, key: str, form: str) -> None:
    page = system.file311(form, key=key)
    assert (page.status_code, page.headers["Content-Type"]) == (403, TYPES[form])
    assert count(system.office) == 0


def test_a_key_without_the_scope_or_revoked_opens_nothing(office: Office) -> None:
    assert System(office, ["cases.read"]).file311().status_code == 403
    late = System(office)
    office.later(days=91)
    assert late.file311().status_code == 403


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"service_code": None}, 400),
        ({"service_code": "nothing"}, 404),
        ({"service_code": "proposal"}, 404),
        ({"jurisdiction_id": "example.org"}, 404),
        ({"lat": None, "long": None}, 400),
        ({"long": None}, 400),
        ({"lat": None}, 400),
        ({"lat": "north"}, 400),
        ({"lat": "nan", "long": "nan"}, 400),
        ({"lat": "1e1"}, 400),
        ({"lat": "91"}, 400),
        ({"long": "-181"}, 400),
        ({"lat": "", "long": "", "address_id": "99"}, 400),
        ({"lat": "", "long": "", "address_string": "   "}, 400),
        ({"description": "ก" * 4001}, 400),
        ({"media_url": "ftp://example.org/x.jpg"}, 400),
        ({"media_url": "https://user:pass@example.org/x.jpg"}, 400),
        ({"media_url": "javascript:alert(1)"}, 400),
        ({"media_url": "http://[::1"}, 400),
        ({"attribute_danger": "maybe"}, 400),
        ({"service_code": "stray_animal"}, 400),
        ({"service_code": "flood", "attribute_depth": "deep"}, 400),
        ({"service_code": "flood", "attribute_since": "วันก่อน"}, 400),
    ],
)
@pytest.mark.parametrize("form", TYPES)
def test_a_report_that_cannot_be_filed_is_refused_and_leaves_nothing(
    system: System, form: str, fields: dict[str, Any], status: int
) -> None:
    page = system.file311(form, **fields)
    assert (page.status_code, page.headers["Content-Type"]) == (status, TYPES[form]), page.text
    assert all(one["code"] == str(status) for one in plain(page))
    assert count(system.office) == 0


def test_a_place_in_words_or_a_village_is_enough(system: System) -> None:
    with system.office.database.begin() as session:
        session.add(Village(moo=4, name="บ้านสวน", lat=14.02, lon=100.51))
    assert system.file311(lat="", long="", address_string="หน้าวัดกลางทุ่ง").status_code == 200
    assert newest(system.office).place == "หน้าวัดกลางทุ่ง"
    assert system.file311(lat="", long="", address_id="4").status_code == 200
    assert newest(system.office).moo == 4
    assert system.file311(lat="14.0201", long="100.5101").status_code == 200
    assert newest(system.office).moo == 4


def test_the_same_request_again_is_the_same_report(system: System) -> None:
    assert system.file311().json == system.file311().json
    assert count(system.office) == 1
    system.office.later(minutes=11)
    system.file311()
    assert count(system.office) == 2


def test_staff_are_told_of_a_similar_case_and_the_sender_only_that_there_is_one(system: System) -> None:
    system.file311(description="ไฟถนนดับหน้าศาลา")
    system.office.later(days=1)
    (answer,) = system.file311(description="ไฟถนนดับหน้าศาลาสองดวง").json or []
    assert "อาจเป็นเรื่องเดียวกับที่มีผู้แจ้งแล้ว 1 เรื่อง" in answer["service_notice"]
    notes = [entry for entry in newest(system.office).history if entry.what == "note"]
    assert [entry.words for entry in notes] == ["อาจเป็นเรื่องเดียวกับ 1/70"]


def test_the_test_endpoint_checks_everything_and_keeps_nothing(system: System) -> None:
    page = system.file311(test=True)
    assert page.status_code == 200
    assert set((page.json or [{}])[0]) == {"token", "service_notice", "account_id"}
    assert system.file311(test=True, lat=None).status_code == 400
    assert count(system.office) == 0


def test_pictures_come_with_the_form_or_by_address(system: System, tmp_path: Path) -> None:
    image = tmp_path / "photo.jpg"
    image.write_bytes(jpeg())
    with image.open("rb") as file:
        assert system.file311(photo1=(file, "photo.jpg"), media_url="https://example.org/a.jpg").status_code == 200
    with system.office.database.read() as session:
        states = sorted(session.scalars(select(File.state).where(File.ticket_id == newest(system.office).id)))
        assert states == ["stored", "waiting"]
        assert session.scalars(select(Fetch.address)).all() == ["https://example.org/a.jpg"]


def test_what_is_no_picture_does_not_lose_the_report(system: System, tmp_path: Path) -> None:
    broken = tmp_path / "x.jpg"
    broken.write_bytes(b"MZ this is a program")
    with broken.open("rb") as file:
        (answer,) = system.file311(photo1=(file, "x.jpg")).json or []
    assert "รูปที่แนบใช้ไม่ได้" in answer["service_notice"]
    with system.office.database.read() as session:
        assert session.scalars(select(File)).all() == []


def test_a_token_opens_only_so_many_cases_a_day(office: Office) -> None:
    sensor = System(office, per_day=2)
    statuses = [sensor.file311(description=f"เสาที่ {n} ดับ").status_code for n in range(3)]
    assert statuses == [200, 200, 429]
    office.later(days=1, minutes=1)
    assert sensor.file311(description="เสาที่ 4 ดับ").status_code == 200


def test_every_report_is_in_the_audit_with_the_name_of_the_token(system: System) -> None:
    system.file311()
    page = system.office.sign_in("auditor").get("/console/audit/")
    assert "ระบบทดสอบ" in page.text


# -- an independent client ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", TYPES)
def test_the_client_georeport_reads_us(quick_database: Database, form: str) -> None:
    with served(quick_database) as office:
        codes = [publish(office, office.case(), moo=3) for _ in range(2)]
        client = GeoReport(f"{office.settings.public_url}/open311/v2", output_format=form)
        services = client.get_service_list()
        assert {"streetlight", "road"} <= {one["service_code"] for one in services}
        asked = client.get_service_definition("streetlight")
        assert asked["service_code"] == "streetlight"
        found = client.get_service_requests(status="open", start_date="2026-11-01T00:00:00+07:00")
        assert {one["service_request_id"] for one in found} == set(codes)
        single = client.get_service_request(codes[0])
        one = single[0] if isinstance(single, list) else single
        assert one["service_request_id"] == codes[0]


def test_a_case_that_is_taken_back_from_the_public_is_gone(system: System) -> None:
    code = publish(system.office, system.office.case())
    with system.office.database.begin() as session:
        session.scalars(select(Publication).where(Publication.code == code)).one().shown = False
    assert system.get(f"/open311/v2/requests/{code}.xml").status_code == 404
    assert ticket_of(system.office, 1).state == "new"
    with system.office.database.read() as session:
        assert session.get(Ticket, 1) is not None
