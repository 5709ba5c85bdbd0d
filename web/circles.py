"""Groups of residents that own proposals (ประชาคม, schools, อสม., clubs): made here, joined with a code in LINE."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from sqlalchemy import select
from werkzeug.exceptions import NotFound
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import Length

from models import groups
from models.groups import CODE_LIVES, GROUP_KINDS, Group, Member
from models.proposals import Proposal
from web import access
from web.desk import Desk, Page, needs
from web.forms import Form, Tidy, options, required
from web.proposal_forms import villages

__all__ = ["pages"]

pages = Blueprint("circles", __name__, url_prefix="/console/circles")


class About(Form):
    """What it is called and what kind it is."""

    name = StringField("circles.field_name", [required(), Length(2, 120)], filters=[Tidy()])
    kind = SelectField("circles.field_kind", choices=options((k, f"circles.kind_{k}") for k in GROUP_KINDS))
    moo = SelectField("circles.field_moo")
    active = BooleanField("circles.field_active")


def _form(desk: Desk, given: Any, data: dict[str, Any] | None = None) -> About:
    form = About(given, w=desk.w, data=data)
    form.moo.choices = villages(desk)
    return form


def _right(desk: Desk, form: About, number: int) -> bool:
    right = bool(form.validate())
    same = select(Group.id).where(Group.name == form.name.data, Group.id != number)
    if form.name.data and desk.session.scalar(same) is not None:
        form.name.errors, right = ["circles.name_taken"], False
    return right


def _group(desk: Desk, number: int) -> Group:
    found = desk.session.get(Group, number)
    if found is None:
        raise NotFound
    return found


@pages.get("/")
@needs(access.may_see_proposals)
def index(desk: Desk) -> Page:
    """All groups, with how many members each has."""
    rows = desk.session.scalars(select(Group).order_by(Group.active.desc(), Group.name)).all()
    form = _form(desk, None, {"kind": "village", "active": True})
    return desk.page("circles/index.html", rows=rows, sizes=groups.sizes(desk.session), form=form)


@pages.post("/")
@needs(access.may_decide_proposals)
def add(desk: Desk) -> Page:
    """Make one."""
    form = _form(desk, request.form)
    if not _right(desk, form, 0):
        rows = desk.session.scalars(select(Group).order_by(Group.active.desc(), Group.name)).all()
        return desk.refuse("circles/index.html", rows=rows, sizes=groups.sizes(desk.session), form=form)
    moo = int(form.moo.data) if form.moo.data else None
    row = Group(name=form.name.data, kind=form.kind.data, moo=moo, active=True, created_at=desk.now)
    desk.session.add(row)
    desk.session.flush()
    desk.record("circle.made", f"circle:{row.id}", None, {"name": row.name, "kind": row.kind})
    desk.tell("circles.did_make")
    return desk.go("circles.show", number=row.id)


def _values(desk: Desk, row: Group, **more: Any) -> dict[str, Any]:
    data = {"name": row.name, "kind": row.kind, "moo": "" if row.moo is None else str(row.moo), "active": row.active}
    owned = select(Proposal).where(Proposal.group_id == row.id).order_by(Proposal.id.desc()).limit(50)
    found: dict[str, Any] = {
        "row": row,
        "form": _form(desk, None, data),
        "count": groups.sizes(desk.session).get(row.id, 0),
        "owned": desk.session.scalars(owned).all(),
        "code": "",
        "days": CODE_LIVES.days,
        "open_code": row.code_until is not None and row.code_until > desk.now,
        "members": None,
        "keeps": access.may_decide_proposals(desk.viewer),
    }
    return found | more


@pages.get("/<int:number>")
@needs(access.may_see_proposals)
def show(desk: Desk, number: int) -> Page:
    """One group: its proposals, how many members; who they are only where one asks."""
    return desk.page("circles/show.html", **_values(desk, _group(desk, number)))


@pages.post("/<int:number>")
@needs(access.may_decide_proposals)
def change(desk: Desk, number: int) -> Page:
    """Name, kind, village; whether it may still propose."""
    row, form = _group(desk, number), _form(desk, request.form)
    if not _right(desk, form, row.id):
        return desk.refuse("circles/show.html", **_values(desk, row, form=form))
    before = {"name": row.name, "kind": row.kind, "moo": row.moo, "active": row.active}
    row.name, row.kind, row.active = form.name.data or "", form.kind.data, form.active.data
    row.moo = int(form.moo.data) if form.moo.data else None
    after = {"name": row.name, "kind": row.kind, "moo": row.moo, "active": row.active}
    desk.record("circle.changed", f"circle:{row.id}", before, after)
    desk.tell("circles.did_keep")
    return desk.go("circles.show", number=row.id)


@pages.post("/<int:number>/code")
@needs(access.may_decide_proposals)
def code(desk: Desk, number: int) -> Page:
    """A fresh code for joining, shown once; `end=1`: nobody else joins."""
    row = _group(desk, number)
    if request.form.get("end"):
        groups.end_code(row)
        desk.record("circle.code_ended", f"circle:{row.id}")
        desk.tell("circles.did_end_code")
        return desk.go("circles.show", number=row.id)
    made = groups.new_code(row, desk.console.key, desk.now)
    desk.session.flush()
    desk.record("circle.code", f"circle:{row.id}")
    return desk.page("circles/show.html", **_values(desk, row, code=made))


@pages.post("/<int:number>/members")
@needs(access.may_see_proposers)
def members(desk: Desk, number: int) -> Page:
    """Who belongs to it, by the names shown in LINE; the look goes into the audit."""
    row = _group(desk, number)
    desk.record("circle.members_seen", f"circle:{row.id}", None, {"count": len(row.members)})
    return desk.page("circles/show.html", **_values(desk, row, members=list(row.members)))


@pages.post("/<int:number>/members/<int:member_id>/remove")
@needs(access.may_decide_proposals)
def remove(desk: Desk, number: int, member_id: int) -> Page:
    """Take somebody out."""
    found = desk.session.get(Member, member_id)
    if found is None or found.group_id != number:
        raise NotFound
    groups.leave(desk.session, member_id)
    desk.record("circle.member_removed", f"circle:{number}", {"member": member_id}, None)
    desk.tell("circles.did_remove")
    return desk.go("circles.show", number=number)
