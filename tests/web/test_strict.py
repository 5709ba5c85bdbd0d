"""Promises against forged forms, curious browsers and our own faults."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.web.links import is_in, link
from tests.web.office import Browser, Office

# -- forged forms and headers -----------------------------------------------------------------------------------------


def test_another_browsers_token_is_worth_nothing(office: Office) -> None:
    mine, theirs = office.sign_in("clerk"), office.sign_in("clerk")
    assert mine.post("/console/account/sessions/end-others", csrf_token=theirs.token).status_code == 400
    assert is_in(theirs)


def test_a_form_from_another_site_is_refused_even_with_the_token(office: Office) -> None:
    clerk = office.sign_in("clerk")
    for headers in (
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        assert clerk.post("/console/account/sessions/end-others", headers=headers).status_code == 400
    page = clerk.post("/console/account/sessions/end-others", headers={"Origin": office.settings.public_url})
    assert page.status_code == 303


def test_every_page_is_strict(office: Office) -> None:
    for path in ("/console/account/", "/privacy", "/console/none", "/console/sign-in"):
        headers = office.sign_in("clerk").get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "style-src 'self';" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "Strict-Transport-Security" not in headers


def test_pages_hold_no_inline_script_or_style(office: Office) -> None:
    admin = office.sign_in("admin")
    for path in ("/console/account/", "/console/account/totp", "/console/audit/", "/console/sign-in"):
        text = admin.get(path).text
        assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son[a-z]+=", text), path


def test_behind_https_cookies_and_headers_insist_on_it(quick_database: Any) -> None:
    office = Office(quick_database, public_url="https://console.example.go.th")
    browser = Browser(office)
    page = browser.post("/console/enter", token=link(office)[0])
    assert page.status_code == 303
    cookie = next(c for c in page.headers.getlist("Set-Cookie") if c.startswith("__Host-songsiang="))
    for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert word in cookie
    assert "max-age=31536000" in page.headers["Strict-Transport-Security"]
    assert is_in(browser)


def test_behind_a_proxy_tries_are_counted_per_visitor(quick_database: Any) -> None:
    office = Office(quick_database, trusted_proxies=1)
    first = Browser(office)
    for _ in range(11):
        status = first.post("/console/sign-in/code", code="1", headers={"X-Forwarded-For": "203.0.113.7"}).status_code
    assert status == 429
    other = Browser(office)
    assert other.post("/console/sign-in/code", code="1", headers={"X-Forwarded-For": "203.0.113.8"}).status_code == 422


def test_without_a_proxy_nobody_chooses_their_own_address(office: Office) -> None:
    guesser = Browser(office)
    for number in range(10):
        guesser.post("/console/sign-in/code", code="1", headers={"X-Forwarded-For": f"203.0.113.{number}"})
    assert guesser.post("/console/sign-in/code", code="1").status_code == 429


def test_the_language_is_kept(office: Office) -> None:
    browser = Browser(office)
    assert '<html lang="th">' in browser.get("/console/sign-in").text
    assert browser.post("/console/language", language="en", back="/console/sign-in").location == "/console/sign-in"
    assert '<html lang="en">' in browser.get("/console/sign-in").text
    assert browser.post("/console/language", language="xx", back="//evil.example").location == "/console/"


@pytest.mark.parametrize(("path", "status"), [("/console/none", 404), ("/console/audit/", 403)])
def test_errors_are_pages_with_words_and_a_way_on(office: Office, path: str, status: int) -> None:
    page = office.sign_in("clerk").get(path)
    assert page.status_code == status
    assert "ไปหน้าแรก" in page.text


def test_a_fault_of_ours_gets_a_number_and_tells_nothing(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    def fails() -> str:
        raise RuntimeError("the secret reason")

    office.app.view_functions["privacy.notice"] = fails
    page = Browser(office).get("/privacy")
    number = re.search(r"หมายเลขเหตุการณ์ ([0-9a-f]{8})", page.text)
    assert page.status_code == 500
    assert number
    assert "the secret reason" not in page.text
    assert number.group(1) in caplog.text
