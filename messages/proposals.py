"""How a proposal is written: its title, place, state, count of supporters, cost and history, the same everywhere."""

from __future__ import annotations

from datetime import date, datetime

from messages import cases, english, thai
from messages.blocks import AMBER, BLUE, GREEN, GREY, PURPLE, TEAL
from messages.limits import cut
from messages.money import baht
from messages.words import Words
from models.proposals import Proposal, Step
from models.tickets import fiscal_year_of

#: A colour for each state; the word stands beside it always.
COLOURS = {
    "review": BLUE,
    "fixing": AMBER,
    "open": TEAL,
    "reached": PURPLE,
    "answered": PURPLE,
    "meeting": PURPLE,
    "poll": PURPLE,
    "planned": GREEN,
    "refused": GREY,
    "merged": GREY,
    "withdrawn": GREY,
}
#: States in which the count of supporters is still growing towards a threshold.
_COUNTING = ("open", "reached")


def title(proposal: Proposal, most: int = 90) -> str:
    """What is proposed, in one line."""
    return cut(" ".join(proposal.title.split()), most)


def state(w: Words, proposal: Proposal) -> str:
    """Its state in the words for residents."""
    return w(f"proposal.state_{proposal.state}")


def place(w: Words, proposal: Proposal) -> str:
    """The place in words, with the village where it is not said already; without either, the whole town."""
    moo = w("report.place_moo", moo=proposal.moo) if proposal.moo is not None else ""
    if not proposal.place:
        return moo or w("proposal.nowhere")
    return proposal.place if not moo or moo in proposal.place else f"{proposal.place} ({moo})"


def count(w: Words, proposal: Proposal, supports: int) -> str:
    """“สนับสนุนแล้ว 34 คน จาก 50 คน”; once decided on, only how many there were."""
    if proposal.state not in _COUNTING:
        return w("proposal.count_end", count=supports)
    name = "proposal.count_reached" if supports >= proposal.threshold else "proposal.count"
    return w(name, count=supports, threshold=proposal.threshold)


def left(w: Words, proposal: Proposal, now: datetime) -> str:
    """How long it may be supported: “เหลือ 18 วัน”; "" where that has no end or is no matter any more."""
    if proposal.state not in _COUNTING or proposal.support_until is None:
        return ""
    days = (thai.local(proposal.support_until).date() - thai.local(now).date()).days
    if days < 0 or proposal.support_until <= now:
        return w("proposal.over")
    return w("proposal.days_left", days=days) if days else w("proposal.last_day")


def cost(w: Words, proposal: Proposal) -> str:
    """The rough cost, where the department has told one."""
    return "" if proposal.cost_satang is None else w("proposal.cost", money=baht(proposal.cost_satang))


def reach(w: Words, proposal: Proposal) -> str:
    """Who benefits: in the proposer's own words, else by the button tapped."""
    return proposal.benefit or w(f"proposal.reach_{proposal.reach}")


def step_line(w: Words, step: Step) -> str:
    """One line of history as residents read it."""
    data, words = step.data, cases.short(step.words, 200)
    match step.what:
        case "answered":
            return w("proposal.step_answered", department=cases.named(w, data.get("department", "")), words=words)
        case "meeting":
            return w("proposal.step_meeting", words=cases.short(data.get("title", ""), 100))
        case "met":
            return w("proposal.step_met", words=result(w, step))
        case "merged" | "absorbed":
            return w(f"proposal.step_{step.what}", words=data.get("number", ""))
        case _:
            return w(f"proposal.step_{step.what}", words=words)


def result(w: Words, step: Step) -> str:
    """What a meeting resolved: the word, the hands raised for it, its rank; only what was counted."""
    data = step.data
    parts = [w(f"proposal.resolution_{data.get('resolution', 'later')}")]
    if data.get("for") is not None:
        parts.append(w("proposal.hands", yes=data["for"]))
    if data.get("rank") is not None:
        parts.append(w("proposal.ranked", rank=data["rank"]))
    return " · ".join(parts)


def day(w: Words, moment: date) -> str:
    """A day as both languages write it, short: “20 ธ.ค. 69”."""
    return english.english_date(moment, short=True) if w.language == "en" else thai.thai_date(moment, short=True)


def parse_number(text: str) -> tuple[int | None, int] | None:
    """What proposal is meant ("ป.21/69", "ป21", "ข้อเสนอ ป. ๒๑/๖๙", "ข้อเสนอ 21"): (fiscal year or None, number)."""
    plain = thai.arabic_digits(text).strip().lower().replace(" ", "")
    for word in ("ข้อเสนอที่", "ข้อเสนอเลขที่", "ข้อเสนอ", "proposal"):
        plain, named = plain.removeprefix(word), plain.startswith(word)
        if named:
            break
    rest = plain.removeprefix("ป.").removeprefix("ป")
    if rest == plain and not named:
        return None
    return thai.parse_case_number(rest)


def this_year(now: datetime) -> int:
    """The fiscal year (B.E.) in which a proposal that comes now is counted."""
    return fiscal_year_of(thai.local(now))
