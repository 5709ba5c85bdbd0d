"""The ballot page: every kind of ballot without any script, what is refused, and that no choice is left lying about."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from ballots.manifest import Kind, Level, Limits
from models import ballot_links, counter, eligibility, poll_drafts, poll_life, vote_codes
from models.people import Person
from models.poll_drafts import Place
from models.polls import Poll
from tests.web.office import Office
from tests.web.voting import BAHT, KINDS, Resident, declared, draft, finish, opened, publish

#: What a resident taps, and the canonical choice that must lie in the envelope.
TAPPED: dict[Kind, tuple[dict[str, Any], Any]] = {
    Kind.CHOOSE_ONE: ({"choice": "o3"}, ("o3",)),
    Kind.APPROVAL: ({"choice": ["o4", "o1"]}, ("o1", "o4")),
    Kind.SCORE: ({"score_o1": "5", "score_o2": "0", "score_o3": "๒"}, {"o1": 5, "o3": 2}),
    Kind.RANKED: ({"rank_o1": "2", "rank_o4": "1", "rank_o2": ""}, ("o4", "o1")),
    Kind.BUDGET_APPROVAL: ({"choice": ["o1", "o2"]}, ("o1", "o2")),
    Kind.BUDGET_POINTS: ({"score_o2": "7", "score_o4": "3"}, {"o2": 7, "o4": 3}),
}
WRONG: dict[Kind, tuple[dict[str, Any], str]] = {
    Kind.CHOOSE_ONE: ({"choice": ["o1", "o2"]}, "เลือกมากไป"),
    Kind.APPROVAL: ({"choice": ["o1", "o2", "o3"]}, "เลือกได้ไม่เกิน 2 ข้อ"),
    Kind.SCORE: ({"score_o1": "6"}, "0 ถึง 5"),
    Kind.RANKED: ({"rank_o1": "1", "rank_o2": "1"}, "อันดับไม่ซ้ำกัน"),
    Kind.BUDGET_APPROVAL: ({"choice": ["o1", "o2", "o3"]}, "เกิน 800,000 บาท"),
    Kind.BUDGET_POINTS: ({"score_o1": "6", "score_o2": "5"}, "ไม่เกิน 10 คะแนน"),
}


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_is_voted_without_scripts(office: Office, kind: Kind) -> None:
    booth = opened(office, declared(kind))
    fields, choice = TAPPED[kind]
    page = Resident(booth).vote(mark="4821", **fields)
    assert page.status_code == 200
    assert re.search(r">[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}<", page.text)
    assert booth.envelopes() == [(choice, "4821")]


@pytest.mark.parametrize("kind", list(KINDS))
def test_what_the_rules_forbid_comes_back_with_what_to_do(office: Office, kind: Kind) -> None:
    resident = Resident(opened(office, declared(kind)))
    fields, words = WRONG[kind]
    page = resident.post("/vote/review", resident.come(), **fields)
    assert page.status_code == 422
    assert words in page.text
    assert resident.booth.envelopes() == []


@pytest.mark.parametrize("kind", list(KINDS))
def test_an_empty_ballot_says_so_before_it_is_sent(office: Office, kind: Kind) -> None:
    booth = opened(office, declared(kind))
    resident = Resident(booth)
    review = resident.post("/vote/review", resident.come())
    assert "ไม่ประสงค์ลงคะแนน" in review.text
    assert resident.post("/vote/cast", review).status_code == 200
    assert [dict.fromkeys(choice) for choice, _ in booth.envelopes()] == [{}]


def test_no_ballot_is_taken_of_somebody_who_has_not_agreed(office: Office) -> None:
    booth = opened(office, declared(Kind.CHOOSE_ONE))
    resident = Resident(booth, agreed=False)
    page = resident.come()
    assert resident.post("/vote/cast", page, choice="o1").status_code == 303
    assert booth.envelopes() == []


def test_the_first_time_she_is_asked_whether_she_agrees(office: Office) -> None:
    booth = opened(office, declared(Kind.CHOOSE_ONE))
    resident = Resident(booth, agreed=False)
    page = resident.come()
    assert "ยินยอม ไปลงคะแนน" in page.text
    assert "choice" not in page.text
    refused = resident.post("/vote/consent", page, agree="no")
    assert "ไม่มีอะไรถูกบันทึก" in refused.text
    page = resident.come()
    assert resident.post("/vote/consent", page, agree="yes").status_code == 303
    assert "o1" in resident.browser.get("/vote/ballot").text


def test_she_may_change_her_mind_and_only_the_last_counts(office: Office) -> None:
    booth = opened(office, declared(Kind.CHOOSE_ONE))
    resident = Resident(booth)
    first = resident.vote(choice="o1")
    again = resident.come()
    assert "ท่านลงคะแนนเรื่องนี้แล้ว" in again.text
    second = resident.vote(choice="o2")
    assert "ใบนี้ใช้แทนใบเดิมแล้ว" in second.text
    assert first.text != second.text
    assert booth.envelopes() == [(("o2",), "")]


def test_where_it_is_agreed_a_vote_is_final(office: Office) -> None:
    booth = opened(office, replace(declared(Kind.CHOOSE_ONE), revote=False))
    resident = Resident(booth)
    assert "เปลี่ยนไม่ได้แล้ว" in resident.vote(choice="o1").text
    page = resident.browser.get("/vote/ballot")
    assert page.status_code == 409
    assert "ท่านลงคะแนนแล้ว" in page.text


def test_back_from_the_review_everything_is_as_it_was(office: Office) -> None:
    resident = Resident(opened(office, declared(Kind.RANKED)))
    page = resident.come()
    back = resident.post("/vote/change", page, rank_o2="1", rank_o3="2", mark="0007")
    assert re.search(r'name="rank_o2">.*?value="1" selected', back.text, re.DOTALL)
    assert 'value="0007"' in back.text


def test_a_link_serves_once_and_looking_uses_nothing_up(office: Office) -> None:
    booth = opened(office, declared(Kind.CHOOSE_ONE))
    resident, stranger = Resident(booth), Resident(booth)
    path = booth.link(resident.person_id)
    assert stranger.browser.get(path).status_code == 200
    page = resident.browser.get(path)
    token = path.rpartition("/")[2]
    assert resident.post("/vote/enter", page, token=token).status_code == 303
    second = stranger.post("/vote/enter", page=stranger.browser.get(booth.link(stranger.person_id)), token=token)
    assert second.status_code == 410
    assert "ลิงก์นี้ใช้ไม่ได้แล้ว" in second.text
    assert resident.browser.get(path).status_code == 410


def test_line_opens_it_inside_the_chat(office: Office) -> None:
    booth = opened(office, declared(Kind.CHOOSE_ONE))
    token = booth.link(booth.person()).rpartition("/")[2]
    resident = Resident(booth)
    page = resident.browser.get("/vote/liff", query_string={"liff.state": f"/{token}"})
    assert page.status_code == 200
    assert token in page.text


@pytest.mark.parametrize(("wait", "words"), [({"minutes": 46}, "บัตรนี้เปิดไว้นานแล้ว"), ({"days": 8}, "บัตรนี้เปิดไว้นานแล้ว")])
def test_a_page_that_lay_open_says_what_to_do(office: Office, wait: dict[str, float], words: str) -> None:
    resident = Resident(opened(office, declared(Kind.CHOOSE_ONE)))
    page = resident.come()
    office.later(**wait)
    stopped = resident.post("/vote/cast", page, choice="o1")
    assert stopped.status_code == 409
    assert words in stopped.text
    assert "พิมพ์ “ลงคะแนน”" in stopped.text


def test_after_closing_the_ballot_is_refused_with_words(office: Office) -> None:
    booth = opened(office, declared(Kind.CHOOSE_ONE))
    office.later(days=6, hours=23, minutes=50)
    resident = Resident(booth)
    page = resident.come()
    office.later(minutes=20)
    stopped = resident.post("/vote/cast", page, choice="o1")
    assert stopped.status_code == 409
    assert "ปิดลงคะแนนแล้ว" in stopped.text
    assert booth.envelopes() == []


def test_the_order_is_her_own_and_stays(office: Office) -> None:
    booth = opened(office, declared(Kind.CHOOSE_ONE))

    def order(resident: Resident) -> list[str]:
        return re.findall(r'data-option="(o\d)"', resident.come().text)

    someone = Resident(booth)
    assert order(someone) == order(someone)
    assert len({tuple(order(Resident(booth))) for _ in range(12)}) > 1


def test_nothing_is_kept_by_browsers_and_nothing_comes_from_elsewhere(office: Office) -> None:
    booth = opened(office, declared(Kind.CHOOSE_ONE))
    resident = Resident(booth)
    page = resident.come()
    for answer in (page, resident.post("/vote/review", page, choice="o1"), resident.vote(choice="o2")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "http" not in answer.headers["Content-Security-Policy"]
        assert not re.search(r'(?:src|href)="(?:https?:)?//', answer.text)
        assert not [cookie for cookie in answer.headers.getlist("Set-Cookie") if "o1" in cookie or "o2" in cookie]


def test_a_choice_in_an_address_is_not_read(office: Office) -> None:
    resident = Resident(opened(office, declared(Kind.CHOOSE_ONE)))
    page = resident.come()
    review = resident.post("/vote/review?choice=o1", page)
    assert "ไม่ได้เลือกข้อใด" in review.text


def test_a_broken_envelope_is_refused(office: Office) -> None:
    booth = opened(office, replace(declared(Kind.APPROVAL), limits=Limits(max_choices=1)))
    resident = Resident(booth)
    page = resident.come()
    for sealed in ("00", "zz" * 400, "ab" * 3000):
        assert resident.post("/vote/cast", page, sealed=sealed).status_code in (400, 409)
    assert booth.envelopes() == []


def test_the_qr_of_a_slip_says_how_to_use_the_code(office: Office) -> None:
    booth = opened(office, declared(Kind.CHOOSE_ONE))
    browser = Resident(booth).browser
    page = browser.get(f"/vote/code/{booth.code}/7K3F-9MQX")
    assert page.status_code == 200
    assert "7K3F-9MQX" in page.text
    assert browser.get(f"/vote/code/{booth.code}/%3Cb%3E").status_code == 404


def test_who_is_on_a_list_is_found_on_the_page_and_not_in_the_chat(offices: Office) -> None:
    office, number = offices, "1101700230708"
    rules = replace(declared(Kind.CHOOSE_ONE), minimum=Level.LIST, grows=False)
    booth = draft(office, rules)
    with office.database.begin() as session:
        first, second = booth.actor("poll_officer"), booth.actor("admin")
        counter.take_list(session, first, booth.keys, booth.poll_id, [counter.Line(number, 2495, 3)], office.now)
        poll_life.freeze(session, first, booth.keys, booth.poll_id, office.now)
        poll_life.propose_opening(session, first, booth.poll_id, office.now)
        poll_life.open_poll(session, second, booth.keys, booth.poll_id, booth.auth, office.now)
    resident = Resident(booth, booth.person(), agreed=False)
    with office.database.begin() as session:
        person = session.get_one(Person, resident.person_id)
        known = eligibility.voter(session, booth.keys, person, make=True)
        assert known is not None
        token = ballot_links.make(session, booth.poll_id, known.id, person.id, office.now)
    door = resident.browser.get(f"/vote/{token}")
    page = resident.browser.get(resident.post("/vote/enter", door, token=token).location)
    assert "หาชื่อท่านในบัญชี" in page.text
    wrong = resident.post("/vote/list", page, number=number, birth_year="2496")
    assert (wrong.status_code, number in wrong.text) == (422, False)
    found = resident.post("/vote/list", page, number="๑๑๐๑๗๐๐๒๓๐๗๐๘", birth_year="2495")
    assert found.status_code == 303
    page = resident.browser.get(found.location)
    resident.post("/vote/consent", page, agree="yes")
    page = resident.browser.get("/vote/ballot")
    assert resident.post("/vote/cast", page, choice="o2").status_code == 200
    assert booth.envelopes() == [(("o2",), "")]


def test_every_village_has_its_own_ballot_and_its_own_result(office: Office) -> None:
    places = (Place("a1", "บ้านเหนือ", (1,), 500_000 * BAHT), Place("a2", "บ้านใต้", (2,), 400_000 * BAHT))
    rules = replace(KINDS[Kind.BUDGET_APPROVAL], minimum=Level.CODE, grows=False, areas=places, per_area=True)
    booth = draft(office, replace(rules, budget=0))
    with office.database.begin() as session:
        officer, admin = booth.actor("poll_officer"), booth.actor("admin")
        poll = session.get_one(Poll, booth.poll_id)
        options = [
            poll_drafts.typed(f"โครงการ {n}", "", 300_000 * BAHT, areas=["a1" if n < 3 else "a2"]) for n in range(1, 5)
        ]
        poll_drafts.put_options(session, officer, poll.id, options, office.now)
        sheets = [
            vote_codes.print_sheet(session, officer, booth.keys, poll, 50, office.now, area=place.id)[1]
            for place in places
        ]
        poll_life.freeze(session, officer, booth.keys, poll.id, office.now)
        poll_life.propose_opening(session, officer, poll.id, office.now)
        poll_life.open_poll(session, admin, booth.keys, poll.id, booth.auth, office.now)
    for place, choice, other in ((0, "o2", "โครงการ 3"), (1, "o3", "โครงการ 1")):
        for slip in sheets[place][:22]:
            resident = Resident(booth, booth.person(), agreed=False)
            with office.database.begin() as session:
                poll, person = session.get_one(Poll, booth.poll_id), session.get_one(Person, resident.person_id)
                eligibility.use_code(session, booth.keys, poll, person, slip.code, office.now)
            booth.consent(resident.person_id)
            page = resident.come()
            assert other not in page.text
            assert resident.post("/vote/cast", page, choice=choice).status_code == 200
    assert "ไม่อยู่บนบัตรนี้" in resident.post("/vote/cast", page, choice="o1").text
    finish(booth)
    publish(booth)
    result = resident.browser.get(f"/polls/{booth.code}").text
    assert "ผลของ บ้านเหนือ" in result
    assert re.search(r'winners"><li><strong>โครงการ 2<', result)
    assert re.search(r'winners"><li><strong>โครงการ 3<', result)
    assert "จาก 100 คน" not in result
