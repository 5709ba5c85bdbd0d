"""Routing: the town's own exceptions (this category, this village, this word goes to that department), and trying a
message to see where it would go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound
from wtforms import SelectField, StringField
from wtforms.validators import Length, ValidationError

from messages import cases
from models.lessons import Learnt, newest
from models.routing import route, rule_for
from models.town import Agency, Category, KnownPlace, RoutingRule, Village
from nlp import Context, Understanding, understand
from nlp import types as understood
from nlp.learning import LocalCorrection
from nlp.model import Model, load
from web import access, changing
from web.changes_written import Scribe
from web.changing import Wanted
from web.desk import Desk, Page, needs
from web.forms import Form, Tidy, options, required
from web.settings import Row, form_page, listing, pages
from web.settings_fields import categories, department_name, departments, villages

__all__ = ["pages"]

#: The longest message that is tried: LINE's own bound.
LONGEST = 5_000


class Rule(Form):
    """An exception. Empty fields fit everything, but not all three may be empty."""

    category = SelectField("column.category")
    moo = SelectField("column.moo")
    word = StringField("column.word", [Length(max=60)], filters=[Tidy()], description="settings.word_help")
    department = SelectField("settings.goes_to", [required()])

    def validate_department(self, found: Any) -> None:
        """A rule that fits everything would take all work from all others."""
        if not (self.category.data or self.moo.data or self.word.data):
            raise ValidationError("settings.rule_empty")


@dataclass(frozen=True)
class Trial:
    """Where a message would go: what it was taken for, how sure, the rule that decided (if any), the department."""

    category: str
    percent: int
    department: str
    rule: str
    agency: str
    urgent: bool
    sensitive: bool
    moo: str


@pages.get("/routing")
@needs(access.may_see_settings)
def routing(desk: Desk) -> Page:
    """All exceptions, and a message to try."""
    scribe, w = Scribe(desk), desk.w
    rows = [
        Row(
            (scribe.subject("rule", str(rule.id), _values(rule)), department_name(desk.session, w, rule.department)),
            url_for("settings.rule", number=rule.id),
        )
        for rule in desk.session.scalars(select(RoutingRule).order_by(RoutingRule.id))
    ]
    typed = request.args.get("try", "").strip()[:LONGEST]
    return listing(
        desk,
        "routing",
        ["settings.when_case", "settings.goes_to"],
        rows,
        actions=[("settings.add_rule", url_for("settings.new_rule"), "intake")],
        kinds=["rule"],
        template="settings/routing.html",
        typed=typed,
        trial=_try(desk, typed) if typed else None,
    )


def _values(rule: RoutingRule) -> dict[str, Any]:
    return {"category": rule.category, "moo": rule.moo, "word": rule.word, "department": rule.department}


def _try(desk: Desk, typed: str) -> Trial:
    heard = hear(desk.session, typed, desk)
    w, code = desk.w, heard.categories[0].code
    category = desk.session.get(Category, code)
    moo = heard.place.moo if heard.place else None
    rule, goes = rule_for(desk.session, code, moo, typed), route(desk.session, code, moo, typed)
    agency = desk.session.get(Agency, heard.agency) if heard.agency else None
    return Trial(
        category=cases.named(w, category.name) if category else code,
        percent=round(heard.categories[0].p * 100),
        department=cases.named(w, goes.name) if goes else "–",
        rule=Scribe(desk).subject("rule", str(rule.id), _values(rule)) if rule else "",
        agency=cases.named(w, agency.name) if agency else "",
        urgent=heard.emergency in ("danger", "hazard"),
        sensitive=heard.sensitive is not None or bool(category and category.sensitive),
        moo=w("report.place_moo", moo=moo) if moo else "",
    )


def hear(session: Session, typed: str, desk: Desk) -> Understanding:
    """What the bot would understand of this message, with all that the town has taught it."""
    known = tuple(understood.Village(v.moo, v.name, v.lat, v.lon) for v in session.scalars(select(Village)))
    places = tuple(
        understood.NamedPlace(p.name, tuple(p.aliases), p.moo, p.lat, p.lon)
        for p in session.scalars(select(KnownPlace))
    )
    lat, lon = desk.settings["town.lat"], desk.settings["town.lon"]
    centre = (lat, lon) if lat is not None and lon is not None else None
    return understand(typed, Context(desk.now, known, places, centre), _model(session))


def _model(session: Session) -> Model | None:
    key = newest(session)
    return LocalCorrection.from_bytes(session.get_one(Learnt, key).blob).onto(load()) if key is not None else None


# -- changing ----------------------------------------------------------------------------------------------------------


def _form(desk: Desk, given: Any, data: dict[str, Any] | None = None) -> Rule:
    form = Rule(given, w=desk.w, data=data)
    form.category.choices = [*options([("", desk.w("changes.any_category"))]), *categories(desk)]
    form.moo.choices = [*options([("", desk.w("changes.any_village"))]), *villages(desk)]
    form.department.choices = departments(desk, closed=False)
    return form


def _after(form: Rule) -> dict[str, Any]:
    return {
        "category": form.category.data or None,
        "moo": int(form.moo.data) if form.moo.data else None,
        "word": form.word.data or None,
        "department": form.department.data,
    }


@pages.get("/routing/new")
@needs(access.may_manage_settings)
def new_rule(desk: Desk) -> Page:
    """An empty form."""
    return _new(desk, _form(desk, None))


def _new(desk: Desk, form: Rule) -> str:
    return form_page(desk, "routing", desk.w("settings.add_rule"), form, url_for("settings.routing"))


@pages.post("/routing/new")
@needs(access.may_manage_settings)
def add_rule(desk: Desk) -> Page:
    """Show, then do."""
    form = _form(desk, request.form)
    if changing.again() or not form.validate():
        return _new(desk, form), 200 if changing.again() else 422
    return changing.decide(desk, [Wanted("rule", None, _after(form))], back=url_for("settings.routing"))


def _row(desk: Desk, number: int) -> RoutingRule:
    found = desk.session.get(RoutingRule, number)
    if found is None:
        raise NotFound
    return found


def _edit(desk: Desk, form: Rule, number: int) -> str:
    return form_page(
        desk,
        "routing",
        desk.w("settings.edit_rule"),
        form,
        url_for("settings.routing"),
        kind="rule",
        subject=str(number),
        removable=url_for("settings.remove_rule", number=number),
    )


@pages.get("/routing/<int:number>")
@needs(access.may_manage_settings)
def rule(desk: Desk, number: int) -> Page:
    """One, to be changed."""
    row = _row(desk, number)
    data = {name: "" if value is None else str(value) for name, value in _values(row).items()}
    return _edit(desk, _form(desk, None, data), number)


@pages.post("/routing/<int:number>")
@needs(access.may_manage_settings)
def change_rule(desk: Desk, number: int) -> Page:
    """Show, then do."""
    _row(desk, number)
    form = _form(desk, request.form)
    if changing.again() or not form.validate():
        return _edit(desk, form, number), 200 if changing.again() else 422
    return changing.decide(desk, [Wanted("rule", str(number), _after(form))], back=url_for("settings.routing"))


@pages.post("/routing/<int:number>/remove")
@needs(access.may_manage_settings)
def remove_rule(desk: Desk, number: int) -> Page:
    """Show, then take it away."""
    _row(desk, number)
    if changing.again():
        return desk.go("settings.rule", number=number)
    return changing.decide(desk, [Wanted("rule", str(number), None)], back=url_for("settings.routing"))
