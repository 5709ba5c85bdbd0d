"""The console without a server: an app over a fresh database, a clock that can be moved, invented staff, browsers."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from bot.app import create_app
from bot.config import Settings
from bot.seed import seed
from bot.wake import Waker
from models import sessions
from models.database import Database
from models.people import Person
from models.staff import ROLES, Staff
from models.tickets import Ticket, fiscal_year_of, next_number
from models.town import Department
from tests.door import settings as complete

START = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)  # 10 o'clock in the morning of a working day in Thailand
NAMES = {
    "clerk": "วันดี ตั้งใจ",
    "crew": "สมชาย ใจเย็น",
    "head": "อำนวย งานดี",
    "admin": "ปรีชา ดูแล",
    "poll_officer": "นับ คะแนน",
    "auditor": "ตรวจ ละเอียด",
    "dpo": "ปกป้อง ข้อมูล",
}


class Office:
    """A municipality's console. Staff of every role exist; crew and head belong to the engineers (ENG)."""

    def __init__(self, database: Database, **given: Any) -> None:
        self.database, self.now = database, START
        self.settings: Settings = complete(str(database.engine.url), **given)
        self.app: Flask = create_app(self.settings, database, Waker(database), clock=lambda: self.now)
        self.app.testing = True
        with database.begin() as session:
            seed(session)
            eng = _department(session, "ENG")
            for role in ROLES:
                where = eng if role in ("crew", "head") else None
                session.add(Staff(name=NAMES[role], role=role, department=where, created_at=START))

    def later(self, **span: float) -> None:
        """Let time pass: `minutes=5`, `days=3` …"""
        self.now += timedelta(**span)

    def staff(self, role: str) -> Staff:
        """The invented member of staff of this role."""
        with self.database.read() as session:
            return session.query(Staff).filter_by(name=NAMES[role]).one()

    def sign_in(self, role: str, *, strong: bool = True) -> Browser:
        """A browser signed in as staff of this role. `strong`: the second factor was shown where one is needed."""
        with self.database.begin() as session:
            member = session.query(Staff).filter_by(name=NAMES[role]).one()
            if role == "admin" and strong and not sessions.factors(session, member.id):
                session.add(sessions.Factor(staff_id=member.id, kind="passkey", secret="-", created_at=self.now))
            token = sessions.sign_in(session, member, "passkey" if strong else "link", self.now)
        browser = Browser(self)
        browser.client.set_cookie(self.cookie, token)
        return browser

    def confide(self, role: str) -> None:
        """Appoint staff of this role as a receiver of sensitive cases."""
        with self.database.begin() as session:
            session.query(Staff).filter_by(name=NAMES[role]).one().confidential = True

    def case(self, words: str = "ไฟถนนดับหน้าศาลา", *, department: str = "ENG", **given: Any) -> int:
        """File a case; its id."""
        with self.database.begin() as session:
            year = fiscal_year_of(self.now)
            person = Person(name="ยายคำ สมมุติ", created_at=self.now)
            values: dict[str, Any] = {
                "kind": "complaint",
                "category": "streetlight",
                "department": _department(session, department),
                "reporter": person,
                "received_at": self.now,
                "answer_by": self.now + timedelta(days=15),
                "due_at": self.now + timedelta(days=7),
            }
            number = next_number(session, year)
            ticket = Ticket(fiscal_year=year, number=number, text=words, **(values | given))
            session.add(ticket)
            session.flush()
            ticket.add("created", self.now, data={"department": department}, told=True)
            return ticket.id

    @property
    def cookie(self) -> str:
        """The name of the session's cookie."""
        return "__Host-songsiang" if self.settings.public_url.startswith("https") else "songsiang"


def _department(session: Session, code: str) -> Department:
    return session.scalars(select(Department).where(Department.code == code)).one()


class Browser:
    """One browser: keeps cookies, and sends the token of the page it has seen last."""

    def __init__(self, office: Office) -> None:
        self.office = office
        base = office.settings.public_url
        self.client: FlaskClient = office.app.test_client()
        self._where: dict[str, Any] = {"base_url": base} if base.startswith("https") else {}
        self._token = ""

    def get(self, path: str, **more: Any) -> TestResponse:
        """Open a page."""
        return self._seen(self.client.get(path, buffered=True, **self._where, **more))

    def post(self, path: str, /, **fields: Any) -> TestResponse:
        """Send a form, with the token that the console gives this browser."""
        fields.setdefault("csrf_token", self.token)
        headers = fields.pop("headers", None)
        return self._seen(self.client.post(path, data=fields, headers=headers, buffered=True, **self._where))

    def post_json(self, path: str, body: Any) -> TestResponse:
        """Send JSON as the console's scripts do."""
        return self._seen(self.client.post(path, json=body, headers={"X-CSRF-Token": self.token}, **self._where))

    @property
    def token(self) -> str:
        """The token for forms; opens a page that anybody may see where none was seen yet."""
        if not self._token:
            self.get("/console/none")
        return self._token

    def _seen(self, page: TestResponse) -> TestResponse:
        found = re.search(
            r"X-CSRF-Token&#34;: &#34;([0-9a-f]{64})|X-CSRF-Token\": \"([0-9a-f]{64})",
            page.get_data(as_text=True) if page.mimetype == "text/html" else "",
        )
        if found:
            self._token = found.group(1) or found.group(2)
        elif page.headers.getlist("Set-Cookie"):
            self._token = ""
        return page
