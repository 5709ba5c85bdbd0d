"""The public site: how people find the LINE account, whom to write to, what is withheld, who may frame the widget."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from flask import request, url_for
from wtforms import SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length, Optional, Regexp, ValidationError

from web import access, changing
from web.desk import Desk, Page, needs
from web.forms import Form, Tidy
from web.settings import form_page, pages
from web.settings_fields import categories

__all__ = ["pages"]

_LINE_ID = re.compile(r"^@[a-z0-9._-]{3,30}$")
_MAIL = re.compile(r"^[^@\s]{1,64}@[^@\s]{1,190}$")


class Site(Form):
    """What the public site says of the town, and what it withholds."""

    line_id = StringField(
        "setting.public_line_id",
        [Optional(), Regexp(_LINE_ID, message="settings.line_id_wrong")],
        filters=[Tidy(), lambda value: (value or "").lower()],
        description="settings.line_id_help",
    )
    email = StringField(
        "setting.public_email",
        [Optional(), Regexp(_MAIL, message="settings.email_wrong")],
        filters=[Tidy(), lambda value: value or ""],
    )
    website = StringField("setting.public_website", [Optional(), Length(max=200)], filters=[Tidy()])
    licence = StringField(
        "setting.public_licence", [Length(max=80)], filters=[Tidy()], description="settings.licence_help"
    )
    withheld = SelectMultipleField("setting.public_withheld", description="settings.withheld_help")
    widget_hosts = TextAreaField("setting.public_widget_hosts", [Optional()], description="settings.widget_help")

    def validate_website(self, found: StringField) -> None:
        """An address of a page."""
        if found.data and not _is_address(found.data):
            raise ValidationError("form.url")

    def validate_widget_hosts(self, found: TextAreaField) -> None:
        """An address on each line."""
        if any(not _is_address(line) for line in _lines(found.data)):
            raise ValidationError("form.url")


def _is_address(typed: str) -> bool:
    parts = urlsplit(typed)
    return parts.scheme in ("https", "http") and bool(parts.netloc) and " " not in typed


def _lines(typed: str | None) -> list[str]:
    return [line.strip() for line in (typed or "").splitlines() if line.strip()]


def _form(desk: Desk, given: Any, data: dict[str, Any] | None = None) -> Site:
    form = Site(given, w=desk.w, data=data)
    form.withheld.choices = categories(desk)
    return form


def _page(desk: Desk, form: Site) -> str:
    return form_page(
        desk,
        "public",
        desk.w("settings.tile_public"),
        form,
        url_for("settings.index"),
        extra=desk.w("settings.help_public"),
    )


@pages.get("/public")
@needs(access.may_manage_settings)
def public(desk: Desk) -> Page:
    """The form as it stands."""
    names = ("line_id", "email", "website", "licence", "withheld", "widget_hosts")
    data = {name: desk.settings[f"public.{name}"] for name in names}
    return _page(desk, _form(desk, None, data | {"widget_hosts": "\n".join(data["widget_hosts"])}))


@pages.post("/public")
@needs(access.may_manage_settings)
def change_public(desk: Desk) -> Page:
    """Show, then do."""
    form = _form(desk, request.form)
    if changing.again() or not form.validate():
        return _page(desk, form), 200 if changing.again() else 422
    given: dict[str, Any] = {
        "public.line_id": form.line_id.data or "",
        "public.email": form.email.data or "",
        "public.website": form.website.data or "",
        "public.licence": form.licence.data or "",
        "public.withheld": list(form.withheld.data or []),
        "public.widget_hosts": _lines(form.widget_hosts.data),
    }
    wanted = [changing.setting(name, value) for name, value in given.items() if desk.settings[name] != value]
    return changing.decide(desk, wanted, back=url_for("settings.public"))
