"""Those who file for others (ผู้แจ้งแทน): headmen and health volunteers, named here, tied to LINE with a one-use code."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from sqlalchemy import select
from werkzeug.exceptions import NotFound
from wtforms import SelectField, StringField
from wtforms.validators import Length

from models import staff as staff_rows
from models.changes import Change
from models.helpers import OFFICES, Helper
from models.town import Village
from web import access, changing
from web.changing import Wanted
from web.desk import Desk, Page, needs
from web.forms import Form, Tidy, options, required
from web.people import CODE_LIVES

pages = Blueprint("helpers", __name__, url_prefix="/console/people/helpers")


class Named(Form):
    """A helper: name, office, village."""

    name = StringField("people.name", [required(), Length(max=120)], filters=[Tidy()], description="helpers.name_help")
    office = SelectField("helpers.office", choices=options((o, f"behalf.office_{o}") for o in OFFICES))
    moo = SelectField("intake.moo", default="")


def _form(desk: Desk, given: Any, data: dict[str, Any] | None = None) -> Named:
    form = Named(given, w=desk.w, data=data)
    villages = desk.session.scalars(select(Village).order_by(Village.moo))
    known = [(str(v.moo), f"{desk.w('report.place_moo', moo=v.moo)} {v.name}") for v in villages]
    form.moo.choices = options([("", desk.w("helpers.any_village")), *known])
    return form


def _values(form: Named) -> dict[str, Any]:
    return {
        "name": form.name.data,
        "office": form.office.data,
        "moo": int(form.moo.data) if form.moo.data else None,
        "active": True,
    }


def _helper(desk: Desk, number: int) -> Helper:
    found = desk.session.get(Helper, number)
    if found is None:
        raise NotFound
    return found


@pages.get("/new")
@needs(access.may_manage_people)
def new(desk: Desk) -> Page:
    """An empty form."""
    return desk.page("people/helper.html", form=_form(desk, None))


@pages.post("/new")
@needs(access.may_manage_people)
def add(desk: Desk) -> Page:
    """Show, then make the helper and their code."""
    form = _form(desk, request.form)
    right = form.validate()
    if changing.again() or not right:
        return desk.page("people/helper.html", form=form), 200 if changing.again() else 422
    made = list[Change]()
    answer = changing.decide(
        desk,
        [Wanted("helper", None, _values(form))],
        back=url_for("people.index"),
        notes=[desk.w("helpers.means")],
        then=made.extend,
        first={"created_at": desk.now},
    )
    return _code_page(desk, _helper(desk, int(made[0].subject))) if made else answer


@pages.post("/<int:number>/code")
@needs(access.may_manage_people)
def code(desk: Desk, number: int) -> Page:
    """A fresh code: for a new telephone, or where the first one ran out."""
    row = _helper(desk, number)
    if not row.active:
        raise NotFound
    return _code_page(desk, row)


def _code_page(desk: Desk, row: Helper) -> str:
    made = staff_rows.invite(desk.session, desk.console.key, desk.now, helper=row, minutes=CODE_LIVES)
    desk.record("helper.invited", f"helper:{row.id}")
    back = url_for("people.index")
    say = desk.w("helpers.say", code=made)
    return desk.page(
        "people/code.html", code=made, name=row.name, steps="helpers.steps", say=say, minutes=CODE_LIVES, back=back
    )


@pages.post("/<int:number>/end")
@needs(access.may_manage_people)
def end(desk: Desk, number: int) -> Page:
    """Show, then end it: they are residents like others again. What they filed stays theirs to follow."""
    row, made = _helper(desk, number), list[Change]()
    if changing.again():
        return desk.go("people.index")
    wanted = [Wanted("helper", str(number), {"active": False})]
    notes = [desk.w("helpers.ending")]
    answer = changing.decide(desk, wanted, back=url_for("people.index"), notes=notes, then=made.extend)
    if made:
        row.person_id = None
    return answer
