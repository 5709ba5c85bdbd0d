"""Who is signed in, for admins: end anybody's session, and clear second factors that were lost."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from models import sessions
from models.sessions import WebSession
from models.staff import Staff
from web import access
from web.desk import Desk, Page, needs

pages = Blueprint("sessions", __name__, url_prefix="/console/sessions")


@pages.get("/")
@needs(access.may_manage_people)
def index(desk: Desk) -> Page:
    """All open sessions, by name."""
    found = desk.session.scalars(
        select(WebSession)
        .join(WebSession.staff)
        .where(WebSession.ended_at.is_(None), WebSession.expires_at > desk.now)
        .order_by(Staff.name, WebSession.seen_at.desc())
    )
    return desk.page("account/everyone.html", sessions=[row for row in found if row.lives(desk.now)])


@pages.post("/<int:number>/end")
@needs(access.may_manage_people)
def end(desk: Desk, number: int) -> Page:
    """End one session of anybody's."""
    found = desk.session.get(WebSession, number)
    if found is None or found.id == desk.viewer.session_id:
        raise NotFound
    found.ended_at = desk.now
    desk.record("session.ended", f"session:{number}", None, {"staff": found.staff_id})
    desk.tell("account.ended")
    return desk.go("sessions.index")


@pages.post("/of/<int:number>/unlock")
@needs(access.may_manage_people)
def unlock(desk: Desk, number: int) -> Page:
    """Clear the second factors of somebody who lost theirs, and end their sessions; not one's own."""
    member = desk.session.get(Staff, number)
    if member is None or member.id == desk.viewer.staff_id:
        raise NotFound
    count = sessions.forget_factors(desk.session, member.id)
    sessions.end_all(desk.session, member.id, desk.now)
    desk.record("second.forgotten", f"staff:{member.id}", {"count": count})
    desk.tell("account.unlocked", name=member.name)
    return desk.go("sessions.index")
