"""Webhooks: signed, well formed, in order, sent again when that is on; every kind of event judged by LINE's
description.
"""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Mapping
from typing import Any

import pytest

from simulator import NotOnScreen, Simulator, sign
from tests.simulator.conftest import Bot, Client, text
from tests.simulator.strict_spec import event_complaint

Json = dict[str, Any]


def test_signature_of_lines_example() -> None:
    body = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'
    assert sign("8c570fa6dd201bb328f1c1eac23a96d8", body) == "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="


def test_every_webhook_is_signed_over_its_bytes(line: Simulator, bot: Bot) -> None:
    line.say(line.user("ป้าสมศรี"), "ไฟถนนดับ 🙂")
    body, headers = bot.raw[0]
    right = base64.b64encode(hmac.new(b"secret", body, hashlib.sha256).digest()).decode()
    assert headers["x-line-signature"] == right
    assert json.loads(body)["destination"] == line.world.bot_id


def everything(line: Simulator) -> None:
    """Let people do all that they can do."""
    somsri, ek = line.user("ป้าสมศรี"), line.user("ช่างเอก")
    crew = line.group("กองช่าง", [ek])
    line.follow(somsri)
    line.say(somsri, "ไฟถนนดับ")
    quoted = line.world.chats[somsri.id][-1].id
    line.say(somsri, "เรื่องนี้ค่ะ", quote=quoted)
    line.send_photo(somsri)
    line.send_photos(somsri, [b"1", b"2", b"3"])
    line.send_voice(somsri)
    line.send_video(somsri, b"film")
    line.send_file(somsri, "คำร้อง.pdf", b"%PDF")
    line.send_location(somsri, 14.02, 100.52)
    line.send_location(somsri, 14.02, 100.52, title="วัด", address="หมู่ 5")
    line.send_sticker(somsri, keywords=["help"])
    line.unsend(somsri)
    line.tap(somsri, {"type": "postback", "data": "a=1", "displayText": "ตกลง"})
    line.tap(somsri, {"type": "datetimepicker", "data": "when", "mode": "date"}, params={"date": "2026-11-20"})
    line.tap(somsri, {"type": "message", "text": "เมนู"})
    line.join(crew)
    line.say(ek, "@ส่งเสียง งานค้าง @ช่างเอก @All", crew)
    line.edit(ek, "งานวันนี้", crew)
    line.say(ek, "ไม่บอกชื่อ", crew, anonymous=True)
    line.member_joins(crew, somsri)
    line.member_leaves(crew, somsri)
    line.remove_bot(crew)
    line.block(somsri)
    line.follow(somsri)


@pytest.mark.shared
def test_lines_description_accepts_every_event(line: Simulator, bot: Bot) -> None:
    everything(line)
    line.redeliver()
    complaints = [(json.loads(body)["events"], event_complaint(json.loads(body))) for body, _ in bot.raw]
    assert [one for one in complaints if one[1]] == []


def test_every_event_has_an_id_of_its_own(line: Simulator, bot: Bot) -> None:
    everything(line)
    kinds = {event["type"] for event in bot.heard}
    assert kinds == {
        "follow",
        "message",
        "unsend",
        "postback",
        "join",
        "messageEdited",
        "memberJoined",
        "memberLeft",
        "leave",
        "unfollow",
    }
    assert len({event["webhookEventId"] for event in bot.heard}) == len(bot.heard)
    tokens = [event["replyToken"] for event in bot.heard if "replyToken" in event]
    assert len(set(tokens)) == len(tokens)
    silent = {event["type"] for event in bot.heard if "replyToken" not in event}
    assert silent == {"unsend", "unfollow", "leave", "memberLeft"}


def test_a_mention_is_placed_in_utf16_units(line: Simulator, bot: Bot) -> None:
    ek = line.user("ช่างเอก")
    crew = line.group("กองช่าง", [ek])
    line.say(ek, "🙂 @ส่งเสียง งานค้าง", crew)
    mentionee = bot.last["message"]["mention"]["mentionees"][0]
    assert (mentionee["index"], mentionee["length"], mentionee["isSelf"]) == (3, 9, True)
    assert bot.last["source"] == {"type": "group", "groupId": crew.id, "userId": ek.id}


def test_photos_chosen_together_are_one_set(line: Simulator, bot: Bot) -> None:
    line.send_photos(line.user("ป้าสมศรี"), [b"1", b"2"])
    sets = [event["message"]["imageSet"] for event in bot.heard]
    assert [(one["index"], one["total"]) for one in sets] == [(1, 2), (2, 2)]
    assert sets[0]["id"] == sets[1]["id"]


def test_unblocking_says_so(line: Simulator, bot: Bot) -> None:
    somsri = line.user("ป้าสมศรี", friend=False)
    line.follow(somsri)
    assert bot.last["follow"] == {"isUnblocked": False}
    line.block(somsri)
    heard = len(bot.heard)
    assert line.say(somsri, "มีใครอยู่ไหม").reason == "not_listening"
    assert len(bot.heard) == heard
    line.follow(somsri)
    assert bot.last["follow"] == {"isUnblocked": True}


def test_together_makes_one_body_of_several_peoples_events(line: Simulator, bot: Bot) -> None:
    with line.together() as delivery:
        line.say(line.user("ป้าสมศรี"), "หนึ่ง")
        line.say(line.user("ลุงบุญ"), "สอง")
        line.raw({"type": "message"})
    assert delivery.status == 200
    assert len(bot.raw) == 1
    assert len(bot.heard) == 3


def test_with_redelivery_on_a_failed_webhook_comes_again(line: Simulator, bot: Bot) -> None:
    line.switch(redelivery=True, redelivery_pauses=[0, 0])
    bot.status = 500
    first = line.say(line.user("ป้าสมศรี"), "ไฟถนนดับ")
    assert (first.status, first.reason) == (500, "error_status_code")
    assert [event["deliveryContext"]["isRedelivery"] for event in bot.heard] == [False, True, True]
    assert len({event["webhookEventId"] for event in bot.heard}) == 1
    assert len({event["replyToken"] for event in bot.heard}) == 1


def test_with_redelivery_off_it_does_not(line: Simulator, bot: Bot) -> None:
    bot.status = 500
    line.say(line.user("ป้าสมศรี"), "ไฟถนนดับ")
    assert len(bot.heard) == 1


def test_with_the_webhook_off_nothing_is_sent(line: Simulator, bot: Bot) -> None:
    line.switch(webhook=False)
    assert line.say(line.user("ป้าสมศรี"), "ไฟถนนดับ").reason == "webhook_off"
    assert bot.heard == []


def test_a_bot_that_is_not_there(line: Simulator) -> None:
    with Simulator(secret="s", token="t", deliver="now", webhook_url="http://127.0.0.1:9/line") as alone:
        delivery = alone.say(alone.user("ป้าสมศรี"), "ไฟถนนดับ")
    assert (delivery.status, delivery.reason) == (0, "could_not_connect")


def test_in_a_queue_each_chat_keeps_its_order_and_others_do_not_wait() -> None:
    gate, heard = threading.Event(), []

    def bot(body: bytes, headers: Mapping[str, str]) -> int:
        for event in json.loads(body)["events"]:
            words = event["message"]["text"]
            if words == "ช้า":
                assert gate.wait(10)
            heard.append(words)
        return 200

    with Simulator(secret="s", token="t", transport=bot) as line:
        somsri, bun = line.user("ป้าสมศรี"), line.user("ลุงบุญ")
        line.say(somsri, "ช้า")
        late = [line.say(somsri, str(number)) for number in range(20)]
        assert line.say(bun, "เร็ว").wait() == 200
        assert heard == ["เร็ว"]
        gate.set()
        assert late[-1].wait() == 200
        line.settle()
    assert heard == ["เร็ว", "ช้า", *map(str, range(20))]


def test_waiting_events_of_a_chat_can_share_a_body() -> None:
    gate, sizes = threading.Event(), []

    def bot(body: bytes, headers: Mapping[str, str]) -> int:
        assert gate.wait(10)
        sizes.append(len(json.loads(body)["events"]))
        return 200

    with Simulator(secret="s", token="t", transport=bot) as line:
        line.switch(batch=4)
        somsri = line.user("ป้าสมศรี")
        line.say(somsri, "แรก")
        for number in range(6):
            line.say(somsri, str(number))
        gate.set()
        line.settle()
    assert sum(sizes) == 7
    assert max(sizes) == 4


def test_queued_redelivery_waits_its_pause_and_stops_with_the_simulator() -> None:
    bot = Bot(status=503)
    with Simulator(secret="s", token="t", transport=bot) as line:
        line.switch(redelivery=True, redelivery_pauses=[0.01, 600])
        line.say(line.user("ป้าสมศรี"), "ไฟถนนดับ").wait()
        assert line.world.wait_for(lambda: len(line.world.journal.hooks) == 2, 5)
    assert [event["deliveryContext"]["isRedelivery"] for event in bot.heard] == [False, True]


def test_tapping_needs_the_button_on_the_screen(line: Simulator, bot: Bot, client: Client) -> None:
    somsri = line.user("ป้าสมศรี")
    line.say(somsri, "สวัสดี")
    items = [{"type": "action", "action": {"type": "postback", "label": "ใช่", "data": "yes", "displayText": "ใช่ค่ะ"}}]
    client.reply(bot.last["replyToken"], text("ถูกไหมคะ", quickReply={"items": items}))
    with pytest.raises(NotOnScreen, match="ใช่"):
        line.tap(somsri, "ไม่ใช่")
    line.tap(somsri, "ใช่")
    assert bot.last["postback"] == {"data": "yes"}
    assert [one.message["text"] for one in line.world.chats[somsri.id]][-1] == "ใช่ค่ะ"
    with pytest.raises(NotOnScreen):
        line.tap(somsri, "ใช่")


def test_quick_replies_go_with_the_next_message_but_cards_stay(line: Simulator, client: Client) -> None:
    somsri = line.user("ป้าสมศรี")
    call: Json = {"type": "button", "action": {"type": "uri", "label": "โทร", "uri": "tel:199"}}
    bubble: Json = {"type": "bubble", "body": {"type": "box", "layout": "vertical", "contents": [call]}}
    items = [{"type": "action", "action": {"type": "message", "label": "เมนู", "text": "เมนู"}}]
    client.push(somsri.id, {"type": "flex", "altText": "บัตร", "contents": bubble, "quickReply": {"items": items}})
    assert [button.label for button in line.buttons_on_screen(somsri)] == ["เมนู", "โทร"]
    client.push(somsri.id, text("อีกข้อความ"))
    assert [button.label for button in line.buttons_on_screen(somsri)] == ["โทร"]
    assert line.tap(somsri, "โทร").reason == "uri"


def test_wait_wakes_when_the_message_comes_and_says_what_there_is(line: Simulator, client: Client) -> None:
    somsri = line.user("ป้าสมศรี")
    sender = threading.Timer(0.05, client.push, [somsri.id, text("มาแล้ว")])
    sender.start()
    assert [message.text for message in line.wait(somsri, timeout=10)] == ["มาแล้ว"]
    sender.join()
    with pytest.raises(TimeoutError, match="มาแล้ว"):
        line.wait(somsri, count=2, timeout=0.01)
