"""The interfaces for other systems: which there are, and what they share. Pages for people are in web/console.py."""

from __future__ import annotations

from flask import Flask

from web import api_problem, api_public, api_write, open311, open311_post, outward, traffy_bell

#: How each interface writes its refusals.
REFUSALS = {
    "open311": open311.write_refusal,
    "api": api_problem.write_refusal,
    "traffy": api_problem.write_refusal,
}
PAGES = (open311_post.pages, api_public.pages, api_write.pages, traffy_bell.pages)


def install(app: Flask) -> None:
    """Put them into the application."""
    outward.install(app, REFUSALS)
    for pages in dict.fromkeys(PAGES):  # modules of one interface share its blueprint
        app.register_blueprint(pages)
