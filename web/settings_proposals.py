"""How proposals are collected: the round and its last day, the threshold, how long support is open, and the limits."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from wtforms import BooleanField, IntegerField, StringField
from wtforms.validators import Length, NumberRange

from web import access, changing
from web.desk import Desk, Page, needs
from web.forms import Form, Tidy, required
from web.proposal_forms import DayField, typed_day
from web.settings import form_page, pages
from web.wanted import parse_day

__all__ = ["pages"]

#: The whole numbers of the form by the names of the settings they set, with their bounds.
NUMBERS = {
    "threshold": ("proposals.threshold", 1, 100_000),
    "support_days": ("proposals.support_days", 0, 730),
    "per_month": ("proposals.per_month", 1, 100),
    "at_once": ("proposals.at_once", 1, 100),
    "review_days": ("proposals.review_days", 1, 60),
}


def _number(name: str, description: str = "") -> IntegerField:
    _, least, most = NUMBERS[name]
    checks = [required(), NumberRange(least, most)]
    return IntegerField(f"setting.proposals_{name}", checks, description=description)


class Collecting(Form):
    """What residents are told before they propose, and what holds for all."""

    taken = BooleanField("setting.proposals_open", description="settings.proposals_open_help")
    round = StringField(
        "setting.proposals_round", [Length(max=80)], filters=[Tidy()], description="settings.proposals_round_help"
    )
    until = DayField("setting.proposals_until", filters=[Tidy()], description="proposals.day_help")
    threshold = _number("threshold", "settings.proposals_threshold_help")
    support_days = _number("support_days", "settings.proposals_days_help")
    per_month = _number("per_month")
    at_once = _number("at_once")
    review_days = _number("review_days")


def _page(desk: Desk, form: Collecting) -> str:
    title, help_ = desk.w("settings.tile_proposals"), desk.w("settings.help_proposals")
    return form_page(desk, "proposals", title, form, url_for("settings.index"), extra=help_)


@pages.get("/proposals")
@needs(access.may_manage_settings)
def proposals(desk: Desk) -> Page:
    """The form as it stands."""
    until = desk.settings["proposals.until"]
    data: dict[str, Any] = {field: desk.settings[name] for field, (name, _, _) in NUMBERS.items()}
    data |= {"taken": desk.settings["proposals.open"], "round": desk.settings["proposals.round"]}
    data["until"] = typed_day(parse_day(until)) if until else ""
    return _page(desk, Collecting(w=desk.w, data=data))


@pages.post("/proposals")
@needs(access.may_manage_settings)
def change_proposals(desk: Desk) -> Page:
    """Show, then do. What is open keeps the threshold and the day it was opened with."""
    form = Collecting(request.form, w=desk.w)
    if changing.again() or not form.validate():
        return _page(desk, form), 200 if changing.again() else 422
    day = form.until.day
    given: dict[str, Any] = {name: form[field].data for field, (name, _, _) in NUMBERS.items()}
    given |= {"proposals.open": form.taken.data, "proposals.round": form.round.data or ""}
    given["proposals.until"] = day.isoformat() if day else None
    wanted = [changing.setting(name, value) for name, value in given.items() if desk.settings[name] != value]
    return changing.decide(desk, wanted, back=url_for("settings.proposals"))
