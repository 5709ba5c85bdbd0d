"""Photos, voices and papers of a case: put in, looked at closely, covered and published, written down."""

from __future__ import annotations

from flask import request
from werkzeug.exceptions import NotFound
from wtforms import TextAreaField
from wtforms.validators import Length

from models import storage
from models.files import File
from models.tickets import Ticket
from web import access, uploads
from web.case_view import media_of, values
from web.cases import pages
from web.context import console
from web.desk import Desk, Page, needs
from web.forms import Form, Tidy
from web.public_copy import boxes, covered, withdraw

__all__ = ["pages"]


class Spoken(Form):
    """What was said in a voice message."""

    words = TextAreaField("case.spoken", [Length(max=5_000)], filters=[Tidy()])


def _file(desk: Desk, ticket: Ticket, file_id: int, kind: str) -> File:
    """This file of this case. Raises NotFound."""
    found = desk.session.get(File, file_id)
    if found is None or found.ticket_id != ticket.id or not found.usable or found.copy_of_id or found.kind != kind:
        raise NotFound
    return found


@pages.post("/<int:number>/photos")
@needs(access.may_work_cases, before=uploads.bring)
def put_in(desk: Desk, number: int) -> Page:
    """Photos and papers that came to the office otherwise, or were taken on the spot."""
    ticket = access.working_ticket(desk.session, desk.viewer, number)
    faults = uploads.faults(desk) or ([] if uploads.brought(desk) else ["upload.none"])
    if faults:
        return desk.refuse("case/show.html", **values(desk, ticket, refused=faults[0]))
    purpose = request.form.get("purpose", "before")
    rows = uploads.adopt(desk, ticket, purpose if purpose in ("before", "after", "talk") else "talk")
    staff = desk.viewer.staff(desk.session)
    ticket.add("photos", desk.now, staff=staff, data={"count": len(rows)}, public=False, told=True)
    desk.record("ticket.photos", f"ticket:{ticket.id}", None, {"files": [row.token[:8] for row in rows]})
    desk.tell("case.did_photos", count=len(rows))
    return desk.go("cases.show", number=ticket.id)


@pages.post("/<int:number>/voice/<int:file_id>")
@needs(access.may_work_cases)
def spoken(desk: Desk, number: int, file_id: int) -> Page:
    """Keep what staff heard in a voice message; the case is found by these words from now on."""
    ticket = access.working_ticket(desk.session, desk.viewer, number)
    file = _file(desk, ticket, file_id, "audio")
    form = Spoken(request.form, w=desk.w)
    if not form.validate():
        return desk.refuse("case/show.html", **values(desk, ticket, refused="case.spoken_long"))
    before, file.words = file.words, form.words.data or ""
    desk.session.flush()
    uploads.index(desk, ticket)
    if before != file.words:
        staff = desk.viewer.staff(desk.session)
        # Not the words themselves: who spoke may take the message back, and then they must be gone.
        ticket.add("transcribed", desk.now, staff=staff, public=False, told=True)
        file_name = {"file": file.token[:8]}
        desk.record(
            "voice.transcribed", f"ticket:{ticket.id}", file_name | {"length": len(before)}, {"length": len(file.words)}
        )
    desk.tell("case.did_spoken")
    return desk.go("cases.show", number=ticket.id)


@pages.get("/<int:number>/photo/<int:file_id>")
@needs(access.may_see_cases)
def photo(desk: Desk, number: int, file_id: int) -> Page:
    """One photo, large: zoom, turn, cover what must not be seen, publish."""
    ticket = access.ticket(desk.session, desk.viewer, number)
    file = _file(desk, ticket, file_id, "image")
    photos = media_of(desk, ticket).photos
    place = next(i for i, one in enumerate(photos) if one.file.id == file.id)
    return desk.page(
        "case/photo.html",
        ticket=ticket,
        file=file,
        public=photos[place].public,
        newer=photos[place + 1].file.id if place + 1 < len(photos) else None,
        older=photos[place - 1].file.id if place else None,
        may_publish=access.may_publish(desk.viewer) and access.may_work(desk.viewer, ticket) and not ticket.sensitive,
    )


@pages.post("/<int:number>/photo/<int:file_id>/publish")
@needs(access.may_publish, before=covered)
def publish(desk: Desk, number: int, file_id: int) -> Page:
    """A copy with its rectangles covered becomes the picture that the public sees; the original stays as it is."""
    ticket = access.working_ticket(desk.session, desk.viewer, number)
    file = _file(desk, ticket, file_id, "image")
    made: tuple[str, storage.Stored] | None = desk.brought
    if made is None or ticket.sensitive or request.form.get("token") != file.token:
        if made is not None:
            storage.drop(console().store, made[0])
        desk.tell("case.publish_failed", "bad")
        return desk.go("cases.photo", number=ticket.id, file_id=file.id)
    withdraw(desk, file)
    where = boxes(request.form.get("boxes", ""))
    copy = File(
        token=made[0],
        message_id=f"copy:{made[0]}",
        chat_key="web",
        ticket_id=ticket.id,
        kind="image",
        purpose=file.purpose,
        staff_id=desk.viewer.staff_id,
        copy_of_id=file.id,
        approved=True,
        boxes=[list(box) for box in where],
        created_at=desk.now,
    )
    storage.note(copy, made[1])
    desk.session.add(copy)
    staff = desk.viewer.staff(desk.session)
    ticket.add("published", desk.now, staff=staff, data={"boxes": len(where)}, public=False, told=True)
    desk.record("photo.published", f"ticket:{ticket.id}", None, {"photo": file.token[:8], "boxes": len(where)})
    desk.tell("case.did_publish")
    return desk.go("cases.photo", number=ticket.id, file_id=file.id)


@pages.post("/<int:number>/photo/<int:file_id>/unpublish")
@needs(access.may_publish)
def unpublish(desk: Desk, number: int, file_id: int) -> Page:
    """The public sees it no longer."""
    ticket = access.working_ticket(desk.session, desk.viewer, number)
    file = _file(desk, ticket, file_id, "image")
    if withdraw(desk, file):
        ticket.add("unpublished", desk.now, staff=desk.viewer.staff(desk.session), public=False, told=True)
        desk.record("photo.unpublished", f"ticket:{ticket.id}", {"photo": file.token[:8]}, None)
    desk.tell("case.did_unpublish")
    return desk.go("cases.photo", number=ticket.id, file_id=file.id)
