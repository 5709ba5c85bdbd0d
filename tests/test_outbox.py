"""Letters: what is sent, how, in which order, and what becomes of those that LINE does not take. On both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from models.database import Database
from models.outgoing import Outgoing
from models.people import chat_of
from models.post import held_for, send_again, set_policy, supersede, tick_off, undelivered
from models.quota import usage
from tests.office import Office, opened_office


@pytest.fixture
def office(database: Database) -> Iterator[Office]:
    with opened_office(database) as opened:
        yield opened


def troubles(office: Office) -> list[tuple[str, str]]:
    """What staff are shown: kind and state."""
    with office.database.read() as session:
        return [(item.kind, item.state) for item in undelivered(session, office.clock())]


# replying


def test_a_letter_with_a_living_token_is_a_reply_and_costs_nothing(office: Office) -> None:
    letter = office.write(office.somsri, "เกิดที่ไหนคะ", reply=True)
    assert office.send() == 1
    assert office.sent(office.somsri) == ["เกิดที่ไหนคะ"]
    assert office.platform.messages(office.somsri)[0].via == "reply"
    assert office.state(letter) == "sent"
    assert office.letter(letter).request_id
    assert office.letter(letter).reply_token is None
    assert office.used() == 0


def test_nothing_is_sent_twice_by_looking_twice(office: Office) -> None:
    office.write(office.somsri, "รับทราบค่ะ", reply=True)
    office.send()
    assert office.send() == 0
    assert office.sent(office.somsri) == ["รับทราบค่ะ"]


@pytest.mark.parametrize(
    ("kind", "state", "arrived"), [("answer", "held", 0), ("receipt", "held", 0), ("urgent_answer", "sent", 1)]
)
def test_when_the_token_died_before_it_was_tried_the_policy_decides(
    office: Office, kind: str, state: str, arrived: int
) -> None:
    letter = office.write(office.somsri, "โทร 199 ค่ะ", kind=kind, reply=True)
    office.later(minutes=2)
    assert office.state(letter) == state
    assert len(office.sent(office.somsri)) == arrived
    assert office.used() == arrived


def test_a_letter_that_may_be_dropped_is_dropped(office: Office) -> None:
    with office.database.begin() as session:
        set_policy(session, "answer", without_reply="drop")
    late = office.write(office.somsri, "เกิดที่ไหนคะ", reply=True)
    at_once = office.write(office.somsri, "เกิดที่ไหนคะ")
    office.later(minutes=2)
    assert [office.letter(each).reason for each in (late, at_once)] == ["policy", "policy"]
    assert (office.state(late), office.state(at_once), office.sent(office.somsri)) == ("dropped", "dropped", [])


def test_a_token_that_line_calls_dead_falls_back_to_the_policy(office: Office) -> None:
    office.platform.switch(reply_seconds=0)
    urgent = office.write(office.somsri, "โทร 199 ค่ะ", kind="urgent_answer", reply=True)
    answer = office.write(office.boon, "เกิดที่ไหนคะ", reply=True)
    office.clock.forward(seconds=1)
    office.send()
    assert (office.state(urgent), office.sent(office.somsri)) == ("sent", ["โทร 199 ค่ะ"])
    assert (office.state(answer), office.sent(office.boon)) == ("held", [])


def test_a_reply_refused_for_its_content_is_shown_to_staff_and_not_tried_again(office: Office) -> None:
    letter = office.write(office.somsri, "", reply=True)
    office.send()
    office.later(minutes=5)
    assert office.state(letter) == "failed"
    assert office.letter(letter).reason == "refused"
    assert "messages[0].text" in (office.letter(letter).error or "")
    assert troubles(office) == [("answer", "failed")]
    assert len(office.platform.calls("message/reply")) == 1


@pytest.mark.parametrize("fault", ["500", "drop_before"])
def test_a_reply_that_broke_before_it_took_effect_is_sent_again(office: Office, fault: str) -> None:
    office.platform.fail(fault, only="message/reply")
    letter = office.write(office.somsri, "เกิดที่ไหนคะ", reply=True)
    office.send()
    assert office.letter(letter).doubtful
    office.later(seconds=5)
    assert office.sent(office.somsri) == ["เกิดที่ไหนคะ"]
    assert office.state(letter) == "sent"


@pytest.mark.parametrize("kind", ["answer", "urgent_answer"])
def test_a_reply_whose_answer_was_lost_is_known_to_have_arrived(office: Office, kind: str) -> None:
    office.platform.fail("drop_after", only="message/reply")
    letter = office.write(office.somsri, "โทร 199 ค่ะ", kind=kind, reply=True)
    office.send()
    assert office.state(letter) == "waiting"
    office.later(seconds=5)
    assert office.sent(office.somsri) == ["โทร 199 ค่ะ"]
    assert office.state(letter) == "sent"
    assert office.used() == 0


@pytest.mark.parametrize("fault", ["drop_after", "drop_before"])
def test_a_reply_in_doubt_when_its_token_dies_is_never_pushed(office: Office, fault: str) -> None:
    office.platform.fail(fault, only="message/reply", times=100)
    letter = office.write(office.somsri, "โทร 199 ค่ะ", kind="urgent_answer", reply=True)
    for _ in range(12):
        office.later(seconds=6)
    assert office.state(letter) == "doubtful"
    assert office.used() == 0
    assert len(office.sent(office.somsri)) == (1 if fault == "drop_after" else 0)
    assert troubles(office) == [("urgent_answer", "doubtful")]


def test_a_rate_limit_on_a_reply_is_waited_out(office: Office) -> None:
    office.platform.fail("429", only="message/reply", times=2)
    letter = office.write(office.somsri, "เกิดที่ไหนคะ", reply=True)
    office.send()
    assert not office.letter(letter).doubtful
    for _ in range(3):
        office.later(seconds=5)
    assert office.sent(office.somsri) == ["เกิดที่ไหนคะ"]


def test_with_a_wrong_access_token_everything_waits_and_goes_out_once_it_is_mended(office: Office) -> None:
    right, office.platform.world.token = office.platform.world.token, "another"
    letter = office.write(office.somsri, "เสร็จแล้วค่ะ", kind="result")
    office.send()
    for _ in range(30):
        office.later(hours=1)
    assert office.state(letter) == "waiting"
    assert troubles(office) == [("result", "waiting")]
    office.platform.world.token = right
    office.later(hours=1)
    assert office.sent(office.somsri) == ["เสร็จแล้วค่ะ"]
    assert office.used() == 1


# pushing


def test_a_push_is_counted_and_entered_in_the_ledger(office: Office) -> None:
    office.write(office.somsri, "เสร็จแล้วค่ะ", "ใช้ได้ดีไหมคะ", kind="result")
    office.write(office.crew, "ไฟดับหน้าวัด", kind="case_new_group")
    office.send()
    assert office.used() == 13
    with office.database.read() as session:
        assert [(kind.code, letters, cost) for kind, letters, cost in usage(session, office.clock())] == [
            ("case_new_group", 1, 12),
            ("result", 1, 1),
        ]


@pytest.mark.parametrize("fault", ["500", "drop_before", "drop_after", "429"])
def test_a_push_that_breaks_is_repeated_under_its_key_and_arrives_once(office: Office, fault: str) -> None:
    office.platform.fail(fault, only="message/push", times=3)
    letter = office.write(office.somsri, "เสร็จแล้วค่ะ", kind="result")
    for _ in range(8):
        office.later(minutes=1)
    assert office.sent(office.somsri) == ["เสร็จแล้วค่ะ"]
    assert office.state(letter) == "sent"
    assert office.used() == 1
    with office.database.read() as session:
        assert usage(session, office.clock())[0][1:] == (1, 1)


def test_a_push_that_never_gets_through_is_given_up_before_its_key_expires(office: Office) -> None:
    office.write(office.somsri, "อ่านโควตา", kind="result")
    office.send()
    office.platform.fail("429", only="message/push", times=10_000)
    letter = office.write(office.boon, "เสร็จแล้วค่ะ", kind="result")
    for _ in range(60):
        office.later(minutes=30)
    assert office.state(letter) == "failed"
    assert office.letter(letter).reason == "unreachable"
    assert office.sent(office.boon) == []
    assert troubles(office) == [("result", "failed")]
    tries = [call.at for call in office.platform.calls("message/push")]
    assert max(tries) - min(tries) < 24 * 3600
    with office.database.read() as session:
        assert usage(session, office.clock())[0][1:] == (1, 1)


def test_a_push_in_doubt_for_a_day_is_shown_as_doubtful(office: Office) -> None:
    office.platform.fail("drop_after", only="message/push", times=1)
    letter = office.write(office.somsri, "เสร็จแล้วค่ะ", kind="result")
    office.send()
    office.platform.fail("500", only="message/push", times=10_000)
    for _ in range(60):
        office.later(minutes=30)
    assert office.state(letter) == "doubtful"
    assert office.sent(office.somsri) == ["เสร็จแล้วค่ะ"]


def test_a_group_that_removed_the_bot_fails_at_once_and_is_remembered(office: Office) -> None:
    office.platform.remove_bot(office.crew)
    letter = office.write(office.crew, "ไฟดับหน้าวัด", kind="case_urgent_group")
    office.send()
    assert office.letter(letter).reason == "blocked"
    with office.database.read() as session:
        chat = chat_of(session, office.crew.id)
        assert chat is not None
        assert chat.gone_at == office.clock()
    calls = len(office.platform.calls())
    again = office.write(office.crew, "ถนนทรุด", kind="case_urgent_group")
    office.send()
    assert office.letter(again).reason == "blocked"
    assert not office.platform.calls("message/push")[1:]
    assert len(office.platform.calls()) - calls <= 1
    assert office.used() == 0


def test_a_stranger_is_gone_and_nothing_stays_booked(office: Office) -> None:
    office.somsri.id = "U" + "0" * 32
    letter = office.write(office.somsri, "เสร็จแล้วค่ะ", kind="result")
    office.send()
    assert office.letter(letter).reason == "blocked"
    with office.database.read() as session:
        assert usage(session, office.clock()) == []


def test_a_push_refused_for_its_content_fails_and_is_shown(office: Office) -> None:
    letter = office.write(office.somsri, "", kind="result")
    office.send()
    assert office.letter(letter).reason == "refused"
    assert office.used() == 0
    assert troubles(office) == [("result", "failed")]


# quota


def test_when_line_says_the_quota_is_gone_letters_are_kept_for_next_month(office: Office) -> None:
    office.write(office.boon, "เสร็จแล้วค่ะ", kind="result")
    office.send()  # reads the quota: 300
    office.platform.switch(quota=300, used=300)
    letter = office.write(office.somsri, "เสร็จแล้วค่ะ", kind="result")
    office.send()
    assert office.letter(letter).reason == "quota"
    assert office.state(letter) == "held"
    assert troubles(office) == [("result", "held")]
    office.later(minutes=30)
    second = office.write(office.somsri, "อีกเรื่องค่ะ", kind="result")
    office.send()
    assert office.state(second) == "held"
    assert len(office.platform.calls("message/push")) == 2  # the second one is not even tried
    office.clock.forward(days=11)
    office.outbox.tidy()
    office.send()
    assert office.sent(office.somsri) == ["เสร็จแล้วค่ะ", "อีกเรื่องค่ะ"]


def test_in_economy_only_urgent_letters_are_pushed_and_the_others_ride_later(office: Office) -> None:
    office.platform.switch(quota=300, used=250)
    result = office.write(office.somsri, "เสร็จแล้วค่ะ", kind="result")
    urgent = office.write(office.crew, "สายไฟขาด", kind="case_urgent_group")
    office.send()
    assert office.letter(result).reason == "economy"
    assert office.state(urgent) == "sent"
    office.write(office.somsri, "สวัสดีค่ะ", reply=True, carry=True)
    office.send()
    assert office.sent(office.somsri) == ["เสร็จแล้วค่ะ", "สวัสดีค่ะ"]
    assert office.state(result) == "sent"
    assert office.used() == 262


def test_alerts_to_a_group_stop_when_their_share_is_used_up(office: Office) -> None:
    letters = [office.write(office.crew, f"เรื่องที่ {n}", kind="case_new_group") for n in range(8)]
    office.send()
    states = [office.state(letter) for letter in letters]
    assert states == ["sent"] * 6 + ["held"] * 2  # a quarter of 300 holds six alerts to twelve people
    assert office.used() == 72


def test_the_words_of_old_letters_are_blanked_and_the_books_stay(office: Office) -> None:
    letter = office.write(office.somsri, "เสร็จแล้วค่ะ", kind="result")
    office.send()
    office.clock.forward(days=89)
    office.outbox.tidy()
    assert office.letter(letter).messages
    office.clock.forward(days=2)
    office.outbox.tidy()
    assert office.letter(letter).messages == []
    assert (office.state(letter), office.letter(letter).cost) == ("sent", 1)


# riding


def test_held_letters_ride_in_front_of_a_fresh_reply_oldest_first(office: Office) -> None:
    held = [office.write(office.somsri, f"ข่าวที่ {n}", kind="progress") for n in range(6)]
    answer = office.write(office.somsri, "คำตอบ", reply=True, carry=True)
    office.send()
    assert office.sent(office.somsri) == ["ข่าวที่ 0", "ข่าวที่ 1", "ข่าวที่ 2", "ข่าวที่ 3", "คำตอบ"]
    assert [office.state(letter) for letter in [*held, answer]] == ["sent"] * 4 + ["held"] * 2 + ["sent"]
    assert len({message.call for message in office.platform.world.bot_lines(office.somsri.id)}) == 1
    with office.database.read() as session:
        assert [letter.id for letter in held_for(session, office.somsri.id)] == held[4:]


def test_riders_get_off_when_their_carrier_is_held(office: Office) -> None:
    news = office.write(office.somsri, "ข่าว", kind="progress")
    answer = office.write(office.somsri, "คำตอบ", reply=True, carry=True)
    assert office.state(news) == "riding"
    office.later(minutes=2)
    assert (office.state(news), office.state(answer)) == ("held", "held")
    assert office.sent(office.somsri) == []


def test_riders_stay_in_doubt_with_a_carrier_in_doubt(office: Office) -> None:
    office.platform.fail("drop_after", only="message/reply", times=100)
    news = office.write(office.somsri, "ข่าว", kind="progress")
    office.write(office.somsri, "คำตอบ", reply=True, carry=True)
    for _ in range(12):
        office.later(seconds=6)
    assert office.state(news) == "doubtful"
    assert office.sent(office.somsri) == ["ข่าว", "คำตอบ"]


def test_a_rider_that_line_refuses_does_not_sink_its_carrier(office: Office) -> None:
    bad = office.write(office.somsri, "", kind="progress")
    good = office.write(office.somsri, "ข่าว", kind="progress")
    answer = office.write(office.somsri, "คำตอบ", reply=True, carry=True)
    office.send()
    assert office.sent(office.somsri) == ["คำตอบ"]
    assert [office.state(letter) for letter in (bad, good, answer)] == ["failed", "held", "sent"]


def test_a_letter_too_long_to_ride_goes_in_two_parts(office: Office) -> None:
    office.write(office.somsri, "๑", "๒", "๓", "๔", "๕", kind="progress")
    for answer in ("ก", "ข"):
        office.write(office.somsri, answer, reply=True, carry=True)
        office.send()
    assert office.sent(office.somsri) == ["๑", "๒", "๓", "๔", "ก", "๕", "ข"]


def test_an_old_answer_is_not_brought_up_again(office: Office) -> None:
    old = office.write(office.somsri, "เกิดที่ไหนคะ", kind="answer")
    office.clock.forward(days=2)
    office.write(office.somsri, "สวัสดีค่ะ", reply=True, carry=True)
    office.send()
    assert office.sent(office.somsri) == ["สวัสดีค่ะ"]
    assert office.letter(old).reason == "stale"


def test_a_push_takes_kept_letters_along_for_nothing(office: Office) -> None:
    office.write(office.somsri, "กำลังซ่อม", kind="progress")
    office.write(office.somsri, "เสร็จแล้วค่ะ", kind="result")
    office.send()
    assert office.sent(office.somsri) == ["กำลังซ่อม", "เสร็จแล้วค่ะ"]
    assert office.used() == 1


# order, bursts


def test_a_newer_answer_takes_the_place_of_one_that_was_held_back(office: Office) -> None:
    news = office.write(office.somsri, "ข่าว", kind="progress")
    soon = office.clock() + timedelta(seconds=2)
    first = office.write(office.somsri, "ได้รูป 1 รูป", reply=True, send_after=soon, supersedable=True, carry=True)
    assert office.send() == 0
    with office.database.begin() as session:
        assert supersede(session, office.somsri.id) == 1
    office.write(office.somsri, "ได้รูป 2 รูป", reply=True, send_after=soon, supersedable=True, carry=True)
    office.later(seconds=2)
    assert office.sent(office.somsri) == ["ข่าว", "ได้รูป 2 รูป"]
    assert office.letter(first).reason == "superseded"
    assert office.state(news) == "sent"


def test_what_has_been_tried_is_not_superseded(office: Office) -> None:
    office.platform.fail("500", only="message/reply")
    office.write(office.somsri, "ได้รูป 1 รูป", reply=True, supersedable=True)
    office.send()
    with office.database.begin() as session:
        assert supersede(session, office.somsri.id) == 0


def test_letters_of_a_chat_keep_their_order_while_one_is_tried_again(office: Office) -> None:
    office.platform.fail("500", only="message/push")
    office.write(office.somsri, "หนึ่ง", kind="result")
    office.write(office.somsri, "สอง", kind="result")
    office.write(office.boon, "ของลุง", kind="result")
    office.send()
    assert office.sent(office.boon) == ["ของลุง"]
    assert office.sent(office.somsri) == []
    office.later(minutes=1)
    assert office.sent(office.somsri) == ["หนึ่ง", "สอง"]


def test_a_push_in_trouble_does_not_hold_up_the_answer_to_a_person(office: Office) -> None:
    office.platform.fail("500", only="message/push", times=5)
    office.write(office.somsri, "เสร็จแล้วค่ะ", kind="result")
    office.send()
    office.write(office.somsri, "เกิดที่ไหนคะ", reply=True)
    office.send()
    assert office.sent(office.somsri) == ["เกิดที่ไหนคะ"]


# staff


def test_staff_tick_off_or_send_again_what_did_not_arrive(office: Office) -> None:
    office.platform.fail("drop_before", only="message/reply", times=100)
    first = office.write(office.somsri, "โทร 199 ค่ะ", kind="urgent_answer", reply=True)
    second = office.write(office.boon, "โทร 199 ค่ะ", kind="urgent_answer", reply=True)
    for _ in range(12):
        office.later(seconds=6)
    with office.database.begin() as session:
        send_again(session, first, office.clock())
        tick_off(session, second, office.clock())
    office.send()
    assert office.sent(office.somsri) == ["โทร 199 ค่ะ"]
    assert office.sent(office.boon) == []
    assert troubles(office) == []


def test_a_letter_of_a_kind_that_is_no_more_stops_nobody(office: Office) -> None:
    old = office.write(office.somsri, "ของเก่า", kind="result")
    with office.database.begin() as session:
        session.get_one(Outgoing, old).kind = "retired"
    office.write(office.somsri, "สวัสดีค่ะ", reply=True)
    office.send()
    assert office.sent(office.somsri) == ["สวัสดีค่ะ"]
    assert troubles(office) == [("retired", "held")]


def test_an_impossible_letter_is_refused_before_it_is_stored(office: Office) -> None:
    with pytest.raises(ValueError, match="1 to 5"):
        office.write(office.somsri, *"กขคงจฉ")
    with pytest.raises(KeyError):
        office.write(office.somsri, "ก", kind="ไม่มี")

    def refuse(messages: object) -> None:
        raise ValueError("label too long")

    with pytest.raises(ValueError, match="label too long"):
        office.write(office.somsri, "ก", check=refuse)
    assert office.send() == 0
