"""Promises of signing in: one-use links and codes, and sessions that end."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from models import sessions
from models.sessions import WebSession
from models.staff import Staff
from tests.web.links import actions, is_in, link
from tests.web.office import NAMES, Browser, Office

UNKNOWN = "x" * 43


# -- links and codes --------------------------------------------------------------------------------------------------


def test_a_link_signs_in_once(offices: Office) -> None:
    token, _code = link(offices)
    first, second = Browser(offices), Browser(offices)
    assert first.post("/console/enter", token=token).status_code == 303
    assert is_in(first)
    assert second.post("/console/enter", token=token).status_code == 410
    assert not is_in(second)
    assert actions(offices) == ["session.begun"]


def test_looking_at_a_link_does_not_use_it(office: Office) -> None:
    token, _code = link(office)
    for _ in range(3):  # LINE's preview, a virus scanner, a curious browser
        page = Browser(office).get(f"/console/enter/{token}")
        assert page.status_code == 200
        assert not page.headers.getlist("Set-Cookie")[0].startswith(office.cookie + "=")
    browser = Browser(office)
    browser.post("/console/enter", token=token)
    assert is_in(browser)


def test_a_link_to_nowhere_looks_like_any_other(office: Office) -> None:
    known, unknown = (
        Browser(office).get(f"/console/enter/{link(office)[0]}"),
        Browser(office).get(f"/console/enter/{UNKNOWN}"),
    )
    assert (known.status_code, unknown.status_code) == (200, 200)
    strip = re.compile(r'(value|content|hx-headers)=("[^"]*"|\'[^\']*\')')
    assert strip.sub("", known.text) == strip.sub("", unknown.text)


def test_a_link_lives_five_minutes(office: Office) -> None:
    late, just = link(office, "clerk"), link(office, "crew")
    office.later(minutes=4, seconds=59)
    assert Browser(office).post("/console/enter", token=just[0]).status_code == 303
    office.later(seconds=2)
    assert Browser(office).post("/console/enter", token=late[0]).status_code == 410


def test_a_new_link_ends_the_older_one(office: Office) -> None:
    old, new = link(office), link(office)
    assert Browser(office).post("/console/enter", token=old[0]).status_code == 410
    assert Browser(office).post("/console/enter", token=new[0]).status_code == 303


@pytest.mark.parametrize("written", ["{0}", "{0:.4} {1}", "{0:.4}-{1}", "thai"])
def test_the_code_may_be_typed_at_another_computer(office: Office, written: str) -> None:
    code = link(office)[1]
    thai = code.translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))
    typed = thai if written == "thai" else written.format(code, code[4:])
    browser = Browser(office)
    assert browser.post("/console/sign-in/code", code=typed).status_code == 303
    assert is_in(browser)
    assert Browser(office).post("/console/sign-in/code", code=code).status_code == 422


def test_wrong_codes_shut_the_door_for_a_while(offices: Office) -> None:
    guesser = Browser(offices)
    for _ in range(10):
        assert guesser.post("/console/sign-in/code", code="00000000").status_code == 422
    right = link(offices)[1]
    assert guesser.post("/console/sign-in/code", code=right).status_code == 429
    offices.later(minutes=16)
    assert guesser.post("/console/sign-in/code", code=link(offices)[1]).status_code == 303


def test_wrong_and_expired_and_used_codes_are_told_apart_by_nobody(office: Office) -> None:
    used, expired = link(office, "clerk"), link(office, "crew")
    Browser(office).post("/console/sign-in/code", code=used[1])
    office.later(minutes=6)
    told = {
        Browser(office).post("/console/sign-in/code", code=c).status_code for c in (used[1], expired[1], "12345678")
    }
    assert told == {422}


def test_staff_whose_access_has_ended_get_in_by_nothing(office: Office) -> None:
    token, code = link(office)
    with office.database.begin() as session:
        session.scalars(select(Staff).where(Staff.name == NAMES["clerk"])).one().active = False
    assert Browser(office).post("/console/enter", token=token).status_code == 410
    assert Browser(office).post("/console/sign-in/code", code=code).status_code == 422


def test_nothing_that_opens_a_door_is_stored_readably(office: Office) -> None:
    token, code = link(office)
    browser = Browser(office)
    browser.post("/console/enter", token=token)
    cookie = browser.client.get_cookie(office.cookie)
    assert cookie is not None
    with office.database.read() as session:
        stored = repr([list(session.execute(table.select())) for table in Staff.metadata.sorted_tables])
    for secret in (token, code, cookie.value):
        assert secret not in stored


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/console/account/security", "/console/account/security"),
        ("https://evil.example/console/", "/console/account/"),
        ("//evil.example/", "/console/account/"),
        ("/console/\\evil.example", "/console/account/"),
        ("/line/webhook", "/console/account/"),
    ],
)
def test_one_comes_back_to_where_one_wanted_to_go_but_nowhere_else(office: Office, asked: str, led: str) -> None:
    poll_officer = Browser(office)  # whose first page is the account
    page = poll_officer.post("/console/sign-in/code", code=link(office, "poll_officer")[1], next=asked)
    home = poll_officer.get("/console/").location if led == "/console/account/" else led
    assert page.location == home


# -- sessions ---------------------------------------------------------------------------------------------------------


def test_a_session_ends_after_eight_hours_of_quiet(office: Office) -> None:
    clerk = office.sign_in("clerk")
    office.later(hours=7, minutes=59)
    assert is_in(clerk)
    office.later(hours=3)
    assert is_in(clerk)
    office.later(hours=8, minutes=1)
    assert not is_in(clerk)


def test_a_session_ends_after_twelve_hours_in_any_case(office: Office) -> None:
    clerk = office.sign_in("clerk")
    for _ in range(11):
        office.later(hours=1)
        assert is_in(clerk)
    office.later(hours=1)
    assert not is_in(clerk)


def test_signing_out_ends_the_session_itself(office: Office) -> None:
    clerk = office.sign_in("clerk")
    cookie = clerk.client.get_cookie(office.cookie)
    assert cookie is not None
    assert clerk.post("/console/sign-out").status_code == 303
    thief = Browser(office)
    thief.client.set_cookie(office.cookie, cookie.value)
    assert not is_in(thief)


def test_others_of_my_sessions_can_be_seen_and_ended(office: Office) -> None:
    office_pc, telephone, stranger = office.sign_in("clerk"), office.sign_in("clerk"), office.sign_in("crew")
    with office.database.read() as session:
        newest = session.scalars(select(WebSession.id).order_by(WebSession.id)).all()
    assert office_pc.get("/console/account/").text.count('/end"') == 1
    assert stranger.post(f"/console/account/sessions/{newest[1]}/end").status_code == 404
    assert office_pc.post(f"/console/account/sessions/{newest[1]}/end").status_code == 303
    assert is_in(office_pc)
    assert not is_in(telephone)
    assert is_in(stranger)


def test_ending_all_others_keeps_this_one(office: Office) -> None:
    here, there, elsewhere = (office.sign_in("clerk") for _ in range(3))
    here.post("/console/account/sessions/end-others")
    assert [is_in(b) for b in (here, there, elsewhere)] == [True, False, False]


def test_signing_in_again_ends_the_old_session_and_gives_a_new_cookie(office: Office) -> None:
    browser = Browser(office)
    browser.post("/console/enter", token=link(office)[0])
    before = browser.client.get_cookie(office.cookie)
    browser.post("/console/enter", token=link(office)[0])
    after = browser.client.get_cookie(office.cookie)
    assert before is not None
    assert after is not None
    assert before.value != after.value
    old = Browser(office)
    old.client.set_cookie(office.cookie, before.value)
    assert not is_in(old)


def test_a_cookie_that_was_made_up_opens_nothing(office: Office) -> None:
    browser = Browser(office)
    browser.client.set_cookie(office.cookie, UNKNOWN)
    assert not is_in(browser)


def test_where_one_was_signed_in_is_kept_for_ninety_days(offices: Office) -> None:
    offices.sign_in("clerk")
    link(offices)
    Browser(offices).post("/console/sign-in/code", code="1")
    counts = []
    for days in (0, 89, 2):
        offices.later(days=days)
        with offices.database.begin() as session:
            sessions.sweep(session, offices.now)
            tables = (WebSession, sessions.OneUse, sessions.Attempt)
            counts.append([session.scalar(select(func.count()).select_from(table)) for table in tables])
    assert counts == [[1, 1, 2], [1, 0, 0], [0, 0, 0]]
