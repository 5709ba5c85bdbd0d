"""What the bot says of neighbours' proposals: lists as cards, one with its history, supporting and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from messages import cases, proposals
from messages.blocks import card
from messages.common import door
from messages.parts import carousel, flex, link, pack, quick, say, tap, text
from messages.propose import elsewhere, note
from messages.words import Words
from models.proposals import Proposal, Step

Json = dict[str, Any]

#: Ways to look at the list, in the order of their buttons.
WAYS = ("moo", "top", "new", "soon", "any")


def ask(w: Words, total: int) -> list[Json]:
    """Which ones?"""
    ways = [tap(w(f"support.by_{way}"), pack("propose.list", by=way)) for way in WAYS]
    new = tap(w("propose.new"), pack("propose.new"))
    return [
        text(
            w("support.ask", count=total),
            *ways,
            new,
            tap(w("propose.mine"), pack("propose.mine")),
            say(w("button.menu")),
        )
    ]


def ask_moo(w: Words, moos: Sequence[int]) -> list[Json]:
    """Of which village?"""
    buttons = [tap(w("report.place_moo", moo=moo), pack("propose.list", by="moo", moo=moo)) for moo in moos[:11]]
    return [text(w("support.ask_moo"), *buttons, say(w("button.menu")))]


def none(w: Words, body: str | None = None) -> list[Json]:
    """There is none (of that village)."""
    new = tap(w("propose.new"), pack("propose.new"))
    all_ = tap(w("propose.all"), pack("propose.list"))
    return [text(body or w("support.none"), new, *([all_] if body else []), say(w("button.menu")))]


def bubble(w: Words, proposal: Proposal, supports: int, now: datetime, *, mine: bool, head: str | None = None) -> Json:
    """One proposal as a card; `mine`: the reader supports it or proposed it."""
    lines: list[str | tuple[str, str]] = [cases.short(proposal.why, 120), proposals.place(w, proposal)]
    tally = " · ".join(p for p in (proposals.count(w, proposal, supports), proposals.left(w, proposal, now)) if p)
    lines += [tally, proposals.cost(w, proposal)]
    buttons = [tap(w("support.read"), pack("proposal", id=proposal.id))]
    if proposal.supportable(now) and not mine:
        buttons.insert(0, tap(w("support.button"), pack("proposal.support", id=proposal.id)))
    return card(
        f"{proposal.name} {proposals.title(proposal)}",
        lines,
        buttons,
        colour=proposals.COLOURS[proposal.state],
        status=proposals.state(w, proposal),
        header=head,
    )


def listed(
    w: Words, shown: Sequence[tuple[Proposal, int, bool]], total: int, now: datetime, more: Json | None
) -> list[Json]:
    """Proposals side by side, at most ten; `more` leads to the next ones."""
    bubbles = [bubble(w, p, n, now, mine=mine) for p, n, mine in shown]
    contents = bubbles[0] if len(bubbles) == 1 else carousel(bubbles)
    buttons = [*([more] if more else []), tap(w("support.other_moo"), pack("propose.list", by="moo", moo="?"))]
    new = tap(w("propose.new"), pack("propose.new"))
    return [quick(flex(w("support.alt", count=total), contents), *buttons, *elsewhere(w), new, say(w("button.menu")))]


def mine(w: Words, shown: Sequence[tuple[Proposal, int, bool]], total: int, now: datetime) -> list[Json]:
    """What the reader proposed (True) and supports (False), the latest first."""
    bubbles = [
        bubble(w, p, n, now, mine=True, head=w("support.mine_own" if own else "support.mine_supported"))
        for p, n, own in shown
    ]
    contents = bubbles[0] if len(bubbles) == 1 else carousel(bubbles)
    new = tap(w("propose.new"), pack("propose.new"))
    everything = tap(w("propose.all"), pack("propose.list"))
    return [quick(flex(w("support.mine_alt", count=total), contents), new, everything, say(w("button.menu")))]


def mine_none(w: Words) -> list[Json]:
    """Nothing yet."""
    new = tap(w("propose.new"), pack("propose.new"))
    return [text(w("support.mine_none"), new, tap(w("propose.all"), pack("propose.list")), say(w("button.menu")))]


def one(
    w: Words,
    proposal: Proposal,
    supports: int,
    steps: Sequence[Step],
    now: datetime,
    *,
    own: bool,
    supported: bool,
    photos: int,
    can_withdraw: bool,
) -> list[Json]:
    """One proposal with its history."""
    lines: list[str | tuple[str, str]] = [cases.short(proposal.why, 400)]
    lines += [(w("proposal.row_where"), proposals.place(w, proposal))]
    lines += [(w("proposal.row_reach"), proposals.reach(w, proposal))]
    if proposal.group is not None:
        lines.append((w("proposal.row_owner"), proposal.group.name))
    if proposal.public:
        lines.append(
            " · ".join(p for p in (proposals.count(w, proposal, supports), proposals.left(w, proposal, now)) if p)
        )
    if proposal.answer:
        lines.append((w("proposal.answer"), cases.short(proposal.answer, 300)))
    lines.append(proposals.cost(w, proposal))
    if proposal.reason:
        lines.append((w("proposal.reason"), cases.short(proposal.reason, 300)))
    lines += [(cases.brief_day(w, s.at), proposals.step_line(w, s)) for s in steps]
    buttons = _buttons(w, proposal, now, own=own, supported=supported, photos=photos, can_withdraw=can_withdraw)
    title, state = f"{proposal.name} {proposals.title(proposal)}", proposals.state(w, proposal)
    shown = card(title, lines, buttons, colour=proposals.COLOURS[proposal.state], status=state)
    return [quick(flex(f"{title} · {state}", shown), *elsewhere(w), say(w("button.menu")))]


def _buttons(
    w: Words, proposal: Proposal, now: datetime, *, own: bool, supported: bool, photos: int, can_withdraw: bool
) -> list[Json]:
    buttons = []
    if proposal.supportable(now) and not own:
        name = "take_back" if supported else "button"
        route = "proposal.unsupport" if supported else "proposal.support"
        buttons.append(tap(w(f"support.{name}"), pack(route, id=proposal.id)))
    if own and proposal.state == "fixing":
        buttons.append(tap(w("step.fix_own"), pack("proposal.fix", id=proposal.id)))
    if photos:
        buttons.append(tap(w("support.photos"), pack("proposal.photos", id=proposal.id)))
    if proposal.supportable(now):
        buttons.append(share(w, proposal))
    if own and can_withdraw:
        buttons.append(tap(w("support.withdraw"), pack("proposal.withdraw", id=proposal.id)))
    return buttons


def share(w: Words, proposal: Proposal) -> Json:
    """Opens LINE's own list of friends with a text to send them."""
    words = w("support.share_text", number=proposal.name, title=proposals.title(proposal, 60))
    return link(w("support.share"), f"https://line.me/R/share?text={quote(words)}")


def outcome(w: Words, proposal: Proposal, name: str, count: int) -> list[Json]:
    """What came of a tap on สนับสนุน: new, already, own, over; `reached` when it was the one that made it full."""
    buttons = [tap(w("support.see_all"), pack("propose.list"))]
    if name in ("thanks", "thanks_reached", "already"):
        buttons.insert(0, tap(w("support.take_back"), pack("proposal.unsupport", id=proposal.id)))
    if name != "over":
        buttons.append(share(w, proposal))
    return note(w, f"support.{name}", proposal, *buttons, count=count)


def taken_back(w: Words, proposal: Proposal, *, done: bool) -> list[Json]:
    """Support is taken back, or can be no more."""
    buttons = [tap(w("support.see_all"), pack("propose.list"))]
    return note(w, "support.taken_back" if done else "support.not_taken_back", proposal, *buttons)


def not_found(w: Words, number: str) -> list[Json]:
    """No such number."""
    return [text(w("support.not_found", number=number), *elsewhere(w), say(w("button.menu")))]


def hidden(w: Words, proposal: Proposal) -> list[Json]:
    """Somebody else's, not open to read (yet)."""
    return [text(w("support.hidden", number=proposal.name), *elsewhere(w), door(w, "propose"), say(w("button.menu")))]


def sure_withdraw(w: Words, proposal: Proposal, yes: Json, no: Json) -> list[Json]:
    """Really?"""
    return [text(w("support.sure_withdraw", number=proposal.name, title=proposals.title(proposal)), yes, no)]


def gallery(w: Words, pictures: Sequence[tuple[str, str]]) -> list[Json]:
    """Photos of a proposal; `pictures` are (address, preview address)."""
    bubbles = [
        {
            "type": "bubble",
            "hero": {
                "type": "image",
                "url": preview,
                "size": "full",
                "aspectRatio": "4:3",
                "aspectMode": "cover",
                "action": {"type": "uri", "label": w("support.photos"), "uri": address},
            },
        }
        for address, preview in pictures[:10]
    ]
    return [flex(w("support.photos"), bubbles[0] if len(bubbles) == 1 else carousel(bubbles))]
