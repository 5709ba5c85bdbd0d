"""Share cards: the picture that LINE and Facebook show beside a link (og:image, 1200 × 630), drawn by us."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw
from werkzeug.exceptions import NotFound

from messages.money import baht
from models.plan import Project
from models.proposals import Proposal, supports
from models.publishing import public_case, public_projects, public_proposals
from web.lettering import Lettering
from web.public.front import Front, Shown, shows
from web.public.home import figures
from web.public.pages import pages

SIZE = (1200, 630)
_BRAND, _DARK, _GOLD, _PAPER, _PALE = "#0f4c5c", "#0a3742", "#ffc857", "#ffffff", "#d9eef2"


@pages.get("/card.png")
@shows("cases", "town")
def card(front: Front) -> Shown:
    """Of the site: the town and its figures."""
    told = figures(front)
    said = front.w("public.card_figures", all=f"{told['all']:,}", done=f"{told['done']:,}")
    return drawn(front, front.w("public.card_title"), said)


@pages.get("/cases/<code>/card.png")
@shows("cases", "town")
def case_card(front: Front, code: str) -> Shown:
    """Of a case."""
    found = public_case(front.session, code)
    if found is None:
        raise NotFound
    return drawn(front, found.title, front.w(f"public.state_{found.state}"))


@pages.get("/projects/<int(max=2147483647):number>/card.png")
@shows("projects", "town")
def project_card(front: Front, number: int) -> Shown:
    """Of a project."""
    found = front.session.scalar(public_projects().where(Project.id == number))
    if found is None:
        raise NotFound
    money = sum(found.money().values())
    said = front.w(f"public.step_{found.step}")
    return drawn(front, found.shown_name, f"{said} · {baht(money)}" if money else said)


@pages.get("/<int(fixed_digits=4):year>/proposals/<int(max=2147483647):number>/card.png")
@shows("proposals", "town")
def proposal_card(front: Front, year: int, number: int) -> Shown:
    """Of a proposal."""
    found = front.session.scalar(public_proposals().where(Proposal.fiscal_year == year, Proposal.number == number))
    if found is None:
        raise NotFound
    behind = front.w("public.supporters", count=supports(front.session, found))
    return drawn(front, found.title, f"{front.w(f'public.proposal_{found.state}')} · {behind}")


def drawn(front: Front, title: str, said: str) -> tuple[bytes, str]:
    """The card: the town above, the title large, what is said of it below."""
    image = Image.new("RGB", SIZE, _BRAND)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, SIZE[0], 116), fill=_DARK)
    draw.rectangle((0, 116, SIZE[0], 124), fill=_GOLD)
    _voice(draw, 64, 58)
    bold, plain = Lettering.of(front.console.assets, 700), Lettering.of(front.console.assets, 400)
    if bold is not None and plain is not None:
        bold.write(draw, (132, 76), str(front.settings["town.name"]), 46, _PAPER)
        lines = bold.lines(title, 72, SIZE[0] - 128, 3)
        for number, line in enumerate(lines):
            bold.write(draw, (64, 250 + number * 104), line, 72, _PAPER)
        plain.write(draw, (64, 578), plain.lines(said, 44, SIZE[0] - 128, 1)[0] if said else "", 44, _PALE)
    out = io.BytesIO()
    image.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue(), "image/png"


def _voice(draw: ImageDraw.ImageDraw, x: int, y: int) -> None:
    """The sign of the house: a loudspeaker and its waves."""
    draw.polygon(
        [(x, y - 12), (x + 14, y - 12), (x + 32, y - 28), (x + 32, y + 28), (x + 14, y + 12), (x, y + 12)], fill=_GOLD
    )
    draw.arc((x + 22, y - 18, x + 50, y + 18), -60, 60, fill=_GOLD, width=5)
    draw.arc((x + 14, y - 30, x + 62, y + 30), -55, 55, fill=_GOLD, width=5)
