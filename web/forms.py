"""Forms: WTForms, speaking the town's language. Labels, helps and errors are names of texts (`w("cases.words")`).

    class Note(Form):
        words = TextAreaField("cases.words", [required(), Length(max=2000)], description="cases.words_help")

        door = SelectField("cases.door", choices=options([("web", "cases.door_web"), ("chat", "cases.door_chat")]))

What was typed stays in the fields; `parts/macros.html:field` shows label, help and error beside each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import wtforms
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, StopValidation

from messages.words import Words

#: WTForms' own English messages, and what we say instead. The fields (min, max) are WTForms'.
_SAID = {
    "This field is required.": "form.required",
    "Not a valid choice.": "form.choice",
    "Not a valid choice": "form.choice",
    "'%(value)s' is not a valid choice for this field.": "form.choice",
    "Invalid Choice: could not coerce.": "form.choice",
    "Invalid Choice(s): one or more data inputs could not be coerced.": "form.choice",
    "Not a valid integer value.": "form.whole",
    "Not a valid decimal value.": "form.decimal",
    "Not a valid float value.": "form.decimal",
    "Not a valid date value.": "form.date",
    "Not a valid time value.": "form.time",
    "Not a valid datetime value.": "form.date",
    "Number must be at least %(min)s.": "form.at_least",
    "Number must be at most %(max)s.": "form.at_most",
    "Number must be between %(min)s and %(max)s.": "form.between",
    "Field must be at least %(min)d character long.": "form.longer",
    "Field must be at least %(min)d characters long.": "form.longer",
    "Field cannot be longer than %(max)d character.": "form.shorter",
    "Field cannot be longer than %(max)d characters.": "form.shorter",
    "Field must be between %(min)d and %(max)d characters long.": "form.length",
    "Field must be exactly %(max)d character long.": "form.length",
    "Field must be exactly %(max)d characters long.": "form.length",
    "Invalid input.": "form.invalid",
    "Invalid URL.": "form.url",
}


class _Speaking:
    """What WTForms asks for its messages. Filled-in fields come back as %(name)s, for WTForms to fill."""

    def __init__(self, w: Words) -> None:
        self._w = w

    def gettext(self, string: str) -> str:
        name = _SAID.get(string, string)
        holes = {"min": "%(min)s", "max": "%(max)s", "value": "%(value)s"}
        return self._w(name, **holes) if name in self._w else string

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return self.gettext(singular if n == 1 else plural)


class Form(wtforms.Form):
    """The base of all forms: `Note(request.form, w=desk.w)`; `Note(w=desk.w, data={...})` with values of a row."""

    def __init__(self, given: Any = None, *, w: Words, data: Mapping[str, Any] | None = None, **more: Any) -> None:
        """`given` is `request.form`, or None for a fresh form."""
        self._speaking = _Speaking(w)
        super().__init__(given, data=dict(data or {}), meta={"get_translations": lambda _form: self._speaking}, **more)
        for field in self:
            _name_choices(field, w)

    @property
    def faults(self) -> list[tuple[str, str]]:
        """(id of the field, what to do), for the summary at the head of the form."""
        return [(field.id, str(field.errors[0])) for field in self if field.errors]


def _name_choices(field: wtforms.Field, w: Words) -> None:
    """Say the labels of a list to choose from, where they are names of texts."""
    known = getattr(field, "choices", None)
    if isinstance(known, list):
        pairs = [(c.value, c.label) if isinstance(c, SelectChoice) else tuple(c)[:2] for c in known]
        field.choices = options((value, w(label) if label in w else label) for value, label in pairs)  # type: ignore[attr-defined]


def options(pairs: Iterable[tuple[Any, str]]) -> list[Any]:
    """(value, label) pairs as WTForms wants them since 3.3; labels may be names of texts."""
    return [SelectChoice(value, label) for value, label in pairs]


class Tidy:
    """A filter for text fields: the space around is taken away; None stays None."""

    def __call__(self, value: str | None) -> str | None:
        return value.strip() if value else value


class _Required(InputRequired):
    """Something must be there, and not only spaces (a zero is something)."""

    def __call__(self, form: wtforms.form.BaseForm, field: wtforms.Field) -> None:
        if isinstance(field.data, str) and not field.data.strip():
            raise StopValidation(field.gettext("This field is required."))
        super().__call__(form, field)


def required() -> InputRequired:
    """The field must be filled in; browsers are told too."""
    return _Required()
