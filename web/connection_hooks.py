"""The form of a webhook's address, and what addresses are taken at all (the worker judges again: bot/outside.py)."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from wtforms import BooleanField, StringField
from wtforms.validators import Length

from models.hooks import EVENTS
from web.forms import Form, Tidy, required


class HookForm(Form):
    """An address to be told."""

    name = StringField(
        "connections.name", [required(), Length(max=80)], filters=[Tidy()], description="connections.hook_name_help"
    )
    url = StringField(
        "connections.url", [required(), Length(max=2000)], filters=[Tidy()], description="connections.url_help"
    )
    event_case_created = BooleanField("connections.event_case_created")
    event_case_changed = BooleanField("connections.event_case_changed")
    event_project_changed = BooleanField("connections.event_project_changed")
    event_proposal_changed = BooleanField("connections.event_proposal_changed")

    @property
    def events(self) -> list[str]:
        """The events that were ticked."""
        return [event for event in EVENTS if self[f"event_{event.replace('.', '_')}"].data]


def fits(url: str, internal: Sequence[str]) -> str:
    """The name of what is wrong with an address, or "". Plain http is for hosts of the office's own network only."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return "connections.url_wrong"
    if parts.scheme not in ("http", "https") or not host or parts.username is not None or parts.fragment:
        return "connections.url_wrong"
    if not url.isascii() or not url.isprintable() or " " in url:
        return "connections.url_wrong"
    own = host in internal or f"{host}:{port or (443 if parts.scheme == 'https' else 80)}" in internal
    return "" if parts.scheme == "https" or own else "connections.url_https"
