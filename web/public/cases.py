"""Cases for everybody: the list with its filters, one case, and how a case stands by its number."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from werkzeug.exceptions import NotFound

from messages import cases as written
from messages.thai import parse_case_number
from models.publications import Publication
from models.publishing import GROUPS, TICKET_SHOWN, Standing, joined, public_case, public_cases, public_photos, standing
from models.tickets import Ticket
from models.town import Category, Village
from web.public.front import Front, Shown, elsewhere, shows
from web.public.pages import pages
from web.public.wished import ASKS, STATES, count, narrowed, page_after, wished

#: Cases on a page: few enough for a slow line with pictures.
PAGE = 12

#: Numbers that one address may ask about in a minute: enough for a family, too few to walk through all of them.
NUMBERS = 20

#: How a public state looks: the kinds of badges.
LOOKS = {"new": "new", "going": "going", "waiting": "waiting", "done": "done", "refused": "quiet"}


@pages.get("/cases")
@shows("cases", "town", asks=(*ASKS, "after", "year"))
def all_cases(front: Front) -> Shown:
    """Of every year. The form's choice of a year leads to that year's own address."""
    year = front.args.get("year", "")
    if year.isdecimal() and len(year) == 4:
        rest = {name: value for name, value in front.args.items() if name not in ("year", "after")}
        return elsewhere(front.link("cases", year=int(year), **rest))
    return _list(front, None)


@pages.get("/<int(fixed_digits=4):year>/cases")
@shows("cases", "town", asks=(*ASKS, "after", "year"))
def cases(front: Front, year: int) -> Shown:
    """Of one fiscal year: an address that stays."""
    other = front.args.get("year")
    if other is not None and other != str(year):
        rest = {name: value for name, value in front.args.items() if name not in ("year", "after")}
        if other.isdecimal() and len(other) == 4:
            return elsewhere(front.link("cases", year=int(other), **rest))
        return elsewhere(front.link("all_cases", **rest))
    return _list(front, year)


def _list(front: Front, year: int | None) -> str:
    asked = wished(front.args, year)
    session, after = front.session, front.args.get("after", "")
    rows = public_cases(session, page_after(session, narrowed(session, asked), after, PAGE))
    more, rows = rows[PAGE:], rows[:PAGE]
    given = {name: value for name, value in front.args.items() if name not in ("after", "year")}
    endpoint, where = ("cases", {"year": year}) if year else ("all_cases", {})
    return front.page(
        "public/cases.html",
        asked=asked,
        given=given,
        rows=rows,
        photos=public_photos(session, [row.code for row in rows]),
        found=count(session, asked),
        first=not after,
        older=front.link(endpoint, **where, **given, after=rows[-1].code) if more else "",
        newest=front.link(endpoint, **where, **given) if after else "",
        action=front.link(endpoint, **where),
        map=front.link("case_map", **given, **({"year": year} if year else {})),
        **choices(front),
    )


def choices(front: Front) -> dict[str, Any]:
    """What the filters offer: years and categories with public cases, villages, states."""
    session = front.session
    shown = (
        select(Publication.id).where(Publication.ticket_id == Ticket.id, Publication.shown).correlate(Ticket).exists()
    )
    used = select(Ticket.id).where(Ticket.category == Category.code, *TICKET_SHOWN, shown).correlate(Category).exists()
    names = select(Category.code, Category.name).where(used).order_by(Category.position)
    return {
        "years": years(front),
        "categories": [(code, written.named(front.w, name)) for code, name in session.execute(names)],
        "villages": session.scalars(select(Village).order_by(Village.moo)).all(),
        "states": STATES,
        "looks": LOOKS,
    }


def years(front: Front) -> list[int]:
    """Fiscal years with public cases, this one too; the latest first."""
    first = front.session.scalar(select(func.min(Publication.fiscal_year)).where(Publication.shown))
    some = range(first if first is not None else front.year, front.year)
    has_one = (joined(Publication.id).where(Publication.fiscal_year == year).limit(1) for year in some)
    found = (year for year, wanted in zip(some, has_one, strict=True) if front.session.scalar(wanted) is not None)
    return sorted({*found, front.year}, reverse=True)


@pages.get("/cases/<code>")
@shows("cases", "town")
def case(front: Front, code: str) -> Shown:
    """One case, under its public name."""
    found = public_case(front.session, code)
    if found is None:
        raise NotFound
    photos = public_photos(front.session, [code]).get(code, [])
    steps = [step for step in GROUPS if step in ("new", "going", "done")]
    return front.page("public/case.html", case=found, photos=photos, looks=LOOKS, steps=steps)


@pages.get("/status")
@shows("cases", "town", asks=("number",), cached="no-store", per_minute=NUMBERS)
def status(front: Front) -> Shown:
    """How a case stands, by its number: state and department for a public one. For every other number, one there is not
    or one that is nobody's business, the same words: look in LINE."""
    typed = front.args.get("number", "")
    meant = parse_case_number(typed) if typed else None
    found: Standing | None = standing(front.session, *meant) if meant is not None else None
    return front.page("public/status.html", typed=typed, readable=meant is not None, found=found, looks=LOOKS)
