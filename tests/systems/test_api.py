"""The API: what everybody may read, what a token adds, opening and moving cases, repeating, pages, pace and
refusals."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any, get_args
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from models.api_tokens import ApiToken, digest
from models.files import File
from models.replays import Replay
from models.tickets import KINDS, PAUSES, Ticket
from models.town import Agency
from tests.systems.system import System, count, newest, publish
from tests.test_photos import jpeg
from tests.web.office import Office
from web.api_input import NewCase, NewMove

NEW = {"text": "น้ำล้นประตูระบาย ระดับ 2.4 เมตร", "category": "flood", "place": {"lat": 14.02, "lon": 100.51}}


def opened(system: System, **more: Any) -> str:
    """A case that the system has opened; its number."""
    page = system.post("/api/v1/cases", NEW | more)
    assert page.status_code == 201, page.text
    return str((page.json or {})["id"])


# -- reading -----------------------------------------------------------------------------------------------------------


def test_everybody_reads_what_is_public_and_nothing_else(system: System) -> None:
    office = system.office
    code = publish(office, office.case("โทร 0812345678 ไฟดับ"), title="ไฟดับหน้าวัด", lat=14.03, lon=100.5, moo=2)
    office.case("ยังไม่อนุมัติ")
    publish(office, office.case("เงินใต้โต๊ะ", sensitive=True))
    page = system.get("/api/v1/cases")
    (one,) = (page.json or {})["items"]
    assert (one["id"], one["view"], one["title"], one["state"]) == (code, "public", "ไฟดับหน้าวัด", "new")
    assert one["place"] == {"text": "", "moo": 2, "lat": 14.03, "lon": 100.5}
    assert one["received"] == "2026-11-20"
    assert "0812345678" not in page.text
    assert system.get(f"/api/v1/cases/{code}").json == one
    assert system.get("/api/v1/cases/2570-00001").status_code == 401
    assert system.get("/api/v1/cases?view=full").status_code == 401


def test_a_token_reads_in_full_what_its_member_of_staff_sees(office: Office) -> None:
    mine, other = office.case(), office.case(department="HEALTH")
    secret = office.case("เงินใต้โต๊ะ", sensitive=True)
    office.confide("clerk")
    clerk, crew = System(office, ["cases.read"]), System(office, ["cases.read"], role="crew")
    everything = {one["id"] for one in (clerk.get("/api/v1/cases", token=True).json or {})["items"]}
    assert everything == {"2570-00001", "2570-00002"}, "a confidential case is not for tokens"
    assert {one["id"] for one in (crew.get("/api/v1/cases", token=True).json or {})["items"]} == {"2570-00001"}
    one = crew.get("/api/v1/cases/2570-00001", token=True).json or {}
    assert (one["text"], one["department"], one["state"]) == ("ไฟถนนดับหน้าศาลา", "ENG", "new")
    assert crew.get("/api/v1/cases/2570-00002", token=True).status_code == 404
    assert clerk.get("/api/v1/cases/2570-00003", token=True).status_code == 404
    assert "ยายคำ" not in clerk.get("/api/v1/cases/2570-00001/history", token=True).text
    assert (mine, other, secret) == (1, 2, 3)


def test_reading_in_full_is_in_the_audit(system: System) -> None:
    system.office.case()
    system.get("/api/v1/cases", token=True)
    system.get("/api/v1/cases/2570-00001", token=True)
    page = system.office.sign_in("dpo").get("/console/audit/")
    assert page.text.count("ระบบอื่นอ่านเรื่องเต็ม") >= 2


def test_pages_hold_every_case_once(system: System) -> None:
    office = system.office
    codes = {publish(office, office.case(received_at=office.now - timedelta(hours=n % 3))) for n in range(7)}
    for view, wanted in (("public", codes), ("full", {f"2570-{n:05d}" for n in range(1, 8)})):
        seen: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            page = system.get(f"/api/v1/cases?view={view}&limit=3&cursor={cursor}", token=True).json or {}
            seen += [one["id"] for one in page["items"]]
            cursor = page["next"]
        assert len(seen) == 7
        assert set(seen) == wanted


def test_a_cursor_of_a_case_that_is_no_longer_public_still_leads_on(system: System) -> None:
    office = system.office
    for _ in range(3):
        publish(office, office.case())
    cursor = (system.get("/api/v1/cases?limit=1").json or {})["next"]
    with office.database.begin() as session:
        session.get_one(Ticket, 3).state = "withdrawn"
    assert len((system.get(f"/api/v1/cases?cursor={cursor}").json or {})["items"]) == 2


@pytest.mark.parametrize(
    ("question", "many"),
    [
        ("state=new", 1),
        ("state=new,done", 2),
        ("category=road", 1),
        ("department=ENG", 2),
        ("department=NOBODY", 0),
        ("received_from=2026-11-20", 1),
        ("received_to=2026-11-19", 1),
        ("moo=4", 1),
        ("", 2),
    ],
)
def test_questions_narrow_both_views(system: System, question: str, many: int) -> None:
    office, yesterday = system.office, system.office.now - timedelta(days=1)
    publish(office, office.case(moo=4), moo=4)
    publish(office, office.case(category="road", state="done", closed_at=office.now, received_at=yesterday))
    for view in ("public", "full"):
        page = system.get(f"/api/v1/cases?view={view}&{question}", token=True)
        assert len((page.json or {})["items"]) == many, (view, page.text)


def test_what_changed_since(system: System) -> None:
    office = system.office
    office.case()
    office.later(hours=1)
    since = office.now.isoformat().replace("+", "%2B")
    office.case()
    page = system.get(f"/api/v1/cases?changed_since={since}", token=True)
    assert [one["id"] for one in (page.json or {})["items"]] == ["2570-00002"]


@pytest.mark.parametrize(
    "wrong",
    ["limit=0", "limit=201", "limit=x", "cursor=x", "cursor=%00", "state=halfway", "view=secret", "moo=-1",
     "received_from=2569-13-01", "changed_since=2026-11-20T00:00:00Z", "no_such=1", "received_to=9999-12-31",
     "category=%E0%B8%81"],
)  # fmt: skip
def test_a_wrong_question_is_told_in_thai_with_its_place(system: System, wrong: str) -> None:
    page = system.get(f"/api/v1/cases?{wrong}")
    told = page.json or {}
    assert (page.status_code, page.mimetype) == (400, "application/problem+json")
    assert told["status"] == 400
    assert any("\u0e01" <= char <= "\u0e2e" for char in told["detail"])
    assert set(told) >= {"type", "title", "status", "detail", "detail_en"}


def test_etags_and_caches(system: System) -> None:
    page = system.get("/api/v1/cases")
    assert page.headers["Cache-Control"] == "public, max-age=30"
    again = system.get("/api/v1/cases", headers={"If-None-Match": page.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    full = system.get("/api/v1/cases", token=True)
    assert full.headers["Cache-Control"] == "private, no-cache"
    assert "Authorization" in full.headers["Vary"]


@pytest.mark.parametrize("path", ["projects", "proposals", "polls", "categories", "departments"])
def test_the_other_public_lists_open_for_everybody(system: System, path: str) -> None:
    page = system.get(f"/api/v1/{path}")
    assert page.status_code == 200
    assert isinstance((page.json or {})["items"], list)


@pytest.mark.parametrize(
    "path", ["cases/nobody", "projects/9", "proposals/2570-00009", "polls/x", "nothing", "cases/2570-9"]
)
def test_what_is_not_there_is_a_404(system: System, path: str) -> None:
    page = system.get(f"/api/v1/{path}", token=True)
    assert (page.status_code, page.mimetype) == (404, "application/problem+json")


# -- opening -----------------------------------------------------------------------------------------------------------


def test_a_sensor_opens_a_case(systems: System) -> None:
    page = systems.post("/api/v1/cases", NEW | {"external_id": "gate-7", "urgent": True})
    told = page.json or {}
    assert (page.status_code, told["id"], told["added"]) == (201, "2570-00001", False)
    assert page.headers["Location"].endswith("/api/v1/cases/2570-00001")
    ticket = newest(systems.office)
    assert (ticket.channel, ticket.category, ticket.urgency) == ("api", "flood", "high")
    assert ticket.department is not None
    assert ticket.answer_by - ticket.received_at > timedelta(days=14)


def test_the_same_alarm_adds_to_its_open_case_and_opens_a_new_one_when_that_is_closed(system: System) -> None:
    number = opened(system, external_id="gate-7")
    again = system.post("/api/v1/cases", NEW | {"text": "ระดับ 2.9 เมตร", "external_id": "gate-7"})
    assert (again.status_code, (again.json or {})["id"], (again.json or {})["added"]) == (200, number, True)
    assert newest(system.office).history[-1].words == "ระดับ 2.9 เมตร"
    system.post(f"/api/v1/cases/{number}/moves", {"move": "done", "words": "ปิดประตูแล้ว"})
    assert opened(system, external_id="gate-7") != number
    listed = system.get("/api/v1/cases?external_id=gate-7", token=True).json or {}
    assert len(listed["items"]) == 2


def test_words_alone_are_understood(system: System) -> None:
    page = system.post("/api/v1/cases", {"text": "ไฟถนนดับหน้าวัดหมู่ 4"})
    assert page.status_code == 201
    ticket = newest(system.office)
    assert (ticket.category, ticket.moo) == ("streetlight", 4)


def test_a_confidential_case_tells_no_number_and_is_not_read(system: System) -> None:
    page = system.post("/api/v1/cases", {"text": "ผู้รับเหมาให้เงินใต้โต๊ะเจ้าหน้าที่ อบต."})
    told = page.json or {}
    assert (page.status_code, told["id"], told["state"]) == (201, None, None)
    assert newest(system.office).sensitive
    assert system.get("/api/v1/cases/2570-00001", token=True).status_code == 404


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#/text"),
        ({"text": "สั้น" * 2000}, "#/text"),
        ({"text": "   "}, "#/text"),
        ({"text": "น้ำท่วม\u0000"}, "#/text"),
        ({"text": "น้ำท่วม", "colour": "blue"}, "#/colour"),
        ({"text": "น้ำท่วม", "place": {"lat": 14}}, "#/place"),
        ({"text": "น้ำท่วม", "place": {"lat": 95, "lon": 100}}, "#/place/lat"),
        ({"text": "น้ำท่วม", "external_id": "มีไทย"}, "#/external_id"),
        ({"text": "น้ำท่วม", "happened_at": "2026-11-20T09:00:00"}, "#/happened_at"),
        ([], "#"),
    ],
)
def test_bad_input_is_told_with_its_place(system: System, body: Any, pointer: str) -> None:
    page = system.post("/api/v1/cases", body)
    told = page.json or {}
    assert (page.status_code, page.mimetype) == (422, "application/problem+json")
    assert pointer in [each["pointer"] for each in told["errors"]]
    assert count(system.office) == 0


def test_bad_input_that_only_the_town_can_judge(system: System) -> None:
    for wrong in (
        {"category": "nothing"},
        {"happened_at": "2020-01-01T00:00:00Z"},
        {"happened_at": "2030-01-01T00:00:00Z"},
    ):
        assert system.post("/api/v1/cases", NEW | wrong).status_code == 422
    assert (
        system.post("/api/v1/cases", data="text=x", content_type="application/x-www-form-urlencoded").status_code == 415
    )
    assert system.post("/api/v1/cases", data="{", content_type="application/json").status_code == 422
    assert system.post("/api/v1/cases", data=" " * 70_000, content_type="application/json").status_code == 413
    assert count(system.office) == 0


# -- repeating ---------------------------------------------------------------------------------------------------------


def test_the_same_key_gives_the_same_answer_and_does_it_once(systems: System) -> None:
    key = {"Idempotency-Key": "0b7c9c1e-alarm"}
    first = systems.post("/api/v1/cases", NEW, headers=key)
    systems.office.later(hours=5)
    again = systems.post("/api/v1/cases", NEW, headers=key)
    assert (again.status_code, again.data, again.headers["Location"]) == (201, first.data, first.headers["Location"])
    assert again.headers["Idempotency-Replayed"] == "true"
    assert count(systems.office) == 1
    other = systems.post("/api/v1/cases", NEW | {"text": "อีกเรื่องหนึ่ง"}, headers=key)
    assert other.status_code == 422
    assert System(systems.office).post("/api/v1/cases", NEW, headers=key).status_code == 201, "a key belongs to a token"


def test_a_refused_request_leaves_its_key_free(system: System) -> None:
    key = {"Idempotency-Key": "k"}
    assert system.post("/api/v1/cases", NEW | {"category": "nothing"}, headers=key).status_code == 422
    assert system.post("/api/v1/cases", NEW, headers=key).status_code == 201
    assert system.post("/api/v1/cases", NEW, headers={"Idempotency-Key": "ก"}).status_code == 400
    with system.office.database.read() as session:
        assert len(session.scalars(select(Replay)).all()) == 1


def test_keys_of_moves_notes_and_photos_too(system: System) -> None:
    number = opened(system)
    for path, body in (("notes", {"words": "ไปดูแล้ว"}), ("moves", {"move": "take"})):
        key = {"Idempotency-Key": path}
        first = system.post(f"/api/v1/cases/{number}/{path}", body, headers=key)
        again = system.post(f"/api/v1/cases/{number}/{path}", body, headers=key)
        assert first.data == again.data
    for _ in range(2):
        form = {"photos": (io.BytesIO(jpeg()), "a.jpg"), "purpose": "after"}
        page = system.post(f"/api/v1/cases/{number}/photos", headers={"Idempotency-Key": "p"}, data=form)
        assert page.status_code == 201, page.text
    history = [entry.what for entry in newest(system.office).history]
    assert (history.count("note"), history.count("taken"), history.count("photos")) == (1, 1, 1)
    with system.office.database.read() as session:
        assert session.scalars(select(File.purpose)).all() == ["after"]


# -- moving ------------------------------------------------------------------------------------------------------------


def test_a_case_goes_its_way_by_the_offices_rules(system: System) -> None:
    number = opened(system)
    with system.office.database.begin() as session:
        agency = session.scalars(select(Agency.code)).first()
    way: list[tuple[dict[str, Any], str]] = [
        ({"move": "take"}, "taken"),
        ({"move": "progress", "words": "ส่งช่างแล้ว"}, "taken"),
        ({"move": "wait", "reason": "parts", "words": "รอวาล์ว"}, "waiting"),
        ({"move": "resume"}, "taken"),
        ({"move": "outside", "agency": agency, "words": "ประสานชลประทาน"}, "outside"),
        ({"move": "forward", "department": "HEALTH", "words": "เป็นน้ำเสีย"}, "new"),
        ({"move": "ask", "words": "อยู่ตรงไหนแน่"}, "asking"),
        ({"move": "done", "words": "แก้ไขเรียบร้อย"}, "done"),
        ({"move": "reopen", "words": "ยังล้นอยู่"}, "taken"),
        ({"move": "refuse", "words": "เป็นของกรมชลประทาน"}, "refused"),
    ]
    for body, state in way:
        page = system.post(f"/api/v1/cases/{number}/moves", body)
        assert (page.status_code, (page.json or {}).get("state")) == (200, state), (body, page.text)
    assert newest(system.office).first_answer_at is not None
    history = system.get(f"/api/v1/cases/{number}/history", token=True).json or {}
    assert [one["what"] for one in history["items"]][-1] == "refused"
    assert history["items"][-1]["by"] == "วันดี ตั้งใจ"


def test_a_move_that_the_rules_forbid_is_a_409_and_one_without_words_a_422(system: System) -> None:
    number = opened(system)
    for body in ({"move": "reopen", "words": "เปิดอีกครั้ง"}, {"move": "resume"}):
        assert system.post(f"/api/v1/cases/{number}/moves", body).status_code == 409
    for body in (
        {"move": "done"},
        {"move": "outside", "words": "ประสานแล้ว"},
        {"move": "forward", "words": "ส่งต่อ", "department": "X"},
    ):
        assert system.post(f"/api/v1/cases/{number}/moves", body).status_code == 422
    assert newest(system.office).state == "new"


def test_another_departments_case_is_not_there_for_a_crews_token(office: Office) -> None:
    office.case(department="HEALTH")
    crew = System(office, role="crew")
    assert crew.post("/api/v1/cases/2570-00001/moves", {"move": "take"}).status_code == 404
    assert crew.post("/api/v1/cases/2570-00001/notes", {"words": "ดูแล้ว"}).status_code == 404


def test_a_public_note_is_progress_for_the_resident(system: System) -> None:
    number = opened(system)
    system.post(f"/api/v1/cases/{number}/notes", {"words": "ช่างกำลังไป", "public": True})
    last = newest(system.office).history[-1]
    assert (last.what, last.public) == ("progress", True)
    system.post(f"/api/v1/cases/{number}/moves", {"move": "done", "words": "เสร็จแล้ว"})
    assert system.post(f"/api/v1/cases/{number}/notes", {"words": "อีกนิด", "public": True}).status_code == 409


def test_what_is_no_picture_is_refused(system: System) -> None:
    number = opened(system)
    for form in (
        {},
        {"photos": (io.BytesIO(b"MZ"), "a.jpg")},
        {"photos": (io.BytesIO(jpeg()), "a.jpg"), "purpose": "x"},
    ):
        assert system.post(f"/api/v1/cases/{number}/photos", data=form).status_code in (415, 422)
    with system.office.database.read() as session:
        assert session.scalars(select(File)).all() == []


# -- tokens ------------------------------------------------------------------------------------------------------------


def test_only_the_hash_of_a_token_is_kept(system: System) -> None:
    with system.office.database.read() as session:
        row = session.scalars(select(ApiToken)).one()
        kept = json.dumps({c.key: str(getattr(row, c.key)) for c in ApiToken.__table__.columns})
    assert system.token not in kept
    assert row.hash == digest(system.token)
    assert system.token.startswith(row.hint)


def test_a_token_says_what_it_may(system: System) -> None:
    told = system.get("/api/v1/token", token=True).json or {}
    assert told["acts_for"] == "วันดี ตั้งใจ"
    assert "cases.move" in told["scopes"]
    assert system.get("/api/v1/token").status_code == 401


@pytest.mark.parametrize(
    "header", ["Bearer ssk_nothing", "Bearer", "Basic abc", "Bearer \u00e9", "bearer ssk_" + "x" * 5000]
)
def test_a_token_that_does_not_work_is_refused_even_where_none_is_needed(system: System, header: str) -> None:
    page = system.get("/api/v1/token", headers={"Authorization": header})
    assert page.status_code == 401
    assert "WWW-Authenticate" in page.headers


def test_it_is_written_down_when_a_token_was_used(system: System) -> None:
    system.get("/api/v1/token", token=True)
    with system.office.database.read() as session:
        assert session.scalars(select(ApiToken.used_at)).one() == system.office.now


def test_who_asks_too_fast_waits_and_others_do_not(office: Office) -> None:
    hasty, calm = System(office, per_minute=3), System(office)
    pages = [hasty.get("/api/v1/token", token=True) for _ in range(4)]
    assert [page.status_code for page in pages] == [200, 200, 200, 429]
    assert pages[0].headers["RateLimit-Policy"] == '"minute";q=3;w=60'
    assert pages[3].headers["Retry-After"] == "20"
    assert calm.get("/api/v1/token", token=True).status_code == 200
    office.later(seconds=20)
    assert hasty.get("/api/v1/token", token=True).status_code == 200


# -- hostile input -----------------------------------------------------------------------------------------------------

_WILD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
_NAMES = st.sampled_from(["text", "category", "kind", "place", "urgent", "external_id", "happened_at", "move", "words"])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=_WILD | st.dictionaries(_NAMES, _WILD, max_size=6),
    path=st.sampled_from(["", "/2570-00001/notes", "/2570-00001/moves"]),
)
def test_no_body_breaks_it(system: System, body: Any, path: str) -> None:
    page = system.post(f"/api/v1/cases{path}", data=json.dumps(body), content_type="application/json")
    assert page.status_code in (200, 201, 404, 409, 422, 429), page.text


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.text(min_size=1, max_size=30).filter(lambda text: text not in (".", "..")))
def test_no_name_breaks_it(system: System, number: str) -> None:
    name = quote(number, safe="")
    for path in (f"/api/v1/cases/{name}", f"/api/v1/polls/{name}", f"/open311/v2/requests/{name}.xml"):
        page = system.get(path, token=path.startswith("/api"))
        assert page.status_code in (200, 301, 308, 400, 404, 405, 429), (path, page.status_code)


def test_what_may_be_chosen_are_words_of_the_models() -> None:
    kinds = get_args(get_args(NewCase.model_fields["kind"].annotation)[0])
    reasons = get_args(get_args(NewMove.model_fields["reason"].annotation)[0])
    assert set(kinds) == set(KINDS) - {"proposal"}
    assert set(reasons) == set(PAUSES)
