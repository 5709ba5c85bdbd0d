"""Announcements (ประกาศ): a small editor; what was changed last can be undone, and the audit keeps every wording."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from sqlalchemy import select
from werkzeug.exceptions import NotFound
from wtforms import BooleanField, DateField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional, ValidationError

from messages.thai import local
from models import announcements
from models.announcements import KINDS, Announcement
from web import access
from web.desk import Desk, Page, needs
from web.forms import Form, Tidy, options, required

pages = Blueprint("announce", __name__, url_prefix="/console/announcements")


class Written(Form):
    """One announcement."""

    title = StringField("announce.title_field", [required(), Length(max=160)], filters=[Tidy()])
    kind = SelectField("announce.kind", choices=options((kind, f"announce.kind_{kind}") for kind in KINDS))
    body = TextAreaField("announce.body", [Length(max=20_000)], filters=[Tidy()], description="announce.body_help")
    day = DateField("announce.day", [required()], description="announce.day_help")
    until = DateField("announce.until", [Optional()], description="announce.until_help")
    title_en = StringField("announce.title_en", [Length(max=160)], filters=[Tidy()])
    body_en = TextAreaField("announce.body_en", [Length(max=20_000)], filters=[Tidy()])
    pinned = BooleanField("announce.pinned")
    shown = BooleanField("announce.shown", description="announce.shown_help")

    def validate_until(self, found: DateField) -> None:
        """It cannot end before it begins."""
        if found.data and self.day.data and found.data < self.day.data:
            raise ValidationError("announce.until_wrong")


def _row(desk: Desk, number: int) -> Announcement:
    row = desk.session.get(Announcement, number, with_for_update=True)
    if row is None:
        raise NotFound
    return row


@pages.get("/")
@needs(access.may_publish)
def index(desk: Desk) -> Page:
    """All of them, the latest first."""
    found = select(Announcement).order_by(Announcement.day.desc(), Announcement.id.desc()).limit(200)
    rows = desk.session.scalars(found).all()
    return desk.page("announce/index.html", rows=rows, today=local(desk.now).date())


@pages.get("/new")
@needs(access.may_publish)
def new(desk: Desk) -> Page:
    """An empty form."""
    data = {"day": local(desk.now).date(), "shown": True}
    return desk.page("announce/edit.html", form=Written(w=desk.w, data=data), row=None, address="")


@pages.get("/<int:number>")
@needs(access.may_publish)
def edit(desk: Desk, number: int) -> Page:
    """One, to be changed."""
    row = desk.session.get(Announcement, number)
    if row is None:
        raise NotFound
    data = {name: getattr(row, name) for name in announcements.FIELDS}
    return _show(desk, Written(w=desk.w, data=data), row)


def _show(desk: Desk, form: Written, row: Announcement | None) -> str:
    public = row is not None and row.public(local(desk.now).date())
    address = url_for("public.announcement", year=row.fiscal_year, number=row.id) if public and row else ""
    return desk.page("announce/edit.html", form=form, row=row, address=address)


@pages.post("/new")
@needs(access.may_publish)
def create(desk: Desk) -> Page:
    """Keep a new one."""
    return _keep(desk, None)


@pages.post("/<int:number>")
@needs(access.may_publish)
def change(desk: Desk, number: int) -> Page:
    """Keep a changed one."""
    return _keep(desk, _row(desk, number))


def _keep(desk: Desk, row: Announcement | None) -> Page:
    form = Written(request.form, w=desk.w)
    if not form.validate():
        return _show(desk, form, row), 422
    before = announcements.snapshot(row) if row is not None else None
    if row is None:
        row = Announcement(created_at=desk.now)
        desk.session.add(row)
    announcements.put(row, {name: _value(form, name) for name in announcements.FIELDS}, desk.now)
    row.staff_id = desk.viewer.staff_id
    desk.session.flush()
    desk.record("announcement.written", f"announcement:{row.id}", before, announcements.snapshot(row))
    desk.tell("announce.kept")
    return desk.go("announce.index")


def _value(form: Written, name: str) -> Any:
    found = form[name].data
    return found if name in ("day", "until", "pinned", "shown") else found or ""


@pages.post("/<int:number>/undo")
@needs(access.may_publish)
def undo(desk: Desk, number: int) -> Page:
    """Bring back what it said before the last change."""
    row = _row(desk, number)
    if not row.before:
        desk.tell("announce.undo_none", "bad")
        return desk.go("announce.edit", number=row.id)
    now_said = announcements.snapshot(row)
    announcements.put(row, row.before, desk.now)
    desk.session.flush()
    desk.record("announcement.undone", f"announcement:{row.id}", now_said, announcements.snapshot(row))
    desk.tell("announce.undone")
    return desk.go("announce.edit", number=row.id)
