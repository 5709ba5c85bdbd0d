"""What the bot says to those who look for help, news, or a human."""

from __future__ import annotations

from typing import Any

from messages.common import door
from messages.parts import call, pack, say, tap, text
from messages.words import Words

Json = dict[str, Any]


def ask(w: Words, phone: str) -> list[Json]:
    """How can we help?"""
    office = [call(w("help.call_office"), phone)] if any(c.isdigit() for c in phone) else []
    return [
        text(
            w("help.ask"),
            *office,
            tap(w("help.callback"), pack("help.callback")),
            say(w("button.talk")),
            tap(w("help.how"), pack("help.how")),
            tap(w("emergency.numbers_button"), pack("help.numbers")),
            door(w, "mine"),
            say(w("button.menu")),
        )
    ]


def how(w: Words) -> list[Json]:
    """Three steps."""
    return [text(w("help.how_text"), door(w, "report"), door(w, "track"), say(w("button.menu")))]


def ask_phone(w: Words) -> list[Json]:
    """A number to call back."""
    return [text(w("help.ask_phone"), say(w("button.cancel")))]


def callback_done(w: Words, number: str, ticket: str) -> list[Json]:
    """Somebody will call."""
    return [text(w("help.callback_done", number=number, ticket=ticket), say(w("button.menu")))]


def news(w: Words) -> list[Json]:
    """What there is to look at."""
    return [
        text(
            w("news.ask"),
            tap(w("project.own_village"), pack("project.own")),
            tap(w("project.all"), pack("project.list")),
            tap(w("news.stats"), pack("news.stats")),
            tap(w("button.suggest"), pack("ask", kind="suggestion")),
            door(w, "track"),
            say(w("button.menu")),
        )
    ]


def stats(w: Words, month: dict[str, int], year: dict[str, int], name: str, rating: tuple[float, int]) -> list[Json]:
    """This month's and this fiscal year's figures. `rating` is (mean, how many rated)."""
    average, count = rating
    stars = w("news.stats_rating", average=f"{average:.1f}", count=count) if count else ""
    body = w(
        "news.stats_text",
        month=name,
        received=month["received"],
        done=month["done"],
        year_received=year["received"],
        year_done=year["done"],
        rating=stars,
    )
    return [
        text(body, door(w, "report"), tap(w("button.suggest"), pack("ask", kind="suggestion")), say(w("button.menu")))
    ]


def no_vote(w: Words) -> list[Json]:
    """No poll is open."""
    return [text(w("news.no_vote"), tap(w("button.suggest"), pack("ask", kind="suggestion")), say(w("button.menu")))]
