"""Promises of the pages about meetings (ประชาคม) and residents' groups: heads, hands, ranks, results told once."""

from __future__ import annotations

import io
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from models.groups import Group, Member, join
from models.meetings import Item, Meeting
from models.people import Person
from models.proposals import Proposal, Step
from tests.web.office import Browser, Office
from tests.web.test_proposals import HOME, audited, paper, person, proposed, row, steps

MEETINGS = "/console/meetings/"
CIRCLES = "/console/circles/"


def announced(clerk: Browser, **given: Any) -> None:
    fields = {"title": "ประชาคมหมู่ 5", "held_on": "20/12/2569", "starts": "9:30", "place": "ศาลาหมู่ 5", "moo": ""}
    assert clerk.post(MEETINGS + "new", **fields, chair="กำนันสมมุติ", clerk="", **given).status_code == 303


def heard(office: Office) -> tuple[Browser, int]:
    """A meeting with one proposal of LINE and one of paper on its list, and fifty people in the room."""
    clerk = office.sign_in("clerk")
    number = proposed(office, by=person(office, "ก"))
    clerk.post(f"{HOME}{number}/open")
    announced(clerk)
    clerk.post(MEETINGS + "1/items", proposal=str(number))
    clerk.post(HOME + "new", **paper(channel="meeting", meeting="1", hands="31"))
    clerk.post(MEETINGS + "1/heads", residents_men="20", residents_women="๒๘", staff_men="2")
    return clerk, number


def items(office: Office) -> list[tuple[int, int | None, int | None, str | None]]:
    with office.database.read() as session:
        found = session.scalars(select(Item).order_by(Item.id))
        return [(i.proposal_id, i.votes_for, i.rank, i.resolution) for i in found]


def test_a_meeting_counts_heads_and_hears_proposals_from_line_and_paper(offices: Office) -> None:
    clerk, number = heard(offices)
    page = clerk.get(MEETINGS + "1").text
    assert "50 คน" in page
    assert items(offices) == [(number, None, None, None), (2, 31, None, None)]
    assert row(offices, number).state == "meeting"
    assert (row(offices, 2).state, row(offices, 2).channel) == ("meeting", "meeting")
    with offices.database.read() as session:
        meeting = session.scalars(select(Meeting)).one()
        assert (meeting.state, meeting.starts, meeting.heads("residents", "women")) == ("held", "9.30", 28)


def test_hands_give_ranks_and_equal_hands_share_one(office: Office) -> None:
    clerk, _number = heard(office)
    clerk.post(HOME + "new", **paper(title="ลานกีฬาหลังศาลา", channel="meeting", meeting="1", hands=""))
    clerk.post(MEETINGS + "1/hands", **{"votes_for-1": "31", "votes_for-2": "31", "votes_for-3": "12", "by_hands": "1"})
    assert [(i[1], i[2]) for i in items(office)] == [(31, 1), (31, 1), (12, 3)]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"votes_for-1": "สิบ"}, "กรอกเป็นจำนวนเต็ม"),
        ({"votes_for-1": "45", "votes_against-1": "10"}, "มากกว่าผู้เข้าร่วม"),
        ({"resolution-1": "refused"}, "ต้องมีเหตุผล"),
        ({"rank-1": "0"}, "กรอกเป็นจำนวนเต็ม"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field_and_nothing_is_kept(
    office: Office, typed: dict[str, str], said: str
) -> None:
    clerk, _number = heard(office)
    page = clerk.post(MEETINGS + "1/hands", **{"words-2": "ที่พิมพ์ไว้", "votes_for-2": "5", **typed})
    assert page.status_code == 422
    assert said in page.text
    assert "ที่พิมพ์ไว้" in page.text
    assert items(office)[1][1] == 31


def test_closing_tells_each_result_once_however_often_the_report_is_mended(offices: Office) -> None:
    clerk, number = heard(offices)
    result = {"votes_for-1": "45", "resolution-1": "agreed", "resolution-2": "refused", "words-2": "ทำแล้วเมื่อปีก่อน"}
    clerk.post(MEETINGS + "1/hands", **result)
    clerk.post(MEETINGS + "1/close")
    assert row(offices, number).state == "meeting"
    assert (row(offices, 2).state, row(offices, 2).reason) == ("refused", "ทำแล้วเมื่อปีก่อน")
    clerk.post(MEETINGS + "1/reopen")
    clerk.post(MEETINGS + "1/minutes", minutes="เปิดประชุมเวลา 09.30 น.")
    clerk.post(MEETINGS + "1/close")
    assert steps(offices, number).count("met") == 1
    with offices.database.read() as session:
        met = session.scalars(select(Step).where(Step.what == "met")).one()
        assert (met.data["for"], met.data["resolution"]) == (45, "agreed")


def test_a_closed_report_is_not_changed(office: Office) -> None:
    clerk, _number = heard(office)
    clerk.post(MEETINGS + "1/close")
    for page in ("heads", "hands", "minutes", "items", "close"):
        assert clerk.post(f"{MEETINGS}1/{page}", minutes="แก้ทีหลัง", residents_men="99").status_code == 303
    with office.database.read() as session:
        meeting = session.scalars(select(Meeting)).one()
        assert (meeting.heads(), meeting.minutes, meeting.state) == (50, "", "closed")


def test_the_report_is_printed_and_taken_out_as_a_workbook(office: Office) -> None:
    clerk, _number = heard(office)
    clerk.post(MEETINGS + "1/hands", **{"votes_for-1": "45", "votes_for-2": "31", "by_hands": "1"})
    paper_page = clerk.get(MEETINGS + "1/print").text
    assert "รายงานการประชุมประชาคมท้องถิ่น" in paper_page
    assert "20 ธันวาคม 2569" in paper_page
    assert "กำนันสมมุติ" in paper_page
    page = clerk.get(MEETINGS + "1/export.xlsx")
    page.headers["Content-Disposition"].encode("latin-1")  # what a server can send
    book = load_workbook(io.BytesIO(page.get_data()))
    result = list(book.worksheets[0].iter_rows(min_row=2, values_only=True))
    assert [(line[0], line[1], line[4]) for line in result] == [(1, "ป.1/70", 45), (2, "ป.2/70", 31)]
    assert audited(office, "meeting.exported") == 1


def test_only_those_who_decide_keep_meetings(office: Office) -> None:
    announced(office.sign_in("clerk"))
    crew = office.sign_in("crew")
    assert crew.get(MEETINGS + "1").status_code == 200
    assert crew.post(MEETINGS + "1/heads", residents_men="3").status_code == 403
    assert crew.get(MEETINGS + "1/export.xlsx").status_code == 403


# -- groups ------------------------------------------------------------------------------------------------------------


def code_in(text: str) -> str:
    return text.partition('class="code-big">')[2][:6]


def test_a_group_is_joined_with_its_code_until_it_ends(offices: Office) -> None:
    clerk = offices.sign_in("clerk")
    clerk.post(CIRCLES, name="ประชาคมหมู่ 5", kind="village", moo="", active="y")
    code = code_in(clerk.post(CIRCLES + "1/code").text)
    anna, bert = person(offices, "แอนนา"), person(offices, "เบิร์ต")

    def joins(key: int, typed: str) -> bool:
        with offices.database.begin() as session:
            who = session.get_one(Person, key)
            secret = offices.settings.secret_key
            return join(session, typed, who, f"chat-{key}", secret, offices.now) is not None

    assert joins(anna, code)
    assert joins(anna, code)  # again: still one member
    clerk.post(CIRCLES + "1/code", end="1")
    assert not joins(bert, code)
    with offices.database.read() as session:
        assert [m.person_id for m in session.scalars(select(Member))] == [anna]
        assert code not in (session.scalars(select(Group)).one().code_hash or "")


def test_members_are_shown_to_who_asks_with_the_right_and_can_be_taken_out(office: Office) -> None:
    clerk = office.sign_in("clerk")
    clerk.post(CIRCLES, name="อสม. ตำบล", kind="volunteers", moo="", active="y")
    anna = person(office, "แอนนา")
    with office.database.begin() as session:
        session.add(Member(group_id=1, person_id=anna, since=office.now))
    assert "แอนนา" not in clerk.get(CIRCLES + "1").text
    assert "แอนนา" in clerk.post(CIRCLES + "1/members").text
    assert audited(office, "circle.members_seen") == 1
    assert office.sign_in("crew").post(CIRCLES + "1/members").status_code == 403
    clerk.post(CIRCLES + "1/members/1/remove")
    with office.database.read() as session:
        assert session.scalar(select(Member.id)) is None


def test_two_groups_of_one_name_are_not_made(office: Office) -> None:
    clerk = office.sign_in("clerk")
    clerk.post(CIRCLES, name="ชมรมผู้สูงอายุ", kind="club", moo="")
    assert "มีกลุ่มชื่อนี้แล้ว" in clerk.post(CIRCLES, name="ชมรมผู้สูงอายุ", kind="club", moo="").text
    proposed(office, by=person(office, "ก"))
    with office.database.begin() as session:
        session.scalars(select(Proposal)).one().group_id = 1
    assert "ทำรางระบายน้ำ" in clerk.get(CIRCLES + "1").text


def test_one_is_taken_off_the_list_again_and_a_meeting_that_is_over_invites_nobody(office: Office) -> None:
    clerk = office.sign_in("clerk")
    number = proposed(office, by=person(office, "ก"))
    clerk.post(f"{HOME}{number}/open")
    announced(clerk)
    clerk.post(MEETINGS + "1/items", proposal=str(number))
    clerk.post(MEETINGS + "1/items/1/remove")
    assert (items(office), row(office, number).state) == ([], "answered")
    past = {"title": "ประชาคมที่ผ่านมา", "held_on": "1/11/2569", "starts": "", "place": "", "moo": ""}
    clerk.post(MEETINGS + "new", **past)
    clerk.post(MEETINGS + "2/items", proposal=str(number))
    with office.database.read() as session:
        invited = select(Step).where(Step.what == "meeting").order_by(Step.id)
        first, second = session.scalars(invited)
        assert (first.told_at, second.told_at) == (None, office.now)
    clerk.post(f"{HOME}{number}/undo")
    assert (items(office), row(office, number).state) == ([], "answered")
