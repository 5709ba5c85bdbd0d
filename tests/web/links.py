"""What tests of signing in share: links as the chat makes them, and what the audit has of it."""

from __future__ import annotations

from sqlalchemy import select

from models import sessions
from models.audit import AuditRow
from models.staff import Staff
from tests.web.office import NAMES, Browser, Office


def link(office: Office, role: str = "clerk") -> tuple[str, str]:
    """A link's token and code, as the chat gives them."""
    with office.database.begin() as session:
        member = session.scalars(select(Staff).where(Staff.name == NAMES[role])).one()
        return sessions.make_link(session, member, office.settings.secret_key, office.now)


def is_in(browser: Browser) -> bool:
    return browser.get("/console/account/").status_code == 200


def actions(office: Office) -> list[str]:
    with office.database.read() as session:
        return list(session.scalars(select(AuditRow.action).order_by(AuditRow.id)))
