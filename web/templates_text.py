"""Ready answers (คำตอบสำเร็จรูป): written by those who answer, with fields that are filled in from the case."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from sqlalchemy import select
from werkzeug.exceptions import NotFound
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from models.templates import FIELDS, USES, ReplyTemplate, fill, unknown_fields
from models.town import Department
from web import access, changing
from web.desk import Desk, Page, needs
from web.forms import Form, Tidy, options, required

pages = Blueprint("templates", __name__, url_prefix="/console/templates")


class Ready(Form):
    """One ready answer."""

    title = StringField("templates.title_field", [required(), Length(max=80)], filters=[Tidy()])
    use = SelectField("templates.use", choices=options((use, f"templates.use_{use}") for use in USES))
    department = SelectField("templates.department")
    words = TextAreaField("templates.words", [required(), Length(max=2_000)], filters=[Tidy()])
    active = BooleanField("templates.active", default=True)

    def validate_words(self, found: TextAreaField) -> None:
        """Only fields that there are, in braces that close."""
        if unknown_fields(found.data or ""):
            raise ValidationError("templates.unknown_field")


def _departments(desk: Desk) -> list[tuple[str, str]]:
    rows = desk.session.scalars(select(Department).where(Department.active).order_by(Department.id))
    return [("", desk.w("templates.all_departments")), *((str(d.id), d.name) for d in rows)]


def _mine(desk: Desk, row: ReplyTemplate) -> bool:
    """Heads write for their own department; clerks and admins for all."""
    return desk.viewer.role in ("clerk", "admin") or row.department_id == desk.viewer.department_id


def _form(desk: Desk, given: Any, data: dict[str, Any] | None = None) -> Ready:
    form = Ready(given, w=desk.w, data=data)
    own = str(desk.viewer.department_id) if desk.viewer.role == "head" else None
    form.department.choices = options(one for one in _departments(desk) if own is None or one[0] == own)
    return form


@pages.get("/")
@needs(access.may_write_templates)
def index(desk: Desk) -> Page:
    """All of them, by use, each as it reads in an invented case."""
    rows = desk.session.scalars(select(ReplyTemplate).order_by(ReplyTemplate.id)).all()
    shown = [
        (use, [(row, sample(desk, row.words), _mine(desk, row)) for row in rows if row.use == use]) for use in USES
    ]
    return desk.page("templates/index.html", groups=[group for group in shown if group[1]])


def sample(desk: Desk, words: str) -> str:
    """The words as they read in an invented case."""
    return fill(words, {name: desk.w(f"templates.sample.{name}") for name in FIELDS})


@pages.get("/new")
@needs(access.may_write_templates)
def new(desk: Desk) -> Page:
    """An empty form."""
    return _show(desk, _form(desk, None), None)


@pages.get("/<int:number>")
@needs(access.may_write_templates)
def edit(desk: Desk, number: int) -> Page:
    """One, to be changed."""
    row = _row(desk, number)
    data = {"title": row.title, "use": row.use, "words": row.words, "active": row.active}
    return _show(desk, _form(desk, None, data | {"department": str(row.department_id or "")}), row)


def _show(desk: Desk, form: Ready, row: ReplyTemplate | None) -> str:
    words = form.words.data or ""
    shown = "" if unknown_fields(words) else sample(desk, words)
    return desk.page("templates/edit.html", form=form, row=row, fields=FIELDS, shown=shown)


def _row(desk: Desk, number: int) -> ReplyTemplate:
    row = desk.session.get(ReplyTemplate, number)
    if row is None or not _mine(desk, row):
        raise NotFound
    return row


@pages.post("/new")
@needs(access.may_write_templates)
def create(desk: Desk) -> Page:
    """Keep a new one, or show how it reads."""
    return _keep(desk, None)


@pages.post("/<int:number>")
@needs(access.may_write_templates)
def change(desk: Desk, number: int) -> Page:
    """Keep a changed one, or show how it reads."""
    return _keep(desk, _row(desk, number))


def _keep(desk: Desk, row: ReplyTemplate | None) -> Page:
    form = _form(desk, request.form)
    if not form.validate() or request.form.get("step") == "preview":
        return _show(desk, form, row), 422 if form.errors else 200
    after = {
        "title": form.title.data or "",
        "use": form.use.data,
        "words": form.words.data or "",
        "department_id": int(form.department.data) if form.department.data else None,
        "active": bool(form.active.data),
    }
    if row is None:
        changing.change(desk, "template", None, after, first={"changed_at": desk.now})
    else:
        row.changed_at = desk.now  # what a town starts with is brought up to date only where nobody has changed it
        changing.change(desk, "template", str(row.id), after)
    desk.tell("templates.kept", title=after["title"])
    return desk.go("templates.index")
