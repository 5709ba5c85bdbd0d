"""Who may vote: codes work once, lists keep no numbers, a lost account does not lose the vote."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ballots.manifest import Level
from models import ballot_links, casting, counter, eligibility, vote_codes, vote_notices
from models.counter import Line
from models.database import Database
from models.people import Person
from models.polls import NotAllowed, Poll
from models.roll import RollRow
from tests.office import START
from tests.polling import Polling, with_rules

NID = "1101700203450"  # made up, with the right last digit


def person(session: Session, name: str, moo: int | None = None) -> Person:
    """Somebody in LINE."""
    made = Person(line_id=f"U{name}", name=name, moo=moo, created_at=START)
    session.add(made)
    session.flush()
    return made


def coded(database: Database, tmp_path: Path) -> tuple[Polling, list[str], int]:
    """An open poll with a sheet of three slips; the sheet's number."""
    poll = Polling(database, tmp_path, with_rules(minimum=Level.CODE), voters=0)
    with database.begin() as session:
        row = session.get_one(Poll, poll.id)
        sheet, slips = vote_codes.print_sheet(session, poll.first, poll.keys, row, 3, poll.now, area="3", label="หมู่ 3")
    return poll.open(), [slip.code for slip in slips], sheet.id


def test_a_code_works_once_and_for_one_person(database: Database, tmp_path: Path) -> None:
    poll, codes, _ = coded(database, tmp_path)
    with database.begin() as session:
        somsri, boon, row = person(session, "somsri"), person(session, "boon"), session.get_one(Poll, poll.id)
        taken = eligibility.use_code(session, poll.keys, row, somsri, codes[0].lower().replace("-", " "), poll.now)
        assert eligibility.use_code(session, poll.keys, row, somsri, codes[0], poll.now).roll_id == taken.roll_id
        with pytest.raises(NotAllowed, match="wrong_code"):
            eligibility.use_code(session, poll.keys, row, boon, codes[0], poll.now)
        with pytest.raises(NotAllowed, match="has_place"):
            eligibility.use_code(session, poll.keys, row, somsri, codes[1], poll.now)
        assert eligibility.standing(session, poll.keys, row, somsri, poll.now).answer == "may"
        assert eligibility.standing(session, poll.keys, row, boon, poll.now).answer == "code"


def test_a_revoked_sheet_opens_nothing_and_a_reprinted_one_does(database: Database, tmp_path: Path) -> None:
    poll, codes, sheet = coded(database, tmp_path)
    with database.begin() as session:
        _, fresh = vote_codes.reprint(session, poll.first, poll.keys, sheet, poll.now)
        somsri, row = person(session, "somsri"), session.get_one(Poll, poll.id)
        with pytest.raises(NotAllowed, match="wrong_code"):
            eligibility.use_code(session, poll.keys, row, somsri, codes[0], poll.now)
        eligibility.use_code(session, poll.keys, row, somsri, fresh[0].code, poll.now)
        assert vote_codes.revoke(session, poll.first, sheet, poll.now) == 2
        [(_, numbers)] = vote_codes.sheets(session, poll.id)
        assert numbers == {"ready": 0, "used": 1, "revoked": 5}


def test_guessing_codes_is_stopped(quick_database: Database, tmp_path: Path) -> None:
    poll, codes, _ = coded(quick_database, tmp_path)
    with quick_database.begin() as session:
        somsri, row = person(session, "somsri"), session.get_one(Poll, poll.id)
        for number in range(5):
            with pytest.raises(NotAllowed, match="wrong_code"):
                eligibility.use_code(session, poll.keys, row, somsri, f"AAAA-000{number}", poll.now)
        with pytest.raises(NotAllowed, match="tries"):
            eligibility.use_code(session, poll.keys, row, somsri, codes[0], poll.now)
        later = poll.now + timedelta(hours=2)
        assert eligibility.use_code(session, poll.keys, row, somsri, codes[0], later)


def test_a_list_is_matched_and_its_numbers_are_not_kept(database: Database, tmp_path: Path) -> None:
    poll = Polling(database, tmp_path, voters=0)
    with database.begin() as session:
        lines = [
            Line(NID, 2510, 3, "12/1"),
            Line("0812345678", 2520, 3, "12/2"),
            Line(NID, 2510, 3),
            Line("123", 2510, 3),
        ]
        taken = counter.take_list(session, poll.first, poll.keys, poll.id, lines, poll.now)
    assert (taken.added, taken.known, taken.wrong) == (2, 0, ((3, "twice"), (4, "number")))
    poll.open()
    with database.begin() as session:
        somsri, row = person(session, "somsri"), session.get_one(Poll, poll.id)
        assert eligibility.standing(session, poll.keys, row, somsri, poll.now).answer == "list"
        with pytest.raises(NotAllowed, match="not_on_list"):
            eligibility.match(session, poll.keys, row, somsri, NID, 2511, poll.now)
        eligibility.match(session, poll.keys, row, somsri, "1-1017-00203-45-0", 2510, poll.now)
        assert eligibility.standing(session, poll.keys, row, somsri, poll.now).answer == "may"
    if database.file is not None:
        raw = b"".join(path.read_bytes() for path in database.file.parent.glob(database.file.name + "*"))
        assert NID.encode() not in raw
        assert b"0812345678" not in raw


def test_the_vote_follows_the_person_to_another_account(database: Database, tmp_path: Path) -> None:
    poll = Polling(database, tmp_path, voters=0)
    with database.begin() as session:
        counter.take_list(session, poll.first, poll.keys, poll.id, [Line(NID, 2510, 3)], poll.now)
    poll.open()
    sealed = casting.seal_choice(poll.manifest, ("o1",))
    with database.begin() as session:
        old, new, row = person(session, "old"), person(session, "new"), session.get_one(Poll, poll.id)
        place = eligibility.match(session, poll.keys, row, old, NID, 2510, poll.now).row
        casting.cast(session, poll.keys, poll.id, place.voter_id or 0, sealed, poll.now)
        moved = eligibility.match(session, poll.keys, row, new, NID, 2510, poll.now)
        assert [each.id for each in moved.former] == [old.id]
        assert eligibility.standing(session, poll.keys, row, new, poll.now).answer == "again"
        assert eligibility.standing(session, poll.keys, row, old, poll.now).answer == "list"
        again = casting.cast(session, poll.keys, poll.id, place.voter_id or 0, sealed, poll.now, tell=new.id)
        assert again.replaced
        assert [notice.what for notice in session.query(vote_notices.VoteNotice)] == ["moved", "replaced"]


def test_one_telephone_does_not_vote_twice_by_changing_who_it_is(database: Database, tmp_path: Path) -> None:
    mine = Polling(database, tmp_path / "a", with_rules(minimum=Level.DECLARED, grows=True), voters=0).open()
    listed = Polling(database, tmp_path / "a", voters=0, days=40)
    with database.begin() as session:
        counter.take_list(session, listed.first, listed.keys, listed.id, [Line(NID, 2510, 3)], listed.now)
    listed.open()
    with database.begin() as session:
        somsri, first, second = person(session, "somsri", 3), *(session.get_one(Poll, p.id) for p in (mine, listed))
        place = eligibility.join(session, mine.keys, first, somsri, mine.now)
        sealed = casting.seal_choice(mine.manifest, ("o1",))
        casting.cast(session, mine.keys, mine.id, place.voter_id or 0, sealed, mine.now)
        with pytest.raises(NotAllowed, match="has_place"):
            eligibility.match(session, listed.keys, second, somsri, NID, 2510, listed.now)
        code = counter.give_code(session, listed.first, listed.keys, listed.id, _place(session, listed), listed.now)
        with pytest.raises(NotAllowed, match="has_place"):
            eligibility.use_code(session, listed.keys, second, somsri, code, listed.now)
        assert eligibility.standing(session, mine.keys, first, somsri, mine.now).answer == "again"
    mine.close()
    with database.begin() as session:  # the first poll is over: now it may be said who that is
        somsri, second = session.get_one(Person, somsri.id), session.get_one(Poll, listed.id)
        assert eligibility.match(session, listed.keys, second, somsri, NID, 2510, mine.now).row.voter_id is not None


def _place(session: Session, poll: Polling) -> bytes:
    return session.scalars(select(RollRow.roll_id).where(RollRow.poll_id == poll.id)).one()


def test_a_ballot_page_shuts_when_the_place_goes_to_another_account(database: Database, tmp_path: Path) -> None:
    poll = Polling(database, tmp_path, voters=0)
    with database.begin() as session:
        counter.take_list(session, poll.first, poll.keys, poll.id, [Line(NID, 2510, 3)], poll.now)
    poll.open()
    with database.begin() as session:
        thief, owner, row = person(session, "thief"), person(session, "owner"), session.get_one(Poll, poll.id)
        place = eligibility.match(session, poll.keys, row, thief, NID, 2510, poll.now).row
        entry = ballot_links.Entry(poll.id, place.voter_id or 0, thief.id)
        token = ballot_links.enter_as(session, entry, poll.now)
        assert ballot_links.inside(session, token, poll.now) == entry
        eligibility.match(session, poll.keys, row, owner, NID, 2510, poll.now)
        assert ballot_links.inside(session, token, poll.now) is None


@pytest.mark.parametrize("minimum", [Level.LIST, Level.COUNTER])
def test_no_slips_where_the_rules_ask_for_more_than_a_slip(
    quick_database: Database, tmp_path: Path, minimum: Level
) -> None:
    poll = Polling(quick_database, tmp_path, with_rules(minimum=minimum, grows=True), voters=1)
    with quick_database.begin() as session:
        row = session.get_one(Poll, poll.id)
        with pytest.raises(NotAllowed, match="level"):
            vote_codes.print_sheet(session, poll.first, poll.keys, row, 3, poll.now)


def test_villages_vote_on_their_own(database: Database, tmp_path: Path) -> None:
    poll = Polling(database, tmp_path, with_rules(minimum=Level.DECLARED, grows=True, moos=(3,)), voters=0).open()
    with database.begin() as session:
        row = session.get_one(Poll, poll.id)
        here, there, nowhere = person(session, "a", 3), person(session, "b", 5), person(session, "c")
        answers = [
            eligibility.standing(session, poll.keys, row, each, poll.now).answer for each in (here, there, nowhere)
        ]
        assert answers == ["may", "elsewhere", "village"]
        joined = eligibility.join(session, poll.keys, row, here, poll.now)
        assert eligibility.join(session, poll.keys, row, here, poll.now).roll_id == joined.roll_id
        assert (joined.area, joined.level) == ("3", "declared")
        with pytest.raises(NotAllowed, match="elsewhere"):
            eligibility.join(session, poll.keys, row, there, poll.now)


def test_a_list_alone_opens_nothing_where_the_card_has_to_be_seen(database: Database, tmp_path: Path) -> None:
    easy = Polling(database, tmp_path, voters=0)
    strict = Polling(database, tmp_path, with_rules(minimum=Level.COUNTER, grows=True), voters=0)
    for poll in (easy, strict):
        with database.begin() as session:
            counter.take_list(session, poll.first, poll.keys, poll.id, [Line(NID, 2510, 3)], poll.now)
        poll.open()
    with database.begin() as session:
        somsri, row = person(session, "somsri"), session.get_one(Poll, strict.id)
        eligibility.match(session, easy.keys, session.get_one(Poll, easy.id), somsri, NID, 2510, easy.now)
        assert eligibility.standing(session, strict.keys, row, somsri, strict.now).answer == "counter"
        counter.admit(session, strict.first, strict.keys, strict.id, Line(NID, 2510, 3), strict.now)
        assert eligibility.standing(session, strict.keys, row, somsri, strict.now).answer == "may"


def test_the_counter_gives_a_code_or_a_paper_ballot(database: Database, tmp_path: Path) -> None:
    poll = Polling(database, tmp_path, with_rules(minimum=Level.COUNTER, grows=True), voters=0).open()
    with database.begin() as session:
        place = counter.admit(session, poll.first, poll.keys, poll.id, Line(NID, 2510, 3), poll.now)
        assert place.level == "counter"
        code = counter.give_code(session, poll.first, poll.keys, poll.id, place.roll_id, poll.now)
        somsri, row = person(session, "somsri"), session.get_one(Poll, poll.id)
        assert eligibility.use_code(session, poll.keys, row, somsri, code, poll.now).roll_id == place.roll_id
        assert counter.hand_paper(session, poll.first, poll.keys, poll.id, place.roll_id, poll.now) is False
        assert eligibility.standing(session, poll.keys, row, somsri, poll.now).answer == "paper"


@pytest.mark.parametrize(("digits", "right"), [(NID, True), ("1101700203451", False), ("", False), ("x" * 13, False)])
def test_national_ids_are_checked(digits: str, right: bool) -> None:
    assert counter.is_national_id(digits) is right
