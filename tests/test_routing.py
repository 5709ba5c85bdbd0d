"""Which department gets a matter: the town's rules, the category, fall-backs, and who is there at all."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.seed import seed
from models.database import Database
from models.people import Chat
from models.routing import department_for, route
from models.staff import Staff
from models.town import Department, RoutingRule


@pytest.fixture
def filled(quick_database: Database) -> Database:
    with quick_database.begin() as session:
        seed(session)
    return quick_database


def department(session: Session, code: str) -> Department:
    return session.scalars(select(Department).where(Department.code == code)).one()


def code_for(session: Session, code: str) -> str | None:
    found = department_for(session, code)
    return found.code if found else None


def hire(session: Session, code: str) -> None:
    member = Staff(
        name=f"คนของ {code}", role="crew", department=department(session, code), created_at=datetime.now(UTC)
    )
    session.add(member)
    session.flush()


def test_where_nobody_has_been_entered_the_departments_stand_as_they_are(filled: Database) -> None:
    with filled.begin() as session:
        assert code_for(session, "WATER") == "WATER"


def test_an_empty_department_hands_on_to_where_people_are(filled: Database) -> None:
    with filled.begin() as session:
        hire(session, "CLERK")
        assert code_for(session, "WATER") == "CLERK"
        hire(session, "ENG")
        assert code_for(session, "WATER") == "ENG"
        session.add(Chat(key="C" + "1" * 32, kind="group", department_id=department(session, "WATER").id))
        session.flush()
        assert code_for(session, "WATER") == "WATER"


def test_a_closed_department_hands_on_though_it_has_people(filled: Database) -> None:
    with filled.begin() as session:
        hire(session, "WATER")
        department(session, "WATER").active = False
        session.flush()
        assert code_for(session, "WATER") == "ENG"


def test_a_circle_of_fallbacks_ends(filled: Database) -> None:
    with filled.begin() as session:
        one, two = department(session, "HEALTH"), department(session, "EDU")
        one.fallback, two.fallback, one.active, two.active = "EDU", "HEALTH", False, False
        session.flush()
        assert code_for(session, "HEALTH") == "CLERK"


def test_the_most_exact_rule_of_the_town_wins(filled: Database) -> None:
    with filled.begin() as session:
        session.add(RoutingRule(category="road", department="CLERK"))
        session.add(RoutingRule(category="road", moo=3, department="DISASTER"))
        session.add(RoutingRule(category="road", moo=3, word="สะพาน", department="ORDER"))
        session.flush()

        def to(moo: int | None, text: str) -> str | None:
            found = route(session, "road", moo, text)
            return found.code if found else None

        assert to(1, "ถนนพัง") == "CLERK"
        assert to(3, "ถนนพัง") == "DISASTER"
        assert to(3, "ถนนก่อนถึงสะพานพัง") == "ORDER"
        assert route(session, "streetlight", 3, "ไฟดับ") is department(session, "ENG")
