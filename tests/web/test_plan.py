"""The plan in the console: finding projects, writing lines, steps with reasons and undo, photos, evidence, rights."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from sqlalchemy import select

from models.people import Person
from models.plan import Plan, Project
from models.plan_finding import follow
from models.plan_links import ProjectCase, ProjectEvidence, shown_photos
from models.plan_rows import ProjectEntry
from tests.web.office import Browser, Office

LINE = {"form": "p02", "revision": "original", "strategy": "ยุทธศาสตร์ที่ 1 ถนน", "department_name": "กองช่าง"}


@pytest.fixture
def clerk(office: Office) -> Browser:
    """A clerk with a plan of three projects."""
    browser = office.sign_in("clerk")
    name = "แผนพัฒนาท้องถิ่น"
    browser.post(
        "/console/plan/plans/add", name=name, kind="local", first_year="2570", last_year="2574", layout="strategy"
    )
    browser.post(
        "/console/plan/plans/1/new", **LINE, name="โครงการถนนสาย 10", moos="3", plan_2570="500,000", plan_2571="0"
    )
    browser.post("/console/plan/plans/1/new", **LINE, name="โครงการถนนสาย 2", moos="1, 4-5", plan_2570="๑๐๐.๕๐")
    browser.post(
        "/console/plan/plans/1/new", **(LINE | {"strategy": "", "department_name": "ใครก็ไม่รู้"}), name="โครงการไฟฟ้า"
    )
    return browser


def names(page: str) -> list[str]:
    """Which of the three are on the page, in order."""
    known = ("โครงการถนนสาย 10", "โครงการถนนสาย 2", "โครงการไฟฟ้า")
    found = [(page.find(f">{name}<"), name) for name in known]
    return [name for at, name in sorted(found) if at >= 0]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["โครงการถนนสาย 10", "โครงการถนนสาย 2", "โครงการไฟฟ้า"]),
        ("sort=name", ["โครงการถนนสาย 2", "โครงการถนนสาย 10", "โครงการไฟฟ้า"]),
        ("sort=money", ["โครงการถนนสาย 10", "โครงการถนนสาย 2", "โครงการไฟฟ้า"]),
        ("q=ไฟฟ้า", ["โครงการไฟฟ้า"]),
        ("q=หมู่ 4", ["โครงการถนนสาย 2"]),
        ("moo=5", ["โครงการถนนสาย 2"]),
        ("year=2571", ["โครงการถนนสาย 10"]),
        ("strategy=ยุทธศาสตร์ที่ 1 ถนน", ["โครงการถนนสาย 10", "โครงการถนนสาย 2"]),
        ("department=none", ["โครงการไฟฟ้า"]),
        ("step=build", []),
        ("step=open", ["โครงการถนนสาย 10", "โครงการถนนสาย 2", "โครงการไฟฟ้า"]),
        ("form=p03", []),
        ("page=9", []),
        ("plan=all&year=99999999999&moo=x", ["โครงการถนนสาย 10", "โครงการถนนสาย 2", "โครงการไฟฟ้า"]),
    ],
)
def test_projects_are_found_and_stand_in_order(clerk: Browser, query: str, expected: list[str]) -> None:
    assert names(clerk.get(f"/console/plan/?{query}").text) == expected


def test_money_is_exact_and_blank_is_not_zero(clerk: Browser) -> None:
    with clerk.office.database.read() as session:
        first, second, third = session.scalars(select(Project).order_by(Project.id)).all()
        assert (first.money(), second.money(), third.money()) == ({2570: 50000000, 2571: 0}, {2570: 10050}, {})
        assert (first.moos, second.moos) == ((3,), (1, 4, 5))
        assert (first.department_id is not None, third.department_id) == (True, None)
    page = clerk.get("/console/plan/1").text
    assert "500,000" in page
    assert ">0<" in page


def test_a_line_is_corrected_with_its_history_and_bad_input_is_kept(clerk: Browser) -> None:
    bad = clerk.post(
        "/console/plan/1/edit", **LINE, name="โครงการถนนสาย 10", moos="ทุกหมู่", plan_2570="ห้าแสน", position="x"
    )
    assert bad.status_code == 422
    for words in ("ห้าแสน", "กรุณาพิมพ์เป็นจำนวนเงิน", "กรุณาพิมพ์เลขหมู่", "กรุณาพิมพ์ละติจูด"):
        assert words in bad.text
    clerk.post(
        "/console/plan/1/edit",
        **(LINE | {"revision": "added", "revision_number": "1", "revision_year": "2571"}),
        name="โครงการถนนสาย 10 ใหม่",
        public_name="ถนนซอย 10",
        moos="",
        plan_2570="",
        plan_2571="",
        dimensions=["mobility", "living"],
        position="18.5, 99.25",
    )
    with clerk.office.database.read() as session:
        project = session.get_one(Project, 1)
        assert (project.shown_name, project.dimensions) == ("ถนนซอย 10", ("mobility", "living"))
        assert (project.lat, project.moos, project.money()) == (18.5, (), {})
        entry = session.scalars(select(ProjectEntry).where(ProjectEntry.what == "edited")).one()
        assert {"name", "plan", "moos", "revision"} <= set(entry.data["fields"])
        assert not entry.public
    assert "เพิ่มเติม ครั้งที่ 1/2571" in clerk.get("/console/plan/1").text


def test_steps_forward_need_no_reason_and_steps_back_do(clerk: Browser) -> None:
    moved = clerk.post(
        "/console/plan/1/step",
        step="build",
        percent="40",
        contract="480,000",
        contractor="หจก. สมมุติ",
        begins_on="5/12/2569",
    )
    assert moved.status_code == 303
    page = clerk.get("/console/plan/1").text
    for words in ("40%", "480,000", "หจก. สมมุติ", "5 ธันวาคม 2569", "รอแจ้งผู้ติดตาม"):
        assert words in page
    for step in ("postponed", "cancelled", "plan"):
        refused = clerk.post("/console/plan/1/step", step=step, words="")
        assert refused.status_code == 422
        assert "กรุณาบอกเหตุผลด้วย" in refused.text
    assert clerk.post("/console/plan/1/step", step="dropped", words="x").status_code == 422
    assert clerk.post("/console/plan/1/step", step="build", words="").status_code == 422
    assert clerk.post("/console/plan/1/step", step="build", percent="101").status_code == 422
    clerk.post("/console/plan/1/step", step="done", words="เสร็จแล้ว")
    with clerk.office.database.read() as session:
        project = session.get_one(Project, 1)
        assert (project.step, project.percent, str(project.done_on)) == ("done", 100, "2026-11-20")


def test_a_step_is_undone_within_a_minute_exactly(clerk: Browser) -> None:
    clerk.post("/console/plan/1/step", step="procure", percent="5", contractor="ผิด")
    clerk.post("/console/plan/1/undo")
    with clerk.office.database.read() as session:
        project = session.get_one(Project, 1)
        assert (project.step, project.percent, project.contractor) == ("plan", None, "")
    clerk.post("/console/plan/1/step", step="procure")
    clerk.office.later(minutes=2)
    clerk.post("/console/plan/1/undo")
    assert "เลยเวลาเลิกทำแล้ว" in clerk.get("/console/plan/1").text
    with clerk.office.database.read() as session:
        assert session.get_one(Project, 1).step == "procure"


def test_a_department_moves_its_own_projects_only(clerk: Browser) -> None:
    crew = clerk.office.sign_in("crew")
    assert crew.post("/console/plan/1/step", step="budget").status_code == 303
    assert crew.post("/console/plan/3/step", step="budget").status_code == 403
    assert crew.get("/console/plan/1/edit").status_code == 403
    auditor = clerk.office.sign_in("auditor")
    assert auditor.get("/console/plan/1").status_code == 200
    assert auditor.post("/console/plan/1/step", step="procure").status_code == 403


def picture() -> tuple[io.BytesIO, str]:
    """A small photo."""
    file = io.BytesIO()
    Image.new("RGB", (64, 48), "#336655").save(file, "JPEG")
    file.seek(0)
    return file, "งาน.jpg"


def test_residents_see_only_the_covered_copy_of_a_photo(clerk: Browser) -> None:
    assert clerk.post("/console/plan/1/photos", purpose="talk").status_code == 422
    clerk.post("/console/plan/1/photos", purpose="talk", photos=picture())
    with clerk.office.database.read() as session:
        assert shown_photos(session, 1) == []
    page = clerk.get("/console/plan/1/photo/1").text
    token = page.split('name="token" value="')[1][:32]
    clerk.post("/console/plan/1/photo/1/publish", token=token, boxes="0.1,0.1,0.5,0.5")
    with clerk.office.database.read() as session:
        (copy,) = shown_photos(session, 1)
        assert copy.token != token
        assert copy.boxes == [[0.1, 0.1, 0.5, 0.5]]
    clerk.post("/console/plan/1/photo/1/unpublish", remove="1")
    with clerk.office.database.read() as session:
        assert shown_photos(session, 1) == []
    assert clerk.get("/console/plan/1/photo/1").status_code == 404


def test_many_reports_of_one_place_become_a_draft_with_evidence(offices: Office) -> None:
    clerk = offices.sign_in("clerk")
    cases = [offices.case("ถนนเป็นหลุม", category="road", moo=3) for _ in range(6)]
    offices.case("ไฟดับ", category="streetlight", moo=3)
    offices.case("โกงงบถนน", category="road", moo=3, sensitive=True)
    clerk.post("/console/plan/plans/add", name="แผน", kind="local", first_year="2570", last_year="2574", layout="issue")
    assert "แจ้ง 6 เรื่อง จาก 6 คน" in clerk.get("/console/plan/hints").text
    page = clerk.get("/console/plan/hints/draft?key=road@3").text
    assert "รวม 6 เรื่อง" in page
    assert "โกงงบถนน" not in page
    clerk.post("/console/plan/hints/draft", key="road@3", plan="1", name="โครงการซ่อมถนน หมู่ 3", reason="มีผู้แจ้ง 6 เรื่อง")
    with offices.database.read() as session:
        project = session.scalars(select(Project)).one()
        assert (project.step, project.moos, project.reason) == ("draft", (3,), "มีผู้แจ้ง 6 เรื่อง")
        assert set(session.scalars(select(ProjectCase.ticket_id))) == set(cases)
        assert session.scalars(select(ProjectEvidence)).one().figures["count"] == 6
    assert "ยังไม่มีจุดที่แจ้งซ้ำมากพอ" in clerk.get("/console/plan/hints").text
    clerk.post(f"/console/plan/{project.id}/adopt")
    with offices.database.read() as session:
        assert session.get_one(Project, project.id).step == "plan"


def test_a_plan_is_shown_to_residents_when_somebody_says_so(clerk: Browser) -> None:
    from models.plan_finding import anything_public

    with clerk.office.database.read() as session:
        assert not anything_public(session)
    clerk.post("/console/plan/plans/1/publish", show="1")
    with clerk.office.database.read() as session:
        assert anything_public(session)
    clerk.post("/console/plan/plans/1/publish")
    with clerk.office.database.read() as session:
        assert session.get_one(Plan, 1).published_at is None


def test_a_draft_that_is_not_used_stays_hidden(clerk: Browser) -> None:
    from models.plan_finding import found

    clerk.post("/console/plan/plans/1/publish", show="1")
    with clerk.office.database.begin() as session:
        session.get_one(Project, 1).step = "draft"
    clerk.post("/console/plan/1/adopt", drop="1")
    with clerk.office.database.read() as session:
        assert session.get_one(Project, 1).step == "dropped"
        assert found(session)[1] == 2


def test_followers_are_counted_never_named(clerk: Browser) -> None:
    with clerk.office.database.begin() as session:
        person = Person(name="ยายผู้ติดตาม", line_id="U77", created_at=clerk.office.now)
        session.add(person)
        session.flush()
        follow(session, session.get_one(Project, 1), person, clerk.office.now)
    page = clerk.get("/console/plan/1").text
    assert "ผู้ติดตาม 1 คน" in page
    assert "ยายผู้ติดตาม" not in page


def test_the_town_names_its_own_dimensions(office: Office) -> None:
    admin = office.sign_in("admin")
    admin.post("/console/plan/plans/dimensions", dimensions="สิ่งแวดล้อม\nเมืองเก่าน่าอยู่\n\nสิ่งแวดล้อม")
    page = admin.get("/console/plan/plans").text
    assert "เมืองเก่าน่าอยู่" in page
    assert "การเดินทางและขนส่ง" not in page
