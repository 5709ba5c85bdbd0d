"""The manifest: everything about a poll that is agreed before it opens and cannot change afterwards without showing.

Its canonical bytes are entry 0 of the board; their SHA-256 is the poll's name in the lot that settles ties. Money is
whole satang, times are UTC texts “2026-11-02T01:00:00Z”, bytes are lowercase hex. `requirements.py` says what makes one
sound.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ballots import canonical
from ballots.records import pack, unpack

#: Raised whenever a manifest of today could not be read by the software of yesterday.
VERSION = 1
#: Default label of every page and export: the council decides, not the poll.
NOT_BINDING = "รับฟังความคิดเห็น – ไม่ผูกพัน"
NOT_BINDING_EN = "Public consultation – not binding"
#: A ballot hides among at least so many others of its checkpoint, and single ballots are published from so many on.
MIN_BATCH = 20
PUBLISH_FROM = 20
#: Cells of a breakdown with fewer ballots are hidden.
SMALL_CELL = 10
#: An area is named on a ballot only where at least so many stood on its roll at opening.
AREA_FROM = 50


class Kind(StrEnum):
    """What a voter does on the ballot."""

    CHOOSE_ONE = "choose_one"
    APPROVAL = "approval"
    SCORE = "score"
    RANKED = "ranked"
    #: Participatory budgeting: the options cost money, and a budget limits what can be done.
    BUDGET_APPROVAL = "budget_approval"
    BUDGET_POINTS = "budget_points"


class Rule(StrEnum):
    """How the ballots are counted."""

    PLURALITY = "plurality"
    APPROVAL = "approval"
    SCORE = "score"
    BORDA = "borda"
    IRV = "irv"
    SCHULZE = "schulze"
    GREEDY = "greedy"
    GREEDY_NO_SKIP = "greedy_no_skip"
    GREEDY_THRESHOLD = "greedy_threshold"
    EQUAL_SHARES = "equal_shares"


#: The rules that fit each kind of ballot. Ranked ballots are not offered for budgets (voting.md §2: two projects warn).
RULES: dict[Kind, tuple[Rule, ...]] = {
    Kind.CHOOSE_ONE: (Rule.PLURALITY,),
    Kind.APPROVAL: (Rule.APPROVAL,),
    Kind.SCORE: (Rule.SCORE,),
    Kind.RANKED: (Rule.BORDA, Rule.IRV, Rule.SCHULZE),
    Kind.BUDGET_APPROVAL: (Rule.GREEDY, Rule.GREEDY_NO_SKIP, Rule.GREEDY_THRESHOLD, Rule.EQUAL_SHARES),
    Kind.BUDGET_POINTS: (Rule.GREEDY, Rule.GREEDY_NO_SKIP, Rule.GREEDY_THRESHOLD, Rule.EQUAL_SHARES),
}
BUDGET_KINDS = (Kind.BUDGET_APPROVAL, Kind.BUDGET_POINTS)


class Mode(StrEnum):
    """Who can look into the ballots after closing (voting.md §4.6)."""

    #: The seal key is published: anybody opens every ballot and recounts; a receipt finds its ballot and content.
    OPEN = "open"
    #: Hashes, and separately shuffled contents; the key stays with holders and observers. Harder to sell one's vote.
    QUIET = "quiet"


class Level(StrEnum):
    """How sure we are who votes, from weakest to strongest."""

    OPEN = "open"
    #: Says which village he or she lives in.
    DECLARED = "declared"
    #: Holds a paper code that the headman handed out.
    CODE = "code"
    #: Found on a list, by keyed hashes.
    LIST = "list"
    #: Staff saw the card at the counter.
    COUNTER = "counter"


class TieStep(StrEnum):
    """What settles a tie, tried in the order of the manifest."""

    #: The lower cost first (budgets).
    CHEAPER = "cheaper"
    #: More ballots that name the option at all: approvals, or ballots that gave it points (not its total of points).
    MORE_VOTES = "more_votes"
    #: IRV: more votes in the latest earlier round in which they differed.
    EARLIER_ROUND = "earlier_round"
    #: The lot below.
    LOT = "lot"


#: The steps that can part equals under each rule, in the order proposed (voting.md §4.7).
STEPS: dict[Rule, tuple[TieStep, ...]] = {
    Rule.PLURALITY: (TieStep.LOT,),
    Rule.APPROVAL: (TieStep.LOT,),
    Rule.SCORE: (TieStep.MORE_VOTES, TieStep.LOT),
    Rule.BORDA: (TieStep.MORE_VOTES, TieStep.LOT),
    Rule.IRV: (TieStep.EARLIER_ROUND, TieStep.LOT),
    Rule.SCHULZE: (TieStep.LOT,),
    Rule.GREEDY: (TieStep.CHEAPER, TieStep.MORE_VOTES, TieStep.LOT),
    Rule.GREEDY_NO_SKIP: (TieStep.CHEAPER, TieStep.MORE_VOTES, TieStep.LOT),
    Rule.GREEDY_THRESHOLD: (TieStep.CHEAPER, TieStep.MORE_VOTES, TieStep.LOT),
    Rule.EQUAL_SHARES: (TieStep.CHEAPER, TieStep.MORE_VOTES, TieStep.LOT),
}


class LotKind(StrEnum):
    """Where the luck comes from."""

    #: SHA-256 over manifest, a public random number that is named beforehand, and the option.
    PUBLIC_RANDOM = "public_random"
    #: Drawn by hand before witnesses, entered as a signed entry.
    DRAW = "draw"


class QuorumKind(StrEnum):
    """What turnout is asked for. Reported; it never changes the count."""

    NONE = "none"
    NUMBER = "number"
    PERCENT_ROLL = "percent_roll"
    PERCENT_HOUSEHOLDS = "percent_households"
    #: A percentage of the roll in every single area.
    PERCENT_EACH_AREA = "percent_each_area"


@dataclass(frozen=True)
class Option:
    """One thing to vote for. `picture` and `paper` are SHA-256 of its picture and its TOR, or empty.

    `source` names the plan project or proposal it came from. `areas` are the areas on whose ballots it stands; none
    means all.
    """

    id: str
    title: str
    title_en: str = ""
    cost: int = 0
    picture: str = ""
    paper: str = ""
    source: str = ""
    areas: tuple[str, ...] = ()


@dataclass(frozen=True)
class Area:
    """A village, or several small ones together: persons on its roll and households at opening, and its own budget
    where every area is counted by itself."""

    id: str
    title: str
    roll: int
    households: int = 0
    budget: int = 0


@dataclass(frozen=True)
class Limits:
    """What a ballot may hold. A number of 0 means “no limit of this sort”.

    `max_score`: the best score of one option (scores run from 0). `points`: the sum that may be given out.
    `within_budget`: the chosen projects together may not cost more than the budget. `blank`: an empty ballot counts as
    “ไม่ประสงค์ลงคะแนน”.
    """

    min_choices: int = 1
    max_choices: int = 0
    max_score: int = 0
    points: int = 0
    within_budget: bool = False
    blank: bool = True


@dataclass(frozen=True)
class Counting:
    """The rule and its parameters.

    `seats`: how many win (not for budgets). `threshold`: the votes or points a project needs; `threshold_percent`: the
    same as a percentage of the ballots counted, rounded up; both for greedy_threshold and greedy_no_skip. `step`:
    satang by which every voter's share grows in Add1; 0 means no completion. `comparison`: if more voters prefer what
    greedy would choose, that is chosen.
    """

    rule: Rule
    seats: int = 1
    threshold: int = 0
    threshold_percent: int = 0
    step: int = 0
    comparison: bool = False


@dataclass(frozen=True)
class TiePolicy:
    """How ties are settled. `random_source` names the public random number of the future, in words that leave no choice
    (“รางวัลที่ 1 สลากกินแบ่งรัฐบาล งวดวันที่ 16 ธันวาคม 2569”); `random_date` is its day, after closing."""

    steps: tuple[TieStep, ...]
    lot: LotKind
    random_source: str = ""
    random_date: str = ""

    def still_secret(self, closes: str) -> bool:
        """Whether nobody knows the lot before voting ends at `closes` (“2026-12-15T09:00:00Z”)."""
        return self.lot != LotKind.PUBLIC_RANDOM or closes[:10] < self.random_date


@dataclass(frozen=True)
class Quorum:
    """The turnout asked for: a number of persons or whole per cent, and who asks for it (`source`)."""

    kind: QuorumKind = QuorumKind.NONE
    value: int = 0
    source: str = ""


@dataclass(frozen=True)
class Eligibility:
    """Who may vote: the lowest level accepted, where the roll came from (in words), persons on it per level,
    households, and whether people may still join while the poll is open."""

    minimum: Level
    sources: tuple[str, ...]
    counts: dict[str, int]
    households: int
    grows: bool


@dataclass(frozen=True)
class Manifest:
    """What was agreed. See the module; every field is hashed and signed."""

    poll: str
    town: str
    title: str
    about: str
    label: str
    #: The body that decides about what was voted on (“สภาองค์การบริหารส่วนตำบล…”), and what the result binds, if anything.
    decides: str
    binds: str
    kind: Kind
    options: tuple[Option, ...]
    limits: Limits
    counting: Counting
    budget: int
    ties: TiePolicy
    quorum: Quorum
    opens: str
    closes: str
    revote: bool
    eligibility: Eligibility
    #: 0: no limit. k: at most k persons of one household.
    household_quota: int
    #: `keys.roll_fingerprint` at opening, and the number of persons under it.
    roll_fingerprint: str
    roll: int
    #: X25519, hex: what ballots are sealed to.
    seal: str
    #: SHA-256 of K_link.
    link_commit: str
    #: Who holds the seal key: one, or three of whom any two open it.
    holders: tuple[str, ...]
    #: Bytes of every padded plaintext (`sealing.plaintext_size`).
    size: int
    software: str
    mode: Mode = Mode.OPEN
    areas: tuple[Area, ...] = ()
    #: Every area votes on its own options with its own budget and is counted by itself.
    per_area: bool = False
    min_batch: int = MIN_BATCH
    publish_from: int = PUBLISH_FROM
    small_cell: int = SMALL_CELL
    title_en: str = ""
    about_en: str = ""
    label_en: str = ""
    decides_en: str = ""
    binds_en: str = ""
    version: int = field(default=VERSION)

    def option(self, key: str) -> Option | None:
        """The option with this id."""
        return next((option for option in self.options if option.id == key), None)

    def on_ballot(self, area: str = "") -> tuple[Option, ...]:
        """The options on the ballot of an area, in the order of the manifest."""
        return tuple(option for option in self.options if not option.areas or area in option.areas)

    def budget_of(self, area: str = "") -> int:
        """The money a voter of this area decides about, in satang."""
        if not self.per_area:
            return self.budget
        return next((place.budget for place in self.areas if place.id == area), 0)


def to_bytes(manifest: Manifest) -> bytes:
    """The canonical bytes: the content of manifest.json."""
    return canonical.dumps(pack(manifest))


def to_data(manifest: Manifest) -> dict[str, Any]:
    """Plain data, as it stands in entry 0."""
    data: dict[str, Any] = canonical.loads(to_bytes(manifest))
    return data


def from_bytes(raw: bytes) -> Manifest:
    """Read manifest.json. Raises NotCanonical or BadRecord (both ValueError)."""
    return from_data(canonical.loads(raw))


def from_data(data: object) -> Manifest:
    """Read plain data. Raises BadRecord for missing, unknown or wrongly typed fields, or another version."""
    manifest = unpack(Manifest, data)
    if manifest.version != VERSION:
        raise ValueError(f"manifest version {manifest.version}; this software reads {VERSION}")
    return manifest


def manifest_hash(manifest: Manifest) -> str:
    """SHA-256 of the canonical bytes, hex: the name of these very rules."""
    return canonical.digest(to_bytes(manifest))
