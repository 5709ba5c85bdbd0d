"""Connections (/console/connections/): tokens of other systems, webhooks, Traffy Fondue. Secrets are shown once,
here."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, request, url_for
from sqlalchemy import func, select
from werkzeug.exceptions import NotFound
from wtforms import BooleanField, IntegerField, SelectField, StringField
from wtforms.validators import Length, NumberRange

from models import api_tokens
from models.api_tokens import PER_DAY, PER_MINUTE, SCOPES, ApiToken, Origin
from models.hooks import EVENTS, Delivery, Hook
from models.staff import Staff
from models.traffy import TraffyMeter
from web import access
from web.connection_hooks import HookForm, fits
from web.desk import Desk, Page, needs
from web.forms import Form, Tidy, options, required
from web.sealed import seal

pages = Blueprint("connections", __name__, url_prefix="/console/connections")

#: For how many days a token may be made.
SPANS = (30, 90, 365, 730)
#: Deliveries on a page of the log.
LOG = 40


class TokenForm(Form):
    """A token to be made."""

    name = StringField(
        "connections.name", [required(), Length(max=80)], filters=[Tidy()], description="connections.name_help"
    )
    staff = SelectField("connections.acts_for", [required()], description="connections.acts_for_help")
    days = SelectField("connections.days", choices=options((str(d), f"connections.days_{d}") for d in SPANS))
    scope_open311 = BooleanField("connections.scope_open311")
    scope_cases_create = BooleanField("connections.scope_cases_create")
    scope_cases_read = BooleanField("connections.scope_cases_read")
    scope_cases_note = BooleanField("connections.scope_cases_note")
    scope_cases_move = BooleanField("connections.scope_cases_move")
    per_minute = IntegerField("connections.per_minute", [required(), NumberRange(1, 6000)])
    per_day = IntegerField(
        "connections.per_day", [required(), NumberRange(1, 100_000)], description="connections.per_day_help"
    )

    @property
    def scopes(self) -> list[str]:
        """The scopes that were ticked."""
        return [scope for scope in SCOPES if self[f"scope_{scope.replace('.', '_')}"].data]


@dataclass(frozen=True)
class TokenRow:
    """A token in the list: how it stands (works, over, revoked, ended), and how many cases it has opened."""

    row: ApiToken
    stands: str
    cases: int


def _stands(row: ApiToken, desk: Desk) -> str:
    if row.revoked_at is not None:
        return "revoked"
    if desk.now >= row.expires_at:
        return "over"
    return "works" if row.staff.active else "ended"


@pages.get("/")
@needs(access.may_see_connections)
def index(desk: Desk) -> Page:
    """Everything that is connected."""
    counted = desk.session.execute(select(Origin.token_id, func.count()).group_by(Origin.token_id))
    cases = {row[0]: row[1] for row in counted}
    rows = desk.session.scalars(select(ApiToken).order_by(ApiToken.revoked_at.is_not(None), ApiToken.id.desc()))
    listed = desk.session.scalars(select(Hook).where(Hook.deleted_at.is_(None)).order_by(Hook.id))
    return desk.page(
        "connections/index.html",
        tokens=[TokenRow(row, _stands(row, desk), cases.get(row.id, 0)) for row in rows],
        hooks=list(listed),
        base=desk.console.public_url,
        traffy_on=bool(desk.settings["traffy.on"]) and desk.console.traffy,
        meter=desk.session.get(TraffyMeter, 1),
    )


# -- tokens ------------------------------------------------------------------------------------------------------------


def _token_form(desk: Desk, given: Any, data: dict[str, Any] | None = None) -> TokenForm:
    form = TokenForm(given, w=desk.w, data=data)
    staff = desk.session.scalars(select(Staff).where(Staff.active).order_by(Staff.id))
    form.staff.choices = options((str(one.id), f"{one.name} ({desk.w(f'role.{one.role}')})") for one in staff)
    return form


@pages.get("/tokens/new")
@needs(access.may_manage_connections)
def new_token(desk: Desk) -> Page:
    """An empty form."""
    data = {"days": "365", "per_minute": PER_MINUTE, "per_day": PER_DAY, "staff": str(desk.viewer.staff_id)}
    return desk.page("connections/token.html", form=_token_form(desk, None, data))


@pages.post("/tokens/new")
@needs(access.may_manage_connections)
def make_token(desk: Desk) -> Page:
    """Make it, and show it this once."""
    form = _token_form(desk, request.form)
    right = form.validate()
    if not form.scopes:
        form.scope_open311.errors = [*form.scope_open311.errors, "connections.no_scope"]
    if not right or not form.scopes:
        return desk.refuse("connections/token.html", form=form)
    staff = desk.session.get_one(Staff, int(form.staff.data))
    until = desk.now + timedelta(days=int(form.days.data))
    bounds = {"per_minute": form.per_minute.data or PER_MINUTE, "per_day": form.per_day.data or PER_DAY}
    row, token = api_tokens.make(desk.session, form.name.data or "", form.scopes, staff, until, desk.now, **bounds)
    after = {"name": row.name, "scopes": row.scopes, "acts_for": staff.name, "expires_at": until.isoformat(), **bounds}
    desk.record("token.made", f"token:{row.id}", None, after)
    return desk.page(
        "connections/once.html", name=row.name, secret=token, what="token", back=url_for("connections.index")
    )


@pages.post("/tokens/<int:number>/revoke")
@needs(access.may_manage_connections)
def revoke(desk: Desk, number: int) -> Page:
    """End it at once."""
    row = desk.session.get(ApiToken, number, with_for_update=True)
    if row is None:
        raise NotFound
    if row.revoked_at is None:
        row.revoked_at = desk.now
        desk.record("token.revoked", f"token:{row.id}", {"name": row.name}, None)
    desk.tell("connections.revoked", name=row.name)
    return desk.go("connections.index")


# -- webhooks ----------------------------------------------------------------------------------------------------------


def new_secret() -> str:
    """A secret as Standard Webhooks writes it: 24 random bytes."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()


@pages.get("/hooks/new")
@needs(access.may_manage_connections)
def new_hook(desk: Desk) -> Page:
    """An empty form."""
    data = {f"event_{event.replace('.', '_')}": event.startswith("case") for event in EVENTS}
    return desk.page("connections/hook_new.html", form=HookForm(w=desk.w, data=data))


@pages.post("/hooks/new")
@needs(access.may_manage_connections)
def make_hook(desk: Desk) -> Page:
    """Add the address, and show its secret this once."""
    form = HookForm(request.form, w=desk.w)
    right = form.validate()
    fault = fits(form.url.data or "", desk.console.internal) if form.url.data else ""
    if fault:
        form.url.errors = [*form.url.errors, fault]
    if not form.events:
        form.event_case_created.errors = [*form.event_case_created.errors, "connections.no_event"]
    if not right or fault or not form.events:
        return desk.refuse("connections/hook_new.html", form=form)
    secret = new_secret()
    row = Hook(
        name=form.name.data or "",
        url=form.url.data or "",
        secret=seal(desk.console.key, "webhook", secret, desk.now),
        events=form.events,
        created_at=desk.now,
    )
    desk.session.add(row)
    desk.session.flush()
    desk.record("hook.made", f"hook:{row.id}", None, {"name": row.name, "url": row.url, "events": row.events})
    return _secret_page(desk, row, secret)


def _secret_page(desk: Desk, row: Hook, secret: str) -> str:
    back = url_for("connections.hook", number=row.id)
    return desk.page("connections/once.html", name=row.name, secret=secret, what="hook", back=back)


def _hook(desk: Desk, number: int, *, lock: bool = False) -> Hook:
    row = desk.session.get(Hook, number, with_for_update=lock)
    if row is None or row.deleted_at is not None:
        raise NotFound
    return row


@pages.get("/hooks/<int:number>")
@needs(access.may_see_connections)
def hook(desk: Desk, number: int) -> Page:
    """One address, and what was sent to it."""
    row = _hook(desk, number)
    found = select(Delivery).where(Delivery.hook_id == row.id).order_by(Delivery.id.desc())
    below = request.args.get("below", "")
    if below.isascii() and below.isdigit() and len(below) < 18:
        found = found.where(Delivery.id < int(below))
    rows = desk.session.scalars(found.limit(LOG + 1)).all()
    older = url_for("connections.hook", number=row.id, below=rows[LOG - 1].id) if len(rows) > LOG else None
    counted = select(Delivery.state, func.count()).where(Delivery.hook_id == row.id).group_by(Delivery.state)
    states = {state: count for state, count in desk.session.execute(counted)}  # noqa: C416 - rows are no pairs for dict
    return desk.page("connections/hook.html", hook=row, deliveries=rows[:LOG], older=older, states=states)


@pages.post("/hooks/<int:number>/resend")
@needs(access.may_manage_connections)
def resend(desk: Desk, number: int) -> Page:
    """Send one delivery, or all that failed, once more."""
    row = _hook(desk, number)
    which = request.form.get("delivery", "")
    found = select(Delivery).where(Delivery.hook_id == row.id).with_for_update()
    if which == "failed":
        found = found.where(Delivery.state == "failed").limit(500)
    else:
        found = found.where(
            Delivery.id == (int(which) if which.isascii() and which.isdigit() and len(which) < 18 else 0)
        )
    sent = 0
    for each in desk.session.scalars(found):
        if each.state != "waiting":
            each.again(desk.now)
            sent += 1
    desk.record("hook.resent", f"hook:{row.id}", None, {"deliveries": sent})
    desk.tell("connections.resent" if sent else "connections.nothing_resent", "done" if sent else "note", count=sent)
    return desk.go("connections.hook", number=row.id)


@pages.post("/hooks/<int:number>/ping")
@needs(access.may_manage_connections)
def ping(desk: Desk, number: int) -> Page:
    """Send a test message."""
    row = _hook(desk, number)
    event = f"ping_{secrets.token_hex(8)}"
    body = {"type": "ping", "timestamp": desk.now.isoformat(timespec="seconds"), "data": {}}
    delivery = Delivery(hook_id=row.id, event=event, type="ping", body=body, next_try_at=desk.now, created_at=desk.now)
    desk.session.add(delivery)
    desk.record("hook.pinged", f"hook:{row.id}")
    desk.tell("connections.pinged")
    return desk.go("connections.hook", number=row.id)


@pages.post("/hooks/<int:number>/turn")
@needs(access.may_manage_connections)
def turn(desk: Desk, number: int) -> Page:
    """Stop telling an address, or begin again; what waits is kept meanwhile."""
    row = _hook(desk, number, lock=True)
    if row.active:
        row.disabled_at, row.disabled_why = desk.now, "office"
    else:
        row.disabled_at, row.disabled_why, row.failing_since = None, "", None
    desk.record("hook.turned", f"hook:{row.id}", None, {"active": row.active})
    desk.tell("connections.turned_on" if row.active else "connections.turned_off")
    return desk.go("connections.hook", number=row.id)


@pages.post("/hooks/<int:number>/secret")
@needs(access.may_manage_connections)
def change_secret(desk: Desk, number: int) -> Page:
    """A new secret, shown this once; the old one ends now."""
    row, secret = _hook(desk, number, lock=True), new_secret()
    row.secret = seal(desk.console.key, "webhook", secret, desk.now)
    desk.record("hook.secret", f"hook:{row.id}")
    return _secret_page(desk, row, secret)


@pages.post("/hooks/<int:number>/remove")
@needs(access.may_manage_connections)
def remove(desk: Desk, number: int) -> Page:
    """Take the address away; its log stays for its time."""
    row = _hook(desk, number, lock=True)
    row.deleted_at, row.secret = desk.now, ""
    desk.record("hook.removed", f"hook:{row.id}", {"name": row.name, "url": row.url}, None)
    desk.tell("connections.removed", name=row.name)
    return desk.go("connections.index")
