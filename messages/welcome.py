"""What the bot says to somebody new: hello, and what becomes of what they tell (a notice, not a consent)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from messages.blocks import card
from messages.common import door, start_here
from messages.parts import flex, pack, quick, say, tap, text
from messages.words import Words

Json = dict[str, Any]


def hello(w: Words) -> list[Json]:
    """The greeting and the short notice (PDPA s.23; context.md §4.1)."""
    ok = tap(w("welcome.notice_ok"), pack("notice.ok"))
    full = tap(w("welcome.notice_full"), pack("notice.full"))
    bubble = card(w("welcome.notice_title"), [f"• {line}" for line in w.each("welcome.notice")], [ok, full])
    return [text(w("welcome.hello")), quick(flex(w("welcome.notice_alt"), bubble), ok, full, door(w, "report"))]


def full_notice(w: Words) -> list[Json]:
    """The whole notice, in the chat itself: nobody need open a page to read it."""
    return [text(w("welcome.notice_full_text"), tap(w("welcome.notice_ok"), pack("notice.ok")), say(w("button.menu")))]


def back_again(w: Words, open_cases: int) -> list[Json]:
    """Somebody unblocked the bot."""
    return [text(w("welcome.back_again", open=open_cases), door(w, "track"), door(w, "report"), door(w, "mine"))]


def ask_moo(w: Words, villages: Sequence[Json], rest: Sequence[Json]) -> list[Json]:
    """Which village?"""
    return [text(w("welcome.ask_moo"), *villages[: 13 - len(rest)], *rest)]


def moo_saved(w: Words, village: str) -> list[Json]:
    """Noted."""
    return start_here(w, w("welcome.moo_saved", village=village))


def moo_skipped(w: Words) -> list[Json]:
    """As you like."""
    return start_here(w, w("welcome.moo_skipped"))


def mine(w: Words, name: str, village: str, count: int) -> list[Json]:
    """What we hold about you."""
    return [
        text(
            w("welcome.mine", name=name or "–", village=village or w("welcome.no_moo"), count=count),
            tap(w("welcome.edit_moo"), pack("moo.edit")),
            tap(w("welcome.notice_full"), pack("notice.full")),
            say(w("button.talk")),
            door(w, "track"),
        )
    ]
