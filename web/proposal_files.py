"""Photos, voices and papers of a proposal: put in, covered where faces are seen, shown to neighbours, written down."""

from __future__ import annotations

from flask import request
from werkzeug.exceptions import NotFound
from wtforms import TextAreaField
from wtforms.validators import Length

from models.enclosures import ProposalFile, of_proposal
from models.files import File
from models.proposals import Proposal
from web import access, uploads
from web.desk import Desk, Page, needs
from web.forms import Form, Tidy
from web.proposal_view import values
from web.proposals import pages
from web.public_copy import covered, public_of, row_of, show, withdraw

__all__ = ["pages"]


class Spoken(Form):
    """What was said in a voice message."""

    words = TextAreaField("proposals.spoken", [Length(max=4_000)], filters=[Tidy()])


def _file(desk: Desk, proposal: Proposal, file_id: int, kind: str) -> File:
    """This file of this proposal. Raises NotFound."""
    found = next((f for f in of_proposal(desk.session, proposal.id, kind) if f.id == file_id), None)
    if found is None or not found.usable:
        raise NotFound
    return found


def adopt(desk: Desk, proposal: Proposal) -> int:
    """Put what was brought on the proposal; how many there were."""
    rows = [row_of(desk, "before", *one) for one in uploads.brought(desk)]
    desk.session.add_all(rows)
    desk.session.flush()
    desk.session.add_all(ProposalFile(proposal_id=proposal.id, file_id=row.id) for row in rows)
    return len(rows)


@pages.post("/<int:number>/photos")
@needs(access.may_answer_proposals, before=uploads.bring)
def put_in(desk: Desk, number: int) -> Page:
    """Photos of the place, the paper it was written on."""
    proposal = access.proposal(desk.session, desk.viewer, number, lock=True)
    faults = uploads.faults(desk) or ([] if uploads.brought(desk) else ["upload.none"])
    if faults:
        return desk.refuse("proposals/show.html", **values(desk, proposal, refused=faults[0]))
    count = adopt(desk, proposal)
    staff = desk.viewer.staff(desk.session)
    proposal.add("photos", desk.now, staff=staff, data={"count": count}, public=False, told=True)
    desk.record("proposal.photos", f"proposal:{proposal.id}", None, {"count": count})
    desk.tell("proposals.did_photos", count=count)
    return desk.go("proposals.show", number=proposal.id)


@pages.post("/<int:number>/voice/<int:file_id>")
@needs(access.may_answer_proposals)
def spoken(desk: Desk, number: int, file_id: int) -> Page:
    """Keep what staff heard in a voice message; the words of the proposal are then mended by hand."""
    proposal = access.proposal(desk.session, desk.viewer, number, lock=True)
    file = _file(desk, proposal, file_id, "audio")
    form = Spoken(request.form, w=desk.w)
    if not form.validate():
        return desk.refuse("proposals/show.html", **values(desk, proposal, refused="proposals.spoken_long"))
    before, file.words = file.words, form.words.data or ""
    if before != file.words:
        mark = {"file": file.token[:8]}
        after = mark | {"length": len(file.words)}
        desk.record("voice.transcribed", f"proposal:{proposal.id}", mark | {"length": len(before)}, after)
    desk.tell("proposals.did_spoken")
    return desk.go("proposals.show", number=proposal.id)


@pages.get("/<int:number>/photo/<int:file_id>")
@needs(access.may_see_proposals)
def photo(desk: Desk, number: int, file_id: int) -> Page:
    """One photo, large; cover what must not be seen, and show it to neighbours."""
    proposal = access.proposal(desk.session, desk.viewer, number)
    file = _file(desk, proposal, file_id, "image")
    may = access.may_publish(desk.viewer)
    return desk.page("proposals/photo.html", row=proposal, file=file, public=public_of(desk, file), may_publish=may)


@pages.post("/<int:number>/photo/<int:file_id>/publish")
@needs(access.may_publish, before=covered)
def publish_photo(desk: Desk, number: int, file_id: int) -> Page:
    """A copy with its rectangles covered becomes what neighbours see; the original stays as it is."""
    proposal = access.proposal(desk.session, desk.viewer, number, lock=True)
    file = _file(desk, proposal, file_id, "image")
    if show(desk, file, f"proposal:{proposal.id}"):
        desk.tell("proposals.did_publish_photo")
    return desk.go("proposals.photo", number=proposal.id, file_id=file.id)


@pages.post("/<int:number>/photo/<int:file_id>/unpublish")
@needs(access.may_publish)
def unpublish_photo(desk: Desk, number: int, file_id: int) -> Page:
    """Neighbours see it no longer."""
    proposal = access.proposal(desk.session, desk.viewer, number, lock=True)
    file = _file(desk, proposal, file_id, "image")
    if withdraw(desk, file):
        desk.record("photo.unpublished", f"proposal:{proposal.id}", {"photo": file.token[:8]}, None)
    desk.tell("proposals.did_unpublish_photo")
    return desk.go("proposals.photo", number=proposal.id, file_id=file.id)
