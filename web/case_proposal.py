"""One press on the page of a case: the wish in it becomes a proposal, and the case ends with the proposal's number."""

from __future__ import annotations

from messages.limits import cut_clusters
from models import undoing
from models.proposal_from_case import channel_of, from_case, source_key
from models.proposing import LONGEST, Idea
from models.tickets import NotAllowed, Ticket
from nlp.kept import covered
from nlp.search import search_text
from web import access
from web.case_moves import guarded
from web.case_view import values
from web.cases import pages
from web.desk import Desk, Page, needs
from web.words import speaking

__all__ = ["pages"]

#: A title is one line; the whole is kept as the reason where it is longer.
TITLE = 160


def idea_of(ticket: Ticket) -> Idea:
    """The case's words as a proposal."""
    words = covered(ticket.text)
    line = " ".join(words.split())
    place = {"text": covered(ticket.place), "moo": ticket.moo, "lat": ticket.lat, "lon": ticket.lon}
    return Idea(
        title=cut_clusters(line, TITLE),
        why=words[:LONGEST] if len(line) > TITLE else "",
        place=place,
        channel=channel_of(ticket),
        source_key=source_key(ticket),
        received_at=ticket.received_at,
    )


@pages.post("/<int:number>/propose")
@needs(access.may_decide_proposals)
def propose(desk: Desk, number: int) -> Page:
    """Turn it."""
    ticket = access.working_ticket(desk.session, desk.viewer, number)
    conflict = guarded(desk, ticket, "", None)
    if conflict is not None:
        return conflict
    language = ticket.reporter.language if ticket.reporter is not None else "th"
    w = speaking(language, desk.settings, desk.console.public_url)
    before, staff = undoing.snapshot(ticket), desk.viewer.staff(desk.session)
    try:
        proposal = from_case(
            desk.session,
            ticket,
            idea_of(ticket),
            staff,
            desk.now,
            column=search_text,
            answer=lambda made: w("case.became_proposal", number=made.name),
        )
    except NotAllowed:
        return desk.refuse("case/show.html", **values(desk, ticket, refused="case.not_possible"))
    desk.record("ticket.proposed", f"ticket:{ticket.id}", before, undoing.snapshot(ticket) | {"proposal": proposal.id})
    desk.tell("case.did_propose", number=proposal.name)
    return desk.go("proposals.show", number=proposal.id)
