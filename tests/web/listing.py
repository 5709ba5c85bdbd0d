"""Cases for tests of lists: filed so that they can be searched, and read back from a page."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from werkzeug.test import TestResponse

from models.tickets import Ticket
from nlp.search import search_text
from tests.web.office import START, Office

LIST = "/console/cases/"


def filed(office: Office, words: str, **given: Any) -> str:
    """File a case that can be searched for; its number."""
    key = office.case(words, **given)
    with office.database.begin() as session:
        ticket = session.get_one(Ticket, key)
        number = f"{ticket.number}/{ticket.fiscal_year % 100}"
        ticket.search = search_text(ticket.text, ticket.kind_of.name, ticket.place, number)
    return number


def ago(days: float, **more: Any) -> dict[str, Any]:
    """A case that came in so many days ago, to be answered within 15 days and done within 30."""
    came = START - timedelta(days=days)
    return {"received_at": came, "answer_by": came + timedelta(days=15), "due_at": came + timedelta(days=30)} | more


def key_of(office: Office, number: str) -> int:
    """The id of the case with this number."""
    with office.database.read() as session:
        return session.query(Ticket).filter_by(number=int(number.partition("/")[0])).one().id


def listed(page: TestResponse) -> list[str]:
    """The numbers in a list, in order; those found by their number first."""
    assert page.status_code == 200
    return re.findall(r'class="number"><a class="open" href="[^"]+">(\d+/\d+)<', page.text)


def link(page: TestResponse, rel: str) -> str:
    """The address of the next or the previous page; "" where there is none."""
    found = re.search(rf'href="([^"]+)" rel="{rel}"', page.text)
    return found[1].replace("&amp;", "&") if found else ""
