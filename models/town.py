"""The town itself, as data: its name, villages, departments, agencies, categories, routing rules, and settings.

Everything here is meant to be changed by the town; the defaults are copied in by `songsiang migrate`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, Key


class Department(Base):
    """A department (สำนัก/กอง/งาน) of the office. One without people hands its work to `fallback`."""

    __tablename__ = "departments"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    short: Mapped[str] = mapped_column(String(40))
    fallback: Mapped[str | None] = mapped_column(String(20))
    phone: Mapped[str] = mapped_column(String(40), default="", server_default="")
    active: Mapped[bool] = mapped_column(default=True, server_default="1")


class Agency(Base):
    """An outside agency (การไฟฟ้า, กรมทางหลวง …) that owns some of what people report, and its number."""

    __tablename__ = "agencies"

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    phone: Mapped[str] = mapped_column(String(20), default="", server_default="")


class Category(Base):
    """A kind of matter: who handles it, within how many working days, and how near another report counts as the same.

    `radius` is in metres (0: never offered as a duplicate); `sensitive` matters are never shown to others.
    """

    __tablename__ = "categories"
    __table_args__ = (
        CheckConstraint("radius >= 0", name="radius"),
        CheckConstraint("days_urgent >= 0 AND days_normal > 0", name="days"),
    )

    code: Mapped[str] = mapped_column(String(30), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    department: Mapped[str] = mapped_column(String(20))
    agency: Mapped[str | None] = mapped_column(ForeignKey("agencies.code"))
    days_urgent: Mapped[int] = mapped_column(default=1)
    days_normal: Mapped[int] = mapped_column(default=15)
    radius: Mapped[int] = mapped_column(default=0)
    siblings: Mapped[list[Any]] = mapped_column(default=list)
    sensitive: Mapped[bool] = mapped_column(default=False, server_default="0")
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    active: Mapped[bool] = mapped_column(default=True, server_default="1")


class RoutingRule(Base):
    """An exception of the town: this category, in this village, with this word goes to that department.

    Empty fields fit everything; the rule with the most filled-in fields wins, then the lowest id.
    """

    __tablename__ = "routing_rules"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    category: Mapped[str | None] = mapped_column(ForeignKey("categories.code"))
    moo: Mapped[int | None]
    word: Mapped[str | None] = mapped_column(String(60))
    department: Mapped[str] = mapped_column(String(20))


class Village(Base):
    """A village (หมู่บ้าน): number, name, and its middle in WGS 84 degrees where known."""

    __tablename__ = "villages"

    moo: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(80), default="", server_default="")
    lat: Mapped[float | None]
    lon: Mapped[float | None]


class KnownPlace(Base):
    """A place people name: temple, market, soi; other names in `aliases`."""

    __tablename__ = "places"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    aliases: Mapped[list[Any]] = mapped_column(default=list)
    moo: Mapped[int | None] = mapped_column(ForeignKey("villages.moo"))
    lat: Mapped[float | None]
    lon: Mapped[float | None]


class Setting(Base):
    """A thing the town may set: a name and a JSON value. What is not set has the default of `DEFAULTS`."""

    __tablename__ = "settings"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Counter(Base):
    """A number that only goes up (case numbers by fiscal year)."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[int] = mapped_column(default=0)


#: What a fresh town says about itself until it is told. Kinds: text, whole numbers, lists; each is checked when set.
DEFAULTS: dict[str, Any] = {
    "town.name": "องค์กรปกครองส่วนท้องถิ่น",
    "town.phone": "",
    "town.rescue_phone": "199",
    "town.hours": "จันทร์–ศุกร์ 08.30–16.30 น.",
    "town.lat": None,
    "town.lon": None,
    "bot.name": "น้องส่งเสียง",
    "bot.polite": "ค่ะ",
    "privacy.version": "1",
    "privacy.retention_years": 2,
    "privacy.dpo": "",
    "duty.answer_days": 15,
    "form.stale_hours": 24,
    "letters.policies": {},
    "proposals.open": True,
    "proposals.round": "",
    "proposals.until": None,
    "proposals.threshold": 20,
    "proposals.support_days": 90,
    "proposals.per_month": 3,
    "proposals.at_once": 5,
    "proposals.review_days": 3,
    "polls.keep_roll_days": 180,
    "public.line_id": "",
    "public.email": "",
    "public.website": "",
    "public.widget_hosts": [],
    "public.licence": "Open Data Common",
    "public.withheld": ["homeless", "welfare", "public_health", "tax_fee", "registration"],
    "quota.economy": "auto",
    "quota.economy_percent": 80,
    "quota.reserve_percent": 20,
    "open311.jurisdiction": "",
    "traffy.on": False,
    "traffy.org": "",
    "traffy.minutes": 120,
    "traffy.types": {},
    "wizard.passed": [],
    "plan.dimensions": ["environment", "economy", "mobility", "energy", "people", "living", "governance"],
}


def setting(session: Session, name: str) -> Any:
    """The value of a setting, or its default. Raises KeyError for a name that does not exist."""
    default = DEFAULTS[name]
    row = session.get(Setting, name)
    return default if row is None else row.value.get("value", default)


def put_setting(session: Session, name: str, value: Any) -> None:
    """Set a setting. Raises KeyError for an unknown name, ValueError for a value of another kind than the default's."""
    default = DEFAULTS[name]
    if default is not None and not isinstance(value, type(default)):
        raise ValueError(f"{name} takes {type(default).__name__}")
    row = session.get(Setting, name)
    if row is None:
        session.add(Setting(name=name, value={"value": value}))
    else:
        row.value = {"value": value}


def count_up(session: Session, name: str) -> int:
    """The next number of this counter, from 1. The row stays locked until commit, so no number is given twice."""
    row = session.scalar(select(Counter).where(Counter.name == name).with_for_update())
    if row is None:
        row = Counter(name=name, value=0)
        session.add(row)
    row.value += 1
    session.flush()
    return row.value
