"""A stand-in for Traffy Fondue's Exchange API: knows the calls and fields of its public description, and refuses all
others.

What it checks stands in traffy-nectec/exchange-api-doc (docs/authentication.md, query-apis.md, action-apis.md,
error-codes.md): methods, required and allowed fields, their types, tokens that end, the month's calls.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from messages.thai import local

NUMBER, TEXT, LIST, FLAG, THING = (int, float), str, list, bool, dict

#: Call → method, required fields, allowed fields with their types.
KNOWN: dict[str, tuple[str, set[str], dict[str, Any]]] = {
    "get-auth/v1": ("POST", {"user", "pass"}, {"user": TEXT, "pass": TEXT}),
    "get-issues/v2": (
        "GET",
        set(),
        dict.fromkeys(
            ("org_id", "duration", "type_name_th", "issue_category_id", "org_category_id", "is_follow", "is_forward"),
            TEXT,
        ),
    ),
    "get-issue/v1": ("GET", {"ticket_id"}, {"ticket_id": TEXT}),
    "get-status-list/v2": ("GET", set(), {"org_id": TEXT}),
    "new-issue/v1": (
        "POST",
        {"latitude", "longitude"},
        {
            **dict.fromkeys(("latitude", "longitude", "issue_category_id", "org_category_id"), NUMBER),
            **dict.fromkeys(
                (
                    "description",
                    "category_name_th",
                    "topic",
                    "address",
                    "org_id",
                    "client_ticket_id",
                    "client_timestamp",
                ),
                TEXT,
            ),
            "photo": LIST,
            "photo_base64": (str, list),
            "extra_detail": THING,
        },
    ),
    "update-issue/v1": (
        "PATCH",
        {"note"},
        {
            **dict.fromkeys(("ticket_id", "client_ticket_id", "org_id", "state_name", "note"), TEXT),
            **dict.fromkeys(("issue_status_id", "org_status_id"), NUMBER),
            **dict.fromkeys(("noti", "noti_reporter", "noti_staff", "skip_timeline"), FLAG),
            "photo": LIST,
            "photos": LIST,
        },
    ),
}
STATUSES = ("รอรับเรื่อง", "กำลังดำเนินการ", "เสร็จสิ้น", "ส่งต่อ")


@dataclass
class Fondue:
    """The platform: cases, the account, the month's calls. `faults` are played before the next calls: “later” answers
    500, “lost” does the work and answers nothing that can be read."""

    clock: Callable[[], datetime]
    issues: dict[str, dict[str, Any]] = field(default_factory=dict)
    timelines: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    balance: int | None = 1000
    quota: int = 1000
    token: str = "jwt-1"
    token_until: datetime | None = None
    port: int = 0

    def report(self, words: str = "ฝาท่อชำรุดหน้าโรงเรียน", **more: Any) -> str:
        """Somebody tells Traffy Fondue of a case."""
        theirs = f"2026-AAA{len(self.issues):03d}"
        stamp = local(self.clock()).strftime("%Y-%m-%d %H:%M:%S.%f")
        self.issues[theirs] = {
            "ticket_id": theirs,
            "type": "ท่อระบายน้ำ",
            "organization": "เทศบาลตำบลทดสอบ",
            "description": words,
            "photo": "https://storage.example.org/bucket/",
            "latitude": 14.0301,
            "longitude": 100.5341,
            "address": "หน้าโรงเรียน",
            "subdistrict": "",
            "district": "",
            "province": "",
            "timestamp": stamp,
            "photo_after": "",
            "timestamp_inprogress": None,
            "timestamp_finished": None,
            "org_finished": "",
            "status": "รอรับเรื่อง",
            "confirmed": False,
            "star": None,
            "count_reopen": 0,
            "last_activity": stamp,
            **more,
        }
        self.timelines[theirs] = [
            {"timestamp": stamp, "status": "รอรับเรื่อง", "note": words, "org_id": None, "org": None}
        ]
        return theirs

    def turn(self, theirs: str, status: str, note: str = "") -> None:
        """An officer there changes its state."""
        stamp = local(self.clock()).strftime("%Y-%m-%d %H:%M:%S.%f")
        self.issues[theirs] |= {"status": status, "last_activity": stamp}
        self.timelines[theirs].append(
            {"timestamp": stamp, "status": status, "note": note, "org_id": 151, "org": "ทดสอบ"}
        )

    def calls(self, name: str) -> list[dict[str, Any]]:
        """What was asked of this call."""
        return [said for call, said in self.asked if call == name]

    # answering

    def answer(self, method: str, call: str, said: dict[str, Any], bearer: str) -> tuple[int, dict[str, Any] | None]:
        """The answer of the platform; None for one that cannot be read."""
        self.asked.append((call, said))
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "later":
            return 500, self._told("fail", "internal error")
        wrong = self._wrong(method, call, said, bearer)
        if wrong:
            return 200, self._told("fail", wrong)
        if self.balance is not None:
            if self.balance <= 0:
                return 200, self._told("fail", "Running out of API usage quota | โควต้าหมด")
            self.balance -= 1
        results = getattr(self, f"_{call.split('/', maxsplit=1)[0].replace('-', '_')}")(said)
        if isinstance(results, str):
            return 200, self._told("fail", results)
        return (502, None) if fault == "lost" else (200, self._told("success", "", results))

    def _told(self, status: str, message: str, results: Any = ()) -> dict[str, Any]:
        return {
            "status": status,
            "message": message,
            "exec_time": "0.012s",
            "credit_balance": self.balance,
            "quota_limit": self.quota,
            "results": results if results != () else [],
        }

    def _wrong(self, method: str, call: str, said: dict[str, Any], bearer: str) -> str:
        if call not in KNOWN:
            return f"no such call: {call}"
        wanted, needed, allowed = KNOWN[call]
        if method != wanted:
            return f"{call} takes {wanted}"
        if call != "get-auth/v1":
            if bearer != f"Bearer {self.token}":
                return "ERR 1 - Invalid token"
            if self.token_until is not None and self.clock() > self.token_until:
                return "This token has expired | Token นี้หมดอายุแล้ว"
        for name, value in said.items():
            if name not in allowed:
                return f"undocumented field: {name}"
            if not isinstance(value, allowed[name]) or (isinstance(value, bool) and allowed[name] is not FLAG):
                return f"wrong type: {name}"
        missing = sorted(needed - {name for name, value in said.items() if value not in ("", None)})
        return f"{missing[0]} is not specified" if missing else ""

    def _get_auth(self, said: dict[str, Any]) -> Any:
        if (said["user"], said["pass"]) != ("town", "secret"):
            return "Invalid user or pass"
        self.token = f"jwt-{len(self.asked)}"
        self.token_until = self.clock() + timedelta(hours=6)
        return {"token": self.token, "expire_timestamp": local(self.token_until).strftime("%Y-%m-%d %H:%M:%S")}

    def _get_issues(self, said: dict[str, Any]) -> Any:
        assert said.get("duration", "today") in ("today", "3days", "all")
        return list(self.issues.values())[:5000]

    def _get_issue(self, said: dict[str, Any]) -> Any:
        found = self.issues.get(said["ticket_id"])
        if found is None:
            return "ticket_id not found"
        shown = {name: value for name, value in found.items() if name != "status"}  # the description has none here
        return {**shown, "status_type": "inprogress", "orgs": [], "timeline": self.timelines[said["ticket_id"]]}

    def _get_status_list(self, _said: dict[str, Any]) -> Any:
        return [
            {"issue_status_id": n, "org_statuses_id": None, "status": name, "sort_order": n, "is_active": True}
            for n, name in enumerate(STATUSES, 1)
        ]

    def _new_issue(self, said: dict[str, Any]) -> Any:
        theirs = self.report(said["description"], latitude=said["latitude"], longitude=said["longitude"])
        return {"ticket_id": theirs, "password": "x", "client_ticket_id": said.get("client_ticket_id")}

    def _update_issue(self, said: dict[str, Any]) -> Any:
        if said.get("ticket_id") not in self.issues:
            return "ticket_id not found"
        if said.get("state_name") not in STATUSES:
            return "state_name not found"
        self.turn(said["ticket_id"], said["state_name"], said["note"])
        return {}


@contextmanager
def running(clock: Callable[[], datetime]) -> Iterator[Fondue]:
    """The stand-in, on loopback."""
    fondue = Fondue(clock)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            said = json.loads(body) if body else dict(parse_qsl(address.query))
            call = address.path.removeprefix("/exchange-api/")
            status, told = fondue.answer(self.command, call, said, self.headers.get("Authorization", ""))
            answer = b"<html>Bad Gateway</html>" if told is None else json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_POST = do_PATCH = do_GET  # noqa: N815 - the names are the library's

        def log_message(self, *_: Any) -> None:
            """Quietly."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        fondue.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield fondue
        finally:
            server.shutdown()
            thread.join()
