"""The bot's words: what it says to people, in the town's own wording; the delivered text comes back by a button.

Only whole messages may be changed, not labels: what a button says is also what it sends, and the bot must know it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request, url_for
from werkzeug.exceptions import NotFound
from wtforms import TextAreaField
from wtforms.validators import Length, ValidationError

from messages.words import Text, delivered, filled, fits, speak
from models.own_words import own_words
from web import access, changing
from web.changing import Wanted
from web.desk import Desk, Page, needs
from web.forms import Form, required
from web.settings import Row, form_page, listing, pages

__all__ = ["pages"]

#: The parts of the conversation whose messages may be changed, and from which length on a text is a message.
PARTS = ("welcome", "common", "report", "suggest", "emergency", "help", "news", "track", "rate", "tell")
SHORTEST = 25
#: The longest message that is allowed: people read on telephones.
LONGEST = 1_000


class Said(Form):
    """A text; of a list one line each."""

    text = TextAreaField("settings.text", [required(), Length(max=LONGEST)], render_kw={"rows": 8})


def editable() -> dict[str, Text]:
    """The texts that may be changed, by name, as delivered."""
    return {
        name: text
        for name, text in delivered("th").items()
        if name.partition(".")[0] in PARTS and len(joined(text)) >= SHORTEST and parted(text, joined(text)) == text
    }


def joined(text: Text) -> str:
    """A text, or the lines of a list, as it stands in the form."""
    return text if isinstance(text, str) else "\n".join(text)


def parted(given: Text, typed: str) -> Text:
    """What was typed, in the shape of the delivered text."""
    plain = "\n".join(line.rstrip() for line in typed.replace("\r\n", "\n").strip().split("\n"))
    return plain if isinstance(given, str) else tuple(plain.split("\n"))


class _Kept(dict[str, object]):
    """Fields that are not known yet stay as they are written."""

    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


def sample(desk: Desk, text: Text) -> str:
    """The text as the bot would say it; what it fills in only then stays in braces."""
    fields: Mapping[str, object] = _Kept(desk.w.fields)
    return filled(joined(speak(text, desk.settings["bot.polite"])), fields)


@pages.get("/words")
@needs(access.may_see_settings)
def words(desk: Desk) -> Page:
    """All texts of a part of the conversation, or those that hold what is searched for."""
    own, asked = own_words(desk.session), request.args.get("q", "").strip()
    part = request.args.get("part", "")
    part = part if part in PARTS else PARTS[0]
    rows = []
    for name, text in editable().items():
        said = own[name] if name in own and fits(text, own[name], desk.w.fields) else text
        wanted = asked in joined(said) or asked in name if asked else name.startswith(f"{part}.")
        if wanted:
            note = desk.w("settings.own_choice") if name in own else ""
            rows.append(Row((name, sample(desk, said), note), url_for("settings.said", text=name)))
    return listing(
        desk,
        "words",
        ["settings.text_name", "settings.text", "settings.notes"],
        rows,
        kinds=["words"],
        template="settings/words.html",
        parts=PARTS,
        part="" if asked else part,
        asked=asked,
    )


def _given(name: str) -> Text:
    found = editable().get(name)
    if found is None:
        raise NotFound
    return found


def _page(desk: Desk, form: Said, name: str, *, own: bool) -> str:
    given = _given(name)
    lines = "" if isinstance(given, str) else desk.w("settings.lines", count=len(given))
    return form_page(
        desk,
        "words",
        name,
        form,
        url_for("settings.words", part=name.partition(".")[0]),
        kind="words",
        subject=name,
        template="settings/said.html",
        given=sample(desk, given),
        fields=_fields_in(given),
        extra=lines,
        own=own,
        name=name,
    )


def _fields_in(given: Text) -> list[str]:
    """The fields this text may name beside those that every text may."""
    seen = _Seen()
    joined(given).format_map(seen)
    return sorted(seen.names)


class _Seen(dict[str, str]):
    """Notes which fields are asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def __missing__(self, name: str) -> str:
        self.names.add(name)
        return ""


@pages.get("/words/<text>")
@needs(access.may_manage_settings)
def said(desk: Desk, text: str) -> Page:
    """One text, to be changed."""
    own = own_words(desk.session)
    form = Said(w=desk.w, data={"text": joined(own.get(text, _given(text)))})
    return _page(desk, form, text, own=text in own)


@pages.post("/words/<text>")
@needs(access.may_manage_settings)
def change_said(desk: Desk, text: str) -> Page:
    """Show, then do."""
    given, form = _given(text), Said(request.form, w=desk.w)

    def right(_form: Any, found: Any) -> None:
        if not fits(given, parted(given, found.data or ""), desk.w.fields):
            raise ValidationError("settings.text_unfit" if isinstance(given, str) else "settings.lines_unfit")

    valid = form.validate(extra_validators={"text": [right]})
    if changing.again() or not valid:
        return _page(desk, form, text, own=text in own_words(desk.session)), 200 if changing.again() else 422
    own = parted(given, form.text.data or "")
    back = url_for("settings.words", part=text.partition(".")[0])
    if own == given:
        return _back_to_given(desk, text, back)
    stored = own if isinstance(own, str) else list(own)
    return changing.decide(desk, [Wanted("words", text, {"text": stored})], back=back, said=sample(desk, own))


def _back_to_given(desk: Desk, name: str, back: str) -> Page:
    """The delivered text is no choice of the town: its own goes, if there is one."""
    wanted = [Wanted("words", name, None)] if name in own_words(desk.session) else []
    return changing.decide(desk, wanted, back=back, said=sample(desk, _given(name)))


@pages.post("/words/<text>/given")
@needs(access.may_manage_settings)
def given_again(desk: Desk, text: str) -> Page:
    """Show, then go back to the delivered text."""
    _given(text)
    if changing.again():
        return desk.go("settings.said", text=text)
    return _back_to_given(desk, text, url_for("settings.words", part=text.partition(".")[0]))
