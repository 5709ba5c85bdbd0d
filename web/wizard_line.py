"""The fifth of the first steps: what must be set at LINE, a list that tests itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from messages import cases
from models import checks, findings
from models.findings import CHECKUP, Finding
from web import access
from web.desk import Desk, Page, needs
from web.wizard_steps import last_event, pages, step_page

__all__ = ["pages"]

#: What LINE must be ready for, in the order in which one sets it up; names of findings.
LINE = ("settings", "line", "webhook", "greeting", "clock", "quota", "richmenu")
#: Where LINE is to send what people write (bot/asgi.py).
WEBHOOK = "/line/webhook"


@dataclass(frozen=True)
class Check:
    """A line of the list: its name, how it stands (ok, warn, bad, or wait: not looked at yet), what was found."""

    name: str
    level: str
    words: str


def _checks(desk: Desk) -> list[Check]:
    worker = checks.look_at_worker(desk.session, desk.now)
    rows = {row.name: row for row in reversed(findings.kept(desk.session, CHECKUP)) if row.name in LINE}
    unseen = desk.w("wizard.not_looked")
    found = [_check(desk, "worker", worker)]
    found += [_check(desk, n, rows[n].finding) if n in rows else Check(n, "wait", unseen) for n in LINE]
    heard = last_event(desk)
    words = desk.w("wizard.heard", ago=cases.ago(desk.w, heard, desk.now)) if heard else desk.w("wizard.not_heard")
    return [*found, Check("heard", "ok" if heard else "wait", words)]


def _check(desk: Desk, name: str, found: Finding) -> Check:
    return Check(name, found.level, found.english if desk.w.language == "en" else found.thai)


def _line_values(desk: Desk) -> dict[str, Any]:
    kept, asked = findings.kept(desk.session, CHECKUP), findings.checkup_asked(desk.session)
    waiting = asked is not None and (not kept or asked > kept[0].at)
    return {"checks": _checks(desk), "waiting": waiting, "looked_at": kept[0].at if kept else None}


@pages.get("/line")
@needs(access.may_manage_settings)
def line(desk: Desk) -> Page:
    """What must be set at LINE, tested as far as we can."""
    if desk.htmx:
        return desk.page("wizard/checks.html", **_line_values(desk))
    return step_page(desk, "line", address=desk.console.public_url + WEBHOOK, **_line_values(desk))


@pages.post("/line")
@needs(access.may_manage_settings)
def look_again(desk: Desk) -> Page:
    """Ask the worker to test it all now."""
    findings.ask_for_checkup(desk.session, desk.now)
    desk.record("checkup.asked", "checkup")
    return desk.go("wizard.line")
