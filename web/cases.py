"""The blueprint of all pages about cases: the lists, the board, the map, work on many, and the page of one case.

They live in modules of their own and share it, so that every address lies under /console/cases/ and every endpoint is
called `cases.…`:

    from web.cases import pages

    @pages.get("/<int:number>")
    @needs(access.may_see_cases)
    def show(desk: Desk, number: int) -> Page: ...

Each such module stands in `web.console.PAGES` by its `pages`.
"""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("cases", __name__, url_prefix="/console/cases")
