"""A poll for everybody (/polls/): what is asked and by which rules, who came, the board, and in the end the result with
its reasons, its files and the check of one's receipt. No sign-in, stable addresses, nothing personal.
"""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for
from werkzeug.exceptions import NotFound

from ballots.manifest import Manifest
from models import board, poll_count
from models.poll_drafts import manifest_of
from models.polls import OPENED, Poll, poll_of, shown
from web import poll_files, poll_picture, poll_receipts, poll_results, poll_words
from web.access import anyone
from web.desk import Desk, Page, needs
from web.polls_looks import LOOKS, look

pages = Blueprint("polls_public", __name__, url_prefix="/polls")

#: Entries of the board that the page shows; the file has all.
HEADS = 12


def opened(desk: Desk, code: str) -> tuple[Poll, Manifest]:
    """The poll of this public name, once it has a board. Raises NotFound."""
    poll = poll_of(desk.session, code)
    if poll is None or poll.state not in OPENED or poll.manifest is None:
        raise NotFound
    return poll, manifest_of(poll)


def _order(poll: Poll) -> tuple[bool, int]:
    return poll.state != "open", -poll.id


@pages.get("/")
@needs(anyone)
def index(desk: Desk) -> Page:
    """All polls that residents may see."""
    rows = list(shown(desk.session))
    return desk.page("polls/public_index.html", polls=sorted(rows, key=_order), looks=LOOKS)


@pages.get("/<code>")
@needs(anyone)
def show(desk: Desk, code: str) -> Page:
    """One poll."""
    poll, manifest = opened(desk, code)
    return _show(desk, poll, manifest)


@pages.post("/<code>/receipt")
@needs(anyone, reads=True)
def receipt(desk: Desk, code: str) -> Page:
    """“บัตรของฉันถูกนับไหม”: typed in a form, so that the receipt stands in no address and no history."""
    poll, manifest = opened(desk, code)
    return _show(desk, poll, manifest, asked=request.form.get("receipt", ""))


def _show(desk: Desk, poll: Poll, manifest: Manifest, asked: str | None = None) -> str:
    entries = board.entries(desk.session, poll.id)
    return desk.page(
        "polls/public.html",
        poll=poll,
        manifest=manifest,
        words=poll_words.Rules(desk.w, manifest),
        lines=look(desk, poll, manifest),
        entries=list(reversed(entries))[:HEADS],
        entries_count=len(entries),
        turnout=poll_results.turnout_of(desk, poll, manifest),
        result=_result(desk, poll, manifest),
        files=poll_files.listed(poll),
        picture=poll.state == "published" and poll_picture.ready(desk.console.assets),
        looks=LOOKS,
        asked=asked,
        found=poll_receipts.find(desk, poll, asked) if asked is not None else None,
    )


def _result(desk: Desk, poll: Poll, manifest: Manifest) -> poll_results.Result | None:
    data = poll_count.results_data(desk.session, poll)
    return poll_results.result_of(desk.w, manifest, data) if data is not None else None


@pages.get("/<code>/files/<name>")
@needs(anyone)
def file(desk: Desk, code: str, name: str) -> Page:
    """One file of the poll, under an address that stays."""
    poll, _manifest = opened(desk, code)
    return poll_files.send(desk, poll, name)


@pages.get("/<code>/result.png")
@needs(anyone)
def picture(desk: Desk, code: str) -> Page:
    """The result as a picture for LINE and Facebook."""
    poll, manifest = opened(desk, code)
    result = _result(desk, poll, manifest)
    if result is None or not poll_picture.ready(desk.console.assets):
        raise NotFound
    came = poll_results.turnout_of(desk, poll, manifest)
    words = poll_words.Rules(desk.w, manifest)
    address = desk.console.public_url + url_for("polls_public.show", code=code)
    told = poll_picture.Told(
        town=manifest.town,
        label=words.label,
        title=words.title,
        came=f"{came.seen.total:,} {came.words(desk.w)}",
        method=desk.w("poll.picture_method", method=words.method),
        check=desk.w("poll.picture_check", address=address),
    )
    response = Response(poll_picture.png(desk.console.assets, told, result), mimetype="image/png")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
