"""Traffy's bell (/traffy/<bell>): where Traffy Fondue tells that a case of theirs has changed.

Its webhooks are not signed. So the address holds a secret, nothing of what is said is believed but which case to look
at, and the worker reads that case itself (bot/traffy.py).
"""

from __future__ import annotations

import hashlib
import hmac
import json

from flask import Blueprint, Response, request

from models.traffy import put
from web.outward import Call, Refused, outward
from web.traffy_reading import is_name

pages = Blueprint("traffy", __name__, url_prefix="/traffy")

#: Bytes of a message: theirs are a few hundred.
LARGEST = 65_536


def bell_of(key: str) -> str:
    """The secret part of the address, from the house's key."""
    return hmac.new(key.encode(), b"traffy-bell", hashlib.sha256).hexdigest()[:40]


def ring(call: Call, bell: str) -> Response:
    """A case is to be looked at again. Says nothing about whether we know it."""
    right = hmac.compare_digest(bell.encode(), bell_of(call.console.key).encode())
    if not right or not call.settings["traffy.on"]:
        raise Refused(404, "not_found", "ไม่มีหน้านี้", "there is nothing here")
    if (request.content_length or 0) > LARGEST:
        raise Refused(413, "too_large", "ข้อมูลใหญ่เกินไป", "the body is too large")
    try:
        said = json.loads(request.get_data() or b"{}")
    except ValueError:
        said = None
    theirs = str(said.get("ticket_id") or "").strip().upper() if isinstance(said, dict) else ""
    if not is_name(theirs):
        raise Refused(400, "ticket_id", "ไม่มี ticket_id", "there is no ticket_id")
    put(call.session, "read", theirs, call.now)
    return Response(status=204)


pages.add_url_rule("/<bell>", "ring", outward(None)(ring), methods=["POST", "PATCH"])
