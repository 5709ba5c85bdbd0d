"""What the bot says to staff: the card of a case with its six moves, the lists, and the questions of each move."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from messages import behalf, cases
from messages.blocks import AMBER, BLUE, RED, button, card, paragraph
from messages.parts import flex, link, pack, quick, say, tap, text
from messages.words import Words
from models import calendar
from models.files import File
from models.quota import Budget
from models.staff import Staff
from models.tickets import Ticket

Json = dict[str, Any]

#: What each kind of news is headed, and in which colour.
HEADS = {"new": BLUE, "urgent": RED, "forwarded": BLUE, "reopened": AMBER}


def left(w: Words, ticket: Ticket, now: datetime) -> str:
    """How long the case still has, in words."""
    if ticket.paused_at is not None:
        return w("card.paused", reason=w(f"pause.{ticket.pause_reason or 'other'}"))
    days = calendar.days_left(deadline(ticket), now)
    if days < 0:
        return w("card.late", days=-days)
    return w("card.left", days=days) if days else w("card.left_today")


def deadline(ticket: Ticket) -> datetime:
    """What is due next: the first answer, or the work."""
    if ticket.first_answer_at is None or ticket.due_at is None:
        return min(ticket.answer_by, ticket.due_at or ticket.answer_by)
    return ticket.due_at


def facts(w: Words, ticket: Ticket, behind: int, now: datetime, *, private: bool) -> list[str | tuple[str, str]]:
    """The lines of a case's card: no word of who reported it, in a group not even a number written in the text."""
    lines: list[str | tuple[str, str]] = [
        cases.short(ticket.text if private else cases.for_group(ticket.text), 400),
        (w("card.place"), cases.place(w, ticket) if private else cases.place_for_group(w, ticket)),
        (w("card.due"), w("card.due_value", date=cases.brief_day(w, deadline(ticket)), left=left(w, ticket, now))),
    ]
    if ticket.on_behalf:
        lines.append((w("behalf.row_card"), behalf.mark(w, ticket)))
    if ticket.owner is not None:
        lines.append((w("card.owner"), ticket.owner.name))
    if behind > 1:
        lines.append((w("card.joined"), w("card.joined_value", count=behind)))
    if ticket.agency is not None:
        value = w("card.agency_value", agency=cases.named(w, ticket.agency.name), phone=ticket.agency.phone)
        lines.append((w("card.agency"), value))
    return lines


def case_card(
    w: Words,
    ticket: Ticket,
    files: Sequence[File],
    behind: int,
    now: datetime,
    *,
    head: str | None = None,
    because: str = "",
    private: bool = False,
) -> list[Json]:
    """A case for those who mend it. `head` says why it is shown and `because` adds the words that came with it;
    `private` adds the button that shows the reporter."""
    photo = next((f for f in files if f.kind == "image" and f.state == "stored"), None)
    base = str(w.fields["public_url"])
    title = w("card.title", number=cases.number(ticket), category=cases.category(w, ticket))
    colour = HEADS.get(head or "", BLUE)
    bubble = card(
        title,
        [
            *([f"“{cases.short(cases.for_group(because), 200)}”"] if because else []),
            *facts(w, ticket, behind, now, private=private),
        ],
        header=w(f"card.{head}") if head else None,
        status=w("card.asking") if ticket.state == "asking" else cases.state(w, ticket),
        colour=colour,
        hero=cases.preview_address(base, photo.token) if photo else None,
    )
    bubble["footer"] = _footer(w, ticket, files, private=private)
    spoken = w(
        "card.alt",
        head=w(f"card.{head}") if head else "",
        number=cases.number(ticket),
        category=cases.category(w, ticket),
        place=cases.short(cases.place_for_group(w, ticket), 60),
    )
    return [quick(flex(spoken.strip(), bubble), say(w("work.button_today")), say(w("work.button_backlog")))]


def _footer(w: Words, ticket: Ticket, files: Sequence[File], *, private: bool) -> Json:
    rows = _moves(w, ticket)
    extras = []
    where = map_link(ticket)
    if where:
        extras.append(link(w("card.map"), where))
    if files:
        extras.append(tap(w("card.media"), pack("staff.media", id=ticket.id)))
    if private and ticket.reporter_id is not None:
        extras.append(tap(w("card.who"), pack("staff.who", id=ticket.id)))
    rows += [[button(a, "link") for a in extras[i : i + 2]] for i in range(0, len(extras), 2)]
    boxes = [{"type": "box", "layout": "horizontal", "spacing": "sm", "contents": row} for row in rows]
    return {"type": "box", "layout": "vertical", "spacing": "sm", "contents": boxes}


def _moves(w: Words, ticket: Ticket) -> list[list[Json]]:
    """The moves that are possible now, two in a row."""

    def move(name: str, style: Any = "secondary") -> Json:
        return button(tap(w(f"card.{name}"), pack(f"staff.{name}", id=ticket.id), _shown(w, name, ticket)), style)

    if not ticket.is_open:
        return [[move("take", "secondary")]] if ticket.state in ("done", "refused") else []
    if ticket.state in ("waiting", "outside"):
        return [[move("resume", "primary"), move("progress")], [move("done"), move("forward")], [move("refuse")]]
    if ticket.kind in ("question", "message", "suggestion", "proposal"):
        first = [[move("answer", "primary"), move("take")]] if ticket.state == "new" else [[move("answer", "primary")]]
        return [*first, [move("ask"), move("forward")], [move("wait"), move("done")], [move("refuse")]]
    lead = [move("done", "primary"), move("ask")]
    if ticket.state == "new":
        lead = [move("take", "primary"), move("ask")]
        return [lead, [move("forward"), move("wait")], [move("done")], [move("refuse")]]
    return [lead, [move("forward"), move("wait")], [move("progress")], [move("refuse")]]


def _shown(w: Words, name: str, ticket: Ticket) -> str:
    """What the tap says aloud in the chat: the move and the number, so that others in the group can follow."""
    return f"{w(f'card.{name}')} {cases.number(ticket)}"


def map_link(ticket: Ticket) -> str | None:
    """The place on a map. Opened by the reader; we fetch nothing."""
    if ticket.lat is not None and ticket.lon is not None:
        return f"https://www.google.com/maps/search/?api=1&query={ticket.lat:.6f},{ticket.lon:.6f}"
    return None


def work_list(
    w: Words, title: str, summary: str, rows: Sequence[tuple[Ticket, str]], total: int, route: str, page: int
) -> list[Json]:
    """A list of cases with a button each. `rows` are (case, note); `total` counts all pages."""
    contents: list[Json] = [paragraph(title, size="xl", weight="bold")]
    if summary:
        contents.append(paragraph(summary, size="md"))
    for ticket, note in rows:
        contents += [{"type": "separator"}, _row(w, ticket, note)]
    more = total - (page - 1) * PAGE - len(rows)
    if more > 0:
        contents.append(paragraph(w("work.more", count=more), size="md"))
    bubble = {
        "type": "bubble",
        "size": "mega",
        "body": {"type": "box", "layout": "vertical", "spacing": "md", "contents": contents},
    }
    buttons = [tap(w("work.page"), pack(route, page=page + 1))] if more > 0 else []
    ways = [say(w("work.button_today")), say(w("work.button_backlog")), say(w("work.button_overdue"))]
    return [quick(flex(w("work.alt", title=title, count=total), bubble), *buttons, *ways)]


#: Rows on one page of a list.
PAGE = 8


def _row(w: Words, ticket: Ticket, note: str) -> Json:
    words = w(
        "work.row",
        number=cases.number(ticket),
        category=cases.category(w, ticket),
        place=cases.short(cases.place_for_group(w, ticket), 40),
    )
    told = {
        "type": "box",
        "layout": "vertical",
        "flex": 3,
        "contents": [paragraph(words, size="md"), paragraph(note, size="sm", color="#55595E")],
    }
    if ticket.state == "new":
        action = tap(w("work.take", number=ticket.number), pack("staff.take", id=ticket.id))
    else:
        action = tap(w("work.see", number=ticket.number), pack("staff.see", id=ticket.id))
    return {
        "type": "box",
        "layout": "horizontal",
        "spacing": "md",
        "alignItems": "center",
        "contents": [
            told,
            {**button(action, "primary" if ticket.state == "new" else "secondary"), "flex": 2, "height": "sm"},
        ],
    }


def empty_list(w: Words, title: str) -> list[Json]:
    """Nothing in this list."""
    return [text(w("work.none", title=title), say(w("work.button_today")), say(w("work.button_backlog")))]


def note(w: Words, name: str, /, *buttons: Json, **fields: object) -> list[Json]:
    """A word to staff."""
    return [text(w(name, **fields), *buttons)]


def about(w: Words, name: str, ticket: Ticket, /, *buttons: Json, **fields: object) -> list[Json]:
    """A word to staff about a case."""
    body = w(
        name, number=cases.number(ticket), state=cases.state(w, ticket), category=cases.category(w, ticket), **fields
    )
    return [text(body, *buttons)]


def cancel(w: Words) -> Json:
    """The way out of a move."""
    return say(w("button.cancel"))


def taken(w: Words, ticket: Ticket, staff: Staff) -> list[Json]:
    """“✔ 128 รับโดย …”."""
    done = tap(w("card.done"), pack("staff.done", id=ticket.id), _shown(w, "done", ticket))
    see = tap(w("work.see", number=ticket.number), pack("staff.see", id=ticket.id))
    return about(w, "staff.took", ticket, done, see, name=staff.name, department=cases.department(w, ticket))


def taken_already(w: Words, ticket: Ticket, at: datetime) -> list[Json]:
    """Somebody was quicker."""
    name = ticket.owner.name if ticket.owner else ""
    return about(w, "staff.taken_already", ticket, name=name, time=cases.time_of_day(w, at))


def joined_group(w: Words) -> list[Json]:
    """The bot came into a group nobody has bound yet: nothing private is said."""
    return [text(w("staff.join"), tap(w("staff.leave"), pack("group.leave")))]


def today_title(w: Words, now: datetime) -> str:
    """“งานวันนี้ 26 พ.ย. 68”."""
    return w("work.today", date=cases.brief_day(w, now))


def quota(w: Words, budget: Budget, kinds: Sequence[tuple[str, int]]) -> list[Json]:
    """This month's pushed messages: how many, of how many, for what, and whether the economy mode rules."""
    rows = " · ".join(w("work.kind_row", label=label, count=count) for label, count in kinds)
    economy = w("work.economy_on") if budget.thrifty else ""
    if budget.quota is None:
        body = w("work.quota_unknown", used=budget.used, economy=economy, kinds=rows)
    else:
        body = w("work.quota", used=budget.used, limit=budget.quota, left=budget.left, economy=economy, kinds=rows)
    buttons = [
        tap(w("work.economy_auto"), pack("work.economy", mode="auto")),
        tap(w("work.economy_force"), pack("work.economy", mode="on")),
        tap(w("work.economy_off"), pack("work.economy", mode="off")),
    ]
    return [text(body.strip(), *buttons, say(w("work.button_today")))]


def linked(w: Words, name: str, department: str) -> list[Json]:
    """A member of staff's account is tied."""
    buttons = (say(w("work.button_today")), say(w("work.button_backlog")), say(w("button.menu")))
    return [text(w("staff.linked", name=name, department=department), *buttons)]


def web_link(w: Words, token: str, code: str) -> list[Json]:
    """The way into the console: a button that opens it in the telephone's own browser, a code for another computer."""
    base = str(w.fields["public_url"])
    spaced = f"{code[:4]} {code[4:]}"
    bubble = card(
        w("staff.web_title"),
        [w("staff.web_words"), (w("staff.web_elsewhere"), w("staff.web_code", address=f"{base}/console", code=spaced))],
        [link(w("staff.web_open"), f"{base}/console/enter/{token}?openExternalBrowser=1")],
    )
    return [flex(w("staff.web_alt"), bubble)]


def group_linked(w: Words, department: str) -> list[Json]:
    """A group is bound to a department."""
    buttons = (say(w("work.button_today")), say(w("work.button_backlog")), say(w("work.button_overdue")))
    return [text(w("staff.group_linked", department=department), *buttons)]
