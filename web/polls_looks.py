"""How polls look wherever they are listed: the colour of a state, and the options with their pictures."""

from __future__ import annotations

from sqlalchemy import select

from ballots.manifest import Manifest
from models.files import File
from models.polls import Poll
from models.storage import Stored, note
from web.ballot_form import Line
from web.desk import Desk

#: The badge of each state (parts/macros.html:badge).
LOOKS = {
    "draft": "quiet",
    "open": "going",
    "closing": "waiting",
    "closed": "waiting",
    "published": "done",
    "cancelled": "late",
}


def pictures(desk: Desk, poll: Poll) -> dict[str, str]:
    """The token of each option's picture, by the option's code."""
    ids = {option.file_id: option.code for option in poll.options if option.file_id}
    if not ids:
        return {}
    stored = select(File.id, File.token).where(File.id.in_(ids), File.state == "stored")
    return {ids[number]: token for number, token in desk.session.execute(stored)}


def look(desk: Desk, poll: Poll, manifest: Manifest) -> list[Line]:
    """The options in the order of the manifest."""
    rows, tokens = {option.code: option for option in poll.options}, pictures(desk, poll)
    return [Line(each, rows[each.id].detail, tokens.get(each.id, "")) for each in manifest.options]


def keep(desk: Desk, came: tuple[str, str, Stored]) -> File:
    """The row of a picture that staff brought for a poll (web/uploads.py has taken in the bytes)."""
    token, _name, stored = came
    row = File(
        token=token,
        message_id=f"web:{token}",
        chat_key="web",
        kind=stored.kind,
        purpose="talk",
        name="",
        staff_id=desk.viewer.staff_id,
        created_at=desk.now,
    )
    note(row, stored)
    desk.session.add(row)
    desk.session.flush()
    return row
