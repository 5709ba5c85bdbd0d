"""Fields and checks that forms of settings share."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import FloatField, StringField
from wtforms.validators import Length, NumberRange, Optional, Regexp, ValidationError

from messages import cases
from models.town import Agency, Category, Department, Village
from web.desk import Desk
from web.forms import Tidy, options, required

#: Telephone numbers as offices write them; more than one may be given.
_PHONE = re.compile(r"^[0-9 +()\-,/ต่อext.]*$")


def phone_field(label: str, most: int = 40, *, needed: bool = False, **more: Any) -> StringField:
    """A telephone number; none will do, unless it is `needed`."""
    checks = [required() if needed else Optional(), Length(max=most), Regexp(_PHONE, message="settings.phone_wrong")]
    return StringField(label, checks, filters=[Tidy(), lambda value: value or ""], **more)


def latitude() -> FloatField:
    """A latitude in degrees, or none."""
    checks = [Optional(), NumberRange(-90, 90)]
    return FloatField("column.lat", checks, description="settings.lat_help", render_kw={"inputmode": "decimal"})


def longitude() -> FloatField:
    """A longitude in degrees, or none."""
    return FloatField("column.lon", [Optional(), NumberRange(-180, 180)], render_kw={"inputmode": "decimal"})


def both_or_neither(lat: Any, lon: Any) -> None:
    """Half a position is none. Raises ValidationError."""
    if (lat.data is None) != (lon.data is None):
        raise ValidationError("settings.both_degrees")


def departments(desk: Desk, *, but: str = "", closed: bool = True) -> list[Any]:
    """Departments to choose from by code; those out of use are marked."""
    rows = desk.session.scalars(select(Department).order_by(Department.id))
    return options(
        (row.code, _marked(desk, row.name, closed=not row.active))
        for row in rows
        if row.code != but and (closed or row.active)
    )


def categories(desk: Desk) -> list[Any]:
    """All categories by code."""
    rows = desk.session.scalars(select(Category).order_by(Category.position))
    return options((row.code, _marked(desk, row.name, closed=not row.active)) for row in rows)


def agencies(desk: Desk) -> list[Any]:
    """All outside agencies by code."""
    found = desk.session.execute(select(Agency.code, Agency.name).order_by(Agency.name))
    return options((code, cases.named(desk.w, name)) for code, name in found)


def villages(desk: Desk) -> list[Any]:
    """All villages by number."""
    rows = desk.session.scalars(select(Village).order_by(Village.moo))
    return options((str(v.moo), f"{desk.w('report.place_moo', moo=v.moo)} {v.name}".strip()) for v in rows)


def _marked(desk: Desk, name: str, *, closed: bool) -> str:
    written = cases.named(desk.w, name)
    return f"{written} ({desk.w('settings.closed')})" if closed else written


def department_name(session: Session, w: Any, code: str) -> str:
    """The name of a department by its code."""
    name = session.scalar(select(Department.name).where(Department.code == code))
    return cases.named(w, name) if name else code
