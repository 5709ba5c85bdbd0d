"""Promises of the pages about proposals: lists, the board, each decision with its reason, merging, looks at people."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from sqlalchemy import func, select

from models.audit import AuditRow
from models.people import Person
from models.plan import Plan, Project, ProjectFollow
from models.proposals import Proposal, Step, Support, ready_for_poll
from models.proposing import Idea, propose
from models.supporting import support
from models.town import Department, put_setting, setting
from nlp.search import search_text
from tests.web.changing import confirm
from tests.web.office import Office

HOME = "/console/proposals/"


def person(office: Office, name: str, moo: int | None = 5) -> int:
    """A resident with LINE; the id."""
    with office.database.begin() as session:
        row = Person(name=name, line_id=f"U-{name}", moo=moo, created_at=office.now)
        session.add(row)
        session.flush()
        return row.id


def proposed(office: Office, title: str = "ทำรางระบายน้ำซอย 2", by: int | None = None, **given: Any) -> int:
    """A proposal by somebody; its id."""
    with office.database.begin() as session:
        values: dict[str, Any] = {"place": {"text": "ซอย 2", "moo": 5}, "why": "น้ำขังทุกหน้าฝน"}
        idea = Idea(title=title, **(values | given))
        who = session.get(Person, by) if by else None
        return propose(session, idea, office.now, column=search_text, proposer=who).id


def backed(office: Office, number: int, *people: int) -> None:
    """These people support it."""
    with office.database.begin() as session:
        for key in people:
            support(session, session.get_one(Proposal, number), session.get_one(Person, key), office.now)


def row(office: Office, number: int) -> Proposal:
    """The proposal as it is."""
    with office.database.read() as session:
        found = session.get_one(Proposal, number)
        session.expunge(found)
        return found


def steps(office: Office, number: int) -> list[str]:
    """What its history holds, in order."""
    with office.database.read() as session:
        return list(session.scalars(select(Step.what).where(Step.proposal_id == number).order_by(Step.id)))


def audited(office: Office, action: str) -> int:
    """How often this is in the audit."""
    with office.database.read() as session:
        found = select(func.count()).select_from(AuditRow).where(AuditRow.action == action)
        return session.scalar(found) or 0


# -- lists -------------------------------------------------------------------------------------------------------------


def test_the_list_is_found_in_filtered_and_ordered(offices: Office) -> None:
    first = proposed(offices, "ทำรางระบายน้ำซอย 2")
    second = proposed(offices, "สร้างลานกีฬา", place={"text": "", "moo": 2}, topic="education")
    backed(offices, first, person(offices, "ก"))  # not open yet: counts nothing
    clerk = offices.sign_in("clerk")
    clerk.post(f"{HOME}{second}/open")
    backed(offices, second, person(offices, "ข"))
    page = clerk.get(HOME)
    assert "2 ข้อเสนอ" in page.text
    assert page.text.index("สร้างลานกีฬา") < page.text.index("ทำรางระบายน้ำ")
    assert "1/20 คน" in page.text
    assert "ทำรางระบายน้ำ" not in clerk.get(HOME + "?q=ลานกีฬา").text
    assert "ลานกีฬา" not in clerk.get(HOME + "?moo=5").text
    assert "ลานกีฬา" in clerk.get(HOME + "?state=open&topic=education&moo=2").text
    assert "ไม่มีข้อเสนอตามตัวกรองนี้" in clerk.get(HOME + "?state=planned").text
    assert clerk.get(HOME + "?moo=x&department=y&page=zz&state=nothing").status_code == 200


def test_the_file_holds_the_list_without_names_and_formulas(office: Office) -> None:
    proposed(office, "=ทำถนน", by=person(office, "ยายคำ สมมุติ"), why="โทร 081-234-5678")
    page = office.sign_in("clerk").get(HOME + "export.csv")
    rows = list(csv.reader(io.StringIO(page.get_data().decode("utf-8-sig"))))
    assert len(rows) == 2
    assert "'=ทำถนน" in rows[1]
    assert "ยายคำ" not in page.get_data(as_text=True)
    assert "081-234-5678" not in page.get_data(as_text=True)
    assert audited(office, "proposals.exported") == 1
    assert office.sign_in("auditor").get(HOME + "export.xlsx").status_code == 200
    assert office.sign_in("crew").get(HOME + "export.csv").status_code == 403


def test_the_board_shows_each_stage_and_opens_with_a_press(offices: Office) -> None:
    number = proposed(offices)
    clerk = offices.sign_in("clerk")
    board = clerk.get(HOME + "board").text
    assert board.index("รอตรวจ") < board.index("ทำรางระบายน้ำ") < board.index("ถึงเกณฑ์ รอคำตอบ")
    page = clerk.post(f"{HOME}{number}/open", back="board", moo="5")
    assert page.location == "/console/proposals/board?moo=5"
    assert row(offices, number).state == "open"
    clerk.post(f"{HOME}{number}/open", back="board")
    assert "เปลี่ยนไปแล้ว" in clerk.get(HOME + "board").text
    assert "เปิดให้สนับสนุน</button>" not in offices.sign_in("crew").get(HOME + "board").text


def test_unread_words_are_late_after_the_promised_days(office: Office) -> None:
    proposed(office)
    assert "เกินกำหนด" not in office.sign_in("clerk").get(HOME).text
    office.later(days=10)
    assert "เกินกำหนด" in office.sign_in("clerk").get(HOME + "board").text


# -- decisions ---------------------------------------------------------------------------------------------------------


def test_opening_is_undone_within_a_minute_and_not_later(office: Office) -> None:
    number = proposed(office, by=person(office, "ก"))
    clerk = office.sign_in("clerk")
    clerk.post(f"{HOME}{number}/open")
    assert "เลิกทำ" in clerk.get(f"{HOME}{number}").text
    clerk.post(f"{HOME}{number}/undo")
    assert (row(office, number).state, row(office, number).opened_at) == ("review", None)
    clerk.post(f"{HOME}{number}/open")
    office.later(minutes=2)
    clerk.post(f"{HOME}{number}/undo")
    assert row(office, number).state == "open"
    assert steps(office, number) == ["created", "opened", "undone", "opened"]


def test_a_refusal_needs_a_reason_ready_or_own(office: Office) -> None:
    number = proposed(office)
    clerk = office.sign_in("clerk")
    page = clerk.post(f"{HOME}{number}/do/refuse", ready="", words="")
    assert page.status_code == 422
    assert "เลือกเหตุผลสำเร็จรูป หรือเขียนเหตุผล" in page.text
    clerk.post(f"{HOME}{number}/do/refuse", ready="refuse_private", words="แปลงหลังโรงสี")
    found = row(office, number)
    assert found.state == "refused"
    assert found.reason == "ที่ดินเป็นของเอกชน จึงใช้งบประมาณของท้องถิ่นทำไม่ได้ แปลงหลังโรงสี"
    clerk.post(f"{HOME}{number}/do/resume", words="มีที่ดินใหม่แล้ว")
    assert (row(office, number).state, row(office, number).reason) == ("review", "")


def test_words_are_asked_for_with_an_offer_and_only_where_there_is_somebody(office: Office) -> None:
    number, paper = proposed(office, by=person(office, "ก")), proposed(office, channel="paper")
    clerk = office.sign_in("clerk")
    clerk.post(f"{HOME}{number}/do/fixing", ready="fix_name", words="", wording="ทำถนนซอย 4 ใกล้ศาลา")
    assert row(office, number).state == "fixing"
    clerk.post(f"{HOME}{paper}/do/fixing", ready="fix_name", words="", wording="")
    assert row(office, paper).state == "review"


def test_private_people_in_the_words_are_pointed_out(office: Office) -> None:
    number = proposed(office, "เทปูนซอยบ้านลุงดำ")
    assert "“ลุงดำ”" in office.sign_in("clerk").get(f"{HOME}{number}").text
    clerk = office.sign_in("clerk")
    fields = {"why": "", "benefit": "", "place": "ซอย 4", "moo": "", "topic": "roads", "reach": "few"}
    clerk.post(f"{HOME}{number}/do/reword", title="เทปูนซอย 4 ข้างศาลา", **fields)
    assert "“ลุงดำ”" not in clerk.get(f"{HOME}{number}").text
    assert row(office, number).title == "เทปูนซอย 4 ข้างศาลา"
    assert "เทปูนซอย 4" in clerk.get(HOME + "?q=ข้างศาลา").text


@pytest.mark.parametrize(
    ("typed", "satang"), [("313,700", 31_370_000), ("๔๐๐,๐๐๐.-", 40_000_000), ("", None), ("0", 0), ("12.5", 1250)]
)
def test_the_answer_has_its_cost_in_satang_and_blank_is_not_zero(
    office: Office, typed: str, satang: int | None
) -> None:
    number = proposed(office)
    clerk = office.sign_in("clerk")
    clerk.post(f"{HOME}{number}/open")
    clerk.post(f"{HOME}{number}/answer", words="ทำได้ในปีหน้า", cost=typed)
    found = row(office, number)
    assert (found.state, found.cost_satang, found.answer) == ("answered", satang, "ทำได้ในปีหน้า")


def test_a_wrong_amount_is_told_beside_the_field_and_keeps_what_was_typed(office: Office) -> None:
    number = proposed(office)
    clerk = office.sign_in("clerk")
    clerk.post(f"{HOME}{number}/open")
    page = clerk.post(f"{HOME}{number}/answer", words="ทำได้ค่ะ", cost="สามแสน")
    assert page.status_code == 422
    assert "โปรดกรอกจำนวนเงิน" in page.text
    assert "สามแสน" in page.text
    assert row(office, number).state == "open"


def test_a_department_answers_what_it_was_asked_and_nothing_else(office: Office) -> None:
    mine, other = proposed(office), proposed(office, "ลานกีฬา")
    clerk = office.sign_in("clerk")
    for number in (mine, other):
        clerk.post(f"{HOME}{number}/open")
    with office.database.read() as session:
        engineers = session.scalars(select(Department.id).where(Department.code == "ENG")).one()
    clerk.post(f"{HOME}{mine}/do/give", department=str(engineers))
    crew = office.sign_in("crew")
    assert crew.post(f"{HOME}{other}/answer", words="ทำได้ค่ะ", cost="").status_code == 403
    assert crew.post(f"{HOME}{mine}/answer", words="ทำได้ค่ะ", cost="1000").status_code == 303
    assert crew.post(f"{HOME}{mine}/do/refuse", ready="refuse_law", words="").status_code == 403
    assert row(office, mine).cost_satang == 100_000


def test_merging_joins_supporters_once_and_can_be_undone(offices: Office) -> None:
    anna, bert, carl = (person(offices, name) for name in ("อ", "บ", "ค"))
    gone, kept = proposed(offices, by=anna), proposed(offices, "รางระบายน้ำในซอย 2", by=bert)
    clerk = offices.sign_in("clerk")
    for number in (gone, kept):
        clerk.post(f"{HOME}{number}/open")
    offices.later(minutes=2)
    backed(offices, gone, bert, carl)
    backed(offices, kept, carl)
    assert "ไม่พบข้อเสนอเลขนี้" in clerk.post(f"{HOME}{gone}/merge", into="ป.99").text
    look = clerk.post(f"{HOME}{gone}/merge", into="ป.2")
    assert "จะปิด" in look.text
    clerk.post(f"{HOME}{gone}/merge", into="ป.2", sure="y")
    assert (row(offices, gone).state, row(offices, gone).merged_into_id) == ("merged", kept)

    def backers(number: int) -> set[int]:
        with offices.database.read() as session:
            return set(session.scalars(select(Support.person_id).where(Support.proposal_id == number)))

    assert backers(kept) == {anna, carl}  # the proposer of the kept one needs no support of his own
    clerk.post(f"{HOME}{gone}/undo")
    assert row(offices, gone).state == "open"
    assert backers(kept) == {carl}


def test_into_a_poll_hands_it_to_whoever_builds_one(office: Office) -> None:
    number = proposed(office)
    clerk = office.sign_in("clerk")
    clerk.post(f"{HOME}{number}/open")
    clerk.post(f"{HOME}{number}/do/poll")
    with office.database.read() as session:
        assert [p.id for p in ready_for_poll(session)] == [number]
        assert [p.id for p in ready_for_poll(session, moo=1)] == []


def test_into_the_plan_makes_a_draft_that_all_behind_it_follow(offices: Office) -> None:
    anna, bert = person(offices, "อ"), person(offices, "บ")
    number = proposed(offices, by=anna)
    with offices.database.begin() as session:
        session.add(Plan(name="แผน 2571–2575", first_year=2571, last_year=2575, created_at=offices.now))
    clerk = offices.sign_in("clerk")
    clerk.post(f"{HOME}{number}/open")
    backed(offices, number, bert)
    clerk.post(f"{HOME}{number}/answer", words="ทำได้", cost="313,700")
    clerk.post(f"{HOME}{number}/do/plan", plan="1")
    with offices.database.read() as session:
        project = session.scalars(select(Project)).one()
        assert (project.step, project.money(), project.moos) == ("draft", {2571: 31_370_000}, (5,))
        assert "มีผู้สนับสนุน 1 คน" in project.reason
        assert set(session.scalars(select(ProjectFollow.person_id))) == {anna, bert}
        assert session.get_one(Proposal, number).project_id == project.id
    assert "โครงการทำรางระบายน้ำ" in clerk.get(f"{HOME}{number}").text


def test_who_decides_after_somebody_else_sees_that_first_and_keeps_the_words(office: Office) -> None:
    number = proposed(office, by=person(office, "อ"))
    clerk, other = office.sign_in("clerk"), office.sign_in("admin")
    clerk.post(f"{HOME}{number}/open")
    seen = clerk.get(f"{HOME}{number}?do=refuse").text.split('name="seen" value="')[1].split('"')[0]
    other.post(f"{HOME}{number}/answer", words="ทำได้ปีหน้า", cost="", seen=seen)
    late = clerk.post(f"{HOME}{number}/do/refuse", ready="", words="ที่ดินของเอกชน", seen=seen)
    assert late.status_code == 409
    assert "ที่ดินของเอกชน" in late.text
    assert row(office, number).state == "answered"
    seen = late.text.split('name="seen" value="')[1].split('"')[0]
    clerk.post(f"{HOME}{number}/do/refuse", ready="", words="ที่ดินของเอกชน", seen=seen)
    assert row(office, number).state == "refused"


def planned(office: Office) -> tuple[int, Any]:
    """A proposal made into a draft of the plan by a clerk; its id, and the clerk."""
    anna = person(office, "อ")
    number = proposed(office, by=anna)
    with office.database.begin() as session:
        session.add(Plan(name="แผน 2571–2575", first_year=2571, last_year=2575, created_at=office.now))
    clerk = office.sign_in("clerk")
    clerk.post(f"{HOME}{number}/open")
    clerk.post(f"{HOME}{number}/do/plan", plan="1")
    return number, clerk


def drafts(office: Office) -> list[str]:
    """Where the projects stand."""
    with office.database.read() as session:
        return list(session.scalars(select(Project.step).order_by(Project.id)))


def test_a_draft_project_is_undone_within_a_minute_and_nobody_follows_it(office: Office) -> None:
    number, clerk = planned(office)
    clerk.post(f"{HOME}{number}/undo")
    assert (row(office, number).state, row(office, number).project_id) == ("open", None)
    assert drafts(office) == ["dropped"]
    with office.database.read() as session:
        assert session.scalars(select(ProjectFollow)).all() == []


def test_a_draft_a_planner_took_into_the_plan_is_undone_no_more(office: Office) -> None:
    number, clerk = planned(office)
    clerk.post("/console/plan/1/adopt")
    clerk.post(f"{HOME}{number}/undo")
    page = clerk.post(f"{HOME}{number}/do/returned", words="ยังไม่พร้อม")
    assert page.status_code == 422
    assert (row(office, number).state, row(office, number).project_id) == ("planned", 1)
    assert drafts(office) == ["plan"]


def test_returning_throws_the_draft_away_and_its_undoing_brings_it_back(office: Office) -> None:
    number, clerk = planned(office)
    office.later(minutes=2)
    clerk.post(f"{HOME}{number}/do/returned", words="ยังไม่พร้อม")
    assert (row(office, number).state, drafts(office)) == ("answered", ["dropped"])
    clerk.post(f"{HOME}{number}/undo")
    assert (row(office, number).state, row(office, number).project_id) == ("planned", 1)
    assert drafts(office) == ["draft"]


def test_a_merge_that_fills_the_other_is_taken_back_whole(office: Office) -> None:
    with office.database.begin() as session:
        put_setting(session, "proposals.threshold", 2)
    anna, bert = (person(office, name) for name in ("อ", "บ"))
    gone, kept = proposed(office), proposed(office, "รางระบายน้ำในซอย 2")
    clerk = office.sign_in("clerk")
    for number in (gone, kept):
        clerk.post(f"{HOME}{number}/open")
    backed(office, gone, anna)
    backed(office, kept, bert)
    office.later(minutes=2)
    clerk.post(f"{HOME}{gone}/merge", into="ป.2", sure="y")
    assert row(office, kept).state == "reached"
    clerk.post(f"{HOME}{gone}/undo")
    assert (row(office, kept).state, row(office, kept).reached_at) == ("open", None)
    with office.database.read() as session:
        untold = select(Step).where(Step.told_at.is_(None), Step.what.in_(("absorbed", "merged", "reached")))
        assert session.scalars(untold).all() == []


def test_what_the_rules_forbid_changes_nothing(office: Office) -> None:
    number = proposed(office)
    clerk = office.sign_in("clerk")
    page = clerk.post(f"{HOME}{number}/do/poll")
    assert page.status_code == 422
    assert "ในสถานะนี้ไม่ได้" in page.text
    assert row(office, number).state == "review"
    assert clerk.post(f"{HOME}{number}/do/fly").status_code == 404


# -- people ------------------------------------------------------------------------------------------------------------


def test_nobody_is_named_until_somebody_with_the_right_asks(office: Office) -> None:
    anna, bert = person(office, "แอนนา ผู้เสนอ"), person(office, "เบิร์ต ผู้หนุน", moo=3)
    number = proposed(office, by=anna)
    office.sign_in("clerk").post(f"{HOME}{number}/open")
    backed(office, number, bert)
    page = office.sign_in("clerk").get(f"{HOME}{number}").text
    assert "แอนนา" not in page
    assert "เบิร์ต" not in page
    assert "หมู่ 3" in page
    assert "แอนนา" in office.sign_in("clerk").post(f"{HOME}{number}/proposer").text
    assert audited(office, "proposer.seen") == 1
    assert office.sign_in("clerk").post(f"{HOME}{number}/supporters").status_code == 403
    assert "เบิร์ต" in office.sign_in("dpo").post(f"{HOME}{number}/supporters").text
    assert audited(office, "supporters.seen") == 1
    assert office.sign_in("crew").post(f"{HOME}{number}/proposer").status_code == 403


# -- from paper --------------------------------------------------------------------------------------------------------


def paper(**given: Any) -> dict[str, Any]:
    values = dict.fromkeys(("why", "benefit", "place", "moo", "group", "received", "meeting", "hands"), "")
    return values | {"channel": "paper", "title": "ขุดลอกคลองหลังวัด", "topic": "roads", "reach": "village"} | given


def test_one_is_entered_from_paper_and_opened_at_once(office: Office) -> None:
    with office.database.begin() as session:
        put_setting(session, "proposals.threshold", 7)
    clerk = office.sign_in("clerk")
    page = clerk.post(HOME + "new", **paper(open_now="y", received="1/11/2569"))
    assert page.status_code == 303
    found = row(office, 1)
    assert (found.state, found.channel, found.threshold, found.proposer_id) == ("open", "paper", 7, None)
    assert found.received_at.date().isoformat() == "2026-11-01"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"title": ""}, "โปรดกรอกช่องนี้"),
        ({"received": "1/1/2570"}, "วันที่รับต้องไม่เกินวันนี้"),
        ({"received": "เมื่อวาน"}, "โปรดกรอกวันที่"),
        ({"channel": "meeting"}, "เลือกว่ามาจากประชาคมครั้งใด"),
        ({"hands": "-3"}, "ต้องอยู่ระหว่าง 0 ถึง 5000"),
    ],
)
def test_what_is_missing_on_paper_is_said_beside_the_field(office: Office, given: dict[str, Any], said: str) -> None:
    page = office.sign_in("clerk").post(HOME + "new", **paper(why="เหตุผลที่พิมพ์ไว้", **given))
    assert page.status_code == 422
    assert said in page.text
    assert "เหตุผลที่พิมพ์ไว้" in page.text


# -- settings ----------------------------------------------------------------------------------------------------------


def test_the_rules_are_set_after_a_look_and_hold_for_what_is_opened_from_then_on(office: Office) -> None:
    before = proposed(office)
    admin = office.sign_in("admin")
    admin.post(f"{HOME}{before}/open")
    fields = {"taken": "y", "round": "ปีงบประมาณ 2571", "until": "31/1/2570", "threshold": "5", "support_days": "0"}
    fields |= {"per_month": "2", "at_once": "4", "review_days": "3"}
    confirm(admin, "/console/settings/proposals", **fields)
    with office.database.read() as session:
        assert setting(session, "proposals.threshold") == 5
        assert setting(session, "proposals.until") == "2027-01-31"
    after = proposed(office, "ลานกีฬา")
    admin.post(f"{HOME}{after}/open")
    assert (row(office, before).threshold, row(office, after).threshold) == (20, 5)
    assert row(office, after).support_until is None
