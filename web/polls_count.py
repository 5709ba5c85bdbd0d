"""After closing: paper ballots typed twice, the holders' key, ties, observers, and publishing the result."""

from __future__ import annotations

import hashlib

from flask import request

from ballots import canonical, entries, keys
from ballots.manifest import LotKind, Manifest
from models import board, paper, poll_count
from models.paper import PaperBatch
from models.poll_drafts import manifest_of, stamp
from models.polls import NotAllowed, Poll
from web import access, paper_typing, poll_results, poll_words, polls_keys, polls_looks, uploads
from web.desk import Desk, Page, needs
from web.paper_typing import WrongLine
from web.polls import done, find, page, pages, tell
from web.polls_keys import NoKey

__all__ = ["pages"]


# -- paper -------------------------------------------------------------------------------------------------------------


@pages.get("/<int:number>/paper")
@needs(access.may_serve_voters)
def paper_page(desk: Desk, number: int) -> Page:
    """The polling places: envelopes, typed once, typed twice, photographed, confirmed."""
    return _paper(desk, find(desk, number, "closing", "closed"))


def _paper(desk: Desk, poll: Poll, **more: object) -> str:
    manifest = manifest_of(poll)
    values: dict[str, object] = {"wrong": None, "typed": {}, "differences": [], "at": ""}
    return page(
        desk,
        "polls/paper.html",
        poll,
        manifest=manifest,
        words=poll_words.Rules(desk.w, manifest),
        batches=paper.batches(desk.session, poll.id),
        handed=_handed(desk, poll),
        write=lambda ballots: paper_typing.write(manifest, ballots),
        say=lambda ballot: paper_typing.say(manifest, ballot),
        **(values | more),
    )


def _handed(desk: Desk, poll: Poll) -> int:
    return poll_results.turnout_of(desk, poll, manifest_of(poll)).seen.voted["paper"]


@pages.post("/<int:number>/paper/envelopes")
@needs(access.may_serve_voters)
def envelopes(desk: Desk, number: int) -> Page:
    """How many ballots a place hands in."""
    find(desk, number, "closing", "closed")
    form = request.form
    count = form.get("envelopes", "")
    given = int(count) if count.isdecimal() and len(count) < 7 else -1
    station, area = form.get("station", "").strip()[:60], form.get("area", "")
    does = paper.count_envelopes
    done(
        desk,
        "polls.paper_counted",
        lambda: does(desk.session, desk.viewer, number, station, given, desk.now, area),
    )
    return desk.go("polls.paper_page", number=number)


@pages.post("/<int:number>/paper/type")
@needs(access.may_serve_voters)
def type_paper(desk: Desk, number: int) -> Page:
    """One of the two typings. What is wrong keeps what was typed."""
    poll, form = find(desk, number, "closing", "closed"), request.form
    station = form.get("station", "")
    batch = desk.session.get(PaperBatch, (number, station))
    typed = {"ballots": form.get("ballots", ""), "spoiled": form.get("spoiled", "0")}
    if batch is None:
        return desk.go("polls.paper_page", number=number)
    try:
        ballots = paper_typing.read(manifest_of(poll), typed["ballots"], batch.area)
        sheet = paper.Sheet(ballots, int(typed["spoiled"]) if typed["spoiled"].isdecimal() else -1)
        differences = _typed(desk, batch, sheet, again=form.get("again") == "yes")
    except WrongLine as wrong:
        words = desk.w("polls.paper_line", line=wrong.line, why=desk.w(f"polls.line_{wrong.code}"))
        return _paper(desk, poll, wrong=words, typed=typed, at=station), 422
    except NotAllowed as refused:
        tell(desk, refused)
        return _paper(desk, poll, wrong="", typed=typed, at=station), 409
    if differences:
        return _paper(desk, poll, differences=differences, typed=typed, at=station)
    desk.tell("polls.paper_typed")
    return desk.go("polls.paper_page", number=number)


def _typed(desk: Desk, batch: PaperBatch, sheet: paper.Sheet, *, again: bool) -> list[paper.Difference]:
    """The first typing (again, where both looked at the paper and the first was wrong), or the second."""
    where = (desk.session, desk.viewer, batch.poll_id, batch.station, sheet, desk.now)
    if batch.phase == "counted" or again:
        paper.type_first(*where)
        return []
    return paper.type_second(*where)


@pages.post("/<int:number>/paper/photo")
@needs(access.may_serve_voters, before=uploads.bring)
def photo(desk: Desk, number: int) -> Page:
    """The photograph of the signed tally sheet; its SHA-256 goes onto the board, the picture stays with the office."""
    find(desk, number, "closing", "closed")
    came = uploads.brought(desk)
    if uploads.faults(desk) or not came:
        desk.tell(uploads.faults(desk)[0] if uploads.faults(desk) else "polls.why_photo", "bad")
        return desk.go("polls.paper_page", number=number)
    station = request.form.get("station", "")
    try:
        paper.attach_sheet(desk.session, desk.viewer, number, station, came[0][2].sha256, desk.now)
        polls_looks.keep(desk, came[0])
        desk.tell("polls.paper_photo_kept")
    except NotAllowed as refused:
        tell(desk, refused)
    return desk.go("polls.paper_page", number=number)


@pages.post("/<int:number>/paper/confirm")
@needs(access.may_run_polls)
def confirm(desk: Desk, number: int) -> Page:
    """The place's ballots are right: onto the board."""
    find(desk, number, "closing", "closed")
    station, room = request.form.get("station", ""), desk.console.keys
    does = paper.confirm
    done(desk, "polls.paper_confirmed", lambda: does(desk.session, desk.viewer, room, number, station, desk.now))
    return desk.go("polls.paper_page", number=number)


# -- counting ----------------------------------------------------------------------------------------------------------


@pages.get("/<int:number>/count")
@needs(access.may_see_polls)
def count(desk: Desk, number: int) -> Page:
    """Where the count stands: waiting for the key, a tie, counted, published."""
    poll = find(desk, number, "closing", "closed", "published")
    manifest = manifest_of(poll)
    raw = poll_count.kept(desk.session, poll).get("results.json")
    tie = (poll.result or {}).get("tie")
    drawn = bool(board.entries(desk.session, poll.id, "tiebreak"))
    return page(
        desk,
        "polls/count.html",
        poll,
        manifest=manifest,
        words=poll_words.Rules(desk.w, manifest),
        result=poll_results.result_of(desk.w, manifest, canonical.loads(raw)) if raw else None,
        tie=tie,
        drawn=drawn,
        by_hand=manifest.ties.lot == LotKind.DRAW,
        two=bool(poll.rehearsal.get("shares")),
        key_known=bool(board.entries(desk.session, poll.id, "key")),
        open_papers=[batch for batch in paper.batches(desk.session, poll.id) if batch.phase != "confirmed"],
        picture=False,
    )


@pages.post("/<int:number>/key")
@needs(access.may_run_polls)
def hand_in(desk: Desk, number: int) -> Page:
    """The holders give the key, one or two of three; ballots are opened and counted."""
    poll = find(desk, number, "closed")
    try:
        private = _private(poll)
        poll_count.hand_in(desk.session, desk.viewer, desk.console.keys, number, private, desk.now)
        desk.tell("polls.counted")
    except (NoKey, NotAllowed) as trouble:
        polls_keys.refuse(desk, trouble)
    return desk.go("polls.count", number=number)


def _private(poll: Poll) -> bytes:
    """The seal's private key from what was typed or brought. Raises NoKey."""
    one = polls_keys.typed_key(polls_keys.brought_text("key"))
    shares = poll.rehearsal.get("shares")
    if not shares:
        return one
    other = polls_keys.typed_key(polls_keys.brought_text("other"))
    try:
        return keys.open_share(shares, [public for _, public in poll.rehearsal["holders"]], one, other)
    except (keys.WrongKey, KeyError):
        raise NoKey("polls.why_wrong_key") from None


@pages.post("/<int:number>/recount")
@needs(access.may_run_polls)
def recount(desk: Desk, number: int) -> Page:
    """Count again with the key that stands on the board."""
    find(desk, number, "closed")
    done(desk, "polls.counted", lambda: poll_count.recount(desk.session, desk.viewer, number, desk.now))
    return desk.go("polls.count", number=number)


@pages.post("/<int:number>/draw")
@needs(access.may_run_polls)
def draw(desk: Desk, number: int) -> Page:
    """The lot that settles a tie, then the count again where the key is known."""
    poll = find(desk, number, "closed")
    manifest, form = manifest_of(poll), request.form
    witnesses = [line.strip() for line in form.get("witnesses", "").splitlines() if line.strip()]
    try:
        poll_count.draw(
            *(desk.session, desk.viewer, desk.console.keys, number, desk.now),
            value=form.get("value", ""),
            order=_order(manifest),
            witnesses=witnesses,
        )
        if board.entries(desk.session, poll.id, "key"):
            poll_count.recount(desk.session, desk.viewer, number, desk.now)
        desk.tell("polls.drawn")
    except NotAllowed as refused:
        tell(desk, refused)
    return desk.go("polls.count", number=number)


def _order(manifest: Manifest) -> list[str]:
    """All options by the places that were typed beside them; fewer (and refused) where two places are equal."""
    if manifest.ties.lot != LotKind.DRAW:
        return []
    places: dict[int, str] = {}
    for option in manifest.options:
        place = request.form.get(f"place_{option.id}", "")
        if place.isdecimal():
            places[int(place)] = option.id
    return [places[place] for place in sorted(places)]


@pages.post("/<int:number>/witness")
@needs(access.may_run_polls)
def witness(desk: Desk, number: int) -> Page:
    """An observer has signed a paper beside the count: name, office, words and the paper's hash onto the board."""
    find(desk, number, "closing", "closed", "published")
    form, upload = request.form, request.files.get("sheet")
    name, role, words = (form.get(key, "").strip()[:200] for key in ("name", "role", "statement"))
    if not (name and role and words):
        desk.tell("polls.witness_needs", "bad")
        return desk.go("polls.count", number=number)
    sheet = hashlib.sha256(upload.stream.read()).hexdigest() if upload and upload.filename else ""
    seen = entries.Countersign(name, role, words, "", "", sheet, stamp(desk.now))
    room = desk.console.keys
    done(
        desk,
        "polls.witnessed",
        lambda: poll_count.witness(desk.session, desk.viewer, room, number, seen, desk.now),
    )
    return desk.go("polls.count", number=number)


@pages.post("/<int:number>/publish")
@needs(access.may_run_polls)
def publish(desk: Desk, number: int) -> Page:
    """Sign the result with the office's key, and let everybody see it."""
    find(desk, number, "closed")
    try:
        auth = polls_keys.office_key()
        poll_count.publish(desk.session, desk.viewer, desk.console.keys, number, auth, desk.now)
        desk.tell("polls.published")
    except (NoKey, NotAllowed) as trouble:
        polls_keys.refuse(desk, trouble)
    return desk.go("polls.count", number=number)
