"""News about cases, for residents and staff: one builder for each kind of line in the history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from messages import cases
from messages.blocks import GREEN, card
from messages.parts import flex, pack, quick, tap, text
from messages.words import Words
from models.files import File
from models.tickets import Entry

Json = dict[str, Any]


def _about(w: Words, name: str, entry: Entry, /, *buttons: Json, **fields: object) -> list[Json]:
    ticket = entry.ticket
    body = w(
        name,
        number=cases.number(ticket),
        category=cases.category(w, ticket),
        department=cases.department(w, ticket),
        **fields,
    )
    return [text(body, *buttons)]


def _see(w: Words, entry: Entry) -> Json:
    return tap(w("tell.see", number=cases.number(entry.ticket)), pack("case", id=entry.ticket_id))


def progress(w: Words, entry: Entry) -> list[Json]:
    """A step forward, for the resident."""
    data, words = entry.data, cases.short(entry.words, 300)
    tail = f" “{words}”" if words else ""
    match entry.what:
        case "waiting":
            reason = w(f"pause.{data.get('reason', 'other')}")
            return _about(w, "tell.waiting", entry, _see(w, entry), reason=reason, words=tail)
        case "outside":
            agency, phone = cases.named(w, data.get("agency", "")), data.get("phone", "")
            return _about(w, "tell.outside", entry, _see(w, entry), agency=agency, phone=phone, words=tail)
        case "progress":
            return _about(w, "tell.progress", entry, _see(w, entry), words=words)
        case "forwarded":
            return _about(w, "tell.forwarded", entry, _see(w, entry))
        case "resumed":
            return _about(w, "tell.resumed", entry, _see(w, entry))
        case _:
            return _about(w, "tell.taken", entry, _see(w, entry))


def asked(w: Words, entry: Entry) -> list[Json]:
    """Staff ask something. The asker's department is named, not the person."""
    number = cases.number(entry.ticket)
    answer = tap(w("track.answer_button", number=number), pack("case.add", id=entry.ticket_id))
    return _about(w, "tell.asked", entry, answer, _see(w, entry), words=cases.short(entry.words, 600))


def result(w: Words, entry: Entry, photos: Sequence[File]) -> list[Json]:
    """The end: done with photos before and after, answered, or refused with its reason."""
    words = cases.short(entry.words, 600)
    if entry.what == "refused":
        review = tap(w("tell.review"), pack("rate.bad", id=entry.ticket_id))
        understood = tap(w("tell.understood"), pack("understood"))
        return _about(w, "tell.refused", entry, review, understood, words=words)
    return _done(w, entry, words, photos)


def _done(w: Words, entry: Entry, words: str, photos: Sequence[File]) -> list[Json]:
    number = cases.number(entry.ticket)
    good = tap(w("tell.done_good"), pack("rate.good", id=entry.ticket_id))
    bad = tap(w("tell.done_bad"), pack("rate.bad", id=entry.ticket_id))
    when = w("tell.done_when", department=cases.department(w, entry.ticket), date=cases.day(w, entry.at))
    answer = bool(entry.data.get("answer"))
    title = w("tell.answer_title" if answer else "tell.done_title", number=number)
    ask = w("tell.answer_ask" if answer else "tell.done_ask")
    bubble = card(title, [words, when, ask], [good, bad], colour=GREEN, hero=_pair(w, photos))
    alt = w("tell.done_alt", number=number, words=cases.short(words, 200))
    return [quick(flex(alt, bubble), good, bad)]


def _pair(w: Words, photos: Sequence[File]) -> Json | None:
    """The last photo before and the last after, side by side with their words; None without photos after."""
    stored = [f for f in photos if f.state == "stored"]
    after = next((f for f in reversed(stored) if f.purpose == "after"), None)
    if after is None:
        return None
    before = next((f for f in reversed(stored) if f.purpose == "before"), None)
    pictures = [(w("tell.before"), before), (w("tell.after"), after)] if before else [(w("tell.after"), after)]
    base = str(w.fields["public_url"])
    return {
        "type": "box",
        "layout": "horizontal",
        "spacing": "sm",
        "contents": [_picture(base, word, file) for word, file in pictures if file is not None],
    }


def _picture(base: str, word: str, file: File) -> Json:
    return {
        "type": "box",
        "layout": "vertical",
        "contents": [
            {
                "type": "image",
                "url": cases.preview_address(base, file.token),
                "size": "full",
                "aspectRatio": "1:1",
                "aspectMode": "cover",
                "action": {"type": "uri", "label": word, "uri": cases.file_address(base, file.token)},
            },
            {"type": "text", "text": word, "align": "center", "size": "lg", "color": "#1B1B1B"},
        ],
    }


def follower_result(w: Words, entry: Entry) -> list[Json]:
    """The end, for those who joined."""
    words = cases.short(entry.words, 300)
    name = "tell.refused" if entry.what == "refused" else "tell.follower_done"
    return _about(w, name, entry, _see(w, entry), words=words)


def said(w: Words, entry: Entry) -> list[Json]:
    """The resident has said more, for staff."""
    words = cases.short(cases.for_group(entry.words), 600) or w("entry.media")
    see = tap(w("work.see", number=entry.ticket.number), pack("staff.see", id=entry.ticket_id))
    media = tap(w("card.media"), pack("staff.media", id=entry.ticket_id))
    ask = tap(w("card.ask"), pack("staff.ask", id=entry.ticket_id))
    return _about(w, "work.said", entry, see, media, ask, words=words)


def joined(w: Words, entry: Entry, behind: int) -> list[Json]:
    """One more person suffers from it, for staff."""
    see = tap(w("work.see", number=entry.ticket.number), pack("staff.see", id=entry.ticket_id))
    words = f"\n“{cases.short(cases.for_group(entry.words), 300)}”" if entry.words else ""
    return _about(w, "work.joined", entry, see, count=behind, words=words)


def to_staff(w: Words, entry: Entry) -> list[Json]:
    """Withdrawn, or rated: for staff."""
    if entry.what == "withdrawn":
        return _about(w, "work.withdrawn", entry)
    words = f" “{cases.short(cases.for_group(entry.words), 300)}”" if entry.words else ""
    return _about(w, "work.rated", entry, rating=entry.data.get("rating", ""), words=words)


def merged(w: Words, entry: Entry) -> list[Json]:
    """Merged into another case, for those who told of it: it goes on under that number."""
    into = entry.data.get("number", "")
    see = tap(w("tell.see", number=into), pack("case", id=entry.data.get("into", 0)))
    return _about(w, "tell.merged", entry, see, into=into)


def noted(w: Words, entry: Entry) -> list[Json]:
    """A colleague has named the reader in an internal note."""
    words = cases.short(cases.for_group(entry.words), 600)
    return _about(w, "work.noted", entry, _work(w, entry), who=_who(entry), words=words)


def assigned(w: Words, entry: Entry) -> list[Json]:
    """The case was given to the reader."""
    return _about(w, "work.assigned", entry, _work(w, entry), who=_who(entry))


def _who(entry: Entry) -> str:
    return entry.staff.name if entry.staff is not None else "–"


def _work(w: Words, entry: Entry) -> Json:
    return tap(w("work.see", number=entry.ticket.number), pack("staff.see", id=entry.ticket_id))


def overdue(w: Words, rows: Sequence[tuple[Any, str]]) -> list[Json]:
    """Cases near or past their day, for the one who must answer. `rows` are (case, how long is left)."""
    lines = [
        w("work.overdue_one", number=cases.number(ticket), category=cases.category(w, ticket), left=left)
        for ticket, left in rows[:8]
    ]
    buttons = [tap(w("work.see", number=ticket.number), pack("staff.see", id=ticket.id)) for ticket, _ in rows[:8]]
    return [text("\n".join(lines), *buttons)]
