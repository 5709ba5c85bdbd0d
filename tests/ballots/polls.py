"""Invented polls for tests: a manifest of every kind, and a whole poll played through, with its keys."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ballots import export, keys, results
from ballots.board import Entry, append, checkpoint_body, head_of, open_body, result_claim
from ballots.canonical import digest, fingerprint
from ballots.choices import Choice
from ballots.entries import Body, Close, Key, LinkKeyDestroyed, PaperBatch, Result, Tiebreak
from ballots.manifest import (
    BUDGET_KINDS,
    NOT_BINDING,
    RULES,
    Area,
    Counting,
    Eligibility,
    Kind,
    Level,
    Limits,
    LotKind,
    Manifest,
    Option,
    Quorum,
    Rule,
    TiePolicy,
    TieStep,
)
from ballots.opening import open_all
from ballots.results import Counted
from ballots.sealing import ballot_hash, plaintext_size, seal
from ballots.tables import tables
from ballots.tally.count import Pile, pile, withheld

OFFICERS = ("นางสาวจันทร์ ใจดี (ปลัด)", "นายสมมุติ ตั้งใจ (ผอ.กองยุทธศาสตร์)")
AT = "2026-11-30T10:00:00Z"
TITLES = ("ขุดลอกคลองหนองจอก", "ไฟกิ่งโซลาร์ หมู่ 3", "ปรับปรุงลานกีฬา", "ศาลาที่พักริมทาง", "ป้ายบอกทางเข้าหมู่บ้าน", "ฝายน้ำล้นห้วยใส")
LIMITS = {
    Kind.CHOOSE_ONE: Limits(max_choices=1),
    Kind.APPROVAL: Limits(max_choices=3),
    Kind.SCORE: Limits(max_score=5),
    Kind.RANKED: Limits(),
    Kind.BUDGET_APPROVAL: Limits(max_choices=5),
    Kind.BUDGET_POINTS: Limits(points=10),
}


def options(count: int, *, costs: bool) -> tuple[Option, ...]:
    """p1, p2, … with invented titles; costs in satang."""
    return tuple(
        Option(
            f"p{n}", f"{TITLES[(n - 1) % len(TITLES)]} {n}", cost=(50_000 + 30_000 * (n * 7 % 5)) * 100 if costs else 0
        )
        for n in range(1, count + 1)
    )


def manifest(kind: Kind = Kind.BUDGET_APPROVAL, rule: Rule | None = None, count: int = 5, **changes: Any) -> Manifest:
    """A sound manifest; `changes` replace fields, and the size is made to fit."""
    money = kind in BUDGET_KINDS
    rule = rule or RULES[kind][0]
    steps = (TieStep.CHEAPER, TieStep.MORE_VOTES, TieStep.LOT) if money else (TieStep.LOT,)
    made = Manifest(
        poll="nongjok-2569",
        town="เทศบาลตำบลสมมุติ",
        title="เลือกโครงการในแผนพัฒนาท้องถิ่น ปี 2570",
        about="เลือกโครงการที่อยากให้ทำก่อน",
        label=NOT_BINDING,
        decides="สภาเทศบาลตำบลสมมุติ",
        binds="",
        kind=kind,
        options=options(count, costs=money),
        limits=LIMITS[kind],
        counting=Counting(
            rule,
            threshold=3 if rule == Rule.GREEDY_THRESHOLD else 0,
            step=100_000 if rule == Rule.EQUAL_SHARES else 0,
        ),
        budget=300_000_00 if money else 0,
        ties=TiePolicy(steps, LotKind.DRAW),
        quorum=Quorum(),
        opens="2026-11-01T01:00:00Z",
        closes="2026-11-30T09:00:00Z",
        revote=True,
        eligibility=Eligibility(Level.CODE, ("บัญชีครัวเรือนที่ผู้ใหญ่บ้านแจกรหัส",), {"code": 400}, 150, grows=False),
        household_quota=0,
        roll_fingerprint="ab" * 32,
        roll=400,
        seal="",
        link_commit="cd" * 32,
        holders=("นายสมมุติ ตั้งใจ",),
        size=0,
        software="songsiang 0.1.0",
    )
    made = replace(made, seal=keys.public_key(b"\7" * 32), **changes)
    return replace(made, size=plaintext_size(made))


def villages(number: int = 2) -> tuple[Area, ...]:
    """Areas m1, m2, …, each with 200 persons and a budget."""
    return tuple(Area(f"m{n}", f"หมู่ {n} บ้านสมมุติ", 200, 75, 200_000_00) for n in range(1, number + 1))


@dataclass
class Played:
    """A poll that is being played through: its private keys, its board, and the ballots that stand."""

    manifest: Manifest
    entries: list[Entry] = field(default_factory=list)
    standing: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    pending: set[str] = field(default_factory=set)
    replaced: set[str] = field(default_factory=set)
    choices: dict[str, Choice] = field(default_factory=dict)
    auth: bytes = b"\1" * 32
    board: bytes = b"\2" * 32
    private: bytes = b"\7" * 32
    link: bytes = b"\4" * 32
    cast_by: dict[str, str] = field(default_factory=dict)
    drawn: tuple[str, ...] = ()
    persons: int = 400

    def open(self) -> None:
        self.manifest = replace(
            self.manifest, seal=keys.public_key(self.private), link_commit=keys.link_commit(self.link)
        )
        self.say(
            open_body(self.manifest, self.auth, self.board, digest(b"rehearsal"), OFFICERS, "2026-11-01T01:00:00Z")
        )

    def say(self, body: Body) -> Entry:
        self.entries.append(append(self.entries[-1] if self.entries else None, body, self.board))
        return self.entries[-1]

    def cast(self, voter: str, choice: Choice, area: str = "", mark: str = "") -> str:
        """A ballot, replacing an earlier one of this voter. Returns its hash."""
        sealed = seal(self.manifest, choice, mark)
        hashed = ballot_hash(sealed, area)
        old = self.cast_by.pop(voter, None)
        if old:
            del self.standing[old]
            self.replaced.add(old)
            self.pending.discard(old)
        self.cast_by[voter] = hashed
        self.standing[hashed] = (area, sealed)
        self.pending.add(hashed)
        self.choices[voter] = choice
        return hashed

    def checkpoint(self, day: str = "2026-11-10") -> None:
        self.say(checkpoint_body(self.pending, self.replaced, self.standing, day))
        self.pending, self.replaced = set(), set()

    def close(self, paper: int = 0) -> None:
        self.checkpoint("2026-11-30")
        count = len(self.standing)
        root = self.entries[-1].body["root"]
        voters: Counter[str] = Counter(area for area, _ in self.standing.values())
        voters[""] += paper
        why = withheld(self.manifest, voters)
        self.say(Close(count, root, count, paper, self.persons, "ab" * 32, 150, {}, OFFICERS, AT, withheld=why))
        self.say(LinkKeyDestroyed(self.manifest.link_commit, OFFICERS, AT))

    def give_key(self) -> None:
        self.say(Key(self.private.hex(), self.manifest.holders, AT))

    def paper(self, batch: str, ballots: str, count: int, spoiled: int = 0, area: str = "") -> None:
        names = ("นางหนึ่ง สองคน", "นายสาม สี่คน")
        body = PaperBatch(batch, "ศาลาประชาคม", area, count + spoiled, count, spoiled, "ef" * 32, ballots, *names, AT)
        self.say(body)

    def export(self, paper: Mapping[str, tuple[str, Sequence[Choice]]] | None = None) -> dict[str, bytes]:
        """Close, count and publish everything. `paper`: area and choices by station."""
        papers = paper or {}
        self.close(paper=sum(len(choices) for _, choices in papers.values()))
        made, close = self.manifest, self.entries[-2].read()
        assert isinstance(close, Close)
        lines = [export.paper_line(name, area, choices) for name, (area, choices) in papers.items()]
        for line in lines:
            self.paper(line["batch"], fingerprint(line), len(line["ballots"]), area=line["area"])
        if not close.withheld:
            self.give_key()
        pile, spoiled = open_all(made, self.private, self.standing.values())
        counted = Counted(pile, self._pile(papers), spoiled)
        outcome = results.results(made, close, counted, self.lot())
        raw = results.to_bytes(outcome)
        countable = close.withheld in ("", "quiet")
        ballots = export.ballots_file(made, close.withheld, self.standing.values(), pile)
        paper_raw = export.paper_jsonl(lines) if countable else b""
        self.publish(digest(raw), digest(paper_raw), digest(ballots))
        head = head_of(made.poll, self.entries[-1], self.board)
        files = export.running(made, self.entries, head)
        files |= {export.BALLOTS: ballots, export.PAPER: paper_raw, export.RESULTS: raw}
        return files | tables(made, counted, outcome)

    def lot(self) -> Tiebreak | None:
        """A draw by hand, entered when the poll was made with `drawn`."""
        if not self.drawn:
            return None
        body = Tiebreak(LotKind.DRAW, "", self.drawn, "จับสลากต่อหน้าประชาชน", ("นางพยาน เห็นจริง",), AT)
        self.say(body)
        return body

    @staticmethod
    def _pile(papers: Mapping[str, tuple[str, Sequence[Choice]]]) -> Pile:
        return pile((area, choice) for area, choices in papers.values() for choice in choices)

    def publish(self, results: str, paper: str, ballots: str) -> None:
        claim = result_claim(self.manifest.poll, self.entries[-1].hash, results, paper, ballots)
        self.say(Result(results, paper, ballots, keys.sign(self.auth, claim), OFFICERS, AT))


def random_choice(made: Manifest, luck: random.Random, area: str = "") -> Choice:
    """A choice this manifest allows, sometimes blank."""
    names = [option.id for option in made.on_ballot(area)]
    if luck.random() < 0.05:
        return {} if made.kind in (Kind.SCORE, Kind.BUDGET_POINTS) else ()
    most = made.limits.max_choices or len(names)
    chosen = luck.sample(names, luck.randint(1, min(most, len(names))))
    if made.kind == Kind.SCORE:
        return {name: luck.randint(1, made.limits.max_score) for name in sorted(chosen)}
    if made.kind == Kind.BUDGET_POINTS:
        return dict(zip(sorted(chosen[:4]), (4, 3, 2, 1), strict=False))
    if made.kind == Kind.CHOOSE_ONE:
        return tuple(chosen[:1])
    return tuple(chosen) if made.kind == Kind.RANKED else tuple(sorted(chosen))
