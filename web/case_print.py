"""A case on paper: the sheet for the file (A4), with the code by which whoever told of it follows it."""

from __future__ import annotations

from web import access
from web.case_view import values
from web.cases import pages
from web.desk import Desk, Page, needs
from web.status import followed

__all__ = ["pages"]


@pages.get("/<int:number>/print")
@needs(access.may_see_cases)
def paper(desk: Desk, number: int) -> Page:
    """The sheet for the file: what was told, what was done, photos, and lines to sign."""
    ticket = access.ticket(desk.session, desk.viewer, number)
    desk.looked("ticket.printed", f"ticket:{ticket.id}")
    return desk.page("case/print.html", **values(desk, ticket, **followed(ticket)))
