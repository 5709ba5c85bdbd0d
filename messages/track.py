"""What the bot says of cases that are on their way: lists, one case with its history, results, ratings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from messages import cases
from messages.blocks import AMBER, BLUE, GREEN, GREY, PURPLE, TEAL, card
from messages.common import door, menu
from messages.limits import cut
from messages.parts import carousel, flex, pack, quick, say, tap, text
from messages.words import Words
from models.tickets import Entry, Ticket

Json = dict[str, Any]

#: A colour for each state; the word stands beside it always.
COLOURS = {
    "new": BLUE,
    "taken": TEAL,
    "asking": AMBER,
    "waiting": AMBER,
    "outside": PURPLE,
    "done": GREEN,
    "refused": GREY,
    "withdrawn": GREY,
    "merged": GREY,
}


def none(w: Words) -> list[Json]:
    """Nothing reported yet."""
    return [text(w("track.none"), door(w, "report"), say(w("button.menu")))]


def quiet(w: Words, *, told: bool) -> list[Json]:
    """Somebody asks how the one open case stands; `told`: the crew hears of it now."""
    return [text(w("track.quiet" if told else "track.quiet_plain"))]


def bubble(w: Words, ticket: Ticket, entry: Entry | None, now: datetime) -> Json:
    """One case as a card: state, day, place, the last word about it."""
    state = cases.state(w, ticket)
    if ticket.is_open:
        day = (now - ticket.received_at).days + 1
        state = f"{state} · {w('track.day', day=day, days=w.fields['answer_days'])}"
    lines: list[str | tuple[str, str]] = [cases.short(ticket.text, 160), cases.place(w, ticket)]
    lines.append(w("track.sent_to", department=cases.department(w, ticket)))
    if entry is not None:
        words = cases.entry_line(w, entry)
        lines.append(w("track.latest", date=cases.brief_day(w, entry.at), words=words))
    buttons = [tap(w("track.see"), pack("case", id=ticket.id))]
    if ticket.is_open:
        buttons.append(tap(w("track.add"), pack("case.add", id=ticket.id)))
    title = w("track.title", number=cases.number(ticket), category=cases.category(w, ticket))
    return card(title, lines, buttons, colour=COLOURS[ticket.state], status=state)


def mine(w: Words, shown: Sequence[tuple[Ticket, Entry | None]], total: int, now: datetime) -> list[Json]:
    """My cases, the latest first, at most ten."""
    bubbles = [bubble(w, t, e, now) for t, e in shown]
    contents = bubbles[0] if len(bubbles) == 1 else carousel(bubbles)
    return [
        quick(
            flex(w("track.alt", count=total), contents),
            door(w, "report"),
            say(w("button.talk")),
            say(w("button.menu")),
        )
    ]


def one(w: Words, ticket: Ticket, entries: Sequence[Entry], media: int, own: bool) -> list[Json]:
    """One case with its history."""
    lines: list[str | tuple[str, str]] = [
        cases.short(ticket.text, 300),
        (w("report.row_place"), cases.place(w, ticket)),
        (w("card.due"), cases.day(w, ticket.answer_by)),
    ]
    lines += [(cases.brief_day(w, e.at), cases.entry_line(w, e, own=own)) for e in entries]
    title = w("track.title", number=cases.number(ticket), category=cases.category(w, ticket))
    state = cases.state(w, ticket)
    shown = card(title, lines, _case_buttons(w, ticket, media, own), colour=COLOURS[ticket.state], status=state)
    alt = w("track.case_alt", number=cases.number(ticket), category=cases.category(w, ticket), state=state)
    return [quick(flex(alt, shown), door(w, "track"), door(w, "report"), say(w("button.menu")))]


def _case_buttons(w: Words, ticket: Ticket, media: int, own: bool) -> list[Json]:
    buttons = []
    if media:
        buttons.append(tap(w("track.photos"), pack("case.photos", id=ticket.id)))
    if ticket.is_open:
        buttons.append(tap(w("track.add"), pack("case.add", id=ticket.id)))
        if own:
            buttons.append(tap(w("track.withdraw"), pack("case.withdraw", id=ticket.id)))
    elif ticket.state == "done":
        buttons.append(tap(w("tell.done_bad"), pack("rate.bad", id=ticket.id)))
        if own and ticket.rating is None:
            buttons.insert(0, tap(w("tell.done_good"), pack("rate.good", id=ticket.id)))
    elif ticket.state == "refused" and own:
        buttons.append(tap(w("tell.review"), pack("rate.bad", id=ticket.id)))
    return buttons


def not_found(w: Words, number: str) -> list[Json]:
    """No such number."""
    return [text(w("track.not_found", number=number), door(w, "track"), door(w, "report"), say(w("button.menu")))]


def not_yours(w: Words, ticket: Ticket) -> list[Json]:
    """Somebody else's case: its kind and state, no words, no place."""
    body = w(
        "track.not_yours",
        number=cases.number(ticket),
        category=cases.category(w, ticket),
        state=cases.state(w, ticket),
    )
    return [text(body, tap(w("track.follow"), pack("case.follow", id=ticket.id)), door(w, "track"))]


def followed(w: Words, ticket: Ticket) -> list[Json]:
    """You will hear of it."""
    return [text(w("track.followed", number=cases.number(ticket)), door(w, "track"))]


def ask_words(w: Words, ticket: Ticket) -> list[Json]:
    """What shall be added?"""
    return [text(w("track.ask_words", number=cases.number(ticket)), say(w("button.cancel")))]


def words_done(w: Words, ticket: Ticket, *, may_split: bool = False) -> list[Json]:
    """The crew has it. `may_split`: one tap makes a matter of its own of it."""
    buttons = [tap(w("track.see"), pack("case", id=ticket.id))]
    if may_split:
        buttons.append(tap(w("track.is_new"), pack("case.split", id=ticket.id)))
    return [text(w("track.words_done", number=cases.number(ticket)), *buttons)]


def ask_which(w: Words, ticket: Ticket, words: str, answer: Json, new: Json) -> list[Json]:
    """Staff have asked something, and this sounds like another matter: which is it?"""
    asked = w("track.ask_which", number=cases.number(ticket), category=cases.category(w, ticket))
    return [text(f"“{cases.short(words, 200)}”\n{asked}", answer, new, say(w("button.cancel")))]


def sure_withdraw(w: Words, ticket: Ticket, yes: Json, no: Json) -> list[Json]:
    """Really?"""
    return [text(w("track.sure_withdraw", number=cases.number(ticket)), yes, no)]


def case_note(w: Words, name: str, ticket: Ticket, /, **fields: object) -> list[Json]:
    """A word about a case, with the menu at hand."""
    body = w(name, number=cases.number(ticket), state=cases.state(w, ticket), **fields)
    return [text(body, tap(w("track.see"), pack("case", id=ticket.id)), say(w("button.menu")))]


def old(w: Words) -> list[Json]:
    """A button of a case that is not the reader's."""
    return menu(w, w("common.old_button"))


def ask_rating(w: Words, ticket: Ticket, buttons: Sequence[Json]) -> list[Json]:
    """One to five."""
    return [text(w("rate.ask", number=cases.number(ticket)), *buttons)]


def ask_note(w: Words, no: Json) -> list[Json]:
    """Anything to add?"""
    return [text(w("rate.ask_note"), no)]


def ask_reason(w: Words) -> list[Json]:
    """What is still wrong?"""
    return [text(w("rate.ask_reason"), say(w("button.cancel")))]


def gallery(pictures: Sequence[tuple[str, str, str]], w: Words, ticket: Ticket) -> list[Json]:
    """Photos of a case, before and after. `pictures` are (address, preview address, before|after|talk)."""
    bubbles = [
        {
            "type": "bubble",
            "hero": {
                "type": "image",
                "url": preview,
                "size": "full",
                "aspectRatio": "4:3",
                "aspectMode": "cover",
                "action": {"type": "uri", "label": w("track.photos"), "uri": address},
            },
            "body": {
                "type": "box",
                "layout": "vertical",
                "contents": [
                    {"type": "text", "text": w("tell.after" if purpose == "after" else "tell.before"), "size": "lg"}
                ],
            },
        }
        for address, preview, purpose in pictures[:12]
    ]
    return [flex(cut(w("track.photos"), 100), bubbles[0] if len(bubbles) == 1 else carousel(bubbles))]
