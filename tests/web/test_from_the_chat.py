"""From “เข้าเว็บ” typed in LINE to the open console, through the real webhook, worker and simulator."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import select

from bot.app import create_app
from bot.wake import Waker
from models.audit import AuditRow
from models.database import Database
from tests.town import Person, Town, town_on


def _asked(person: Person, words: str) -> tuple[str, str]:
    """What the answer carries: the token of its button's address, and the code for another computer."""
    person.says(words).sees("เข้าเว็บเจ้าหน้าที่")
    screen = repr([message.json for message in person.news])
    token = re.search(r"https://town\.example/console/enter/([\w-]{43})\?openExternalBrowser=1", screen)
    code = re.search(r"รหัส (\d{4} \d{4})", screen)
    assert token
    assert code
    return token.group(1), code.group(1)


def _enters(town: Town, path: str, **fields: str) -> bool:
    """Whether a fresh browser gets in that way."""
    app = create_app(town.settings, town.database, Waker(town.database), clock=town.clock)
    browser = app.test_client()
    where = "https://town.example"
    page = browser.get("/console/sign-in", base_url=where).text
    csrf = re.search(r'name="csrf_token" value="([0-9a-f]{64})"', page)
    assert csrf
    browser.post(path, data={"csrf_token": csrf.group(1), **fields}, base_url=where)
    return browser.get("/console/account/", base_url=where).status_code == 200


def test_the_chats_link_and_code_open_the_console(quick_database: Database, tmp_path: Path) -> None:
    with town_on(quick_database, tmp_path) as town:
        ek = town.staff("ช่างเอก")
        token, _code = _asked(ek, "เข้าเว็บ")
        assert _enters(town, "/console/enter", token=token)
        assert not _enters(town, "/console/enter", token=token)
        _token, code = _asked(ek, "เข้าระบบ")
        assert _enters(town, "/console/sign-in/code", code=code)
        old, _code = _asked(ek, "เข้าเว็บค่ะ")
        town.later(minutes=6)
        assert not _enters(town, "/console/enter", token=old)


def test_looks_from_the_chat_stand_in_the_audit(quick_database: Database, tmp_path: Path) -> None:
    with town_on(quick_database, tmp_path) as town:
        clerk, somsri = town.staff("วันดี", "CLERK", role="clerk"), town.resident("ป้าสมศรี")
        somsri.says("คุยกับเจ้าหน้าที่").says("อยากถามเรื่องทะเบียนผู้สูงอายุ").sees("1/")
        clerk.says("1").taps("ดูผู้แจ้ง").sees("ป้าสมศรี")
        with quick_database.read() as session:
            rows = session.scalars(select(AuditRow).where(AuditRow.action == "reporter.seen")).all()
        assert [(row.name, row.door, row.subject) for row in rows] == [("วันดี", "chat", "ticket:1")]
