"""What a fresh town starts with: departments, agencies, categories, holidays, ready answers; copied from the defaults.

What the town has changed is left alone; what later versions add is added.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.calendar import fill_holidays
from models.templates import fill_templates
from models.town import Agency, Category, Department
from nlp.defaults import Defaults
from nlp.lexicon import defaults


def seed(session: Session) -> None:
    """Add what is missing. Repeating it changes nothing."""
    found = defaults()
    _departments(session, found)
    _agencies(session, found)
    session.flush()
    _categories(session, found)
    fill_holidays(session)
    fill_templates(session)


def _departments(session: Session, found: Defaults) -> None:
    known = set(session.scalars(select(Department.code)))
    session.add_all(
        Department(code=d.code, name=d.name, short=d.short, fallback=d.fallback)
        for d in found.departments
        if d.code not in known
    )


def _agencies(session: Session, found: Defaults) -> None:
    known = set(session.scalars(select(Agency.code)))
    session.add_all(Agency(code=a.code, name=a.name, phone=a.phone) for a in found.agencies if a.code not in known)


def _categories(session: Session, found: Defaults) -> None:
    known = set(session.scalars(select(Category.code)))
    session.add_all(
        Category(
            code=c.code,
            name=c.name,
            department=c.department,
            agency=c.agency,
            days_urgent=c.sla_days_urgent,
            days_normal=c.sla_days_normal,
            radius=c.radius,
            siblings=list(c.siblings),
            sensitive=c.sensitive,
            position=place,
        )
        for place, c in enumerate(found.categories)
        if c.code not in known
    )
