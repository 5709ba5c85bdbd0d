"""A town whose public site can be looked at: cases that are public and cases that must not be, told by their words."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

from models.approving import publish
from models.files import File
from models.plan import Plan, Project
from models.proposals import Proposal
from models.staff import Staff
from models.tickets import Ticket
from tests.web.office import NAMES, START, Office

#: Stands in every text that nobody outside the office may ever read.
SECRET = "ความลับสุดยอด"
_TOKENS = itertools.count(1)

#: Addresses of the site that need no argument; each also behind /en.
PATHS = (
    *("/", "/cases", "/2570/cases", "/cases?state=done", "/cases/map", "/cases/map.json", "/statistics"),
    *("/2570/statistics", "/projects", "/2570/projects", "/proposals", "/2570/proposals", "/2570/polls"),
    *("/announcements", "/2570/announcements", "/2570/", "/line", "/privacy", "/accessibility", "/status?number=1/70"),
    *("/cases/feed.atom", "/cases/feed.rss", "/announcements/feed.atom", "/sitemap.xml", "/robots.txt", "/widget"),
    *("/widget/how", "/open-data", "/open-data/cases", "/open-data/projects", "/open-data/proposals"),
    *("/open-data/polls", "/open-data/cases/metadata.json", "/open-data/catalog.jsonld", "/card.png"),
    "/open-data/cases/dictionary.csv",
)


def public(office: Office, title: str = "ไฟถนนดับหน้าโรงเรียน", **given: Any) -> tuple[int, str]:
    """A case that staff have made public; its id and its public name. What the reporter wrote is a SECRET."""
    more = {"lat": 14.020849, "lon": 100.525049, "moo": 5} | given
    words = {name: more.pop(name, "") for name in ("words", "outcome", "place")}
    key = office.case(f"{SECRET} {title}", **more)
    with office.database.begin() as session:
        ticket, staff = session.get_one(Ticket, key), session.query(Staff).filter_by(name=NAMES["clerk"]).one()
        values = {"title": title, "moo": ticket.moo, **words}
        row = publish(session, ticket, values, staff, office.now, point=True)
        return key, row.code


def photo(office: Office, ticket_id: int, *, shown: bool) -> str:
    """A stored picture of a case, a public copy or the original; its token."""
    token = f"{next(_TOKENS):032x}"
    with office.database.begin() as session:
        row = File(token=token, message_id=token, chat_key="U", ticket_id=ticket_id, kind="image", created_at=START)
        row.state, row.sha256, row.mime = "stored", "0" * 64, "image/jpeg"
        session.add(row)
        session.flush()
        if shown:
            copy = File(token=token[::-1], message_id=f"c{token}", chat_key="U", ticket_id=ticket_id, kind="image")
            copy.created_at, copy.state, copy.sha256, copy.mime = START, "stored", "0" * 64, "image/jpeg"
            copy.copy_of_id, copy.approved = row.id, True
            session.add(copy)
            return copy.token
    return token


def project(office: Office, name: str = "โครงการถนนคอนกรีต", *, published: bool = True, **given: Any) -> int:
    """A project with money in fiscal year 2570; its id."""
    with office.database.begin() as session:
        plan = Plan(name="แผนพัฒนาท้องถิ่น", first_year=2570, last_year=2572, created_at=START)
        plan.published_at = START if published else None
        row = Project(plan=plan, name=name, created_at=START, updated_at=START, **given)
        session.add(row)
        row.put_money({2570: 500_000_00})
        session.flush()
        return row.id


def proposal(office: Office, title: str = "ลานกีฬากลางหมู่บ้าน", number: int = 1, **given: Any) -> int:
    """A proposal; its id. Open, unless told otherwise."""
    values: dict[str, Any] = {"state": "open", "opened_at": START} | given
    with office.database.begin() as session:
        row = Proposal(fiscal_year=2570, number=number, title=title, why="เด็กไม่มีที่เล่น", moo=3, **values)
        row.received_at, row.review_by = START, START + timedelta(days=3)
        session.add(row)
        session.flush()
        return row.id
