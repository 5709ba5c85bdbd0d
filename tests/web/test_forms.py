"""Promises of forms: both languages, what was typed stays, and the error stands beside its field for everybody."""

from __future__ import annotations

import re

import pytest
from flask import g, render_template_string
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, IntegerField, RadioField, SelectField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from models.town import DEFAULTS
from tests.web.office import Office
from web.context import console
from web.desk import open_desk
from web.forms import Form, Tidy, options, required
from web.words import PageWords, speaking


class Sample(Form):
    """One of each kind; the labels are names of texts that there are."""

    words = TextAreaField("audit.what", [required(), Length(min=5, max=20)], [Tidy()], "signin.code_help")
    days = IntegerField("audit.at", [Optional(), NumberRange(1, 60)])
    door = SelectField("audit.door", choices=options([("web", "audit.door_web"), ("chat", "audit.door_chat")]))
    way = RadioField("audit.who", [required()], choices=options([("a", "audit.door_web"), ("b", "audit.door_chat")]))
    sure = BooleanField("keys.on")


def words(language: str = "th") -> PageWords:
    return speaking(language, DEFAULTS, "https://example.go.th")


def filled(language: str = "th", **typed: str) -> Sample:
    return Sample(MultiDict(typed), w=words(language))


def rendered(office: Office, form: Sample) -> str:
    template = """{% from "parts/macros.html" import field, faults with context %}{{ faults(form) }}
    {% for one in form %}{{ field(one) }}{% endfor %}"""
    with office.app.test_request_context("/console/"), office.database.read() as session:
        g.desk = open_desk(console(), session, office.now)
        return render_template_string(template, form=form)


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize(
    ("typed", "at", "name", "fields"),
    [
        ({}, "words", "form.required", {}),
        ({"words": "   "}, "words", "form.required", {}),
        ({"words": "สั้น"}, "words", "form.length", {"min": 5, "max": 20}),
        ({"words": "ก" * 21}, "words", "form.length", {"min": 5, "max": 20}),
        ({"days": "ห้า"}, "days", "form.whole", {}),
        ({"days": "61"}, "days", "form.between", {"min": 1, "max": 60}),
        ({"door": "elsewhere"}, "door", "form.choice", {}),
        ({"way": "c"}, "way", "form.choice", {}),
    ],
)
def test_what_is_wrong_is_said_in_the_readers_language(
    language: str, typed: dict[str, str], at: str, name: str, fields: dict[str, int]
) -> None:
    form = filled(language, **{"way": "a", "door": "web", **typed})
    assert not form.validate()
    assert form[at].errors[0] == words(language)(name, **fields)


def test_what_is_right_passes_and_is_tidied() -> None:
    form = filled(words="  เปลี่ยนหลอดแล้ว ", days="5", door="chat", way="b", sure="y")
    assert form.validate(), form.errors
    assert form.data == {"words": "เปลี่ยนหลอดแล้ว", "days": 5, "door": "chat", "way": "b", "sure": True}


def test_what_was_typed_stays_and_the_error_is_tied_to_its_field(office: Office) -> None:
    form = filled(words="<b>", days="หก", door="chat", way="b")
    form.validate()
    page = rendered(office, form)
    assert "&lt;b&gt;</textarea>" in page
    assert 'value="หก"' in page
    assert re.search(r'<option selected value="chat">แชต LINE</option>', page)
    area = re.search(r"<textarea[^>]*>", page)
    assert area
    assert 'aria-invalid="true"' in area.group(0)
    assert 'aria-describedby="words-help words-error"' in area.group(0)
    assert 'id="words-error"' in page
    assert '<a href="#days">' in page  # the summary leads to the field
    assert all(f'for="{name}"' in page for name in ("words", "days", "door", "sure"))
    assert "<legend>" in page
