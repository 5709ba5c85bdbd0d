"""Puts the public site together: every module with pages, in both languages."""

from __future__ import annotations

from flask import Flask

from web import privacy
from web.public import cards, case_map, cases, home, ideas, machines, open_data, pictures, plan, statistics, town
from web.public.front import ENGLISH
from web.public.pages import pages

#: The modules whose views lie on `pages`; importing them has put them there.
MODULES = (home, cases, pictures, case_map, statistics, plan, ideas, town, machines, cards, open_data)


def install(app: Flask) -> None:
    """Register the pages for Thai, and behind /en for English."""
    for each in (pages, privacy.pages):
        app.register_blueprint(each)
        app.register_blueprint(each, name=each.name + ENGLISH, url_prefix="/en")
