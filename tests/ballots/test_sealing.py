"""Choices, envelopes, receipts and keys; invariants 1, 7 and 16 of voting.md §4.8."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ballots import canonical, export, keys
from ballots.audit import audit, quiet_opened
from ballots.choices import Choice, Refused, make_choice, plain, read_choice
from ballots.manifest import (
    RULES,
    Kind,
    Limits,
    LotKind,
    Manifest,
    Mode,
    Rule,
    TiePolicy,
    TieStep,
    from_bytes,
    manifest_hash,
    to_bytes,
)
from ballots.requirements import problems
from ballots.results import winners
from ballots.sealing import (
    Spoiled,
    ballot_hash,
    ciphertext_size,
    open_sealed,
    plaintext_size,
    read_receipt,
    receipt,
    seal,
    slot,
)
from ballots.tally.count import TieIn, count, lot_of
from tests.ballots.polls import Played, manifest, random_choice, villages

PRIVATE = b"\7" * 32


# -- choices -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "data", "code"),
    [
        (Kind.CHOOSE_ONE, ["p1", "p2"], "too_many"),
        (Kind.CHOOSE_ONE, ["p9"], "unknown_option"),
        (Kind.CHOOSE_ONE, {"p1": 1}, "shape"),
        (Kind.CHOOSE_ONE, "p1", "shape"),
        (Kind.APPROVAL, ["p1", "p2", "p3", "p4"], "too_many"),
        (Kind.APPROVAL, ["p1", "p1"], "twice"),
        (Kind.APPROVAL, ["p2", "p1"], "order"),
        (Kind.RANKED, ["p2", "p1", "p2"], "twice"),
        (Kind.SCORE, {"p1": 6}, "score_range"),
        (Kind.SCORE, {"p1": 0}, "score_range"),
        (Kind.SCORE, {"p1": -1}, "score_range"),
        (Kind.SCORE, {"p1": True}, "shape"),
        (Kind.SCORE, ["p1"], "shape"),
        (Kind.BUDGET_POINTS, {"p1": 6, "p2": 5}, "over_points"),
    ],
)
def test_what_the_ballot_does_not_allow_is_refused(kind: Kind, data: object, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_choice(manifest(kind), data)
    assert refused.value.code == code


def test_a_ballot_over_the_budget_is_refused_where_the_rules_say_so() -> None:
    made = manifest(Kind.BUDGET_APPROVAL, limits=Limits(within_budget=True))
    with pytest.raises(Refused, match="over_budget"):
        make_choice(made, ["p1", "p2", "p3", "p4", "p5"])
    assert make_choice(manifest(Kind.BUDGET_APPROVAL), ["p5", "p1", "p3", "p2", "p4"]) == ("p1", "p2", "p3", "p4", "p5")


def test_blank_ballots_are_a_choice_where_the_rules_say_so() -> None:
    assert make_choice(manifest(Kind.APPROVAL), []) == ()
    assert make_choice(manifest(Kind.SCORE), {"p1": 0}) == {}
    with pytest.raises(Refused, match="blank"):
        make_choice(manifest(Kind.APPROVAL, limits=Limits(blank=False)), [])


def test_a_village_votes_on_its_own_options() -> None:
    made = manifest(Kind.APPROVAL, areas=villages())
    first, *rest = made.options
    made = replace(made, options=(replace(first, areas=("m1",)), *rest))
    assert make_choice(made, ["p1"], "m1") == ("p1",)
    with pytest.raises(Refused, match="unknown_option p1"):
        make_choice(made, ["p1"], "m2")


# -- envelopes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", Kind)
def test_7_every_envelope_of_a_poll_has_one_length(kind: Kind) -> None:
    made, luck = manifest(kind, count=6), random.Random(1)
    seen = [random_choice(made, luck) for _ in range(40)]
    sealed = [seal(made, choice, mark) for choice in seen for mark in ("", "0429")]
    assert {len(each) for each in sealed} == {ciphertext_size(made)}
    assert len(set(sealed)) == len(sealed), "the same choice never looks the same"
    assert [open_sealed(made, PRIVATE, each).choice for each in sealed[::2]] == seen
    assert open_sealed(made, PRIVATE, sealed[1]).mark == "0429"


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(Kind), st.integers(2, 60), st.integers(1, 10**6))
def test_7_the_size_holds_the_longest_ballot(kind: Kind, options: int, most: int) -> None:
    made = manifest(kind, count=options, limits=Limits(max_score=most, points=most))
    names = [option.id for option in made.options]
    numbers = dict.fromkeys(names, most) if kind == Kind.SCORE else {names[-1]: most}
    longest: Choice = numbers if kind in (Kind.SCORE, Kind.BUDGET_POINTS) else tuple(sorted(names))
    if kind == Kind.CHOOSE_ONE:
        longest = (names[-1],)
    made = replace(made, limits=replace(made.limits, points=0), size=plaintext_size(made))
    assert open_sealed(made, PRIVATE, seal(made, longest, "9999")).choice == longest


def test_envelopes_that_cannot_be_counted_say_why() -> None:
    made = manifest(Kind.APPROVAL)
    good = seal(made, ("p1",))
    other = replace(made, poll="other-poll")
    cases = [
        (good[:-1], "unopened"),
        (good[:-1] + bytes([good[-1] ^ 1]), "unopened"),
        (seal(replace(made, seal=keys.public_key(b"\x09" * 32)), ("p1",)), "unopened"),
        (seal(other, ("p1",)), "poll"),
        (seal(made, ("p9",)), "unknown_option"),
        (seal(made, ("p2", "p1")), "order"),
    ]
    for sealed, code in cases:
        with pytest.raises(Spoiled) as spoiled:
            open_sealed(made, PRIVATE, sealed)
        assert spoiled.value.code == code
    with pytest.raises(ValueError, match="four digits"):
        seal(made, ("p1",), "12345")


def test_a_receipt_names_a_ballot_and_survives_being_copied_by_hand() -> None:
    sealed = seal(manifest(), ("p1",))
    code = receipt(ballot_hash(sealed))
    assert len(code) == 14
    assert not set(code) & set("ILOU")
    assert read_receipt(code) == code
    assert read_receipt(f" {code.lower().replace('-', ' ')} ") == code
    assert read_receipt("o123-45L7-89i0") == "0123-4517-8910"
    assert read_receipt("๐๑๒๓-๔๕๖๗-๘๙AB") == "0123-4567-89AB"
    assert read_receipt("0123-4567") is None
    assert receipt(ballot_hash(sealed, "m1")) != code, "the village belongs to the ballot"


def test_a_slot_tells_nothing_without_the_key() -> None:
    assert slot(b"\1" * 32, "poll", "7") == slot(b"\1" * 32, "poll", "7")
    assert len({slot(b"\1" * 32, "poll", "7"), slot(b"\2" * 32, "poll", "7"), slot(b"\1" * 32, "other", "7")}) == 3


# -- keys --------------------------------------------------------------------------------------------------------------


def test_16_the_rehearsal_finds_a_lost_key_before_opening() -> None:
    envelope, commitment = keys.challenge(keys.public_key(PRIVATE))
    assert keys.rehearsed(commitment, keys.answer(envelope, PRIVATE))
    assert not keys.rehearsed(commitment, "00" * 16)
    assert not keys.rehearsed(commitment, "")
    with pytest.raises(keys.WrongKey):
        keys.answer(envelope, keys.new_seal())


def test_16_a_wrong_key_at_closing_is_refused() -> None:
    assert keys.opens_seal(PRIVATE, manifest().seal)
    assert not keys.opens_seal(keys.new_seal(), manifest().seal)
    assert not keys.opens_seal(b"short", manifest().seal)


def test_16_any_two_of_three_holders_open_and_no_one_alone() -> None:
    private = [keys.new_seal() for _ in range(3)]
    holders = [keys.public_key(key) for key in private]
    shares = keys.share(PRIVATE, holders)
    for one, other in ((0, 1), (1, 0), (0, 2), (2, 1)):
        assert keys.open_share(shares, holders, private[one], private[other]) == PRIVATE
    for one in range(3):
        with pytest.raises(keys.WrongKey):
            keys.open_share(shares, holders, private[one], private[one])
        for envelope in shares.values():
            try:
                found = keys.open_outer(envelope, private[one])
            except keys.WrongKey:
                continue
            with pytest.raises(keys.WrongKey):
                keys.open_inner(found, private[one])
    with pytest.raises(keys.WrongKey):
        keys.open_share(shares, holders, private[0], keys.new_seal())
    with pytest.raises(ValueError, match="different"):
        keys.share(PRIVATE, [holders[0], holders[0], holders[1]])


def test_16_a_key_file_opens_with_its_passphrase_only() -> None:
    file = keys.lock(PRIVATE, "ช้างสี่เชือก เดินผ่านทุ่ง", "seal", keys.QUICK)
    assert keys.unlock(file + b"\n", "ช้างสี่เชือก เดินผ่านทุ่ง", "seal") == PRIVATE
    assert PRIVATE.hex().encode() not in file
    for passphrase, purpose in (("ช้างห้าเชือก เดินผ่านทุ่ง", "seal"), ("ช้างสี่เชือก เดินผ่านทุ่ง", "auth")):
        with pytest.raises(keys.WrongKey):
            keys.unlock(file, passphrase, purpose)
    with pytest.raises(keys.WrongKey):
        keys.unlock(file.replace(b'"ops":', b'"ops":9'), "ช้างสี่เชือก เดินผ่านทุ่ง", "seal")
    with pytest.raises(keys.WrongKey):
        keys.unlock(b"{}", "ช้างสี่เชือก เดินผ่านทุ่ง", "seal")
    with pytest.raises(ValueError, match="short"):
        keys.lock(PRIVATE, "1234", "seal", keys.QUICK)


def test_a_passphrase_is_the_same_however_it_was_typed() -> None:
    file = keys.lock(PRIVATE, "Cafe\u0301 au lait 9", "holder", keys.QUICK)
    assert keys.unlock(file, "Café au lait 9", "holder") == PRIVATE


def test_the_rolls_fingerprint_changes_with_anybody() -> None:
    roll = [keys.keyed(b"\5" * 32, "nid", f"{number:013d}") for number in range(5)]
    whole = keys.roll_fingerprint(roll)
    assert keys.roll_fingerprint(reversed(roll)) == whole
    assert keys.roll_fingerprint(roll[:-1]) != whole
    assert keys.keyed(b"\5" * 32, "nid", "1") != keys.keyed(b"\6" * 32, "nid", "1")
    assert keys.keyed(b"\5" * 32, "nid", "1") != keys.keyed(b"\5" * 32, "phone", "1")


# -- the manifest ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", Kind)
def test_a_manifest_reads_as_it_was_written(kind: Kind) -> None:
    for rule in RULES[kind]:
        made = manifest(kind, rule)
        assert problems(made) == []
        assert from_bytes(to_bytes(made)) == made


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": " "}, "title_missing"),
        ({"closes": "2026-10-01T00:00:00Z"}, "closes_before_opens"),
        ({"closes": "tomorrow"}, "times"),
        ({"budget": 100}, "budget_below_cheapest"),
        ({"ties": TiePolicy((TieStep.CHEAPER,), LotKind.DRAW)}, "tie_steps"),
        ({"ties": TiePolicy((TieStep.LOT,), LotKind.PUBLIC_RANDOM)}, "tie_source"),
        ({"ties": TiePolicy((TieStep.LOT,), LotKind.PUBLIC_RANDOM, "รางวัลที่ 1", "2026-11-16")}, "tie_source_early"),
        ({"roll": 399}, "roll_counts"),
        ({"min_batch": 5}, "secrecy_numbers"),
        ({"holders": ("ก", "ข")}, "holders"),
        ({"link_commit": "ab"}, "link_commit"),
        ({"areas": villages(1)}, "area_number"),
        ({"areas": (*villages(1), replace(villages(2)[1], roll=49))}, "area_small"),
        ({"per_area": True}, "area_number"),
    ],
)
def test_an_unsound_manifest_is_not_opened(changes: dict[str, object], code: str) -> None:
    assert code in problems(manifest(**changes))  # type: ignore[arg-type]


def test_unknown_and_missing_fields_are_refused() -> None:
    data = canonical.loads(to_bytes(manifest()))
    for broken in (
        {**data, "extra": 1},
        {key: value for key, value in data.items() if key != "ties"},
        {**data, "roll": "4"},
    ):
        with pytest.raises(ValueError, match="Manifest"):
            from_bytes(canonical.dumps(broken))


@pytest.mark.parametrize(
    "raw", [b'{"a": 1}', b'{"b":1,"a":2}', b'{"a":1.5}', b'{"a":1,"a":1}', b'"\\u0e01"', b"[1]\n", b"\xff"]
)
def test_only_one_way_of_writing_is_canonical(raw: bytes) -> None:
    with pytest.raises(canonical.NotCanonical):
        canonical.loads(raw)


# -- invariant 1 -------------------------------------------------------------------------------------------------------


def brute_force(made: Manifest, last: dict[str, Choice]) -> Counter[str]:
    """Ballots that name each option, over everybody's last choice."""
    return Counter(name for choice in last.values() for name in choice)


@pytest.mark.parametrize("kind", Kind)
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_1_export_engine_and_last_choices_count_the_same(kind: Kind, seed: int) -> None:
    luck = random.Random(seed)
    rule = luck.choice(RULES[kind])
    made = manifest(kind, rule)
    poll = Played(made, drawn=tuple(luck.sample([option.id for option in made.options], len(made.options))))
    poll.open()
    last: dict[str, Choice] = {}
    for turn in range(70):
        voter = f"v{luck.randrange(45)}"
        last[voter] = random_choice(made, luck)
        poll.cast(voter, last[voter])
        if turn == 35 and len(poll.pending) >= made.min_batch:
            poll.checkpoint()
    report = audit(poll.export())
    assert report.sound
    assert report.results is not None
    (told,) = report.results["contests"]
    assert told["ballots"] + told["blank"] == len(last)
    if "votes" in told["totals"] and kind != Kind.RANKED:
        assert {name: n for name, n in told["totals"]["votes"].items() if n} == dict(brute_force(made, last))
    (engine,) = count(poll.manifest, [("", choice) for choice in last.values()], poll.drawn)
    assert list(engine.outcome.selected) == list(winners(report.results)[""])
    assert canonical.dumps(engine.outcome.plain()["totals"]) == canonical.dumps(told["totals"])


def test_14_a_poll_with_a_decisive_tie_waits_for_the_lot_of_its_manifest() -> None:
    ties = TiePolicy((TieStep.LOT,), LotKind.PUBLIC_RANDOM, "รางวัลที่ 1 งวด 16 ธันวาคม", "2026-12-16")
    made = manifest(Kind.CHOOSE_ONE, ties=ties)
    ballots: list[tuple[str, Choice]] = [("", ("p1",)), ("", ("p2",))]
    with pytest.raises(TieIn) as tie:
        count(made, ballots)
    assert (tie.value.options, tie.value.area) == (("p1", "p2"), "")
    from ballots.entries import Tiebreak

    drawn = Tiebreak(LotKind.PUBLIC_RANDOM, "835492", (), ties.random_source, (), "2026-12-16T09:00:00Z")
    lot = lot_of(made, drawn)
    assert lot is not None
    assert sorted(lot) == sorted(option.id for option in made.options)
    first = min(lot.index("p1"), lot.index("p2"))
    assert count(made, ballots, lot)[0].outcome.selected == (lot[first],)
    assert lot_of(replace(made, title="อื่น"), drawn) != lot or manifest_hash(made) != manifest_hash(
        replace(made, title="x")
    )


def test_14_the_version_of_the_software_changes_no_result() -> None:
    luck = random.Random(9)
    made = manifest(Kind.BUDGET_POINTS, Rule.EQUAL_SHARES)
    ballots = [("", random_choice(made, luck)) for _ in range(60)]
    lot = [option.id for option in made.options]
    first, later = (count(replace(made, software=version), ballots, lot)[0].outcome for version in ("0.1", "9.9"))
    assert first.plain() == later.plain()


def test_observers_of_a_quiet_poll_see_the_same_ballots() -> None:
    poll, luck = (
        Played(manifest(Kind.APPROVAL, mode=Mode.QUIET), drawn=("p1", "p2", "p3", "p4", "p5")),
        random.Random(3),
    )
    poll.open()
    for voter in range(30):
        poll.cast(f"v{voter}", random_choice(poll.manifest, luck))
    files = poll.export()
    sealed = export.ballots_bin(poll.manifest, poll.standing.values())
    seen = quiet_opened(poll.manifest, PRIVATE, sealed)
    assert export.quiet_bin(poll.manifest, seen.online) == files[export.BALLOTS]
    with pytest.raises(ValueError, match="does not open"):
        quiet_opened(poll.manifest, keys.new_seal(), sealed)


def test_plain_choices_are_plain() -> None:
    assert plain(("p1",)) == ["p1"]
    assert plain({"p1": 2}) == {"p1": 2}
