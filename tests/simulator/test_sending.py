"""Reply tokens, retry keys, quota and who can be reached."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import urllib3

from simulator import Simulator
from tests.simulator.conftest import Bot, Client, Clock, text

NOBODY = "U" + "0" * 32


def test_a_reply_reaches_the_chat_and_costs_nothing(line: Simulator, bot: Bot, client: Client) -> None:
    somsri = line.user("ป้าสมศรี")
    line.say(somsri, "ไฟถนนดับ")
    answer = client.reply(bot.last["replyToken"], text("รับเรื่องแล้ว"), text("ขอบคุณค่ะ"))
    assert answer.status == 200
    assert [message.text for message in line.messages(somsri)] == ["รับเรื่องแล้ว", "ขอบคุณค่ะ"]
    assert [sent["id"] for sent in answer.json()["sentMessages"]] == [message.id for message in line.messages(somsri)]
    assert {message.via for message in line.messages(somsri)} == {"reply"}
    assert client.call("GET", "/v2/bot/message/quota/consumption").json() == {"totalUsage": 0}


def test_a_reply_token_serves_once(line: Simulator, bot: Bot, client: Client) -> None:
    line.say(line.user("ป้าสมศรี"), "ไฟถนนดับ")
    assert client.reply(bot.last["replyToken"]).status == 200
    again = client.reply(bot.last["replyToken"])
    assert (again.status, again.json()["message"]) == (400, "Invalid reply token")


@pytest.mark.parametrize(("later", "status"), [(59, 200), (61, 400)])
def test_a_reply_token_lives_one_minute(
    line: Simulator, bot: Bot, client: Client, clock: Clock, later: int, status: int
) -> None:
    line.say(line.user("ป้าสมศรี"), "ไฟถนนดับ")
    clock.at += later
    assert client.reply(bot.last["replyToken"]).status == status


def test_a_refused_body_does_not_spend_the_token(line: Simulator, bot: Bot, client: Client) -> None:
    line.say(line.user("ป้าสมศรี"), "ไฟถนนดับ")
    assert client.reply(bot.last["replyToken"], text("")).status == 400
    assert client.reply(bot.last["replyToken"]).status == 200


@pytest.mark.parametrize(("after", "status"), [(19 * 60, 200), (21 * 60, 400)])
def test_redelivery_renews_the_token_for_twenty_minutes(
    line: Simulator, bot: Bot, client: Client, clock: Clock, after: int, status: int
) -> None:
    line.say(line.user("ป้าสมศรี"), "ไฟถนนดับ")
    first = bot.last
    clock.at += after
    line.redeliver()
    assert bot.last == {**first, "deliveryContext": {"isRedelivery": True}}
    assert client.reply(first["replyToken"]).status == status


def test_redelivery_does_not_revive_a_used_token(line: Simulator, bot: Bot, client: Client) -> None:
    line.say(line.user("ป้าสมศรี"), "ไฟถนนดับ")
    client.reply(bot.last["replyToken"])
    line.redeliver()
    assert client.reply(bot.last["replyToken"]).status == 400


def test_a_retry_key_on_a_reply_is_refused(line: Simulator, bot: Bot, client: Client) -> None:
    line.say(line.user("ป้าสมศรี"), "ไฟถนนดับ")
    body = {"replyToken": bot.last["replyToken"], "messages": [text("ตอบ")]}
    answer = client.call("POST", "/v2/bot/message/reply", body, headers={"X-Line-Retry-Key": str(uuid.uuid4())})
    assert answer.status == 400


def test_a_repeated_retry_key_is_409_and_sends_nothing(line: Simulator, client: Client) -> None:
    somsri, key = line.user("ป้าสมศรี"), str(uuid.uuid4())
    first = client.push(somsri.id, key=key)
    again = client.push(somsri.id, key=key)
    assert again.status == 409
    assert again.headers["x-line-accepted-request-id"] == first.headers["x-line-request-id"]
    assert again.json()["sentMessages"] == first.json()["sentMessages"]
    assert len(line.messages(somsri)) == 1
    assert line.world.used() == 1


def test_after_a_day_a_retry_key_sends_again(line: Simulator, client: Client, clock: Clock) -> None:
    somsri, key = line.user("ป้าสมศรี"), str(uuid.uuid4())
    client.push(somsri.id, key=key)
    clock.at += 24 * 3600 + 1
    assert client.push(somsri.id, key=key).status == 200
    assert len(line.messages(somsri)) == 2


def test_a_refused_push_does_not_use_up_its_key(line: Simulator, client: Client) -> None:
    somsri, key = line.user("ป้าสมศรี"), str(uuid.uuid4())
    line.switch(quota=0)
    assert client.push(somsri.id, key=key).status == 429
    line.switch(quota=1)
    assert client.push(somsri.id, key=key).status == 200


def test_of_many_with_one_key_at_once_only_one_is_sent(line: Simulator, client: Client) -> None:
    somsri, key = line.user("ป้าสมศรี"), str(uuid.uuid4())
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: client.push(somsri.id, key=key).status, range(16)))
    assert sorted(statuses) == [200] + [409] * 15
    assert len(line.messages(somsri)) == 1


def test_a_retry_key_elsewhere_is_refused(client: Client) -> None:
    assert client.call("GET", "/v2/bot/info", headers={"X-Line-Retry-Key": str(uuid.uuid4())}).status == 400


def test_a_retry_key_must_be_a_uuid(line: Simulator, client: Client) -> None:
    assert client.push(line.user("ป้าสมศรี").id, key="again").status == 400


def test_multicast_repeats_without_sent_messages(line: Simulator, client: Client) -> None:
    ids = [line.user("ป้าสมศรี").id, line.user("ลุงบุญ").id]
    body, headers = {"to": ids, "messages": [text("ข่าว")]}, {"X-Line-Retry-Key": str(uuid.uuid4())}
    assert client.call("POST", "/v2/bot/message/multicast", body, headers=headers).json() == {}
    again = client.call("POST", "/v2/bot/message/multicast", body, headers=headers)
    assert (again.status, again.json()) == (409, {"message": "The retry key is already accepted"})
    assert line.world.used() == 2


def test_dropped_after_its_effect_a_push_is_safe_to_repeat(line: Simulator, client: Client) -> None:
    somsri, key = line.user("ป้าสมศรี"), str(uuid.uuid4())
    line.fail("drop_after", only="push")
    with pytest.raises(urllib3.exceptions.ProtocolError):
        client.push(somsri.id, key=key)
    assert len(line.messages(somsri)) == 1
    assert client.push(somsri.id, key=key).status == 409
    assert len(line.messages(somsri)) == 1


def test_dropped_before_its_effect_a_push_sent_nothing(line: Simulator, client: Client) -> None:
    somsri, key = line.user("ป้าสมศรี"), str(uuid.uuid4())
    line.fail("drop_before", only="push")
    with pytest.raises(urllib3.exceptions.ProtocolError):
        client.push(somsri.id, key=key)
    assert line.messages(somsri) == []
    assert client.push(somsri.id, key=key).status == 200


def test_a_group_push_costs_one_per_member(line: Simulator, client: Client) -> None:
    crew = line.group("กองช่าง", [line.user(name) for name in ("ช่างเอก", "ช่างโท", "ช่างตรี")])
    client.push(crew.id, text("งานใหม่"), text("อีกหนึ่งฟอง"))
    assert client.call("GET", "/v2/bot/message/quota/consumption").json() == {"totalUsage": 3}


def test_the_quota_runs_out_and_returns_next_month(line: Simulator, client: Client, clock: Clock) -> None:
    crew = line.group("กองช่าง", [line.user("ช่างเอก"), line.user("ช่างโท")])
    line.switch(quota=3)
    assert client.call("GET", "/v2/bot/message/quota").json() == {"type": "limited", "value": 3}
    assert client.push(crew.id).status == 200
    refused = client.push(crew.id)
    assert (refused.status, refused.json()["message"]) == (429, "You have reached your monthly limit.")
    assert len(line.messages(crew)) == 1
    clock.at += 31 * 86_400
    assert client.push(crew.id).status == 200


def test_an_unlimited_plan_says_none(line: Simulator, client: Client) -> None:
    line.switch(quota=None)
    assert client.call("GET", "/v2/bot/message/quota").json() == {"type": "none"}
    assert client.push(line.user("ป้าสมศรี").id).status == 200


def test_whoever_blocked_gets_nothing_at_no_cost(line: Simulator, bot: Bot, client: Client) -> None:
    somsri = line.user("ป้าสมศรี")
    line.block(somsri)
    assert bot.last["type"] == "unfollow"
    assert client.push(somsri.id).status == 200
    assert line.messages(somsri) == []
    assert line.world.used() == 0
    assert client.call("GET", f"/v2/bot/profile/{somsri.id}").status == 404


def test_unknown_ids_and_left_groups_are_refused(line: Simulator, client: Client) -> None:
    crew = line.group("กองช่าง", [line.user("ช่างเอก")])
    assert client.push(NOBODY).status == 400
    assert client.push("someone").status == 400
    line.remove_bot(crew)
    assert client.push(crew.id).status == 400


def test_a_stranger_can_be_pushed_to_for_a_week_after_writing(line: Simulator, client: Client, clock: Clock) -> None:
    stranger = line.user("คนผ่านทาง", friend=False)
    client.push(stranger.id)
    assert line.messages(stranger) == []
    line.say(stranger, "สวัสดี")
    client.push(stranger.id)
    clock.at += 8 * 86_400
    client.push(stranger.id)
    assert len(line.messages(stranger)) == 1


def test_broadcast_reaches_friends_only(line: Simulator, client: Client) -> None:
    friend, blocker, stranger = line.user("ป้าสมศรี"), line.user("ลุงบุญ"), line.user("คนผ่านทาง", friend=False)
    line.block(blocker)
    assert client.call("POST", "/v2/bot/message/broadcast", {"messages": [text("ข่าว")]}).status == 200
    assert [len(line.messages(one)) for one in (friend, blocker, stranger)] == [1, 0, 0]
    assert line.world.used() == 1
