"""The ballot page (/vote/): for residents, opened from the chat by a link that serves once. No sign-in, no scripts.

    door ──▶ (list) ──▶ consent (once) ──▶ ballot ──▶ review ──▶ receipt       until closing the ballot may be changed

The link says which voter it is; a cookie takes its place. Where the browser can, the page seals the ballot itself
(static/ballot.js) and only the envelope comes here; otherwise it is sealed here and forgotten. A choice is never in an
address, a cookie, a log or the history: forms only, answers that nobody keeps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from flask import request, url_for
from werkzeug.exceptions import BadRequest

from ballots import choices, sealing
from ballots.manifest import Kind, Level, Manifest
from models import casting, voters
from models.ballot_links import Entry
from models.poll_drafts import manifest_of, rules_of
from models.polls import NotAllowed, Poll
from models.roll import RollRow, row_of
from web import ballot_form, polls_looks
from web.access import anyone
from web.ballot_door import Stopped, entered, pages, stop, why_not_open
from web.ballot_form import Line, Tapped, Unreadable
from web.desk import Desk, Page, needs

__all__ = ["pages"]


@dataclass(frozen=True)
class Ballot:
    """One voter before her ballot. `voted`: an earlier one will be replaced."""

    poll: Poll
    manifest: Manifest
    row: RollRow
    entry: Entry
    look: Callable[[], list[Line]]

    @cached_property
    def lines(self) -> list[Line]:
        """The options on this ballot, in this voter's order; looked up when they are shown."""
        return self.look()

    @property
    def area(self) -> str:
        """The area whose ballot this is; "" where there is one ballot for all."""
        return casting.ballot_area(self.manifest, self.row)

    @property
    def budget(self) -> int:
        """The money this voter decides about, in satang."""
        return self.manifest.budget_of(self.area)


# -- the ballot --------------------------------------------------------------------------------------------------------


def _ballot(desk: Desk) -> Ballot:
    """The ballot of whoever holds the cookie. Raises Stopped."""
    entry = entered(desk)
    poll = desk.session.get_one(Poll, entry.poll_id)
    if not poll.is_open(desk.now):
        raise Stopped(why_not_open(poll, desk.now), poll)
    row = row_of(desk.session, poll.id, entry.voter_id)
    if row is None:
        raise Stopped("list" if rules_of(poll).minimum == Level.LIST else "not_on_roll", poll)
    if row.channel == "paper":
        raise Stopped("paper", poll)
    manifest = manifest_of(poll)
    if row.voted and not manifest.revote:
        raise Stopped("done", poll)
    return Ballot(poll, manifest, row, entry, lambda: _lines(desk, poll, manifest, row, entry.voter_id))


def _lines(desk: Desk, poll: Poll, manifest: Manifest, row: RollRow, voter_id: int) -> list[Line]:
    hers = {option.id for option in manifest.on_ballot(casting.ballot_area(manifest, row))}
    found = {line.id: line for line in polls_looks.look(desk, poll, manifest) if line.id in hers}
    return [found[key] for key in ballot_form.order(desk.console.key, poll.code, voter_id, list(found))]


def _fill(desk: Desk, ballot: Ballot, tapped: Tapped | None = None, wrong: str = "") -> str:
    return desk.page(
        "ballot/fill.html",
        ballot=ballot,
        tapped=tapped or Tapped((), ""),
        wrong=wrong,
        limits=ballot_form.limits(desk.w, ballot.manifest, ballot.area),
        buttons=ballot_form.BUTTONS,
        seal=_seal_data(ballot),
        said=_said(desk, ballot),
    )


def _seal_data(ballot: Ballot) -> dict[str, object]:
    """What the page needs to judge and seal a ballot by itself (static/ballot.js)."""
    m = ballot.manifest
    return {
        "poll": m.poll,
        "key": m.seal,
        "size": m.size,
        "area": ballot.area,
        "kind": m.kind.value,
        "least": m.limits.min_choices,
        "most": m.limits.max_choices,
        "score": m.limits.max_score,
        "points": m.limits.points,
        "blank": m.limits.blank,
        "budget": ballot.budget if m.limits.within_budget else 0,
    }


#: What the page's script may have to say.
_SPOKEN = ("too_few", "too_many", "score_range", "over_points", "over_budget", "blank", "rank", "number", "mark")


def _said(desk: Desk, ballot: Ballot) -> dict[str, str]:
    """Texts for the script; “{…}” left for it to fill."""
    w, hole = desk.w, "{}"
    said = {code: ballot_form.fault(w, Unreadable(code), ballot.manifest, ballot.area) for code in _SPOKEN}
    said["chosen"] = w("ballot.chosen", count=hole)
    said["money_left"] = w("ballot.money_left", money=hole)
    said["money_used"] = w("ballot.money_used", money=hole)
    said["money_over"] = w("ballot.money_over", money=hole)
    said["points_left"] = w("ballot.points_left", points=hole)
    said["points_over"] = w("ballot.points_over", points=hole)
    said["place"] = w("ballot.place", place=hole)
    said["rank_as"] = w("ballot.rank_as", place=hole)
    said["up"], said["down"] = w("ballot.up"), w("ballot.down")
    said["nothing"] = w("ballot.nothing")
    return said


@pages.get("/ballot")
@needs(anyone)
def fill(desk: Desk) -> Page:
    """The ballot; before the first one, what becomes of what she says, and whether she agrees."""
    try:
        ballot = _ballot(desk)
    except Stopped as stopped:
        return stop(desk, stopped)
    if not voters.consents(desk.session, ballot.entry.voter_id, voters.CONSENT):
        return desk.page("ballot/consent.html", ballot=ballot)
    return _fill(desk, ballot)


@pages.post("/consent")
@needs(anyone)
def consent(desk: Desk) -> Page:
    """She agrees, explicitly."""
    try:
        entry = entered(desk)
    except Stopped as stopped:
        return stop(desk, stopped)
    if request.form.get("agree") != "yes":
        return desk.page("ballot/stop.html", reason="no_consent", poll=desk.session.get(Poll, entry.poll_id))
    voters.consent(desk.session, entry.voter_id, voters.CONSENT, desk.now)
    return desk.go("ballot.fill")


@pages.post("/change")
@needs(anyone, reads=True)
def change(desk: Desk) -> Page:
    """Back from the review, with everything as it was tapped."""
    try:
        ballot = _ballot(desk)
        return _fill(desk, ballot, ballot_form.read(ballot.manifest, request.form))
    except Stopped as stopped:
        return stop(desk, stopped)
    except Unreadable:
        return desk.go("ballot.fill")


@pages.post("/review")
@needs(anyone, reads=True)
def review(desk: Desk) -> Page:
    """What was tapped, to be looked at once more; nothing is stored yet."""
    try:
        ballot = _ballot(desk)
    except Stopped as stopped:
        return stop(desk, stopped)
    try:
        tapped = ballot_form.read(ballot.manifest, request.form)
        ballot_form.judge(ballot.manifest, tapped, ballot.area)
    except Unreadable as wrong:
        return _again(desk, ballot, wrong)
    carried = ballot_form.carried(tapped, ballot.manifest.kind)
    return desk.page("ballot/review.html", ballot=ballot, tapped=tapped, carried=carried, shown=_shown(ballot, tapped))


def _again(desk: Desk, ballot: Ballot, wrong: Unreadable) -> Page:
    words = ballot_form.fault(desk.w, wrong, ballot.manifest, ballot.area)
    return _fill(desk, ballot, _as_far_as_read(ballot.manifest), words), 422


def _as_far_as_read(manifest: Manifest) -> Tapped:
    """What of a wrong ballot can be shown again."""
    form = request.form.copy()
    form.pop("mark", None)
    try:
        return ballot_form.read(manifest, form)
    except Unreadable:
        return Tapped({} if manifest.kind in choices.NUMBERED else (), "")


def _shown(ballot: Ballot, tapped: Tapped) -> list[tuple[Line, int]]:
    """The chosen options with their number or place (0: neither), as the voter put them."""
    lines = {line.id: line for line in ballot.lines}
    if isinstance(tapped.chosen, dict):
        numbered = [(lines[key], number) for key, number in tapped.chosen.items() if number]
        return sorted(numbered, key=lambda pair: -pair[1])
    ranked = ballot.manifest.kind == Kind.RANKED
    return [(lines[key], place if ranked else 0) for place, key in enumerate(tapped.chosen, 1)]


@pages.post("/cast")
@needs(anyone)
def cast(desk: Desk) -> Page:
    """Take the ballot: sealed by the page, or as it was reviewed, sealed here. The receipt is shown once and kept
    nowhere: beside a name it would be the link that does not exist."""
    try:
        ballot = _ballot(desk)
        if not voters.consents(desk.session, ballot.entry.voter_id, voters.CONSENT):
            return desk.go("ballot.fill")  # withdrawn meanwhile, or never given: she is asked
        sealed = _sealed(ballot)
        receipt = casting.cast(
            *(desk.session, desk.console.keys, ballot.poll.id, ballot.entry.voter_id, sealed, desk.now),
            tell=ballot.entry.person_id,
        )
    except Stopped as stopped:
        return stop(desk, stopped)
    except Unreadable as wrong:
        return _again(desk, ballot, wrong)
    except NotAllowed as refused:
        return stop(desk, Stopped(refused.reason, ballot.poll))
    poll_page = url_for("polls_public.show", code=ballot.poll.code)
    return desk.page("ballot/receipt.html", ballot=ballot, receipt=receipt, poll_page=poll_page)


def _sealed(ballot: Ballot) -> bytes:
    envelope = request.form.get("sealed", "")
    if not envelope:
        tapped = ballot_form.read(ballot.manifest, request.form)
        return sealing.seal(ballot.manifest, ballot_form.judge(ballot.manifest, tapped, ballot.area), tapped.mark)
    if len(envelope) != 2 * sealing.ciphertext_size(ballot.manifest):
        raise BadRequest
    try:
        return bytes.fromhex(envelope)
    except ValueError:
        raise BadRequest from None
