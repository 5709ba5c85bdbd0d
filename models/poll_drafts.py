"""Drafts: writing a poll's rules and options before they are frozen, and the manifest that they make.

`Rules` is all that an office may set; a poll's row keeps it as plain data in `draft`. Options are typed, or taken from
projects of the plan and from proposals that were chosen for a poll.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy.orm import Session

from ballots import keys, sealing
from ballots.manifest import (
    MIN_BATCH,
    NOT_BINDING,
    NOT_BINDING_EN,
    PUBLISH_FROM,
    SMALL_CELL,
    Area,
    Counting,
    Eligibility,
    Kind,
    Level,
    Limits,
    LotKind,
    Manifest,
    Mode,
    Option,
    Quorum,
    Rule,
    TiePolicy,
    TieStep,
    from_bytes,
)
from ballots.records import pack, unpack
from models import audit
from models.plan import Project
from models.polls import NotAllowed, Poll, PollOption, locked, new_code
from models.proposals import Proposal
from models.town import setting

#: What made the rules; stands in the manifest, so that a recount years later knows which software it was.
SOFTWARE = "songsiang 0.1"


@dataclass(frozen=True)
class Place:
    """An area of the ballot: one village, or several small ones together (`moos`), with its own budget in satang where
    every area is counted by itself."""

    id: str
    title: str
    moos: tuple[int, ...]
    budget: int = 0


@dataclass(frozen=True)
class Rules:
    """All that an office may set about a poll.

    `moos`: the villages that may vote (none: the whole town). `minimum`: the lowest level accepted; from `declared`
    upwards a village must be known. `grows`: whether people may still come onto the roll while the poll is open.
    `min_age` in years, as people say it themselves. `checkpoint_hours`: how often new ballots go onto the board, at
    least `min_batch` at once. `chat`: simple polls may be answered with buttons in chat too, which LINE can see.
    """

    kind: Kind = Kind.CHOOSE_ONE
    limits: Limits = field(default_factory=Limits)
    counting: Counting = field(default_factory=lambda: Counting(Rule.PLURALITY))
    budget: int = 0
    ties: TiePolicy = field(default_factory=lambda: TiePolicy((TieStep.LOT,), LotKind.DRAW))
    quorum: Quorum = field(default_factory=Quorum)
    label: str = NOT_BINDING
    decides: str = ""
    binds: str = ""
    revote: bool = True
    minimum: Level = Level.DECLARED
    sources: tuple[str, ...] = ()
    grows: bool = True
    moos: tuple[int, ...] = ()
    min_age: int = 0
    household_quota: int = 0
    areas: tuple[Place, ...] = ()
    per_area: bool = False
    mode: Mode = Mode.OPEN
    holders: tuple[str, ...] = ()
    checkpoint_hours: int = 24
    min_batch: int = MIN_BATCH
    publish_from: int = PUBLISH_FROM
    small_cell: int = SMALL_CELL
    chat: bool = True
    title_en: str = ""
    about_en: str = ""
    label_en: str = NOT_BINDING_EN
    decides_en: str = ""
    binds_en: str = ""

    def area_of(self, moo: int | None) -> str:
        """The area a voter of this village belongs to: the manifest's, else the village itself; "" where unknown."""
        if moo is None:
            return ""
        if not self.areas:
            return str(moo)
        return next((place.id for place in self.areas if moo in place.moos), "")


def rules_of(poll: Poll) -> Rules:
    """The poll's rules as they are set now. Raises ballots.records.BadRecord for a row that was tampered with."""
    return unpack(Rules, pack(Rules()) | poll.draft)


def manifest_of(poll: Poll) -> Manifest:
    """The frozen rules. Raises NotAllowed for a draft that is not frozen."""
    if poll.manifest is None:
        raise NotAllowed("not_frozen")
    return _parsed(poll.manifest)


@lru_cache(maxsize=32)
def _parsed(raw: bytes) -> Manifest:
    return from_bytes(raw)


# -- writing -----------------------------------------------------------------------------------------------------------


def create(session: Session, actor: audit.Actor | Any, title: str, now: datetime, rules: Rules | None = None) -> Poll:
    """A new draft."""
    poll = Poll(code=new_code(), title=title, draft=pack(rules or Rules()), created_at=now, created_by=actor.staff_id)
    session.add(poll)
    session.flush()
    audit.record(session, actor, "poll.created", f"poll:{poll.id}", None, {"title": title}, now)
    return poll


def edit(
    session: Session,
    actor: audit.Actor | Any,
    poll_id: int,
    now: datetime,
    *,
    rules: Rules | None = None,
    **fields: Any,
) -> Poll:
    """Change a draft's rules, or its `title`, `about`, `opens_at`, `closes_at`. Raises NotAllowed once it is frozen."""
    if unknown := fields.keys() - {"title", "about", "opens_at", "closes_at"}:
        raise KeyError(f"a draft has no {', '.join(sorted(unknown))}")
    poll = _unfrozen(session, poll_id)
    before = {name: getattr(poll, name) for name in fields} | ({"rules": poll.draft} if rules else {})
    for name, value in fields.items():
        setattr(poll, name, value)
    if rules is not None:
        poll.draft = pack(rules)
    session.flush()
    after = fields | ({"rules": poll.draft} if rules else {})
    audit.record(session, actor, "poll.changed", f"poll:{poll.id}", before, after, now)
    return poll


def put_options(
    session: Session, actor: audit.Actor | Any, poll_id: int, options: Sequence[PollOption], now: datetime
) -> Poll:
    """Let these be the poll's options, in this order; each gets its code. Raises NotAllowed once it is frozen."""
    poll = _unfrozen(session, poll_id)
    before = [option.title for option in poll.options]
    poll.options.clear()
    session.flush()
    for position, option in enumerate(options, 1):
        option.position, option.code = position, f"o{position}"
        poll.options.append(option)
    session.flush()
    after = [{"title": o.title, "cost": o.cost, "source": o.source, "id": o.source_id} for o in options]
    audit.record(session, actor, "poll.options", f"poll:{poll.id}", {"options": before}, {"options": after}, now)
    return poll


def discard(session: Session, actor: audit.Actor | Any, poll_id: int, reason: str, now: datetime) -> Poll:
    """A draft that comes to nothing: cancelled, with the reason. Its keys may be forgotten afterwards."""
    poll = locked(session, poll_id)
    if poll.state != "draft":
        raise NotAllowed("state")
    if not reason.strip():
        raise NotAllowed("reason")
    poll.reason = reason.strip()
    poll.move("cancelled")
    session.flush()
    audit.record(session, actor, "poll.discarded", f"poll:{poll.id}", None, {"reason": poll.reason}, now)
    return poll


def _unfrozen(session: Session, poll_id: int) -> Poll:
    poll = locked(session, poll_id)
    if poll.state != "draft":
        raise NotAllowed("state")
    if poll.frozen:
        raise NotAllowed("frozen")
    return poll


# -- options from elsewhere --------------------------------------------------------------------------------------------


def from_project(project: Project, rules: Rules, year: int | None = None) -> PollOption:
    """An option from a project of the plan: its money of that year, or of all years together."""
    money = project.money()
    cost = money.get(year) if year is not None else sum(money.values())
    return PollOption(
        title=project.shown_name[:200],
        detail=project.objective or "",
        cost=cost or None,
        areas=_areas(rules, project.moos),
        source="project",
        source_id=project.id,
    )


def from_proposal(proposal: Proposal, rules: Rules) -> PollOption:
    """An option from a proposal: the office's rough cost, the proposer's reasons."""
    return PollOption(
        title=proposal.title[:200],
        detail=proposal.why,
        cost=proposal.cost_satang or None,
        areas=_areas(rules, (proposal.moo,) if proposal.moo is not None else ()),
        source="proposal",
        source_id=proposal.id,
    )


def typed(title: str, detail: str = "", cost: int | None = None, *, areas: Sequence[str] = ()) -> PollOption:
    """An option that somebody typed."""
    return PollOption(title=title[:200], detail=detail, cost=cost, areas=list(areas), source="typed")


def _areas(rules: Rules, moos: Sequence[int]) -> list[str]:
    """On whose ballots it stands: everybody's, unless every area votes on its own."""
    return sorted({rules.area_of(moo) for moo in moos} - {""}) if rules.per_area else []


# -- the manifest ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RollCounts:
    """The roll as it stands when the rules are frozen: persons by level, by area, households, and its fingerprint."""

    persons: int
    by_level: dict[str, int]
    by_area: dict[str, int]
    households: dict[str, int]
    all_households: int
    fingerprint: str


def manifest_for(session: Session, poll: Poll, counts: RollCounts, link_key: bytes) -> Manifest:
    """The manifest of a draft; `ballots.requirements.problems` judges it."""
    rules = rules_of(poll)
    made = Manifest(
        poll=poll.code,
        town=str(setting(session, "town.name")),
        title=poll.title,
        about=poll.about,
        label=rules.label,
        decides=rules.decides,
        binds=rules.binds,
        kind=rules.kind,
        options=tuple(_option(option) for option in poll.options),
        limits=rules.limits,
        counting=rules.counting,
        budget=rules.budget,
        ties=rules.ties,
        quorum=rules.quorum,
        opens=stamp(poll.opens_at),
        closes=stamp(poll.closes_at),
        revote=rules.revote,
        eligibility=Eligibility(rules.minimum, rules.sources, counts.by_level, counts.all_households, rules.grows),
        household_quota=rules.household_quota,
        roll_fingerprint=counts.fingerprint,
        roll=counts.persons,
        seal=poll.seal_public or "",
        link_commit=keys.link_commit(link_key),
        holders=rules.holders,
        size=1,
        software=SOFTWARE,
        mode=rules.mode,
        areas=tuple(_area(place, counts) for place in rules.areas),
        per_area=rules.per_area,
        min_batch=rules.min_batch,
        publish_from=rules.publish_from,
        small_cell=rules.small_cell,
        title_en=rules.title_en,
        about_en=rules.about_en,
        label_en=rules.label_en,
        decides_en=rules.decides_en,
        binds_en=rules.binds_en,
    )
    return replace(made, size=sealing.plaintext_size(made))


def stamp(moment: datetime | None) -> str:
    """A time as the board writes it: “2026-11-02T01:00:00Z”; "" for none."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if moment is not None else ""


def _option(option: PollOption) -> Option:
    source = f"{option.source}:{option.source_id}" if option.source_id is not None else ""
    return Option(
        id=option.code,
        title=option.title,
        title_en=option.title_en,
        cost=option.cost or 0,
        picture=option.picture,
        paper=option.paper,
        source=source,
        areas=tuple(option.areas),
    )


def _area(place: Place, counts: RollCounts) -> Area:
    return Area(
        place.id,
        place.title,
        counts.by_area.get(place.id, 0),
        counts.households.get(place.id, 0),
        place.budget,
    )
