"""What the bot says while somebody proposes a project: one question at a time, and what there is already, first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from messages import cases, proposals
from messages.blocks import GREEN, PURPLE, TEAL, card, summary
from messages.common import ways_out
from messages.limits import cut
from messages.money import baht
from messages.parts import camera, camera_roll, carousel, flex, location, pack, quick, say, tap, text
from messages.words import Words
from models.plan import Project
from models.proposals import Proposal

Json = dict[str, Any]


def elsewhere(w: Words) -> list[Json]:
    """The doors beside proposing: what neighbours propose, and one's own."""
    return [tap(w("propose.all"), pack("propose.list")), tap(w("propose.mine"), pack("propose.mine"))]


def lobby(w: Words, named: str, until: datetime | None) -> list[Json]:
    """The menu's door: propose, look, or follow one's own."""
    body = w(
        "propose.lobby",
        round=w("propose.lobby_round", round=named) if named else "",
        until=w("propose.lobby_until", date=cases.day(w, until)) if until else "",
    )
    return [text(body, tap(w("propose.new"), pack("propose.new")), *elsewhere(w), say(w("button.menu")))]


def hindered(w: Words, why: str, limit: int) -> list[Json]:
    """Not now: no round, or enough for now. What can be done instead stands beside."""
    body = w("propose.closed") if why == "closed" else w(f"propose.too_{why}", limit=limit)
    idea = tap(w("button.suggest"), pack("ask", kind="suggestion"))
    return [text(body, *elsewhere(w), idea, say(w("button.menu")))]


def ask_title(w: Words, got: str) -> list[Json]:
    """What should be done? `got` is what has come already beside words."""
    return [text(_got(w, got, w("propose.ask_title")), *ways_out(w)[1:2], *elsewhere(w))]


def _got(w: Words, got: str, body: str) -> str:
    """What has come already beside words, before a question."""
    return f"{w('report.got_so_far', media=got)}\n{body}" if got else body


def ask_kind(w: Words, title: str, got: str, buttons: Sequence[Json]) -> list[Json]:
    """The words sound like a project: is it one? `got` is what has come beside them."""
    body = w("propose.heard", text=cases.short(title, 300))
    return [text(_got(w, got, body), *buttons, *ways_out(w)[1:2])]


def ask_names(w: Words, kind: str, piece: str, buttons: Sequence[Json]) -> list[Json]:
    """A private person seems to be named where neighbours will read it: other words? Never refused."""
    what = w(f"propose.pii_{kind}")
    return [text(w("propose.names", what=what, piece=cases.short(piece, 80)), *buttons, *ways_out(w)[1:2])]


def ask_place(w: Words, got: str, buttons: Sequence[Json]) -> list[Json]:
    """Where?"""
    return [text(_got(w, got, w("propose.ask_place")), location(w("report.place_here")), *buttons, *ways_out(w)[:2])]


def ask_similar(
    w: Words, found: Sequence[tuple[Proposal, int, Json]], lines: Sequence[tuple[Project, Json]], other: Json
) -> list[Json]:
    """What is like it already, as cards: proposals to support, lines of the plan to follow; or go on."""
    bubbles = [like(w, p, n, [act]) for p, n, act in found]
    bubbles += [project(w, p, [act]) for p, act in lines]
    shown = bubbles[0] if len(bubbles) == 1 else carousel(bubbles)
    alt = w("propose.similar_alt", count=len(bubbles))
    return [text(w("propose.similar")), quick(flex(alt, shown), other, *ways_out(w)[:2])]


def like(w: Words, proposal: Proposal, supports: int, buttons: Sequence[Json]) -> Json:
    """A neighbour's proposal, small."""
    lines: list[str | tuple[str, str]] = [proposals.place(w, proposal), proposals.count(w, proposal, supports)]
    state = proposals.state(w, proposal)
    return card(f"{proposal.name} {proposals.title(proposal)}", lines, buttons, colour=TEAL, status=state)


def project(w: Words, line: Project, buttons: Sequence[Json]) -> Json:
    """A line of the plan, small."""
    lines: list[str | tuple[str, str]] = []
    if line.moos:
        lines.append(" ".join(w("report.place_moo", moo=moo) for moo in line.moos))
    money = sum(line.money().values())
    if money:
        lines.append(w("propose.plan_budget", money=baht(money)))
    status = w("propose.similar_plan")
    return card(cut(line.shown_name, 110), lines, buttons, colour=PURPLE, status=status)


def followed_project(w: Words, line: Project) -> list[Json]:
    """The plan has it: you will hear of it."""
    see = tap(w("propose.see_project"), pack("project", id=line.id))
    return [
        text(w("propose.followed_project", title=cut(line.shown_name, 150)), see, *elsewhere(w), say(w("button.menu")))
    ]


def ask_why(w: Words, skip: Json) -> list[Json]:
    """Why?"""
    return [text(w("propose.ask_why"), skip, *ways_out(w)[:2])]


def ask_reach(w: Words, buttons: Sequence[Json]) -> list[Json]:
    """Who benefits?"""
    return [text(w("propose.ask_reach"), *buttons, *ways_out(w)[:2])]


def ask_photo(w: Words, got: str, buttons: Sequence[Json]) -> list[Json]:
    """A photo, or none."""
    body = _got(w, got, w("propose.ask_photo"))
    return [text(body, camera(w("report.take_photo")), camera_roll(w("report.pick_photo")), *buttons, *ways_out(w)[:2])]


def ask_owner(w: Words, buttons: Sequence[Json]) -> list[Json]:
    """In whose name?"""
    return [text(w("propose.ask_owner"), *buttons, *ways_out(w)[:2])]


def check(
    w: Words, title: str, rows: Sequence[tuple[str, str, Json | None]], buttons: Sequence[Json], days: int, notice: str
) -> list[Json]:
    """Everything once more; each line can be tapped to change it. `buttons`: send, then what else it may be."""
    shown = [(name, cut(value, 400), edit) for name, value, edit in rows]
    note = "\n".join(part for part in (w("propose.check_notice", days=days), notice) if part)
    bubble = summary(w("propose.check"), shown, buttons[:1], footer_note=note)
    return [quick(flex(w("propose.check_alt", title=cases.short(title, 100)), bubble), *buttons, *ways_out(w)[:2])]


def done(w: Words, proposal: Proposal) -> list[Json]:
    """It has its number; what comes next."""
    lines = [
        proposals.title(proposal),
        w("propose.done_when", date=cases.day(w, proposal.review_by)),
        w("propose.done_steps"),
        w("propose.done_tell"),
    ]
    see = tap(w("propose.see"), pack("proposal", id=proposal.id))
    bubble = card(w("propose.done", number=proposal.name), lines, [see], colour=GREEN)
    again = tap(w("propose.again"), pack("propose.new"))
    return [
        quick(flex(w("propose.done_alt", number=proposal.name), bubble), *elsewhere(w), again, say(w("report.finish")))
    ]


def ask_words(w: Words, proposal: Proposal, reason: str) -> list[Json]:
    """Other words, please; what was there stands beside."""
    body = w("propose.ask_words", number=proposal.name, reason=reason, title=cut(proposal.title, 200))
    return [text(body, say(w("button.cancel")))]


def note(w: Words, name: str, proposal: Proposal, /, *buttons: Json, **fields: object) -> list[Json]:
    """A word about a proposal, with the way to it."""
    given = {"number": proposal.name, "title": proposals.title(proposal), "state": proposals.state(w, proposal)}
    see = tap(w("propose.see"), pack("proposal", id=proposal.id))
    return [text(w(name, **given, **fields), *buttons, see, say(w("button.menu")))]


def told(w: Words, name: str, /, **fields: object) -> list[Json]:
    """A word, with the doors of proposing beside."""
    propose = tap(w("button.propose"), pack("propose"))
    return [text(w(name, **fields), propose, *elsewhere(w), say(w("button.menu")))]
