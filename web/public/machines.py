"""For machines: robots.txt, the sitemap, feeds; and the widget that other sites may put into a frame."""

from __future__ import annotations

from flask import url_for

from models import announcements
from models.plan import Project
from models.proposals import Proposal
from models.publications import Publication
from models.publishing import joined, public_cases, public_projects, public_proposals
from models.tickets import Ticket
from web.open311_shape import fit_for_xml
from web.public.cases import LOOKS, years
from web.public.front import Front, Shown, elsewhere, plain, shows
from web.public.home import figures
from web.public.pages import pages
from web.public.wished import narrowed, page_after, wished

#: Entries of a feed, and addresses of one kind in the sitemap (which may hold 50,000 in all).
ENTRIES, ADDRESSES = 30, 10_000
_XML, _ATOM, _RSS = (
    "application/xml; charset=utf-8",
    "application/atom+xml; charset=utf-8",
    "application/rss+xml; charset=utf-8",
)


@pages.get("/robots.txt")
@shows("town")
def robots(front: Front) -> Shown:
    """Everybody may read the public pages; the office's own doors are none of a robot's business."""
    away = ("/console/", "/s/", "/f/", "/vote/", "/status", "/cases/map.json")
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in away),
        f"Sitemap: {front.console.public_url}/sitemap.xml",
    ]
    return plain("\n".join(lines) + "\n", "text/plain; charset=utf-8")


@pages.get("/favicon.ico")
@shows()
def favicon(front: Front) -> Shown:
    """Where old browsers look for the sign of the house."""
    return elsewhere(str(front.console.assets.address("own/icon.svg")))


@pages.get("/sitemap.xml")
@shows("cases", "projects", "proposals", "polls", "news", "town")
def sitemap(front: Front) -> Shown:
    """Every address that stays."""
    session, base = front.session, front.console.public_url
    fixed = ("home", "all_cases", "case_map", "all_statistics", "all_projects", "all_proposals", "all_announcements")
    paths = [url_for(f"public.{name}") for name in (*fixed, "line", "open_data", "accessibility")]
    paths += [url_for("privacy.notice"), "/polls/"]
    for year in years(front):
        yearly = ("year", "cases", "statistics", "projects", "proposals", "polls", "year_announcements")
        paths += [url_for(f"public.{name}", year=year) for name in yearly]
    codes = session.scalars(joined(Publication.code).order_by(Publication.received_at.desc()).limit(ADDRESSES))
    paths += [url_for("public.case", code=code) for code in codes]
    ids = session.scalars(public_projects().with_only_columns(Project.id).order_by(Project.id).limit(ADDRESSES))
    paths += [url_for("public.project", number=number) for number in ids]
    numbered = public_proposals().with_only_columns(Proposal.fiscal_year, Proposal.number).order_by(Proposal.id)
    paths += [url_for("public.proposal", year=y, number=n) for y, n in session.execute(numbered.limit(ADDRESSES))]
    said = announcements.shown(session, front.today)
    paths += [url_for("public.announcement", year=row.fiscal_year, number=row.id) for row in said]
    return fit_for_xml(front.page("public/sitemap.xml", base=base, paths=paths)).encode(), _XML


@pages.get("/cases/feed.atom")
@shows("cases", "town", asks=("moo", "category"))
def cases_atom(front: Front) -> Shown:
    """Public cases as Atom: all, of a village, or of a category."""
    return _feed(front, "public/feed.atom", _ATOM)


@pages.get("/cases/feed.rss")
@shows("cases", "town", asks=("moo", "category"))
def cases_rss(front: Front) -> Shown:
    """The same as RSS 2.0."""
    return _feed(front, "public/feed.rss", _RSS)


def _feed(front: Front, template: str, kind: str) -> Shown:
    asked = wished(front.args, None)
    rows = public_cases(front.session, page_after(front.session, narrowed(front.session, asked), "", ENTRIES))
    entries = [
        {
            "address": front.whole("case", code=row.code),
            "title": f"{row.title} ({front.w(f'public.state_{row.state}')})",
            "words": " ".join(filter(None, (row.words, row.outcome))),
            "day": row.closed or row.received,
            "born": row.received,
        }
        for row in rows[:ENTRIES]
    ]
    name = front.w("public.feed_cases", org=front.settings["town.name"])
    values = {"name": name, "entries": entries, "home": front.whole("all_cases"), "self_address": _self(front)}
    return fit_for_xml(front.page(template, **values)).encode(), kind


@pages.get("/announcements/feed.atom")
@shows("news", "town")
def news_atom(front: Front) -> Shown:
    """Announcements as Atom."""
    entries = [
        {
            "address": front.whole("announcement", year=row.fiscal_year, number=row.id),
            "title": front.named(row.title, row.title_en),
            "words": front.named(row.body, row.body_en),
            "day": row.day,
            "born": row.day,
        }
        for row in announcements.shown(front.session, front.today, limit=ENTRIES)
    ]
    name = front.w("public.feed_news", org=front.settings["town.name"])
    home, here = front.whole("all_announcements"), _self(front)
    return fit_for_xml(
        front.page("public/feed.atom", name=name, entries=entries, home=home, self_address=here)
    ).encode(), _ATOM


def _self(front: Front) -> str:
    return front.console.public_url + front.other(front.w.language)


@pages.get("/widget")
@shows("cases", "town", framed=True)
def widget(front: Front) -> Shown:
    """A small page for a frame on the town's own site: the figures and what was mended last."""
    mended = narrowed(front.session, wished({"state": "done"}, None)).order_by(Ticket.closed_at.desc()).limit(3)
    rows = public_cases(front.session, mended)
    return front.page("public/widget.html", figures=figures(front), rows=rows, looks=LOOKS)


@pages.get("/widget/how")
@shows("town")
def widget_how(front: Front) -> Shown:
    """What to copy into another site, and how it will look."""
    return front.page("public/widget_how.html", address=front.whole("widget"))
