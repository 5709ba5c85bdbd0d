"""The bridge to Traffy Fondue: our moves of cases that both know go there, theirs come here, nothing goes in a circle.

Off unless the town has turned it on and the house has an account. Jobs are stored before they are tried
(models/traffy.py), like letters: a crash in between loses nothing. A new case whose sending is in doubt is looked for
by our name in its words before it is sent again. When the month's calls run short, looking stops first, telling last.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.config import Settings
from bot.crew import Crew
from bot.outside import Outside
from bot.traffy_api import Exchange, Trouble
from bot.traffy_rules import lost_link, may_look, month_of, next_month, note_done, span_since, their_type, want_update
from messages.cases import for_group
from messages.thai import local
from messages.words import Words
from models import publishing, watching
from models.database import Database
from models.publications import Publication
from models.tickets import Entry, Ticket
from models.town import setting
from models.traffy import LEASE, OURS, TraffyJob, TraffyLink, TraffyMeter, link_for, link_of, meter, put
from web.traffy_filing import bring, is_news, types
from web.traffy_reading import Issue, is_name, read_issue

log = logging.getLogger(__name__)

#: The reader of history that tells Traffy.
MARK = "traffy"
#: States whose reason is worth a call: the office wrote a note there.
WORTH_READING = ("เสร็จสิ้น", "ไม่เกี่ยวข้อง")
#: Their states are asked for so often.
LISTS_EVERY = timedelta(days=7)
#: Seconds between two rounds. Their answers may take long: fifteen seconds for a list of all was seen.
ROUND_EVERY, PATIENCE = 20.0, 60.0
#: Lines of history and jobs in one round.
BATCH = 50
#: Rows of a file in one transaction.
FILED_AT_ONCE = 20


class Traffy:
    """The bridge of one database. `work()` is one round: listen to our history, carry jobs, look for news."""

    def __init__(self, settings: Settings, database: Database, outside: Outside, clock: Callable[[], datetime]) -> None:
        self._database, self._clock = database, clock
        self._public_url = settings.public_url
        self._has_account = bool(settings.traffy_user)
        account = (settings.traffy_user, settings.traffy_password)
        self._exchange = Exchange(outside, settings.traffy_url, *account, clock, self._count)
        self._seen: set[int] = set()
        self._crew = Crew("traffy", 1, lambda _most: [], lambda: None, ((ROUND_EVERY, self.work),))

    def start(self) -> None:
        """Begin, in threads of this process."""
        self._crew.start()

    def stop(self) -> None:
        """Finish what is under way, and return."""
        self._crew.stop()

    def work(self) -> int:
        """One round; returns how many jobs were carried and cases read. Where it is off, only files are brought in."""
        filed = self._file_due()
        with self._database.read() as session:
            on = self._has_account and bool(setting(session, "traffy.on"))
            begun = session.get(watching.Mark, MARK) is not None
        if not on:
            if begun:
                self._rest()
            return filed
        self._listen()
        return filed + self._carry_due() + self._look()

    def _rest(self) -> None:
        with self._database.begin() as session:
            watching.leap(session, MARK)
        self._seen.clear()

    # our history

    def _listen(self) -> None:
        """Lines of history of cases that both know become jobs."""
        now = self._clock()
        with self._database.begin() as session:
            mark = watching.begin(session, MARK, Entry)
            fresh = select(Entry.id).where(Entry.id > mark.settled).order_by(Entry.id)
            ids = [each for each in session.scalars(fresh) if each not in self._seen][:BATCH]
            rows = session.scalars(select(Entry).where(Entry.id.in_(ids)).order_by(Entry.id)) if ids else ()
            for entry in rows:
                if entry.tell_after is not None and entry.tell_after > now:
                    continue
                self._seen.add(entry.id)
                want_update(session, entry, now)
            watching.settle(session, mark, Entry, now)
            self._seen = {each for each in self._seen if each > mark.settled}

    # files that somebody brought

    def _file_due(self) -> int:
        """File the rows of files, some in each transaction, so that nobody waits for a long one."""
        filed = 0
        while some := self._file_some():
            filed += some
        return filed

    def _file_some(self) -> int:
        now = self._clock()
        waiting = select(TraffyJob).where(TraffyJob.kind == "file", TraffyJob.state == "waiting").order_by(TraffyJob.id)
        with self._database.read() as session:
            if session.scalar(waiting.limit(1)) is None:
                return 0
        with self._database.begin() as session:
            rows = session.scalars(waiting.limit(FILED_AT_ONCE).with_for_update(skip_locked=True)).all()
            for row in rows:
                bring(session, read_issue(row.body), now, quietly=True)
                row.done(now)
            return len(rows)

    # jobs

    def _carry_due(self) -> int:
        carried = 0
        while (job := self._claim()) is not None:
            self._carry(*job)
            carried += 1
            if carried >= BATCH:
                break
        return carried

    def _claim(self) -> tuple[int, str, dict[str, Any], bool] | None:
        """The next job: its id, kind, what is said, and whether it may have been done already."""
        now = self._clock()
        with self._database.begin() as session:
            idle = (TraffyJob.lease_until.is_(None)) | (TraffyJob.lease_until <= now)
            ready = (TraffyJob.state == "waiting", TraffyJob.kind != "file", TraffyJob.next_try_at <= now, idle)
            due = select(TraffyJob).where(*ready)
            row = session.scalar(due.order_by(TraffyJob.id).limit(1).with_for_update(skip_locked=True))
            if row is None:
                return None
            doubtful, row.lease_until = row.doubtful, now + LEASE
            row.attempts += 1
            if row.kind == "new":
                row.doubtful = True  # until their answer is noted: a crash in between leaves the doubt
            said = {"ref": row.ref} if row.kind == "read" else self._written(session, row)
            return row.id, row.kind, said, doubtful

    def _written(self, session: Session, job: TraffyJob) -> dict[str, Any]:
        """The body of the call, from the case as it is now; empty where there is nothing to say (any more)."""
        ticket = session.get(Ticket, job.ticket_id) if job.ticket_id is not None else None
        link = link_for(session, job.ticket_id) if job.ticket_id is not None else None
        if ticket is None or link is None or ticket.sensitive:
            return {}
        if job.kind == "new":
            return self._new_body(session, ticket, link)
        if link.theirs is None:
            return {}
        words = for_group(str(job.body.get("words", ""))).strip()
        state = str(job.body.get("state", ticket.state))
        body: dict[str, Any] = {
            "ticket_id": link.theirs,
            "state_name": self._state_name(session, state),
            "note": words or Words("th")(f"state.{state}"),
        }
        after = self._pictures(session, ticket, "after") if state == "done" else []
        return body | ({"photo": after} if after else {})

    def _new_body(self, session: Session, ticket: Ticket, link: TraffyLink) -> dict[str, Any]:
        """What they are told of a case of ours: words with numbers covered, never who told it."""
        if ticket.lat is None or ticket.lon is None:  # both are required there
            return {}
        body: dict[str, Any] = {
            "description": f"{for_group(ticket.text)[:3_900]} ({link.client})",
            "latitude": ticket.lat,
            "longitude": ticket.lon,
            "client_ticket_id": link.client,
            "client_timestamp": local(ticket.received_at).strftime("%Y-%m-%dT%H:%M:%S"),
        }
        name = their_type(types(session), ticket.category)
        org, pictures = str(setting(session, "traffy.org")), self._pictures(session, ticket, "before")
        body |= {"category_name_th": name} if name else {}
        body |= {"address": for_group(ticket.place)} if ticket.place else {}
        body |= {"org_id": org} if org else {}
        return body | ({"photo": pictures} if pictures else {})

    def _pictures(self, session: Session, ticket: Ticket, purpose: str) -> list[str]:
        """Pictures that everybody may see already."""
        code = session.scalar(publishing.joined(Publication.code).where(Ticket.id == ticket.id))
        found = publishing.public_photos(session, [code]).get(code, []) if code else []
        return [f"{self._public_url}/cases/{code}/{one.token}.webp" for one in found if one.purpose == purpose]

    def _state_name(self, session: Session, state: str) -> str:
        names = OURS[state]
        used = meter(session).statuses
        return next((name for name in names if not used or name in used), names[-1])

    def _carry(self, job_id: int, kind: str, said: dict[str, Any], doubtful: bool) -> None:
        """Make the call outside of any transaction, and note what became of it."""
        try:
            found = self._call(kind, said, doubtful) if said else None
        except Trouble as trouble:
            self._note_trouble(job_id, trouble)
            return
        now = self._clock()
        with self._database.begin() as session:
            row = session.get_one(TraffyJob, job_id, with_for_update=True)
            if not said:
                row.give_up("nothing to tell: no position, confidential, or not linked", now)
                return
            note_done(session, row, said, found, now)
            row.done(now)

    def _call(self, kind: str, said: dict[str, Any], doubtful: bool) -> Any:
        if kind == "read":
            return self._exchange.issue(said["ref"])
        if kind == "update":
            return self._exchange.update_issue(said)
        known = self._find(str(said["client_ticket_id"])) if doubtful else None
        return known or self._exchange.new_issue(said)

    def _find(self, client: str) -> str | None:
        """Their name for a case of ours that may have reached them: our name stands in its words."""
        for row in self._exchange.issues("3days"):
            if f"({client})" in str(row.get("description") or "") and is_name(str(row.get("ticket_id") or "")):
                return str(row["ticket_id"])
        return None

    def _note_trouble(self, job_id: int, trouble: Trouble) -> None:
        now = self._clock()
        with self._database.begin() as session:
            row = session.get_one(TraffyJob, job_id, with_for_update=True)
            row.doubtful = row.kind == "new" and (trouble.doubtful or (row.doubtful and trouble.kind != "refused"))
            match trouble.kind:
                case "refused":
                    row.give_up(str(trouble), now)
                case "quota":
                    row.later(str(trouble), now, next_month(now) - now)
                case "account":
                    row.later(str(trouble), now, timedelta(hours=1))
                case _:
                    row.later(str(trouble), now)
            meter(session, lock=True).trouble = f"{trouble.kind}: {trouble}"[:200]
        log.warning("Traffy Fondue: %s", trouble.kind)

    # their news

    def _look(self) -> int:
        """Read what is new there, as often as the town wants and the month's calls allow."""
        now = self._clock()
        with self._database.read() as session:
            row = session.get(TraffyMeter, 1)
            wait = timedelta(minutes=max(5, int(setting(session, "traffy.minutes"))))
            org = str(setting(session, "traffy.org"))
        looked = row.looked_at if row is not None else None
        if (looked is not None and now - looked < wait) or not may_look(row, now):
            return 0
        try:
            self._learn_states(row, now)
            found = [read_issue(one) for one in self._exchange.issues(span_since(looked, now), org)]
        except Trouble as trouble:
            self._looked(now, f"{trouble.kind}: {trouble}")
            return 0
        for issue in found:
            self._take(issue, now)
        self._looked(now, "")
        return len(found)

    def _learn_states(self, row: TraffyMeter | None, now: datetime) -> None:
        if row is not None and row.lists_at is not None and now - row.lists_at < LISTS_EVERY:
            return
        names = self._exchange.statuses()
        with self._database.begin() as session:
            known = meter(session, lock=True)
            known.statuses, known.lists_at = names, now

    def _take(self, issue: Issue, now: datetime) -> None:
        """One case of theirs; a transaction of its own, so that one bad row costs nobody anything."""
        if issue.fault:
            return
        with self._database.begin() as session:
            link = link_of(session, issue.theirs) or lost_link(session, issue)
            if link is not None and is_news(link, issue) and issue.status in WORTH_READING:
                put(session, "read", issue.theirs, now, ticket_id=link.ticket_id)
            else:
                bring(session, issue, now, quietly=False)

    def _looked(self, now: datetime, trouble: str) -> None:
        with self._database.begin() as session:
            row = meter(session, lock=True)
            row.looked_at, row.trouble = now, trouble[:200]

    def _count(self, balance: int | None, quota: int | None) -> None:
        now = self._clock()
        with self._database.begin() as session:
            row = meter(session, lock=True)
            row.count(month_of(now), balance, now)
            row.quota = quota if quota is not None else row.quota
