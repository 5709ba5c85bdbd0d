"""The board: a sound poll passes, and whatever is changed, left out, moved or signed by another shows."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from ballots import keys, merkle
from ballots.board import append, head_of, read_head, read_line
from ballots.canonical import digest
from ballots.chain import Chain, follow, follow_file, later_than
from ballots.entries import Cancel, Countersign, Extend, Key, Tiebreak
from ballots.manifest import Kind, LotKind, TiePolicy, TieStep
from tests.ballots.polls import AT, OFFICERS, Played, manifest, random_choice


def played(voters: int = 50, kind: Kind = Kind.BUDGET_APPROVAL) -> Played:
    poll, luck = Played(manifest(kind)), random.Random(7)
    poll.open()
    for voter in range(voters):
        poll.cast(f"v{voter}", random_choice(poll.manifest, luck))
    poll.checkpoint()
    for voter in range(0, voters, 3):
        poll.cast(f"v{voter}", random_choice(poll.manifest, luck))
    poll.close()
    poll.give_key()
    poll.publish(digest(b"results"), digest(b""), digest(b"ballots"))
    return poll


def file(poll: Played) -> bytes:
    return b"".join(entry.line() + b"\n" for entry in poll.entries)


def codes(chain: Chain) -> set[str]:
    return {finding.code for finding in chain.findings}


@pytest.mark.parametrize("kind", Kind)
def test_a_whole_poll_is_sound(kind: Kind) -> None:
    poll = played(kind=kind)
    chain = follow_file(file(poll))
    assert chain.findings == []
    assert chain.standing == set(poll.standing)
    assert (chain.checkpoints, len(chain.superseded)) == (2, 17)
    assert chain.manifest == poll.manifest


def test_every_changed_byte_of_an_entry_shows() -> None:
    line = played(20).entries[2].line()
    for place in range(len(line)):
        changed = bytearray(line)
        changed[place] ^= 1
        try:
            entry = read_line(bytes(changed))
        except ValueError:
            continue
        lone = Chain()
        lone.take(entry)
        assert {"hash", "chain", "order"} & codes(lone) or entry.sig != read_line(line).sig


def test_left_out_moved_repeated_and_foreign_entries_show() -> None:
    poll, other = played(), played(30)
    whole = poll.entries
    assert {"chain", "order"} <= codes(follow([*whole[:1], *whole[2:]]))
    assert {"chain", "order"} <= codes(follow([whole[0], whole[2], whole[1], *whole[3:]]))
    assert {"chain", "order"} <= codes(follow([*whole[:2], whole[1], *whole[2:]]))
    assert "chain" in codes(follow([*whole[:1], other.entries[1], *whole[2:]]))
    forged = append(whole[0], whole[1].read(), keys.new_signing())
    assert codes(follow([whole[0], forged])) >= {"signature"}
    assert codes(follow_file(file(poll)[:-1])) == {"entry"}


def test_a_board_key_of_ones_own_is_not_certified() -> None:
    poll = played(0)
    stranger = Played(poll.manifest, board=keys.new_signing())
    stranger.open()
    body = replace(stranger.entries[0].read(), certificate=poll.entries[0].body["certificate"])
    chain = follow([append(None, body, stranger.board)])
    assert codes(chain) == {"certificate"}


def test_what_may_not_follow_is_refused() -> None:
    poll = Played(manifest())
    poll.open()
    poll.give_key()
    assert "phase" in codes(follow(poll.entries)), "a key before closing"
    poll = played()
    poll.checkpoint()
    assert "phase" in codes(follow(poll.entries)), "a ballot after the result"
    poll = Played(manifest())
    poll.open()
    poll.say(Extend("2026-11-20T09:00:00Z", "ฝนตกหนัก", OFFICERS, AT))
    assert codes(follow(poll.entries)) == {"times"}, "voting may only be made longer"
    poll.say(Cancel("พบรายชื่อผิด", OFFICERS, AT))
    poll.close()
    assert "phase" in codes(follow(poll.entries)), "nothing follows a cancellation"


def test_a_small_batch_is_allowed_only_before_closing() -> None:
    poll = Played(manifest())
    poll.open()
    poll.cast("v1", ("p1",))
    poll.checkpoint()
    poll.close()
    assert codes(follow(poll.entries)) == {"small_batch"}
    poll = Played(manifest())
    poll.open()
    poll.cast("v1", ("p1",))
    poll.close()
    assert follow(poll.entries).sound


def test_a_wrong_seal_key_and_an_unknown_lot_are_found() -> None:
    poll = Played(manifest())
    poll.open()
    for voter in range(25):
        poll.cast(f"v{voter}", ("p1",))
    poll.close()
    poll.say(Key(keys.new_seal().hex(), poll.manifest.holders, AT))
    assert codes(follow(poll.entries)) == {"seal_key"}
    poll.say(Tiebreak(LotKind.PUBLIC_RANDOM, "123456", (), "", (), AT))
    assert "lot" in codes(follow(poll.entries)), "the manifest says: drawn by hand"


def test_ballots_of_a_very_small_poll_stay_sealed() -> None:
    poll = Played(manifest())
    poll.open()
    poll.cast("v1", ("p1",))
    poll.close()
    assert poll.entries[-2].body["withheld"] == "few"
    poll.give_key()
    assert codes(follow(poll.entries)) == {"phase"}


def test_paper_has_to_add_up() -> None:
    poll = Played(manifest())
    poll.open()
    poll.close(paper=3)
    poll.paper("b1", digest(b""), 2, spoiled=1)
    assert follow(poll.entries).sound
    poll.paper("b2", digest(b""), 1)
    assert codes(follow(poll.entries)) == {"paper"}, "more envelopes than were handed out"


def test_an_observer_signs_what_stands_above() -> None:
    poll = played()
    poll.say(Countersign("นางพยาน เห็นจริง", "ประธานประชาคม", "เห็นการนับด้วยตนเอง", "", "", "ab" * 32, AT))
    assert follow(poll.entries).sound
    poll.say(Countersign("นายปลอม", "", "", keys.verify_key(b"\5" * 32), "00" * 64, "", AT))
    assert codes(follow(poll.entries)) == {"witness"}


def test_a_copy_saved_earlier_is_the_beginning_of_todays() -> None:
    poll = played()
    whole = file(poll)
    earlier = whole[: whole.index(b"\n") + 1]
    assert later_than(whole, earlier)
    assert not later_than(file(played()), whole), "other ballots, another board"


def test_the_head_says_where_the_board_ends() -> None:
    poll = played(20)
    raw = head_of(poll.manifest.poll, poll.entries[-1], poll.board)
    public = keys.verify_key(poll.board)
    assert read_head(raw, poll.manifest.poll, public) == (poll.entries[-1].seq, poll.entries[-1].hash)
    with pytest.raises(ValueError, match="signed"):
        read_head(raw, "other", public)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 8, 21])
def test_a_short_path_shows_that_a_ballot_is_among_all(count: int) -> None:
    hashes = sorted(digest(str(number).encode()) for number in range(count))
    top = merkle.root(hashes)
    for place, hashed in enumerate(hashes):
        steps = merkle.path(hashes, place)
        assert merkle.leads(hashed, place, steps, top)
        assert not merkle.leads(digest(b"another"), place, steps, top)
        assert not merkle.leads(hashed, place + count, steps, top)
    assert merkle.root(hashes[:-1]) != top or count < 1


def test_a_lot_that_could_be_chosen_is_no_lot() -> None:
    ties = TiePolicy((TieStep.LOT,), LotKind.PUBLIC_RANDOM, "รางวัลที่ 1 งวด 16 ธันวาคม", "2026-12-16")
    day = "2026-12-16T09:00:00Z"

    def board_with(value: str, at: str) -> set[str]:
        poll = Played(manifest(ties=ties))
        poll.open()
        for voter in range(25):
            poll.cast(f"v{voter}", ("p1",))
        poll.close()
        poll.give_key()
        poll.say(Tiebreak(LotKind.PUBLIC_RANDOM, value, (), ties.random_source, (), at))
        return codes(follow(poll.entries))

    assert board_with("835492", day) == set()
    for written in ("835 492", "๘๓๕๔๙๒", "835492 ", "รางวัลที่ 1: 835492", ""):
        assert board_with(written, day) == {"lot"}, written
    assert board_with("835492", "2026-12-15T09:00:00Z") == {"lot"}, "before its day"


def test_voting_ends_before_the_lot_is_known_and_not_before_its_time() -> None:
    ties = TiePolicy((TieStep.LOT,), LotKind.PUBLIC_RANDOM, "รางวัลที่ 1 งวด 16 ธันวาคม", "2026-12-16")
    poll = Played(manifest(ties=ties))
    poll.open()
    poll.say(Extend("2026-12-15T09:00:00Z", "ฝนตกหนัก", OFFICERS, AT))
    assert follow(poll.entries).sound
    poll.say(Extend("2026-12-16T15:00:00Z", "ฝนตกหนัก", OFFICERS, AT))
    assert codes(follow(poll.entries)) == {"times"}
    poll = Played(manifest(closes="2026-11-30T10:00:01Z"))
    poll.open()
    poll.close()
    assert codes(follow(poll.entries)) == {"times"}, "closed a second before its time"
