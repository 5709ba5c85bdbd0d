"""The web console (/console/): where staff work all day. This file puts it together, and tells how to add a page.

**A page** is a view in `web/<feature>.py`, on a module-level blueprint that is listed in `PAGES` below:

    pages = Blueprint("cases", __name__, url_prefix="/console/cases")

    @pages.get("/<int:number>")
    @needs(access.may_see_cases)                                # every route declares its right, or a test fails
    def show(desk: Desk, number: int) -> Page:
        ticket = access.ticket(desk.session, desk.viewer, number)    # rows only through web/access.py, or 404
        desk.looked("ticket.seen", f"ticket:{ticket.id}")            # a look at personal data; works in a GET
        return desk.page("cases/show.html", ticket=ticket)

    @pages.post("/<int:number>/note")
    @needs(access.may_work_cases)
    def note(desk: Desk, number: int) -> Page:
        ticket = access.working_ticket(desk.session, desk.viewer, number)   # locked; 403 where one may only look
        form = Note(request.form, w=desk.w)                                 # web/forms.py (WTForms)
        if not form.validate():
            return desk.refuse("cases/show.html", ticket=ticket, form=form) # 422: rolled back, values kept
        ticket.add("note", desk.now, staff=desk.viewer.staff(desk.session), words=form.words.data, public=False)
        desk.record("ticket.noted", f"ticket:{ticket.id}", None, {"words": form.words.data})    # the audit
        desk.tell("cases.noted")                                            # said on the next page
        return desk.go("cases.show", number=ticket.id)                      # 303

GET has a read-only snapshot, everything else one write transaction that is committed when the view returns below 400
and rings for the worker (web/desk.py). Never read the clock: `desk.now`. Never import `handlers`.

**Templates** lie in web/templates/<feature>/, begin with `{% extends "base.html" %}`, fill `title` and `main`, and may
use `{% from "parts/macros.html" import field, faults, submit, icon, badge, pager with context %}`. Forms carry
`{{ csrf() }}`; htmx sends the token by itself (`desk.htmx` tells a partial request). Undefined names are errors. No
`style=`, no `on…=`, no inline script: the CSP refuses them. Filters: `day`, `brief_day`, `clock`, `ago`, `number` (of
a case), `count` (1,234). Ask for rights with `access.may_…(viewer)`.
Scripts are ES modules in web/static/, loaded in `{% block scripts %}` with
`<script type="module" src="{{ asset('own/x.js') }}"></script>`; Leaflet and Chart.js by
`asset('leaflet/dist/leaflet.js')`, which is None where npm was not run: pages must work without. Colours, spacing and
the parts (`.card`, `.table`, `.badge`, `.button`, `.stack`, `.cluster`, `.grid`) are in web/static/console.css; a
feature's own styles in web/static/<feature>.css by `{% block styles %}`.

**Words** in web/texts/th/<feature>.toml and en/<feature>.toml, in a table named like the feature: `w("cases.noted")`.
Names of audit actions under `[action]`, quoted: `"ticket.noted" = …`. All that the chat says (`state.*`, `pause.*`,
`kind.*`) is there too. A test holds the two languages against each other.

**Navigation**: web/nav.py lists the entries with their rights; an entry shows when its endpoint exists.
**Shortcut keys**: put `data-key="n"` and `data-key-label="{{ … }}"` on a link, button or field; “?” lists them.

**Tests**: tests/web/conftest.py gives `office`, an app over a fresh database with its clock and invented staff of every
role: `clerk = office.sign_in("clerk")`, `page = clerk.get("/console/cases/")`, `clerk.post(path, words="…")` (adds the
token), `page.text`. Every new route is tried as every role by tests/web/test_access.py without any doing of yours; name
path arguments there that are not whole numbers. tests/web/browsing.py has a browser signed in, and `axe(page)`.
"""

from __future__ import annotations

from flask import Blueprint, Flask, g
from jinja2 import StrictUndefined
from markupsafe import Markup, escape
from werkzeug.middleware.proxy_fix import ProxyFix

from messages import cases as written
from messages import money
from web import (
    access,
    account,
    announce,
    assets,
    audit_pages,
    ballot,
    board,
    bulk,
    case,
    case_media,
    case_moves,
    case_print,
    case_proposal,
    cases_list,
    circles,
    connections,
    errors,
    everyones_sessions,
    export,
    filters,
    guard,
    helpers,
    home,
    intake,
    line_login,
    machines,
    meeting_items,
    meeting_paper,
    meetings,
    merge,
    my_work,
    nav,
    overview,
    people,
    plan,
    plan_edit,
    plan_export,
    plan_hints,
    plan_import,
    plan_photos,
    plan_project,
    plans,
    polls,
    polls_count,
    polls_edit,
    polls_keys,
    polls_open,
    polls_public,
    polls_roll,
    problems,
    proposal,
    proposal_files,
    proposal_new,
    proposals_board,
    proposals_list,
    publish,
    second,
    settings,
    settings_calendar,
    settings_categories,
    settings_departments,
    settings_import,
    settings_letters,
    settings_places,
    settings_proposals,
    settings_public,
    settings_routing,
    settings_town,
    settings_words,
    signin,
    status,
    templates_text,
    traffy_pages,
    wizard,
    wizard_line,
    wizard_people,
)
from web import map as case_map
from web.agents import device
from web.context import Console
from web.public import site as public_site

#: Every page of the console and what belongs to it. New features add their blueprint here.
PAGES: tuple[Blueprint, ...] = (
    home.pages,
    signin.pages,
    second.pages,
    line_login.pages,
    account.pages,
    everyones_sessions.pages,
    audit_pages.pages,
    publish.pages,
    announce.pages,
    problems.pages,
    overview.pages,
    people.pages,
    helpers.pages,
    *(wizard.pages, wizard_people.pages, wizard_line.pages),
    *(settings.pages, settings_town.pages, settings_departments.pages, settings_categories.pages),
    *(settings_routing.pages, settings_places.pages, settings_import.pages, settings_calendar.pages),
    *(settings_letters.pages, settings_words.pages, settings_proposals.pages),
    settings_public.pages,
    *(proposals_list.pages, proposals_board.pages, proposal.pages, proposal_new.pages, proposal_files.pages),
    *(meetings.pages, meeting_items.pages, meeting_paper.pages, circles.pages),
    intake.pages,
    status.pages,
    templates_text.pages,
    *(connections.pages, traffy_pages.pages),
    *(case.pages, case_moves.pages, case_media.pages, case_print.pages, merge.pages),
    case_proposal.pages,
    *(ballot.pages, polls_public.pages),
    *(polls.pages, polls_edit.pages, polls_keys.pages, polls_open.pages, polls_roll.pages, polls_count.pages),
    *(plan.pages, plan_project.pages, plan_edit.pages, plan_import.pages, plan_export.pages, plans.pages),
    *(plan_hints.pages, plan_photos.pages),
    *(cases_list.pages, my_work.pages, board.pages, case_map.pages, filters.pages, bulk.pages, export.pages),
)

#: The largest request: a few photos from a good camera.
LARGEST = 40 * 1024 * 1024


def register(app: Flask, console: Console) -> None:
    """Put the console into the application. `app.extensions["songsiang"]` must exist."""
    app.extensions["songsiang"]["console"] = console
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST,
        SESSION_COOKIE_SECURE=console.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_NAME="songsiang_told",
    )
    if console.proxies:
        n = console.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    guard.install(app, console.key, console.public_url, console.tiles)
    errors.install(app)
    _teach(app, console)
    app.register_blueprint(Blueprint("layout", __name__, template_folder="templates"))
    app.register_blueprint(assets.blueprint(console.assets))
    machines.install(app)
    for pages in dict.fromkeys(PAGES):  # modules about cases share one (web/cases.py)
        app.register_blueprint(pages)
    public_site.install(app)


def _teach(app: Flask, console: Console) -> None:
    """What every template may use."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    def csrf() -> Markup:
        token = escape(guard.csrf_token(console.key))
        return Markup('<input type="hidden" name="{}" value="{}">').format(guard.FIELD, token)

    @app.context_processor
    def values() -> dict[str, object]:
        desk = g.get("desk")
        if desk is None:
            return {}
        return {
            "desk": desk,
            "w": desk.w,
            "viewer": desk.viewer,
            "now": desk.now,
            "navigation": nav.entries(desk.viewer),
        }

    app.jinja_env.globals.update(
        access=access,
        csrf=csrf,
        csrf_token=lambda: guard.csrf_token(console.key),
        asset=console.assets.address,
        tiles=console.tiles,
    )
    app.jinja_env.filters.update(
        day=lambda moment: written.day(g.desk.w, moment),
        brief_day=lambda moment: written.brief_day(g.desk.w, moment),
        clock=lambda moment: written.time_of_day(g.desk.w, moment),
        ago=lambda moment: written.ago(g.desk.w, moment, g.desk.now),
        number=written.number,
        baht=money.baht,
        count=lambda value: f"{value:,}",
        device=device,
    )
