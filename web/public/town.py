"""What the town says: announcements, how to use the LINE account, the privacy notice, accessibility, and all items of a
fiscal year on one page, for those who assess it (ITA, LPA)."""

from __future__ import annotations

from urllib.parse import quote

import segno
from markupsafe import Markup, escape
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from models import announcements, notices
from models.announcements import Announcement
from web.public.cases import years
from web.public.front import Front, Shown, shows
from web.public.pages import pages


@pages.get("/announcements")
@shows("news", "town")
def all_announcements(front: Front) -> Shown:
    """The latest of all years."""
    return _list(front, None)


@pages.get("/<int(fixed_digits=4):year>/announcements")
@shows("news", "town")
def year_announcements(front: Front, year: int) -> Shown:
    """Of one fiscal year: an address that stays."""
    return _list(front, year)


def _list(front: Front, year: int | None) -> str:
    rows = announcements.shown(front.session, front.today, year=year)
    seen = front.session.scalars(select(Announcement.fiscal_year).where(Announcement.shown).distinct())
    known = sorted({*seen, front.year}, reverse=True)
    return front.page("public/announcements.html", year=year, years=known, rows=rows)


@pages.get("/<int(fixed_digits=4):year>/announcements/<int(max=2147483647):number>")
@shows("news", "town")
def announcement(front: Front, year: int, number: int) -> Shown:
    """One announcement."""
    found = front.session.get(Announcement, number)
    if found is None or found.fiscal_year != year or not found.public(front.today):
        raise NotFound
    words = front.named(found.body, found.body_en)
    return front.page("public/announcement.html", row=found, paragraphs=paragraphs(words))


def paragraphs(words: str) -> list[Markup]:
    """Plain text as paragraphs, with line breaks kept and web addresses made links."""
    found = []
    for part in words.replace("\r\n", "\n").split("\n\n"):
        lines = [Markup(" ").join(_linked(word) for word in line.split(" ")) for line in part.strip().split("\n")]
        if any(lines):
            found.append(Markup("<br>").join(lines))
    return found


def _linked(word: str) -> Markup:
    if not word.startswith(("https://", "http://")):
        return escape(word)
    return Markup('<a href="{0}" rel="noopener nofollow">{0}</a>').format(word)


@pages.get("/<int(fixed_digits=4):year>/")
@shows("cases", "town")
def year(front: Front, year: int) -> Shown:
    """Every item of this fiscal year with its address: for assessors, who want one for each."""
    return front.page("public/year.html", year=year, years=years(front))


@pages.get("/line")
@shows("town")
def line(front: Front) -> Shown:
    """How to use the LINE account: the code to scan, and what to say."""
    address = add_friend(str(front.settings["public.line_id"]))
    return front.page("public/line.html", address=address, qr=qr(address) if address else "")


def add_friend(line_id: str) -> str:
    """The address that adds this LINE account as a friend; "" where the town has not told its name."""
    return f"https://line.me/R/ti/p/{quote(line_id, safe='')}" if line_id else ""


def qr(address: str) -> Markup:
    """The address as a QR code, drawn here."""
    made = segno.make(address, error="m")
    code = made.svg_inline(scale=6, border=3, dark="#0a3742", light="#fff", omitsize=True, title="QR")
    return Markup(code)  # noqa: S704 - drawn by us, nothing in it comes from anybody


@pages.get("/accessibility")
@shows("town")
def accessibility(front: Front) -> Shown:
    """What we did so that everybody can read and use this, what is still missing, and whom to tell."""
    return front.page("public/accessibility.html")


@pages.get("/privacy/<int(max=2147483647):edition>")
@shows("town")
def old_notice(front: Front, edition: int) -> Shown:
    """An earlier version of the privacy notice."""
    known = notices.versions(front.session, front.w.language)
    found = next((row for row in known if row.edition == edition), None)
    if found is None:
        raise NotFound
    title, *lines = found.words.splitlines()
    return front.page(
        "public/privacy.html",
        title=title,
        items=_items(lines),
        version=found.version,
        contact="",
        old=found,
        known=known,
    )


def notice_page(front: Front, words: str) -> str:
    """The notice that holds now (web/privacy.py)."""
    title, *lines = words.splitlines()
    return front.page(
        "public/privacy.html",
        title=title,
        items=_items(lines),
        version=front.settings["privacy.version"],
        contact=str(front.settings["privacy.dpo"]),
        old=None,
        known=notices.versions(front.session, front.w.language),
    )


def _items(lines: list[str]) -> list[str]:
    return [line.split(") ", 1)[-1] for line in lines if line.strip()]
