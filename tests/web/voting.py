"""Polls for the tests of pages: invented, opened by two officers, with keys that the test itself holds."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from werkzeug.test import TestResponse

from ballots import keys as ballot_keys
from ballots import outer, sealing
from ballots.manifest import Counting, Kind, Level, Limits, LotKind, Rule, TiePolicy, TieStep
from models import ballot_links, casting, poll_closing, poll_count, poll_drafts, poll_life, voters
from models.audit import Actor
from models.ballot_box import BallotEnvelope
from models.eligibility import join
from models.key_room import KeyRoom
from models.people import Person
from models.poll_drafts import Rules
from models.polls import Poll
from tests.web.office import Browser, Office

BAHT = 100
#: Title, price in baht. Invented.
PROJECTS = (
    ("ไฟโซลาร์ถนนเลียบคลอง", 350_000),
    ("ปรับปรุงศาลาอเนกประสงค์", 420_000),
    ("รางระบายน้ำซอย 2", 469_000),
    ("ลานกีฬาหน้าโรงเรียน", 180_000),
)
_LOT = TiePolicy((TieStep.LOT,), LotKind.DRAW)
_CHEAP = TiePolicy((TieStep.CHEAPER, TieStep.MORE_VOTES, TieStep.LOT), LotKind.DRAW)
#: One set of rules for every kind of ballot.
KINDS: dict[Kind, Rules] = {
    Kind.CHOOSE_ONE: Rules(kind=Kind.CHOOSE_ONE, counting=Counting(Rule.PLURALITY), ties=_LOT),
    Kind.APPROVAL: Rules(kind=Kind.APPROVAL, counting=Counting(Rule.APPROVAL), limits=Limits(max_choices=2), ties=_LOT),
    Kind.SCORE: Rules(kind=Kind.SCORE, counting=Counting(Rule.SCORE), limits=Limits(max_score=5), ties=_LOT),
    Kind.RANKED: Rules(kind=Kind.RANKED, counting=Counting(Rule.SCHULZE), limits=Limits(max_choices=3), ties=_LOT),
    Kind.BUDGET_APPROVAL: Rules(
        kind=Kind.BUDGET_APPROVAL,
        counting=Counting(Rule.GREEDY),
        limits=Limits(within_budget=True),
        budget=800_000 * BAHT,
        ties=_CHEAP,
    ),
    Kind.BUDGET_POINTS: Rules(
        kind=Kind.BUDGET_POINTS,
        counting=Counting(Rule.EQUAL_SHARES, step=BAHT),
        limits=Limits(points=10),
        budget=800_000 * BAHT,
        ties=_CHEAP,
    ),
}


@dataclass
class Booth:
    """An office with a poll: `seal` is the holders' private key, `auth` the office's own signing key."""

    office: Office
    poll_id: int = 0
    code: str = ""
    seal: bytes = field(default_factory=ballot_keys.new_seal)
    auth: bytes = field(default_factory=ballot_keys.new_signing)

    @property
    def keys(self) -> KeyRoom:
        """The office's key room."""
        room: KeyRoom = self.office.app.extensions["songsiang"]["console"].keys
        return room

    def actor(self, role: str) -> Actor:
        """A member of staff, as the audit names them."""
        row = self.office.staff(role)
        return Actor(row.id, row.name, row.role, "test")

    def person(self, moo: int = 3) -> int:
        """Another resident; the id."""
        with self.office.database.begin() as session:
            person = Person(line_id=f"U{uuid4().hex}", name="ผู้ทดลอง", moo=moo, created_at=self.office.now)
            session.add(person)
            session.flush()
            return person.id

    def link(self, person_id: int) -> str:
        """A fresh link for this resident, as the chat makes it: the path of the page."""
        with self.office.database.begin() as session:
            poll, person = session.get_one(Poll, self.poll_id), session.get_one(Person, person_id)
            row = join(session, self.keys, poll, person, self.office.now)
            assert row.voter_id is not None
            token = ballot_links.make(session, poll.id, row.voter_id, person.id, self.office.now)
        return ballot_links.address("", token)

    def consent(self, person_id: int) -> None:
        """This resident has agreed before."""
        with self.office.database.begin() as session:
            poll, person = session.get_one(Poll, self.poll_id), session.get_one(Person, person_id)
            row = join(session, self.keys, poll, person, self.office.now)
            assert row.voter_id is not None
            voters.consent(session, row.voter_id, voters.CONSENT, self.office.now)

    def cast(self, chosen: Any, moo: int = 3, mark: str = "") -> casting.Receipt:
        """A resident's ballot without any page."""
        person_id = self.person(moo)
        with self.office.database.begin() as session:
            poll, person = session.get_one(Poll, self.poll_id), session.get_one(Person, person_id)
            row = join(session, self.keys, poll, person, self.office.now)
            manifest = poll_drafts.manifest_of(poll)
            sealed = casting.seal_choice(manifest, chosen, casting.ballot_area(manifest, row), mark)
            assert row.voter_id is not None
            return casting.cast(session, self.keys, poll.id, row.voter_id, sealed, self.office.now)

    def envelopes(self) -> list[tuple[Any, str]]:
        """The choices and marks that lie in the box, opened with the holders' key. In no order."""
        with self.office.database.read() as session:
            poll = session.get_one(Poll, self.poll_id)
            manifest, link = poll_drafts.manifest_of(poll), self.keys.link(poll.code)
            found = []
            for row in session.query(BallotEnvelope).filter_by(poll_id=poll.id):
                inside = outer.unwrap(link, poll.code, poll.round, row.sealed)
                assert inside.sealed is not None
                opened = sealing.open_sealed(manifest, self.seal, inside.sealed, inside.area)
                found.append((opened.choice, opened.mark))
        return found


def draft(office: Office, rules: Rules, title: str = "เลือกโครงการพัฒนาหมู่ 3 ปี 2570") -> Booth:
    """A draft with options and times, rehearsed; ready to be frozen."""
    booth, now = Booth(office), office.now
    officer = booth.actor("poll_officer")
    given = replace(rules, decides="สภาเทศบาลตำบลทุ่งสมมุติ", binds="ใช้ประกอบการพิจารณา", holders=("ปลัดเทศบาล",))
    with office.database.begin() as session:
        poll = poll_drafts.create(session, officer, title, now, given)
        booth.poll_id, booth.code = poll.id, poll.code
        times = {"opens_at": now - timedelta(minutes=5), "closes_at": now + timedelta(days=7)}
        said: dict[str, Any] = {"about": "งบพัฒนาหมู่บ้านประจำปี", **times}
        poll_drafts.edit(session, officer, poll.id, now, **said)
        budget = rules.kind in (Kind.BUDGET_APPROVAL, Kind.BUDGET_POINTS)
        options = [poll_drafts.typed(name, "10 จุด", cost * BAHT if budget else None) for name, cost in PROJECTS]
        poll_drafts.put_options(session, officer, poll.id, options, now)
        poll_life.use_seal(session, officer, poll.id, ballot_keys.public_key(booth.seal), now)
        envelope = poll_life.begin_rehearsal(session, officer, poll.id, now)
        poll_life.rehearse(session, officer, poll.id, ballot_keys.answer(envelope, booth.seal), now)
    return booth


def opened(office: Office, rules: Rules, **given: Any) -> Booth:
    """A poll that takes ballots."""
    booth = draft(office, rules, **given)
    with office.database.begin() as session:
        first, second = booth.actor("poll_officer"), booth.actor("admin")
        poll_life.freeze(session, first, booth.keys, booth.poll_id, office.now)
        poll_life.propose_opening(session, first, booth.poll_id, office.now)
        poll_life.open_poll(session, second, booth.keys, booth.poll_id, booth.auth, office.now)
    return booth


def declared(kind: Kind) -> Rules:
    """The rules of a kind, for residents who say which village is theirs."""
    return replace(KINDS[kind], minimum=Level.DECLARED, grows=True)


class Resident:
    """A resident with a browser, coming by a link from the chat."""

    def __init__(self, booth: Booth, person_id: int | None = None, *, agreed: bool = True) -> None:
        self.booth, self.browser = booth, Browser(booth.office)
        self.person_id = person_id or booth.person()
        if agreed:
            booth.consent(self.person_id)

    def come(self) -> TestResponse:
        """Open the link and press its button; the page that follows."""
        path = self.booth.link(self.person_id)
        page = self.browser.get(path)
        assert page.status_code == 200, page.text
        entered = self.post("/vote/enter", page, token=path.rpartition("/")[2])
        return self.browser.get(entered.location) if entered.status_code == 303 else entered

    def post(self, path: str, page: TestResponse, **fields: Any) -> TestResponse:
        """Send a form of this page."""
        found = re.search(r'name="csrf_token" value="([0-9a-f]{64})"', page.text)
        assert found is not None
        return self.browser.post(path, csrf_token=found.group(1), **fields)

    def vote(self, **fields: Any) -> TestResponse:
        """Vote as somebody without scripts: fill in, review, confirm; the receipt."""
        page = self.come()
        review = self.post("/vote/review", page, **fields)
        assert review.status_code == 200, review.text
        hidden = re.findall(r'<input type="hidden" name="((?!csrf)[^"]+)" value="([^"]*)">', review.text)
        sent: dict[str, Any] = {}
        for name, value in hidden:
            sent.setdefault(name, []).append(value)
        return self.post("/vote/cast", review, **sent)


def finish(booth: Booth, *, count: bool = True) -> None:
    """Let the poll's time be over: shut, unlink, and (`count`) hand in the key."""
    office = booth.office
    office.later(days=8)
    while poll_closing.step(office.database, booth.keys, office.now):
        pass
    if count:
        with office.database.begin() as session:
            poll_count.hand_in(session, booth.actor("poll_officer"), booth.keys, booth.poll_id, booth.seal, office.now)


def publish(booth: Booth) -> None:
    """Sign and publish the result."""
    with booth.office.database.begin() as session:
        officer = booth.actor("poll_officer")
        poll_count.publish(session, officer, booth.keys, booth.poll_id, booth.auth, booth.office.now)
