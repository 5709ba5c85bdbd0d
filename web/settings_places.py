"""Villages and places people name: one by one, or from a sheet (web/settings_import.py)."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from sqlalchemy import func, select
from werkzeug.exceptions import NotFound
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, ValidationError

from models.town import KnownPlace, Village
from web import access, changing
from web.changing import Wanted
from web.desk import Desk, Page, needs
from web.forms import Form, Tidy, options, required
from web.settings import Row, form_page, listing, pages
from web.settings_fields import both_or_neither, latitude, longitude
from web.settings_fields import villages as choices

__all__ = ["pages"]


class _Placed(Form):
    """Something with a position, or without."""

    def validate_lat(self, _found: Any) -> None:
        """Both or neither (asked of each, because one that is empty is not looked at)."""
        both_or_neither(self["lat"], self["lon"])

    def validate_lon(self, _found: Any) -> None:
        """The same."""
        both_or_neither(self["lat"], self["lon"])


class VillageForm(_Placed):
    """A village."""

    name = StringField(
        "column.name", [Length(max=80)], filters=[Tidy(), lambda v: v or ""], description="settings.village_help"
    )
    lat = latitude()
    lon = longitude()


class NewVillage(VillageForm):
    """A village that is not there yet."""

    moo = IntegerField("column.moo", [required(), NumberRange(1, 999)])


class PlaceForm(_Placed):
    """A place."""

    name = StringField("column.name", [required(), Length(max=120)], filters=[Tidy()])
    aliases = TextAreaField(
        "column.aliases", [Length(max=1000)], description="settings.aliases_help", render_kw={"rows": 3}
    )
    moo = SelectField("column.moo")
    lat = latitude()
    lon = longitude()


def position(lat: float | None, lon: float | None) -> str:
    """“14.02080, 100.52500”, or nothing."""
    return f"{lat:.5f}, {lon:.5f}" if lat is not None and lon is not None else ""


# -- villages ----------------------------------------------------------------------------------------------------------


@pages.get("/villages")
@needs(access.may_see_settings)
def villages(desk: Desk) -> Page:
    """All of them."""
    rows = [
        Row(
            (desk.w("report.place_moo", moo=v.moo), v.name, position(v.lat, v.lon)),
            url_for("settings.village", moo=v.moo),
        )
        for v in desk.session.scalars(select(Village).order_by(Village.moo))
    ]
    actions = [
        ("settings.add_village", url_for("settings.new_village"), "intake"),
        ("settings.import", url_for("settings.bring", what="villages"), "download"),
    ]
    heads = ["column.moo", "column.name", "settings.position"]
    return listing(desk, "villages", heads, rows, actions=actions, kinds=["village"])


def _village_page(desk: Desk, form: Form, moo: int) -> str:
    return form_page(
        desk,
        "villages",
        desk.w("report.place_moo", moo=moo),
        form,
        url_for("settings.villages"),
        kind="village",
        subject=str(moo),
        removable=url_for("settings.remove_village", moo=moo),
    )


def _village(desk: Desk, moo: int) -> Village:
    found = desk.session.get(Village, moo)
    if found is None:
        raise NotFound
    return found


@pages.get("/villages/<int:moo>")
@needs(access.may_manage_settings)
def village(desk: Desk, moo: int) -> Page:
    """One, to be changed."""
    row = _village(desk, moo)
    return _village_page(desk, VillageForm(w=desk.w, data={"name": row.name, "lat": row.lat, "lon": row.lon}), moo)


@pages.post("/villages/<int:moo>")
@needs(access.may_manage_settings)
def change_village(desk: Desk, moo: int) -> Page:
    """Show, then do."""
    _village(desk, moo)
    form = VillageForm(request.form, w=desk.w)
    if changing.again() or not form.validate():
        return _village_page(desk, form, moo), 200 if changing.again() else 422
    return changing.decide(desk, [Wanted("village", str(moo), dict(form.data))], back=url_for("settings.villages"))


@pages.post("/villages/<int:moo>/remove")
@needs(access.may_manage_settings)
def remove_village(desk: Desk, moo: int) -> Page:
    """Show, then take it away, unless places lie in it."""
    _village(desk, moo)
    if changing.again():
        return desk.go("settings.village", moo=moo)
    if desk.session.scalar(select(func.count()).select_from(KnownPlace).where(KnownPlace.moo == moo)):
        return desk.page("settings/refused.html", why="settings.village_needed"), 409
    return changing.decide(desk, [Wanted("village", str(moo), None)], back=url_for("settings.villages"))


def _new_village(desk: Desk, form: Form) -> str:
    return form_page(desk, "villages", desk.w("settings.add_village"), form, url_for("settings.villages"))


@pages.get("/villages/new")
@needs(access.may_manage_settings)
def new_village(desk: Desk) -> Page:
    """An empty form, with the next number."""
    last = desk.session.scalar(select(func.max(Village.moo))) or 0
    return _new_village(desk, NewVillage(w=desk.w, data={"moo": last + 1}))


@pages.post("/villages/new")
@needs(access.may_manage_settings)
def add_village(desk: Desk) -> Page:
    """Show, then do."""
    form = NewVillage(request.form, w=desk.w)

    def free(_form: Any, found: Any) -> None:
        if desk.session.get(Village, found.data) is not None:
            raise ValidationError("settings.moo_taken")

    right = form.validate(extra_validators={"moo": [free]})
    if changing.again() or not right:
        return _new_village(desk, form), 200 if changing.again() else 422
    after = {"name": form.name.data, "lat": form.lat.data, "lon": form.lon.data}
    wanted = [Wanted("village", str(form.moo.data), after)]
    return changing.decide(desk, wanted, back=url_for("settings.villages"))


# -- places ------------------------------------------------------------------------------------------------------------


@pages.get("/places")
@needs(access.may_see_settings)
def places(desk: Desk) -> Page:
    """All of them."""
    w = desk.w
    rows = [
        Row(
            (
                p.name,
                ", ".join(p.aliases),
                w("report.place_moo", moo=p.moo) if p.moo else "",
                position(p.lat, p.lon),
            ),
            url_for("settings.place", number=p.id),
        )
        for p in desk.session.scalars(select(KnownPlace).order_by(KnownPlace.name))
    ]
    actions = [
        ("settings.add_place", url_for("settings.new_place"), "intake"),
        ("settings.import", url_for("settings.bring", what="places"), "download"),
    ]
    heads = ["column.name", "column.aliases", "column.moo", "settings.position"]
    return listing(desk, "places", heads, rows, actions=actions, kinds=["place"])


def _place_form(desk: Desk, given: Any, data: dict[str, Any] | None = None) -> PlaceForm:
    form = PlaceForm(given, w=desk.w, data=data)
    form.moo.choices = [*options([("", desk.w("settings.no_moo"))]), *choices(desk)]
    return form


def _place_values(form: PlaceForm) -> dict[str, Any]:
    return {
        "name": form.name.data,
        "aliases": split_aliases(form.aliases.data or ""),
        "moo": int(form.moo.data) if form.moo.data else None,
        "lat": form.lat.data,
        "lon": form.lon.data,
    }


def split_aliases(typed: str) -> list[str]:
    """Other names, by lines, commas or slashes, each once."""
    parts = typed.replace("/", "\n").replace(",", "\n").replace(";", "\n").split("\n")
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _taken(desk: Desk, form: PlaceForm, number: int | None) -> bool:
    """Whether another place has the name already; says so beside the field."""
    other = desk.session.scalar(select(KnownPlace.id).where(KnownPlace.name == form.name.data))
    if other is None or other == number:
        return False
    form.name.errors = ["settings.place_taken"]
    return True


def _place_page(desk: Desk, form: PlaceForm, row: KnownPlace | None) -> str:
    title = row.name if row else desk.w("settings.add_place")
    more = (
        {"kind": "place", "subject": str(row.id), "removable": url_for("settings.remove_place", number=row.id)}
        if row
        else {}
    )
    return form_page(desk, "places", title, form, url_for("settings.places"), **more)


def _place(desk: Desk, number: int) -> KnownPlace:
    found = desk.session.get(KnownPlace, number)
    if found is None:
        raise NotFound
    return found


@pages.get("/places/<int:number>")
@needs(access.may_manage_settings)
def place(desk: Desk, number: int) -> Page:
    """One, to be changed."""
    row = _place(desk, number)
    data = {
        "name": row.name,
        "aliases": "\n".join(row.aliases),
        "moo": str(row.moo or ""),
        "lat": row.lat,
        "lon": row.lon,
    }
    return _place_page(desk, _place_form(desk, None, data), row)


@pages.post("/places/<int:number>")
@needs(access.may_manage_settings)
def change_place(desk: Desk, number: int) -> Page:
    """Show, then do."""
    row = _place(desk, number)
    form = _place_form(desk, request.form)
    if changing.again() or not form.validate() or _taken(desk, form, number):
        return _place_page(desk, form, row), 200 if changing.again() else 422
    return changing.decide(desk, [Wanted("place", str(number), _place_values(form))], back=url_for("settings.places"))


@pages.post("/places/<int:number>/remove")
@needs(access.may_manage_settings)
def remove_place(desk: Desk, number: int) -> Page:
    """Show, then take it away."""
    _place(desk, number)
    if changing.again():
        return desk.go("settings.place", number=number)
    return changing.decide(desk, [Wanted("place", str(number), None)], back=url_for("settings.places"))


@pages.get("/places/new")
@needs(access.may_manage_settings)
def new_place(desk: Desk) -> Page:
    """An empty form."""
    return _place_page(desk, _place_form(desk, None), None)


@pages.post("/places/new")
@needs(access.may_manage_settings)
def add_place(desk: Desk) -> Page:
    """Show, then do."""
    form = _place_form(desk, request.form)
    if changing.again() or not form.validate() or _taken(desk, form, None):
        return _place_page(desk, form, None), 200 if changing.again() else 422
    return changing.decide(desk, [Wanted("place", None, _place_values(form))], back=url_for("settings.places"))
