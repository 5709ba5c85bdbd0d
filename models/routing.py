"""Routing: which department gets a matter. The town's rules first, then the category's department, then fall-backs.

A small อบต. puts most under สำนักปลัด: a department that is closed, or in which nobody works yet while its fall-back has
people, hands its work on. Every chain ends at the clerk's office (CLERK).
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.people import Chat
from models.staff import Staff
from models.town import Category, Department, RoutingRule


def department_for(session: Session, code: str) -> Department | None:
    """The department that does the work of `code`: the first along its fall-backs that is open and has people.

    Where nobody has been entered anywhere yet, the first open one. None only in an empty database.
    """
    chain = [d for d in _chain(session, code) if d.active]
    if not chain:
        return session.scalar(select(Department).order_by(Department.id).limit(1))
    return next((d for d in chain if is_served(session, d)), chain[0])


def is_served(session: Session, department: Department) -> bool:
    """Whether anybody there would notice: a member of staff, or a bound LINE group."""
    staff = select(Staff.id).where(Staff.department_id == department.id, Staff.active)
    group = select(Chat.id).where(Chat.department_id == department.id, Chat.gone_at.is_(None))
    return session.scalar(staff.limit(1)) is not None or session.scalar(group.limit(1)) is not None


def _chain(session: Session, code: str) -> Iterator[Department]:
    """The department and its fall-backs, each once, the clerk's office last."""
    known = {d.code: d for d in session.scalars(select(Department).order_by(Department.id))}
    seen: set[str] = set()
    for start in (code, "CLERK"):
        current: str | None = start
        while current and current in known and current not in seen:
            seen.add(current)
            yield known[current]
            current = known[current].fallback


def rule_for(session: Session, category: str, moo: int | None, text: str) -> RoutingRule | None:
    """The town's own rule for a matter: of those that fit the most exact, then the oldest; None when none fits."""
    fitting = [
        rule
        for rule in session.scalars(select(RoutingRule).order_by(RoutingRule.id))
        if rule.category in (None, category) and rule.moo in (None, moo) and (rule.word is None or rule.word in text)
    ]
    return max(
        fitting,
        key=lambda r: (r.category is not None) + (r.moo is not None) + (r.word is not None),
        default=None,
    )


def route(session: Session, category: str, moo: int | None, text: str) -> Department | None:
    """The department for a matter: the town's own rules first, then the category's department."""
    rule = rule_for(session, category, moo, text)
    if rule is not None:
        return department_for(session, rule.department)
    kind = session.get(Category, category)
    return department_for(session, kind.department if kind else "CLERK")
