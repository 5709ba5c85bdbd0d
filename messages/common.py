"""What the bot says anywhere: the menu, the ways out, and the gentle answers to what was not meant for it."""

from __future__ import annotations

from typing import Any

from messages.parts import pack, say, tap, text
from messages.words import Words

Json = dict[str, Any]

#: The rich menu's six doors, and the seventh that has no tile. Names of routes are those of the tiles' postbacks.
DOORS = ("report", "track", "propose", "vote", "news", "mine", "help")


def door(w: Words, name: str) -> Json:
    """A button to one of the menu's doors."""
    return tap(w(f"button.{name}"), pack(name))


def ways_out(w: Words) -> list[Json]:
    """The three ways out of any step: back, cancel, a human."""
    return [say(w("button.back")), say(w("button.cancel")), say(w("button.talk"))]


def menu(w: Words, body: str | None = None) -> list[Json]:
    """The menu as buttons (the rich menu is not shown on a PC)."""
    return [text(body or w("menu.ask"), *(door(w, name) for name in DOORS))]


def menu_beside(w: Words) -> list[Json]:
    """The menu while a question is open: it stays open, and one tap leads back to it."""
    return [text(w("menu.beside"), tap(w("report.stale_go"), pack("stale.go")), *(door(w, name) for name in DOORS))]


def start_here(w: Words, body: str) -> list[Json]:
    """A word with the three doors most people want."""
    return [text(body, door(w, "report"), door(w, "track"), say(w("button.talk")), say(w("button.menu")))]


def old_button(w: Words) -> list[Json]:
    """A button of a finished form, or one nobody knows any more."""
    return menu(w, w("common.old_button"))


def old_button_beside(w: Words) -> list[Json]:
    """The same while a question is open, before it is put again."""
    return [text(w("common.old_button_beside"))]


def old_button_in_group(w: Words) -> list[Json]:
    """The same in a group: whoever wants to act taps on the case's card."""
    return [text(w("staff.old_button"), say(w("work.button_today")))]


def not_an_answer(w: Words) -> list[Json]:
    """Before the question is put again."""
    return [text(w("common.not_an_answer"))]


def note(body: str, *buttons: Json) -> list[Json]:
    """One plain text message."""
    return [text(body, *buttons)]
