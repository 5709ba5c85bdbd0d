"""What is counted is what people chose last: by the engine, by whoever downloads the files, and on fingers."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ballots import canonical, chain, export, opening, results
from ballots.entries import Close
from ballots.manifest import Counting, Kind, Limits, LotKind, Rule, TiePolicy, TieStep
from ballots.results import Counted
from models import casting, paper, poll_count, receipts, turnout
from models.database import Database
from models.poll_drafts import typed
from models.polls import NotAllowed, Poll
from tests.polling import Polling, with_rules

BAHT = 100
PRICED = [typed("ถนน", cost=300_000 * BAHT), typed("ท่อ", cost=200_000 * BAHT), typed("ไฟ", cost=100_000 * BAHT)]
CHEAPER = TiePolicy((TieStep.CHEAPER, TieStep.MORE_VOTES, TieStep.LOT), LotKind.DRAW)

KINDS: dict[str, dict[str, Any]] = {
    "choose_one": {},
    "approval": {"kind": Kind.APPROVAL, "counting": Counting(Rule.APPROVAL), "limits": Limits(max_choices=2)},
    "score": {"kind": Kind.SCORE, "counting": Counting(Rule.SCORE), "limits": Limits(max_score=5)},
    "borda": {"kind": Kind.RANKED, "counting": Counting(Rule.BORDA)},
    "irv": {"kind": Kind.RANKED, "counting": Counting(Rule.IRV)},
    "schulze": {"kind": Kind.RANKED, "counting": Counting(Rule.SCHULZE)},
    "greedy": {
        "kind": Kind.BUDGET_APPROVAL,
        "counting": Counting(Rule.GREEDY),
        "budget": 400_000 * BAHT,
        "ties": CHEAPER,
    },
    "equal_shares": {
        "kind": Kind.BUDGET_POINTS,
        "counting": Counting(Rule.EQUAL_SHARES, step=100_000),
        "budget": 400_000 * BAHT,
        "limits": Limits(points=10),
        "ties": CHEAPER,
    },
}


def random_choice(kind: Kind, dice: random.Random) -> Any:
    """Something that a voter of this kind of poll could choose; now and then nothing."""
    ids = ["o1", "o2", "o3"]
    if dice.random() < 0.1:
        return {} if kind in (Kind.SCORE, Kind.BUDGET_POINTS) else ()
    if kind == Kind.CHOOSE_ONE:
        return (dice.choice(ids),)
    if kind == Kind.SCORE:
        return {option: dice.randint(0, 5) for option in ids} | {"o1": 1}
    if kind == Kind.BUDGET_POINTS:
        return {"o1": dice.randint(1, 5), "o3": dice.randint(1, 5)}
    dice.shuffle(ids)
    return tuple(ids[: dice.randint(1, 2)])


@pytest.mark.parametrize("name", KINDS)
def test_invariant_01_the_files_recount_to_the_last_choices(
    quick_database: Database, tmp_path: Path, name: str
) -> None:
    dice = random.Random(name)
    rules = with_rules(**KINDS[name])
    options = PRICED if rules.budget else None
    fresh = [typed(o.title, cost=o.cost) for o in options] if options else None
    poll = Polling(quick_database, tmp_path, rules, fresh, voters=40).open()
    last: dict[int, Any] = {}
    for _ in range(60):
        voter, choice = dice.randrange(40), random_choice(rules.kind, dice)
        poll.cast(voter, choice)
        last[voter] = choice
        if dice.random() < 0.05:
            poll.later(hours=2)
    poll.close().hand_in()
    if "tie" in (poll.poll().result or {}):
        with quick_database.begin() as session:
            order, by = ("o3", "o1", "o2"), ("กำนันตัวอย่าง",)
            poll_count.draw(session, poll.first, poll.keys, poll.id, poll.now, order=order, witnesses=by)
        poll.hand_in()
    poll.publish()
    files = poll.files()
    on_board = chain.follow_file(files[export.BOARD])
    assert on_board.findings == []
    assert on_board.key is not None
    assert isinstance(on_board.closed, Close)
    sealed = [(area, one) for _, area, one in export.read_sealed(poll.manifest, files[export.BALLOTS])]
    pile, spoiled = opening.open_all(poll.manifest, bytes.fromhex(on_board.key.seal), sealed)
    again = results.results(poll.manifest, on_board.closed, Counted(pile, spoiled=spoiled), on_board.lot)
    assert results.to_bytes(again) == files[export.RESULTS]
    on_fingers = Counter(_plain(rules.kind, choice) for choice in last.values())
    assert {choice: number for (_, choice), number in pile.items()} == on_fingers
    assert not spoiled


def _plain(kind: Kind, choice: Any) -> tuple[Any, ...]:
    if isinstance(choice, dict):
        return tuple(sorted((option, number) for option, number in choice.items() if number))
    return tuple(choice) if kind == Kind.RANKED else tuple(sorted(choice))


@pytest.mark.parametrize("name", ["approval", "greedy"])
def test_the_order_of_ranked_choices_is_kept_and_of_others_is_not(
    quick_database: Database, tmp_path: Path, name: str
) -> None:
    fresh = [typed(o.title, cost=o.cost) for o in PRICED] if name == "greedy" else None
    poll = Polling(quick_database, tmp_path, with_rules(**KINDS[name]), fresh, voters=21).open()
    for voter in range(21):
        poll.cast(voter, ("o3", "o1") if voter % 2 else ("o1", "o3"))
    poll.close().hand_in()
    with quick_database.read() as session:
        pile = poll_count.opened(session, session.get_one(Poll, poll.id), poll.seal).online
    assert list(pile.values()) == [21]


def test_invariant_03_receipts_find_last_ballots_and_no_others(database: Database, tmp_path: Path) -> None:
    poll = Polling(database, tmp_path, voters=40).open()
    first = {voter: poll.cast(voter) for voter in range(30)}
    poll.later(hours=2)
    later = {voter: poll.cast(voter, ("o2",)) for voter in range(25)}
    again = {voter: poll.cast(voter, ("o3",)) for voter in range(5)}  # twice in one round
    poll.close().hand_in()
    poll.publish()
    standing = {hashed for hashed, _, _ in export.read_sealed(poll.manifest, poll.files()[export.BALLOTS])}
    last = first | later | again
    assert standing == {receipt.hash for receipt in last.values()}
    assert len(standing) == 30
    with database.read() as session:
        for voter, receipt in last.items():
            found = receipts.find(session, receipt.code)
            assert found is not None, voter
            assert found.what == "counted"
        for voter in later:
            gone = receipts.find(session, first[voter].code)
            assert gone is not None
            assert gone.what == "replaced"
        assert receipts.find(session, later[0].code) is None
        assert receipts.find(session, "0000-0000-0000") is None
        assert turnout.turnout(session, poll.id, 1).total == 30


def test_a_voter_finds_the_ballot_that_waits(quick_database: Database, tmp_path: Path) -> None:
    from models.roll import row_of

    poll = Polling(quick_database, tmp_path, voters=22).open()
    receipt = poll.cast(3)
    with quick_database.read() as session:
        row = row_of(session, poll.id, poll.voters[3])
        assert row is not None
        assert casting.current_receipt(session, poll.keys, poll.poll(), row) == receipt.code


# -- paper -------------------------------------------------------------------------------------------------------------


def test_paper_takes_the_online_ballot_back_and_is_merged(database: Database, tmp_path: Path) -> None:
    from models.roll import row_of

    poll = Polling(database, tmp_path, voters=40).open()
    for voter in range(25):
        poll.cast(voter)
    poll.later(hours=2)
    with database.begin() as session:
        rows = [row_of(session, poll.id, poll.voters[voter]) for voter in (0, 30, 31)]
        taken = [
            casting.strike_paper(session, poll.first, poll.keys, poll.id, row.roll_id, poll.now) for row in rows if row
        ]
    assert taken == [True, False, False]
    with pytest.raises(NotAllowed, match="paper"):
        poll.cast(0)
    poll.close()
    sheet = paper.Sheet((["o2"], ["o3"]), spoiled=1)
    wrong = paper.Sheet((["o2"], ["o2"]), spoiled=1)
    with database.begin() as session:
        paper.count_envelopes(session, poll.first, poll.id, "ศาลา", 3, poll.now)
        paper.type_first(session, poll.first, poll.id, "ศาลา", sheet, poll.now)
        with pytest.raises(NotAllowed, match="same_person"):
            paper.type_second(session, poll.first, poll.id, "ศาลา", sheet, poll.now)
        differ = paper.type_second(session, poll.second, poll.id, "ศาลา", wrong, poll.now)
        assert [(d.choice, d.first, d.second) for d in differ] == [(["o2"], 1, 2), (["o3"], 1, 0)]
        assert paper.type_second(session, poll.second, poll.id, "ศาลา", sheet, poll.now) == []
        with pytest.raises(NotAllowed, match="photo"):
            paper.confirm(session, poll.first, poll.keys, poll.id, "ศาลา", poll.now)
        with pytest.raises(NotAllowed, match="paper"):
            poll_count.hand_in(session, poll.first, poll.keys, poll.id, poll.seal, poll.now)
        paper.attach_sheet(session, poll.first, poll.id, "ศาลา", "ab" * 32, poll.now)
        paper.confirm(session, poll.first, poll.keys, poll.id, "ศาลา", poll.now)
    poll.hand_in()
    poll.publish()
    data = canonical.loads(poll.files()[export.RESULTS])
    assert data["voters"] == {"roll": 40, "online": 24, "paper": 3}
    assert data["ballots"] == {"online": 24, "paper": 2}
    assert data["contests"][0]["totals"]["votes"] == {"o1": 24, "o2": 1, "o3": 1}
    assert chain.follow_file(poll.files()[export.BOARD]).findings == []


def test_more_paper_than_was_handed_out_is_refused(quick_database: Database, tmp_path: Path) -> None:
    poll = Polling(quick_database, tmp_path).open().close()
    with quick_database.begin() as session, pytest.raises(NotAllowed, match="envelopes"):
        paper.count_envelopes(session, poll.first, poll.id, "ศาลา", 1, poll.now)
