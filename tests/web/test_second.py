"""Promises of the second factor: who needs one, what counts as one, and how often one may guess."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from bot.commands_audit import link_staff, unlock
from models import sessions
from models.sessions import WebSession
from tests.web.links import actions, is_in, link
from tests.web.office import NAMES, Browser, Office

# -- second factors ---------------------------------------------------------------------------------------------------


def add_authenticator(office: Office, browser: Browser) -> tuple[str, list[str]]:
    """Set up an authenticator as the pages say; its secret and the recovery codes."""
    page = browser.get("/console/account/totp").text
    found = re.search(r'class="secret">([^<]+)<', page), re.search(r'name="sealed" value="([^"]+)"', page)
    assert found[0]
    assert found[1]
    secret = found[0].group(1).replace(" ", "")
    page = browser.post("/console/account/totp", sealed=found[1].group(1), code=pyotp.TOTP(secret).at(office.now)).text
    return secret, re.findall(r"<code>([a-z0-9]{4}-[a-z0-9]{4})</code>", page)


def test_an_admin_makes_a_second_factor_first_and_shows_it_next_time(offices: Office) -> None:
    office, admin = offices, Browser(offices)
    admin.post("/console/enter", token=link(office, "admin")[0])
    assert admin.get("/console/audit/").location == "/console/account/security"
    secret, codes = add_authenticator(office, admin)
    assert len(codes) == 8
    assert admin.get("/console/audit/").status_code == 200
    again = Browser(office)
    again.post("/console/enter", token=link(office, "admin")[0])
    assert again.get("/console/audit/").location.startswith("/console/second?next=")
    office.later(seconds=60)
    page = again.post("/console/second", code=pyotp.TOTP(secret).at(office.now), next="/console/audit/")
    assert page.location == "/console/audit/"
    assert again.get("/console/audit/").status_code == 200
    assert actions(office) == ["session.begun", "second.added", "session.begun", "second.shown"]


def test_the_cookie_changes_with_the_second_factor(office: Office) -> None:
    clerk = office.sign_in("clerk")
    secret, _codes = add_authenticator(office, clerk)
    browser = office.sign_in("clerk", strong=False)
    weak = browser.client.get_cookie(office.cookie)
    office.later(seconds=60)
    browser.post("/console/second", code=pyotp.TOTP(secret).at(office.now))
    strong = browser.client.get_cookie(office.cookie)
    assert weak is not None
    assert strong is not None
    assert weak.value != strong.value
    left = Browser(office)
    left.client.set_cookie(office.cookie, weak.value)
    assert not is_in(left)


def test_a_code_of_the_authenticator_works_once(office: Office) -> None:
    secret, _codes = add_authenticator(office, office.sign_in("clerk"))
    office.later(seconds=60)
    code = pyotp.TOTP(secret).at(office.now)
    assert office.sign_in("clerk", strong=False).post("/console/second", code=code).status_code == 303
    assert office.sign_in("clerk", strong=False).post("/console/second", code=code).status_code == 422


@pytest.mark.parametrize(("seconds", "status"), [(-90, 422), (-30, 303), (0, 303), (30, 303), (90, 422)])
def test_the_authenticators_clock_may_be_off_by_half_a_minute(office: Office, seconds: int, status: int) -> None:
    secret, _codes = add_authenticator(office, office.sign_in("clerk"))
    office.later(minutes=5)
    code = pyotp.TOTP(secret).at(office.now + timedelta(seconds=seconds))
    assert office.sign_in("clerk", strong=False).post("/console/second", code=code).status_code == status


def test_guessing_the_second_factor_is_stopped(office: Office) -> None:
    secret, _codes = add_authenticator(office, office.sign_in("clerk"))
    office.later(seconds=60)
    for _ in range(5):
        assert office.sign_in("clerk", strong=False).post("/console/second", code="000000").status_code == 422
    right = pyotp.TOTP(secret).at(office.now)
    assert office.sign_in("clerk", strong=False).post("/console/second", code=right).status_code == 429
    assert actions(office).count("second.failed") == 5


def test_a_recovery_code_works_once_and_for_its_owner_only(office: Office) -> None:
    _secret, codes = add_authenticator(office, office.sign_in("clerk"))
    add_authenticator(office, office.sign_in("crew"))
    assert office.sign_in("crew", strong=False).post("/console/second", code=codes[0]).status_code == 422
    typed = codes[0].upper().replace("-", " ")
    assert office.sign_in("clerk", strong=False).post("/console/second", code=typed).status_code == 303
    assert office.sign_in("clerk", strong=False).post("/console/second", code=codes[0]).status_code == 422


def test_an_enrolment_cannot_be_carried_over_to_somebody_else(office: Office) -> None:
    page = office.sign_in("clerk").get("/console/account/totp").text
    secret, sealed = re.search(r'class="secret">([^<]+)<', page), re.search(r'name="sealed" value="([^"]+)"', page)
    assert secret
    assert sealed
    code = pyotp.TOTP(secret.group(1).replace(" ", "")).at(office.now)
    other = office.sign_in("crew")
    assert other.post("/console/account/totp", sealed=sealed.group(1), code=code).status_code == 303  # begin anew
    with office.database.read() as session:
        assert sessions.factors(session, office.staff("crew").id) == []


def test_an_admin_keeps_a_last_second_factor(office: Office) -> None:
    admin = office.sign_in("admin")
    with office.database.read() as session:
        number = sessions.factors(session, office.staff("admin").id)[0].id
    admin.post(f"/console/account/factors/{number}/remove")
    with office.database.read() as session:
        assert len(sessions.factors(session, office.staff("admin").id)) == 1
    add_authenticator(office, admin)
    admin.post(f"/console/account/factors/{number}/remove")
    with office.database.read() as session:
        assert [f.kind for f in sessions.factors(session, office.staff("admin").id)] == ["totp"]


def test_nobody_removes_somebody_elses_second_factor(office: Office) -> None:
    add_authenticator(office, office.sign_in("clerk"))
    with office.database.read() as session:
        number = sessions.factors(session, office.staff("clerk").id)[0].id
    assert office.sign_in("crew").post(f"/console/account/factors/{number}/remove").status_code == 404


def test_the_secret_is_not_stored_readably(office: Office) -> None:
    secret, codes = add_authenticator(office, office.sign_in("clerk"))
    with office.database.read() as session:
        stored = repr([row.secret for row in sessions.factors(session, office.staff("clerk").id, "totp", "recovery")])
    assert secret not in stored
    assert codes[0].replace("-", "") not in stored


# -- from a shell -----------------------------------------------------------------------------------------------------


def shell(office: Office, monkeypatch: pytest.MonkeyPatch, command: Any, *words: str) -> str:
    """Run a command with the office's settings; its output."""
    for name in ("line_channel_secret", "line_channel_access_token", "secret_key", "database_url", "public_url"):
        monkeypatch.setenv(name.upper(), str(getattr(office.settings, name)))
    result = CliRunner().invoke(command, words)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_shell_opens_the_console_without_line(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    told = shell(office, monkeypatch, link_staff, NAMES["clerk"])
    token = told.splitlines()[0].rpartition("/")[2]
    with office.database.begin() as session:  # the command reads the real clock
        row = session.scalars(select(sessions.OneUse)).one()
        row.expires_at = office.now + sessions.LINK_LIVES
    browser = Browser(office)
    assert browser.post("/console/enter", token=token).status_code == 303
    assert is_in(browser)
    assert actions(office) == ["link.made", "session.begun"]


def test_a_shell_clears_a_lost_second_factor(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    admin = office.sign_in("admin")
    shell(office, monkeypatch, unlock, NAMES["admin"])
    assert "second.forgotten" in actions(office)
    assert admin.get("/console/account/security").status_code in (200, 303)
    with office.database.read() as session:
        assert sessions.factors(session, office.staff("admin").id) == []


def test_the_page_with_the_recovery_codes_has_forms_that_work(office: Office) -> None:
    clerk = office.sign_in("clerk")
    add_authenticator(office, clerk)  # its answer brings a new cookie and shows the codes
    assert clerk.post("/console/sign-out").status_code == 303


# -- an admin helps ----------------------------------------------------------------------------------------------------


def test_an_admin_ends_anybodys_session(office: Office) -> None:
    admin, clerk = office.sign_in("admin"), office.sign_in("clerk")
    with office.database.read() as session:
        mine, theirs = session.scalars(select(WebSession.id).order_by(WebSession.id)).all()
    assert NAMES["clerk"] in admin.get("/console/sessions/").text
    assert admin.post(f"/console/sessions/{theirs}/end").status_code == 303
    assert (is_in(admin), is_in(clerk)) == (True, False)
    assert admin.post(f"/console/sessions/{mine}/end").status_code == 404


def test_an_admin_clears_what_somebody_lost_but_not_their_own(office: Office) -> None:
    admin, clerk = office.sign_in("admin"), office.sign_in("clerk")
    add_authenticator(office, clerk)
    member, me = office.staff("clerk").id, office.staff("admin").id
    assert admin.post(f"/console/sessions/of/{member}/unlock").status_code == 303
    assert not is_in(clerk)
    assert is_in(office.sign_in("clerk", strong=False))
    assert admin.post(f"/console/sessions/of/{me}/unlock").status_code == 404
