"""A throwaway bot for the browser test: it answers certain words with every kind of message that the page draws."""

import io
import json
from collections.abc import Mapping
from typing import Any

import urllib3
from PIL import Image, ImageDraw

from simulator import Simulator

Json = dict[str, Any]


class Showcase:
    """A transport: takes webhooks and answers through the API of ``line``, which is set once it has been made."""

    def __init__(self) -> None:
        self.line: Simulator
        self.heard: list[Json] = []
        self.http = urllib3.PoolManager(retries=False, maxsize=8)

    def __call__(self, body: bytes, headers: Mapping[str, str]) -> int:
        for event in json.loads(body)["events"]:
            self.heard.append(event)
            messages = self.answer(event)
            if messages and "replyToken" in event:
                self.api("POST", "/v2/bot/message/reply", {"replyToken": event["replyToken"], "messages": messages})
        return 200

    def api(self, method: str, path: str, body: object = None, mime: str = "application/json") -> Json:
        """Call LINE's API; the bot of a test must never be refused."""
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        headers = {"Authorization": "Bearer token", "Content-Type": mime}
        answer = self.http.request(method, self.line.url + path, body=data, headers=headers)
        assert answer.status < 300, (path, answer.status, answer.data.decode())
        return dict(answer.json())

    def answer(self, event: Json) -> list[Json]:
        """What this bot says to an event."""
        if event["type"] == "postback":
            return [text(f"เลือก: {event['postback']['data']} {json.dumps(event['postback'].get('params', {}))}")]
        if event["type"] == "follow":
            return [text("สวัสดีค่ะ ยินดีต้อนรับ")]
        if event["type"] != "message":
            return []
        message = event["message"]
        if message["type"] != "text":
            return [text(f"ได้รับ {message['type']} แล้วค่ะ")]
        return shows(self.line.url, message["text"]) or [text("ได้ยินว่า: " + message["text"])]

    def draw_menu(self) -> None:
        """Make a rich menu of six tiles the default."""
        image = Image.new("RGB", (1200, 810), "#0b5d3b")
        paint = ImageDraw.Draw(image)
        areas = []
        for index in range(6):
            x, y = index % 3 * 400, index // 3 * 405
            paint.rounded_rectangle((x + 12, y + 12, x + 388, y + 393), 40, fill="#f4fbf6")
            paint.ellipse((x + 130, y + 110, x + 270, y + 250), fill=f"hsl({index * 60}, 60%, 45%)")
            action = {"type": "message", "label": f"ปุ่มที่ {index + 1}", "text": "การ์ด"}
            areas.append({"bounds": {"x": x, "y": y, "width": 400, "height": 405}, "action": action})
        out = io.BytesIO()
        image.save(out, "PNG")
        body = {
            "size": {"width": 1200, "height": 810},
            "selected": True,
            "name": "หลัก",
            "chatBarText": "เมนู",
            "areas": areas,
        }
        menu = self.api("POST", "/v2/bot/richmenu", body)["richMenuId"]
        self.api("POST", f"/v2/bot/richmenu/{menu}/content", out.getvalue(), "image/png")
        self.api("POST", f"/v2/bot/user/all/richmenu/{menu}")


def text(words: str, **more: object) -> Json:
    """A text message."""
    return {"type": "text", "text": words, **more}


def label(words: str, **more: object) -> Json:
    """A Flex text component."""
    return {"type": "text", "text": words, "wrap": True, **more}


def post(name: str, data: str = "x", **more: object) -> Json:
    """A postback action."""
    return {"type": "postback", "label": name, "data": data, "displayText": name, **more}


def shows(url: str, words: str) -> list[Json]:
    """Messages by the word that calls for them; none for other words."""
    return {
        "ปุ่มด่วน": [text("เลือกได้เลยค่ะ https://example.org/หน้า", quickReply=quick())],
        "การ์ด": [{"type": "flex", "altText": "การ์ด", "contents": card(url)}],
        "หลายใบ": [
            {"type": "flex", "altText": "หลายใบ", "contents": {"type": "carousel", "contents": [card(url)] * 3}}
        ],
        "แม่แบบ": templates(url),
        "รูป": [
            {
                "type": "image",
                "originalContentUrl": f"{url}/sim/samples/pothole",
                "previewImageUrl": f"{url}/sim/samples/pothole",
            }
        ],
        "ที่ตั้ง": [{"type": "location", "title": "หน้าวัด", "address": "หมู่ 5", "latitude": 14.02, "longitude": 100.52}],
        "ร้าย": [evil(url)],
    }.get(words, [])


def quick() -> Json:
    """Quick replies of several kinds."""
    actions: list[Json] = [
        post("ไฟฟ้า", "cat=light"),
        {"type": "message", "label": "พิมพ์ให้", "text": "พิมพ์แล้ว"},
        {"type": "location", "label": "ส่งตำแหน่ง"},
        {"type": "camera", "label": "ถ่ายรูป"},
        {"type": "datetimepicker", "label": "เลือกวัน", "data": "when", "mode": "date"},
    ]
    return {"items": [{"type": "action", "action": action} for action in actions]}


def card(url: str) -> Json:
    """A bubble with most of what Flex has."""
    row = {
        "type": "box",
        "layout": "baseline",
        "spacing": "sm",
        "contents": [
            label("สถานที่", color="#5a6472", size="sm", flex=2),
            label("หน้าวัดกลางทุ่ง หมู่ 5 ใกล้ศาลาริมทาง", size="sm", flex=5),
        ],
    }
    status = {
        "type": "box",
        "layout": "horizontal",
        "contents": [
            {
                "type": "box",
                "layout": "vertical",
                "flex": 0,
                "backgroundColor": "#fff3cd",
                "cornerRadius": "xxl",
                "paddingAll": "xs",
                "paddingStart": "lg",
                "paddingEnd": "lg",
                "contents": [{"type": "text", "text": "กำลังดำเนินการ", "size": "sm", "color": "#6b4a00"}],
            },
            {"type": "filler"},
        ],
    }
    spans = {
        "type": "text",
        "text": "x",
        "wrap": True,
        "contents": [{"type": "span", "text": "ครบกำหนด "}, {"type": "span", "text": "5 ธ.ค. 2569", "weight": "bold"}],
    }
    return {
        "type": "bubble",
        "hero": {
            "type": "image",
            "url": f"{url}/sim/samples/lamp-out",
            "size": "full",
            "aspectRatio": "20:13",
            "aspectMode": "cover",
            "action": {"type": "uri", "label": "ดูรูป", "uri": "https://example.org/photo"},
        },
        "body": {
            "type": "box",
            "layout": "vertical",
            "spacing": "md",
            "contents": [
                label("ไฟถนนดับหน้าวัด", weight="bold", size="lg"),
                label("เรื่องเลขที่ 2569-00042", size="sm", color="#5a6472"),
                status,
                {"type": "separator", "margin": "lg"},
                row,
                spans,
            ],
        },
        "footer": {
            "type": "box",
            "layout": "vertical",
            "spacing": "sm",
            "contents": [
                {"type": "button", "style": "primary", "height": "sm", "action": post("รับเรื่อง", "take=42")},
                {"type": "button", "style": "secondary", "height": "sm", "action": post("ส่งต่อ", "forward=42")},
                {"type": "button", "height": "sm", "action": {"type": "uri", "label": "โทร 199", "uri": "tel:199"}},
            ],
        },
    }


def templates(url: str) -> list[Json]:
    """The four kinds of template."""
    column = {
        "thumbnailImageUrl": f"{url}/sim/samples/rubbish",
        "title": "ขยะ",
        "text": "ขยะล้นถัง",
        "actions": [post("เลือก", "c")],
    }
    return [
        {
            "type": "template",
            "altText": "ยืนยัน",
            "template": {"type": "confirm", "text": "ถูกต้องไหมคะ", "actions": [post("ใช่"), post("ไม่ใช่")]},
        },
        {
            "type": "template",
            "altText": "ปุ่ม",
            "template": {
                "type": "buttons",
                "title": "เรื่องใหม่",
                "text": "เลือกหนึ่งข้อ",
                "actions": [post("หนึ่ง"), post("สอง")],
            },
        },
        {"type": "template", "altText": "หลายใบ", "template": {"type": "carousel", "columns": [column, column]}},
    ]


EVIL = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'


def evil(url: str) -> Json:
    """A card full of attempts to run a script."""
    return {
        "type": "flex",
        "altText": EVIL,
        "contents": {
            "type": "bubble",
            "body": {
                "type": "box",
                "layout": "vertical",
                "contents": [
                    label(EVIL),
                    {"type": "button", "action": post(EVIL[:20], EVIL)},
                    {"type": "image", "url": f"{url}/sim/samples/none?x=%22onerror%3D%22window.hacked%3D1"},
                ],
            },
        },
    }
