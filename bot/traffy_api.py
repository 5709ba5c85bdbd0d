"""Traffy Fondue's Exchange API, by its public description (traffy-nectec/exchange-api-doc): only the calls and fields
that stand there.

A JWT is had for user and password and kept in memory until it ends. Answers are `status` success, warning or fail;
nearly every one tells how many calls the month still holds.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from bot.outside import Forbidden, Outside, Unreachable
from web.traffy_reading import moment

#: Every call that is made, and its method and version.
CALLS = {
    "get-auth": ("POST", "v1"),
    "get-issues": ("GET", "v2"),
    "get-issue": ("GET", "v1"),
    "get-status-list": ("GET", "v2"),
    "new-issue": ("POST", "v1"),
    "update-issue": ("PATCH", "v1"),
}
#: A token is renewed so long before its end.
EARLY = timedelta(minutes=5)


class Trouble(Exception):
    """A call did not do what was asked. `kind`: later (try again), refused (never), quota (the month is used up),
    account (user or password). `doubtful`: it may have been done all the same."""

    def __init__(self, kind: str, text: str, *, doubtful: bool = False) -> None:
        super().__init__(text)
        self.kind, self.doubtful = kind, doubtful


class Exchange:
    """One account. `told(balance, quota)` hears what each answer says of the month's calls."""

    def __init__(
        self,
        outside: Outside,
        base: str,
        user: str,
        password: str,
        clock: Callable[[], datetime],
        told: Callable[[int | None, int | None], None],
    ) -> None:
        self._outside, self._base, self._clock, self._told = outside, base, clock, told
        self._user, self._password = user, password
        self._lock = threading.Lock()
        self._token: tuple[str, datetime] | None = None

    def issues(self, duration: str, org: str = "") -> list[dict[str, Any]]:
        """The cases with anything new within today, 3days, or all (5,000 at most). Raises Trouble."""
        asked = {"duration": duration, **({"org_id": org} if org else {})}
        found = self._call("get-issues", asked).get("results")
        return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []

    def issue(self, theirs: str) -> dict[str, Any]:
        """One case, with its timeline. Raises Trouble."""
        found = self._call("get-issue", {"ticket_id": theirs}).get("results")
        if not isinstance(found, dict) or not found.get("ticket_id"):
            raise Trouble("refused", "there is no such case")
        return found

    def statuses(self) -> list[str]:
        """The names of states that the organisation has in use. Raises Trouble."""
        found = self._call("get-status-list", {}).get("results")
        rows = found if isinstance(found, list) else []
        return [
            str(one["status"]) for one in rows if isinstance(one, dict) and one.get("is_active") and one.get("status")
        ]

    def new_issue(self, body: Mapping[str, Any]) -> str:
        """Tell them of a case; their name for it. Raises Trouble."""
        found = self._call("new-issue", body).get("results")
        theirs = str(found.get("ticket_id") or "") if isinstance(found, dict) else ""
        if not theirs:
            raise Trouble("later", "the answer names no ticket_id", doubtful=True)
        return theirs

    def update_issue(self, body: Mapping[str, Any]) -> None:
        """Tell them how a case stands. Raises Trouble."""
        self._call("update-issue", body)

    # calling

    def _call(self, name: str, said: Mapping[str, Any]) -> dict[str, Any]:
        """A call with a token; once more with a new one where they say that it has ended."""
        try:
            return self._send(name, said, self._bearer())
        except _TokenOver:
            with self._lock:
                self._token = None
            try:
                return self._send(name, said, self._bearer())
            except _TokenOver:
                raise Trouble("account", "the token is refused") from None

    def _bearer(self) -> str:
        with self._lock:
            now = self._clock()
            if self._token is None or self._token[1] - EARLY <= now:
                results = self._send("get-auth", {"user": self._user, "pass": self._password}, "").get("results") or {}
                token = str(results.get("token") or "") if isinstance(results, dict) else ""
                if not token:
                    raise Trouble("account", "no token was given")
                self._token = (token, moment(results.get("expire_timestamp")) or now + timedelta(hours=1))
            return self._token[0]

    def _send(self, name: str, said: Mapping[str, Any], token: str) -> dict[str, Any]:
        method, version = CALLS[name]
        url, body, headers = f"{self._base}/{name}/{version}", None, {"Accept": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if method == "GET":
            url += f"?{urlencode(said)}" if said else ""
        else:
            body = json.dumps(said, ensure_ascii=False).encode()
            headers["Content-Type"] = "application/json"
        try:
            reply = self._outside.send(method, url, body=body, headers=headers)
        except Forbidden as refused:
            raise Trouble("refused", str(refused)) from refused
        except Unreachable as trouble:
            raise Trouble("later", str(trouble), doubtful=trouble.doubtful and method != "GET") from trouble
        return self._read(name, reply.status, reply.body)

    def _read(self, name: str, status: int, body: bytes) -> dict[str, Any]:
        try:
            read = json.loads(body)
        except ValueError:
            read = None
        if not isinstance(read, dict):
            raise Trouble("later", f"HTTP {status} without JSON", doubtful=status not in (401, 403, 404, 429))
        self._tell(read)
        message = str(read.get("message") or "")
        if read.get("status") in ("success", "warning") and status < 400:
            return read
        raise _trouble(name, status, message)

    def _tell(self, read: Mapping[str, Any]) -> None:
        if "credit_balance" in read:
            balance, quota = read["credit_balance"], read.get("quota_limit")
            self._told(balance if isinstance(balance, int) else None, quota if isinstance(quota, int) else None)


class _TokenOver(Exception):
    pass


def _trouble(name: str, status: int, message: str) -> Exception:
    """Their messages (docs/error-codes.md), in our words; what they quote of ours is left out."""
    if "expired" in message or "Invalid token" in message or (status == 401 and name != "get-auth"):
        return _TokenOver()
    if "Invalid user or pass" in message:
        return Trouble("account", "user or password is refused")
    if "Running out of API usage quota" in message:
        return Trouble("quota", "the month's calls are used up")
    if "not specified" in message or "Invalid input" in message or 400 <= status < 500:
        return Trouble("refused", message[:120] or f"HTTP {status}")
    return Trouble("later", f"HTTP {status}: {message[:80]}", doubtful=True)
