"""What the pages of the first steps share: which steps there are, which need nothing more, and how one is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, url_for
from sqlalchemy import func, select

from models import findings
from models.findings import CHECKUP
from models.incoming import Incoming
from models.people import Chat
from models.staff import Staff
from models.town import DEFAULTS, Village
from web import changing
from web.desk import Desk

pages = Blueprint("wizard", __name__, url_prefix="/console/start")

STEPS = ("town", "villages", "departments", "people", "line", "done")


@dataclass(frozen=True)
class Step:
    """A step as the pages show it."""

    name: str
    done: bool
    here: bool


def done_steps(desk: Desk) -> dict[str, bool]:
    """Which steps need nothing more."""
    session, passed = desk.session, desk.settings["wizard.passed"]
    linked = session.scalar(select(Staff.id).where(Staff.active, Staff.person_id.is_not(None)).limit(1))
    group = session.scalar(select(Chat.id).where(Chat.department_id.is_not(None), Chat.gone_at.is_(None)).limit(1))
    line = {row.name: row.level for row in findings.kept(session, CHECKUP)}
    return {
        "town": desk.settings["town.name"] != DEFAULTS["town.name"] and bool(desk.settings["town.phone"]),
        "villages": session.scalar(select(Village.moo).limit(1)) is not None,
        "departments": "departments" in passed,
        "people": linked is not None or group is not None,
        "line": line.get("line") == "ok" and line.get("webhook") == "ok" and last_event(desk) is not None,
        "done": "done" in passed,
    }


def step_page(desk: Desk, here: str, /, **values: Any) -> str:
    """The page of this step, with the row of all steps above it."""
    done = done_steps(desk)
    steps = [Step(step, done[step], step == here) for step in STEPS]
    return desk.page(f"wizard/{here}.html", steps=steps, step=here, **values)


def after(name: str) -> str:
    """The address of the step after this one."""
    return url_for(f"wizard.{STEPS[STEPS.index(name) + 1]}")


def pass_step(desk: Desk, name: str) -> None:
    """Remember that this step was said to be done."""
    passed = desk.settings["wizard.passed"]
    if name not in passed:
        changing.put(desk, "wizard.passed", [*passed, name])


def last_event(desk: Desk) -> datetime | None:
    """When LINE has last sent something."""
    return desk.session.scalar(select(func.max(Incoming.received_at)))
