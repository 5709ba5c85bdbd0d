"""What the bot says of polls: what is open, who may vote, the way to the ballot, receipts, results. Never a choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ballots.manifest import Kind, Manifest, Option
from messages import english
from messages.blocks import AMBER, GREEN, GREY, TEAL, card
from messages.common import door
from messages.limits import cut
from messages.parts import carousel, flex, link, pack, quick, say, tap, text
from messages.thai import thai_date, thai_time
from messages.words import Words
from models.polls import Poll

Json = dict[str, Any]

#: Kinds whose “how” names a number.
_MOST = {
    Kind.APPROVAL: "max_choices",
    Kind.SCORE: "max_score",
    Kind.BUDGET_APPROVAL: "max_choices",
    Kind.BUDGET_POINTS: "points",
}
#: Answers of models/eligibility.py for which nothing but a word is to be said.
PLAIN = ("done", "paper", "elsewhere", "over", "household")


def when(w: Words, moment: datetime | None) -> str:
    """A day and an hour, as people say it."""
    if moment is None:
        return "–"
    if w.language == "en":
        return f"{english.english_date(moment)}, {english.english_time(moment)}"
    return f"{thai_date(moment)} เวลา {thai_time(moment)}"


def title(w: Words, poll: Poll) -> str:
    """The poll's title in the reader's language, where there is one."""
    return str(poll.draft.get("title_en") or poll.title) if w.language == "en" else poll.title


def label(w: Words, poll: Poll) -> str:
    """“รับฟังความคิดเห็น – ไม่ผูกพัน”, or what the town says instead."""
    return str((poll.draft.get("label_en") if w.language == "en" else None) or poll.draft.get("label") or "")


def decides(w: Words, poll: Poll) -> str:
    """The body that decides."""
    return str((poll.draft.get("decides_en") if w.language == "en" else None) or poll.draft.get("decides") or "–")


def option_title(w: Words, option: Option) -> str:
    """An option's title in the reader's language, where there is one."""
    return option.title_en or option.title if w.language == "en" else option.title


def baht(satang: int) -> str:
    """Money in whole baht: “350,000”; satang are shown where there are any."""
    return f"{satang // 100:,}" if satang % 100 == 0 else f"{satang / 100:,.2f}"


# -- what there is -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """A poll on the list, and how the reader stands to it (an answer of models/eligibility.py)."""

    poll: Poll
    answer: str


def polls(w: Words, shown: Sequence[Shown]) -> list[Json]:
    """The polls side by side, each with what can be done."""
    bubbles = [_bubble(w, each) for each in shown]
    alt = w("vote.list_alt", title=" · ".join(title(w, each.poll) for each in shown))
    return [flex(alt, carousel(bubbles), say(w("button.menu")))]


def _bubble(w: Words, shown: Shown) -> Json:
    poll, code = shown.poll, shown.poll.code
    lines = [cut(poll.about, 160), w("vote.decides", body=decides(w, poll))]
    colour, status = TEAL, w("vote.until", until=when(w, poll.closes_at))
    buttons = [tap(w("vote.open"), pack("vote.open", p=code))]
    if shown.answer == "early":
        colour, status = GREY, w("vote.from", **{"from": when(w, poll.opens_at)})
        buttons = [tap(w("vote.remind"), pack("vote.remind", p=code))]
    elif poll.state == "published":
        colour, status = GREEN, w("vote.published")
        buttons = [tap(w("vote.result"), pack("vote.result", p=code)), tap(w("vote.check"), pack("vote.check"))]
    elif poll.state in ("closing", "closed") or shown.answer == "over":
        colour, status = AMBER, w("vote.waits")
        buttons = [tap(w("vote.check"), pack("vote.check"))]
    elif shown.answer == "again":
        lines.append(w("vote.you_voted"))
        again = tap(w("vote.again"), pack("vote.open", p=code))
        buttons = [again, tap(w("vote.check"), pack("vote.check"))]
    buttons.append(tap(w("vote.rules"), pack("vote.rules", p=code)))
    if poll.state == "open":
        buttons.append(tap(w("vote.right"), pack("vote.right", p=code)))
    return card(title(w, poll), lines, buttons, colour=colour, status=status, header=label(w, poll))


def rules(w: Words, poll: Poll, manifest: Manifest, min_age: int) -> list[Json]:
    """The rules in five lines."""
    who = w(f"vote.who_{manifest.eligibility.minimum}")
    body = w(
        "vote.rules_all",
        title=title(w, poll),
        who=w("vote.who_age", who=who, age=min_age) if min_age else who,
        how=_how(w, manifest),
        change=w("vote.change_yes" if manifest.revote else "vote.change_no"),
        label=label(w, poll),
        body=decides(w, poll),
    )
    return [text(body, tap(w("vote.open"), pack("vote.open", p=poll.code)), say(w("button.talk")))]


def _how(w: Words, manifest: Manifest) -> str:
    name = f"vote.how_{manifest.kind}"
    if manifest.kind not in _MOST:
        return w(name)
    most = getattr(manifest.limits, _MOST[manifest.kind]) or w("vote.how_any")
    budget = manifest.budget or sum(area.budget for area in manifest.areas)
    return w(name, most=most, budget=baht(budget))


# -- may I? ------------------------------------------------------------------------------------------------------------


def standing(w: Words, poll: Poll, answer: str, villages: Sequence[int] = ()) -> list[Json]:
    """“ฉันมีสิทธิ์ไหม”: yes, or what is in the way and what to do."""
    if answer in ("may", "again"):
        go = tap(w("vote.open" if answer == "may" else "vote.again"), pack("vote.open", p=poll.code))
        return [text(w(f"vote.yes_{answer}"), go, tap(w("vote.rules"), pack("vote.rules", p=poll.code)))]
    if answer == "village":
        choices = [tap(w("report.place_moo", moo=moo), pack("vote.moo", p=poll.code, moo=moo)) for moo in villages[:11]]
        return [
            text(w("vote.no_village"), *choices, tap(w("welcome.edit_moo"), pack("moo.edit")), say(w("button.menu")))
        ]
    if answer == "early":
        remind = tap(w("vote.remind"), pack("vote.remind", p=poll.code))
        return [text(w("vote.no_early", **{"from": when(w, poll.opens_at)}), remind, say(w("button.menu")))]
    more = [door(w, "vote"), tap(w("button.suggest"), pack("ask", kind="suggestion")), say(w("button.talk"))]
    return [text(w(f"vote.no_{answer}"), *more)]


def ask_code(w: Words, answer: str) -> list[Json]:
    """Type the code of the slip. `answer`: code, or counter where it is given there."""
    return [text(w(f"vote.no_{answer}"), say(w("button.cancel")), say(w("button.talk")))]


def list_page(w: Words, address: str) -> list[Json]:
    """To the page where a name is looked up."""
    return [text(w("vote.no_list"), link(w("vote.list_page"), address), say(w("button.talk")))]


def consent(w: Words, poll: Poll) -> list[Json]:
    """Consent before the first vote, with the age."""
    return [
        text(
            w("vote.consent"),
            tap(w("vote.consent_adult"), pack("vote.agree", p=poll.code, age=20)),
            tap(w("vote.consent_teen"), pack("vote.teen", p=poll.code)),
            tap(w("vote.consent_child"), pack("vote.child", p=poll.code)),
            tap(w("vote.consent_no"), pack("vote.decline")),
            tap(w("welcome.notice_full"), pack("notice.full")),
        )
    ]


def teen(w: Words, poll: Poll, min_age: int) -> list[Json]:
    """A parent is asked to know of it."""
    body = w("vote.teen_age", age=min_age) if min_age > 10 else w("vote.teen")
    guardian = tap(w("vote.guardian"), pack("vote.agree", p=poll.code, age=10))
    return [text(body, guardian, tap(w("vote.later"), pack("vote.decline")))]


def too_young(w: Words, age: int) -> list[Json]:
    """Voters must be older."""
    return [
        text(w("vote.too_young", age=age), door(w, "vote"), tap(w("button.suggest"), pack("ask", kind="suggestion")))
    ]


# -- the ballot --------------------------------------------------------------------------------------------------------


def go(w: Words, poll: Poll, address: str, minutes: int, *, chat: bool) -> list[Json]:
    """The link to the ballot, and, for simple polls, the way in chat with an honest word about it."""
    body = w("vote.go", minutes=minutes)
    buttons = [link(w("vote.ballot"), address)]
    if chat:
        body = f"{body}\n{w('vote.chat_honest')}"
        buttons.append(tap(w("vote.in_chat"), pack("vote.chat", p=poll.code)))
    head = card(title(w, poll), [body], buttons, header=label(w, poll))
    return [flex(f"{w('vote.ballot')}: {title(w, poll)}", head, say(w("button.menu")))]


def ballot(w: Words, poll: Poll, options: Sequence[tuple[Option | None, Json]]) -> list[Json]:
    """The ballot in chat: options (None: none of them) with the action of each. No label says which was tapped."""
    bubbles = [_choice(w, option, action) for option, action in options]
    alt = w("vote.chat_alt", title=title(w, poll))
    back = tap(w("vote.ballot"), pack("vote.open", p=poll.code))
    return [text(w("vote.chat_ask")), flex(alt, carousel(bubbles), back, say(w("button.cancel")))]


def _choice(w: Words, option: Option | None, action: Json) -> Json:
    if option is None:
        return card(w("vote.chat_blank"), [w("vote.chat_blank_detail")], [action], colour=GREY)
    lines = [w("vote.cost", baht=baht(option.cost))] if option.cost else []
    return card(option_title(w, option), lines, [action])


def confirm(w: Words, poll: Poll, yes: Json) -> list[Json]:
    """Is it sure? What was tapped is not said."""
    again = tap(w("vote.confirm_no"), pack("vote.chat", p=poll.code))
    return [text(w("vote.confirm"), yes, again, say(w("button.cancel")))]


def cast(w: Words, receipt: str, next_round: datetime | None, *, replaced: bool) -> list[Json]:
    """It is in the box; the receipt."""
    until = w("vote.next_at", at=when(w, next_round)) if next_round else w("vote.next_end")
    body = w("vote.cast_replaced" if replaced else "vote.cast", receipt=receipt, next=until)
    return [text(body, door(w, "vote"), tap(w("vote.check"), pack("vote.check")), say(w("report.finish")))]


def refused(w: Words, reason: str) -> list[Json]:
    """The box did not take it, and why."""
    known = {"closed": "over", "not_on_roll": "elsewhere"}.get(reason, reason)
    name = f"vote.no_{known}"
    return [text(w(name) if known in PLAIN else w("vote.trouble"), door(w, "vote"), say(w("button.talk")))]


def note(w: Words, name: str, *buttons: Json) -> list[Json]:
    """A word of the vote's, with the way back to the list."""
    return [text(w(f"vote.{name}"), *buttons, door(w, "vote"), say(w("button.menu")))]


# -- receipts ----------------------------------------------------------------------------------------------------------


def checked(w: Words, found: str, poll: Poll | None) -> list[Json]:
    """What became of the ballot of a receipt: counted, board, waits, replaced, unknown."""
    name = title(w, poll) if poll is not None else ""
    buttons = [door(w, "vote"), say(w("button.talk"))]
    return [text(w(f"vote.check_{found}", **({"title": name} if name else {})), *buttons)]


def ask_receipt(w: Words) -> list[Json]:
    """Type the receipt."""
    return [text(w("vote.check_ask"), say(w("button.cancel")), say(w("button.talk")))]


# -- results -----------------------------------------------------------------------------------------------------------


def result(w: Words, poll: Poll, rows: Sequence[tuple[Option, int, bool]], page: str) -> list[Json]:
    """The outcome in short: options with votes and whether they won, turnout, quorum, and the page with all of it."""
    seen = poll.result or {}
    lines = []
    for place, (option, votes, won) in enumerate(rows[:8], 1):
        fields = {"option": option_title(w, option), "votes": w("vote.result_votes", count=f"{votes:,}")}
        lines.append(w("vote.result_won", **fields) if won else w("vote.result_line", place=place, **fields))
    if len(rows) > 8:
        lines.append(w("vote.result_more", count=len(rows) - 8))
    counts = {name: f"{int(seen.get(name, 0)):,}" for name in ("total", "online", "paper", "roll")}
    lines.append(w("vote.result_roll", **counts) if seen.get("roll") else w("vote.result_turnout", **counts))
    if seen.get("quorum_met") is not None:
        lines.append(w("vote.result_quorum_met" if seen["quorum_met"] else "vote.result_quorum_missed"))
    lines.append(w("vote.decides", body=decides(w, poll)))
    head = w("vote.result_head", title=title(w, poll))
    buttons = [link(w("vote.result_page"), page), tap(w("vote.check"), pack("vote.check"))]
    return [quick(flex(head, card(head, lines, buttons, header=label(w, poll), colour=GREEN)), door(w, "vote"))]


# -- told without being asked ------------------------------------------------------------------------------------------


def told(w: Words, what: str, poll: Poll) -> list[Json]:
    """A ballot was replaced, a right was used elsewhere, a paper ballot was handed out."""
    return [text(w(f"vote.{what}", title=title(w, poll)), door(w, "vote"), say(w("button.talk")))]


def reminder(w: Words, poll: Poll, *, opening: bool) -> list[Json]:
    """It has opened, or it ends soon."""
    name = "vote.remind_open" if opening else "vote.remind_end"
    body = w(name, title=title(w, poll), until=when(w, poll.closes_at))
    return [text(body, tap(w("vote.open"), pack("vote.open", p=poll.code)), door(w, "vote"))]
