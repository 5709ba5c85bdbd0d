"""Messages and their budget: what becomes of each kind of letter without a free reply, and what it may cost."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from werkzeug.exceptions import NotFound
from wtforms import IntegerField, RadioField
from wtforms.validators import NumberRange

from models.letters import KINDS, LetterKind
from models.post import policy_of
from models.quota import read_budget
from web import access, changing
from web.desk import Desk, Page, needs
from web.forms import Form, options, required
from web.settings import Row, form_page, listing, pages

__all__ = ["pages"]

WAYS = ("push", "wait", "drop")


class Policy(Form):
    """The policy of one kind of letter."""

    without_reply = RadioField(
        "settings.way", choices=options((way, f"settings.way_{way}") for way in WAYS), description="settings.way_help"
    )
    share = IntegerField("settings.share", [required(), NumberRange(0, 100)], description="settings.share_help")


class Budget(Form):
    """The budget of the month."""

    economy = RadioField(
        "setting.quota_economy", choices=options((way, f"settings.economy_{way}") for way in ("auto", "on", "off"))
    )
    percent = IntegerField("setting.quota_economy_percent", [required(), NumberRange(10, 100)])
    reserve = IntegerField(
        "setting.quota_reserve_percent", [required(), NumberRange(0, 90)], description="settings.reserve_help"
    )


def called(desk: Desk, kind: LetterKind) -> str:
    """What staff call this kind of letter."""
    return kind.label if desk.w.language == "th" else desk.w(f"letter.{kind.code}")


@pages.get("/letters")
@needs(access.may_see_settings)
def letters(desk: Desk) -> Page:
    """All kinds, and what they have cost this month."""
    w, budget = desk.w, read_budget(desk.session, desk.now)
    own, rows = desk.settings["letters.policies"], []
    for kind in KINDS.values():
        policy = policy_of(desk.session, kind.code)
        way = w(f"changes.way_{policy.without_reply}")
        share = w("settings.percent", count=policy.share) if policy.without_reply == "push" else ""
        notes = [w("settings.urgent_kind")] if kind.urgent else []
        notes += [w("settings.own_choice")] if kind.code in own else []
        cells = (called(desk, kind), w(f"settings.to_{kind.audience}"), way, share, budget.spent.get(kind.code, 0))
        rows.append(Row((*cells, " · ".join(notes)), url_for("settings.letter", code=kind.code)))
    heads = ["settings.letter", "settings.whom", "settings.way", "settings.share", "settings.spent", "settings.notes"]
    actions = [("settings.budget", url_for("settings.budget"), "edit")]
    return listing(desk, "messages", heads, rows, actions=actions, kinds=["setting"])


def _kind(code: str) -> LetterKind:
    if code not in KINDS:
        raise NotFound
    return KINDS[code]


def _page(desk: Desk, form: Form, title: str, extra: str = "") -> str:
    return form_page(desk, "messages", title, form, url_for("settings.letters"), extra=extra)


@pages.get("/letters/<code>")
@needs(access.may_manage_settings)
def letter(desk: Desk, code: str) -> Page:
    """One kind, to be changed."""
    kind, policy = _kind(code), policy_of(desk.session, code)
    form = Policy(w=desk.w, data={"without_reply": policy.without_reply, "share": policy.share})
    return _page(desk, form, called(desk, kind), _usual(desk, kind))


def _usual(desk: Desk, kind: LetterKind) -> str:
    return desk.w("settings.usual_policy", way=desk.w(f"changes.way_{kind.without_reply}"), share=kind.share)


@pages.post("/letters/<code>")
@needs(access.may_manage_settings)
def change_letter(desk: Desk, code: str) -> Page:
    """Show, then do."""
    kind, form = _kind(code), Policy(request.form, w=desk.w)
    if changing.again() or not form.validate():
        return _page(desk, form, called(desk, kind), _usual(desk, kind)), 200 if changing.again() else 422
    chosen: dict[str, Any] = {"without_reply": form.without_reply.data, "share": form.share.data}
    usual = {"without_reply": kind.without_reply, "share": kind.share}
    others = {name: own for name, own in desk.settings["letters.policies"].items() if name != code}
    # A choice that is the usual one is no choice: later versions may have a better usual one.
    policies = others | ({code: chosen} if chosen != usual else {})
    spent = read_budget(desk.session, desk.now).spent.get(code, 0)
    notes = [desk.w("settings.cost_now", count=spent), desk.w(f"settings.means_{form.without_reply.data}")]
    wanted = [changing.setting("letters.policies", policies)]
    return changing.decide(desk, wanted, back=url_for("settings.letters"), notes=notes)


@pages.get("/budget")
@needs(access.may_manage_settings)
def budget(desk: Desk) -> Page:
    """The budget, to be changed."""
    names = {"economy": "quota.economy", "percent": "quota.economy_percent", "reserve": "quota.reserve_percent"}
    form = Budget(w=desk.w, data={field: desk.settings[name] for field, name in names.items()})
    return _page(desk, form, desk.w("settings.budget"))


@pages.post("/budget")
@needs(access.may_manage_settings)
def change_budget(desk: Desk) -> Page:
    """Show, then do."""
    form = Budget(request.form, w=desk.w)
    if changing.again() or not form.validate():
        return _page(desk, form, desk.w("settings.budget")), 200 if changing.again() else 422
    given = {
        "quota.economy": form.economy.data,
        "quota.economy_percent": form.percent.data,
        "quota.reserve_percent": form.reserve.data,
    }
    wanted = [changing.setting(name, value) for name, value in given.items() if desk.settings[name] != value]
    return changing.decide(desk, wanted, back=url_for("settings.letters"))
