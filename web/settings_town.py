"""The town and the bot: name, telephone, hours, middle, what the bot is called and how it ends its sentences."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from wtforms import IntegerField, RadioField, StringField
from wtforms.validators import Length, NumberRange

from web import access, changing
from web.desk import Desk, Page, needs
from web.forms import Form, Tidy, options, required
from web.settings import form_page, pages
from web.settings_fields import both_or_neither, latitude, longitude, phone_field
from web.words import speaking

__all__ = ["pages"]

#: The fields of the form by the names of the settings they set.
FIELDS = {
    "name": "town.name",
    "phone": "town.phone",
    "hours": "town.hours",
    "rescue_phone": "town.rescue_phone",
    "lat": "town.lat",
    "lon": "town.lon",
    "bot_name": "bot.name",
    "polite": "bot.polite",
    "answer_days": "duty.answer_days",
    "retention_years": "privacy.retention_years",
    "keep_roll_days": "polls.keep_roll_days",
    "dpo": "privacy.dpo",
    "stale_hours": "form.stale_hours",
}


class Town(Form):
    """What the town says of itself."""

    name = StringField(
        "setting.town_name", [required(), Length(max=80)], filters=[Tidy()], description="settings.name_help"
    )
    phone = phone_field("setting.town_phone", description="settings.phone_help")
    hours = StringField("setting.town_hours", [required(), Length(max=80)], filters=[Tidy()])
    rescue_phone = phone_field("setting.town_rescue_phone", 20, description="settings.rescue_help")
    lat = latitude()
    lon = longitude()
    bot_name = StringField("setting.bot_name", [required(), Length(max=20)], filters=[Tidy()])
    polite = RadioField(
        "setting.bot_polite", choices=options([("ค่ะ", "settings.polite_she"), ("ครับ", "settings.polite_he")])
    )
    answer_days = IntegerField(
        "setting.duty_answer_days", [required(), NumberRange(1, 60)], description="settings.answer_help"
    )
    retention_years = IntegerField(
        "setting.privacy_retention_years", [required(), NumberRange(1, 20)], description="settings.retention_help"
    )
    keep_roll_days = IntegerField(
        "setting.polls_keep_roll_days", [required(), NumberRange(0, 3650)], description="settings.keep_roll_help"
    )
    dpo = StringField(
        "setting.privacy_dpo",
        [Length(max=200)],
        filters=[Tidy(), lambda value: value or ""],
        description="settings.dpo_help",
    )
    stale_hours = IntegerField(
        "setting.form_stale_hours", [required(), NumberRange(1, 168)], description="settings.stale_help"
    )

    def validate_lat(self, _found: Any) -> None:
        """Both or neither (asked of each, because one that is empty is not looked at)."""
        both_or_neither(self.lat, self.lon)

    def validate_lon(self, _found: Any) -> None:
        """The same."""
        both_or_neither(self.lat, self.lon)


def _page(desk: Desk, form: Town) -> str:
    return form_page(
        desk, "town", desk.w("settings.tile_town"), form, url_for("settings.index"), extra=desk.w("settings.help_town")
    )


@pages.get("/town")
@needs(access.may_manage_settings)
def town(desk: Desk) -> Page:
    """The form as it stands."""
    return _page(desk, Town(w=desk.w, data={field: desk.settings[name] for field, name in FIELDS.items()}))


@pages.post("/town")
@needs(access.may_manage_settings)
def change_town(desk: Desk) -> Page:
    """Show, then do."""
    form = Town(request.form, w=desk.w)
    if changing.again() or not form.validate():
        return _page(desk, form), 200 if changing.again() else 422
    given = {name: form[field].data for field, name in FIELDS.items()}
    wanted = [changing.setting(name, value) for name, value in given.items() if desk.settings[name] != value]
    said = speaking("th", desk.settings | given, desk.console.public_url)("welcome.hello")
    return changing.decide(desk, wanted, back=url_for("settings.town"), said=said)
