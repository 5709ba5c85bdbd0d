"""What is known of a poll: who came, and in the end the result with its reasons, put so that people can follow it."""

from __future__ import annotations

from dataclasses import dataclass

from ballots.manifest import Manifest
from models import turnout as counted
from models.polls import Poll
from models.turnout import QuorumReport, Turnout
from web.desk import Desk


@dataclass(frozen=True)
class Came:
    """Turnout and quorum of one poll, small cells hidden."""

    seen: Turnout
    quorum: QuorumReport


def turnout_of(desk: Desk, poll: Poll, manifest: Manifest) -> Came:
    """Who came so far."""
    seen = counted.turnout(desk.session, poll.id, manifest.small_cell)
    exact = counted.voted_by_area(desk.session, poll.id)
    return Came(seen, counted.quorum(manifest, seen, exact))
