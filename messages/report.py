"""What the bot says while a report is made: questions, the summary whose every line can be changed, the receipt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from messages import cases
from messages.blocks import GREEN, card, summary
from messages.common import door, ways_out
from messages.limits import cut
from messages.parts import camera, camera_roll, flex, location, pack, quick, say, tap, text
from messages.thai import case_number
from messages.words import Words
from models.tickets import Ticket

Json = dict[str, Any]


def ask_detail(w: Words, before: str) -> list[Json]:
    """What happened? The first question when nothing was said yet."""
    return [text(_after(before, w("report.ask_detail")), camera(w("report.take_photo")), *ways_out(w)[1:])]


def ask_category(w: Words, before: str, choices: Sequence[Json], more: Json) -> list[Json]:
    """Which of these comes nearest? Asked only when the words leave it open."""
    return [text(_after(before, w("report.ask_category")), *choices, more, *ways_out(w)[1:])]


def ask_category_all(w: Words, choices: Sequence[Json]) -> list[Json]:
    """The longer list, as many as LINE's thirteen buttons hold."""
    return [text(w("report.ask_category_all"), *choices[:11], *ways_out(w)[1:])]


def so_far(w: Words, category: str, *, urgent: bool, media: str, several: int) -> str:
    """What is being reported and what has been received, said before the next question; "" when there is nothing.

    `several` is how many problems were told at once: they are taken one by one.
    """
    lines = [w("report.several", count=several)] if several > 1 else []
    if category:
        lines.append(w("report.start_urgent" if urgent else "report.start", category=category))
    if media:
        lines.append(w("report.got_so_far", media=media))
    return "\n".join(lines)


def _after(before: str, question: str) -> str:
    return f"{before}\n{question}" if before else question


def ask_place(w: Words, before: str, villages: Sequence[Json], others: Sequence[Json]) -> list[Json]:
    """Where? By location, by village, by words. The other guesses of what it is stand one tap away."""
    ways = ways_out(w)[1:]
    buttons = [location(w("report.place_here")), *villages, *others]
    return [text(_after(before, w("report.ask_place")), *buttons[: 13 - len(ways)], *ways)]


def ask_far(w: Words, km: int, yes: Json, no: Json) -> list[Json]:
    """The place is far from the town: is it right? Never refused."""
    return [text(w("report.place_far", km=km), yes, no, *ways_out(w)[1:])]


def ask_photo(w: Words, before: str, buttons: Sequence[Json]) -> list[Json]:
    """A photo, or none."""
    body = _after(before, w("report.ask_photo"))
    return [text(body, camera(w("report.take_photo")), camera_roll(w("report.pick_photo")), *buttons, *ways_out(w))]


def ask_near(w: Words, near: Sequence[Ticket], join: Sequence[Json], other: Json, now: datetime) -> list[Json]:
    """Somebody has told of it already. Never shows what others wrote: category, place and state only."""
    lines = [
        w(
            "report.near_line",
            number=cases.number(t),
            place=cases.short(cases.place_for_group(w, t), 60),
            state=cases.state(w, t),
            ago=cases.ago(w, t.received_at, now),
        )
        for t in near
    ]
    body = "\n".join([w("report.near", category=cases.category(w, near[0])), *lines])
    return [text(body, *join, other, *ways_out(w)[1:])]


def media_words(w: Words, photos: int, voices: int, others: int) -> str:
    """“รูป 2 รูป · เสียง 1 ข้อความ”; "" for nothing."""
    parts = [
        w("report.photos_count", photos=photos) if photos else "",
        w("report.voices_count", voices=voices) if voices else "",
        w("report.others_count", others=others) if others else "",
    ]
    return " · ".join(p for p in parts if p)


def check(
    w: Words,
    rows: Sequence[tuple[str, str, Json | None]],
    buttons: Sequence[Json],
    notice: str,
    alt: tuple[str, str],
) -> list[Json]:
    """The summary before sending. `rows` are (label, value, edit button or None); `alt` is (category, place)."""
    shown = [(label, cut(value, 400), edit) for label, value, edit in rows]
    bubble = summary(w("report.check"), shown, list(buttons[:2]), footer_note=notice)
    spoken = w("report.check_alt", category=alt[0], place=cases.short(alt[1], 80))
    return [quick(flex(spoken, bubble), *buttons, *ways_out(w))]


def receipt(w: Words, ticket: Ticket, *, agency: bool = True) -> list[Json]:
    """The case number, who has it, and until when an answer is due."""
    number, department = cases.number(ticket), cases.department(w, ticket)
    lines = [
        w("report.receipt_department", department=department),
        w("report.receipt_due", days=w.fields["answer_days"], date=cases.day(w, ticket.answer_by)),
        w("report.receipt_track", short=ticket.number),
    ]
    if ticket.agency is not None and agency:
        lines.insert(
            1, w("report.receipt_agency", agency=cases.named(w, ticket.agency.name), phone=ticket.agency.phone)
        )
    if ticket.sensitive:
        lines[0] = w("report.receipt_sensitive")
    bubble = card(
        w("report.receipt_number", number=number),
        lines,
        [tap(w("button.track"), pack("case", id=ticket.id))],
        header=w("report.received"),
        colour=GREEN,
    )
    alt = w("report.receipt_alt", number=number, department=department)
    return [
        quick(
            flex(alt, bubble),
            tap(w("button.track"), pack("case", id=ticket.id)),
            tap(w("report.another"), pack("report")),
            say(w("report.finish")),
        )
    ]


def next_problem(w: Words, words: str) -> Json:
    """More was told of in the same breath: report that too?"""
    return text(
        w("report.more_problems", text=cases.short(words, 100)),
        tap(w("report.next_problem"), pack("report.next")),
        tap(w("report.no_more"), pack("report.no_more")),
    )


def joined(w: Words, ticket: Ticket, count: int) -> list[Json]:
    """“ของฉันด้วย” is noted."""
    body = w("report.joined", number=cases.number(ticket), count=count)
    return [text(f"{body}\n{w('report.joined_words')}", door(w, "track"), tap(w("report.another"), pack("report")))]


def already_yours(w: Words, ticket: Ticket) -> list[Json]:
    """The near case is the reporter's own."""
    return [text(w("report.already_yours", number=cases.number(ticket)), door(w, "track"))]


def got_voice(w: Words, ms: int) -> Json:
    """A voice message has come, `ms` milliseconds long: somebody will listen."""
    seconds = max(1, round(ms / 1000))
    return text(w("report.got_voice", length=f"{seconds // 60}:{seconds % 60:02d}"))


def got_media(w: Words, cases_open: Sequence[tuple[int, int, int]]) -> list[Json]:
    """Photos, files or a place out of the blue: what for? `cases_open`: (id, fiscal year, number) of own open cases."""
    add = [
        tap(w("report.media_add", number=case_number(year, number)), pack("media.add", id=key))
        for key, year, number in cases_open[:3]
    ]
    return [
        text(
            w("report.got_media"),
            tap(w("report.media_report"), pack("report")),
            *add,
            tap(w("report.media_wrong"), pack("media.wrong")),
        )
    ]


def media_added(w: Words, ticket: Ticket) -> list[Json]:
    """Photos went into an own open case."""
    return [
        text(w("report.media_added", number=cases.number(ticket)), tap(w("button.track"), pack("case", id=ticket.id)))
    ]


def stale(w: Words) -> list[Json]:
    """A report was left half done yesterday: go on?"""
    return [
        text(
            w("report.stale"),
            tap(w("report.stale_go"), pack("stale.go")),
            tap(w("report.stale_new"), pack("stale.new")),
            tap(w("report.stale_drop"), pack("stale.drop")),
        )
    ]
