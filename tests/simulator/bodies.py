"""Messages that LINE accepts, and small changes to them that it refuses (line-platform.md §2.8)."""

from typing import Any

Json = dict[str, Any]
USER = "U" + "0" * 32
WIDE = "ติดตามสถานะเรื่องที่แจ้งไว้"
"""27 code points but 20 grapheme clusters: LINE takes it as a label of a quick reply."""


def post(label: str = "ตกลง", **more: object) -> Json:
    """A postback action."""
    return {"type": "postback", "label": label, "data": "x=1", **more}


def said(label: str = "ตกลง", text: str = "ตกลง") -> Json:
    """A message action."""
    return {"type": "message", "label": label, "text": text}


def link(uri: str = "https://example.org/a") -> Json:
    """A URI action."""
    return {"type": "uri", "label": "ดู", "uri": uri}


def picker(mode: str = "date", **more: object) -> Json:
    """A datetimepicker action."""
    return {"type": "datetimepicker", "label": "วันที่", "data": "when", "mode": mode, **more}


def quick(*actions: Json, **more: object) -> Json:
    """A text with quick replies."""
    items = [{"type": "action", "action": action} for action in actions or (post(),)]
    return {"type": "text", "text": "เลือก", "quickReply": {"items": items}, **more}


def words(text: str = "ข้อความ", **more: object) -> Json:
    """A Flex text."""
    return {"type": "text", "text": text, **more}


def box(*contents: Json, layout: str = "vertical", **more: object) -> Json:
    """A Flex box."""
    return {"type": "box", "layout": layout, "contents": list(contents), **more}


def bubble(*contents: Json, **more: object) -> Json:
    """A Flex bubble with a body."""
    return {"type": "bubble", "body": box(*(contents or (words(),))), **more}


def flex(contents: Json, alt: str = "การ์ด") -> Json:
    """A Flex message."""
    return {"type": "flex", "altText": alt, "contents": contents}


def cards(*bubbles: Json) -> Json:
    """A Flex message with a carousel."""
    return flex({"type": "carousel", "contents": list(bubbles)})


def press(action: Json | None = None, **more: object) -> Json:
    """A Flex button."""
    return {"type": "button", "action": action or post(), **more}


def picture(url: str = "https://example.org/a.jpg", **more: object) -> Json:
    """A Flex image."""
    return {"type": "image", "url": url, **more}


def template(**more: object) -> Json:
    """A template message."""
    return {"type": "template", "altText": "แม่แบบ", "template": more}


def buttons(**more: object) -> Json:
    """A buttons template."""
    return template(**{"type": "buttons", "text": "เลือก", "actions": [post()], **more})


def column(**more: object) -> Json:
    """A column of a carousel template."""
    return {"text": "เลือก", "actions": [post()], **more}


def imagemap(**more: object) -> Json:
    """An imagemap."""
    area = {"x": 0, "y": 0, "width": 10, "height": 10}
    return {
        "type": "imagemap",
        "baseUrl": "https://example.org/map",
        "altText": "แผนที่",
        "baseSize": {"width": 1040, "height": 700},
        "actions": [{"type": "message", "text": "ตกลง", "area": area}],
        **more,
    }


def photo(**more: object) -> Json:
    """An image message."""
    url = "https://example.org/a.jpg"
    return {"type": "image", "originalContentUrl": url, "previewImageUrl": url, **more}


def place(**more: object) -> Json:
    """A location message."""
    return {"type": "location", "title": "วัด", "address": "หมู่ 5", "latitude": 14.02, "longitude": 100.52, **more}


_STYLED = bubble(
    box(
        {"type": "icon", "url": "https://example.org/i.png", "size": "sm"},
        words(flex=2, color="#112233", weight="bold", align="end", wrap=True, maxLines=2, size="18px"),
        {"type": "filler", "flex": 1},
        layout="baseline",
        spacing="md",
        margin="4px",
    ),
    {"type": "separator", "margin": "lg", "color": "#00000022"},
    words(contents=[{"type": "span", "text": "หนา", "weight": "bold"}], wrap=True),
    picture(size="full", aspectRatio="20:13", aspectMode="cover", action=link()),
    box(
        press(style="primary", height="sm", color="#067a37"),
        layout="horizontal",
        paddingAll="10px",
        cornerRadius="md",
        borderWidth="1px",
        borderColor="#dddddd",
        backgroundColor="#ffffff",
        justifyContent="center",
        alignItems="flex-end",
        offsetTop="-5px",
        position="absolute",
        width="50%",
        background={"type": "linearGradient", "angle": "90deg", "startColor": "#000000", "endColor": "#ffffff"},
        action=said(),
    ),
    size="kilo",
    direction="ltr",
    styles={"body": {"backgroundColor": "#eeeeee", "separator": True}},
    footer=box(press(post("ก" * 40))),
)

GOOD: dict[str, Json] = {
    "text": {"type": "text", "text": "ก" * 5000},
    "text with an emoji": {
        "type": "text",
        "text": "🙂 $",
        "emojis": [{"index": 3, "productId": "5ac1bfd5040ab15980c9b435", "emojiId": "001"}],
    },
    "text with a sender": {
        "type": "text",
        "text": "สวัสดี",
        "sender": {"name": "กองช่าง", "iconUrl": "https://example.org/i.png"},
    },
    "textV2": {
        "type": "textV2",
        "text": "สวัสดี {name} {{ไม่ใช่ช่อง}}",
        "substitution": {"name": {"type": "mention", "mentionee": {"type": "user", "userId": USER}}},
    },
    "sticker": {"type": "sticker", "packageId": "446", "stickerId": "1988"},
    "image": photo(),
    "video": {**photo(type="video"), "trackingId": "track-1"},
    "audio": {"type": "audio", "originalContentUrl": "https://example.org/a.m4a", "duration": 3000},
    "location": place(),
    "imagemap": imagemap(),
    "flex": flex(bubble()),
    "flex with everything": flex(_STYLED),
    "flex carousel": cards(bubble(size="micro"), bubble(size="micro")),
    "flex with an empty box": flex(bubble(box())),
    "buttons": buttons(title="หัวเรื่อง", text="ก" * 60, thumbnailImageUrl="https://example.org/a.jpg"),
    "buttons, long text alone": buttons(text="ก" * 160),
    "confirm": template(type="confirm", text="ใช่ไหม", actions=[post(), said()]),
    "carousel": template(type="carousel", columns=[column(title="ก"), column(title="ข")]),
    "image carousel": template(
        type="image_carousel", columns=[{"imageUrl": "https://example.org/a.jpg", "action": post("ก" * 12)}]
    ),
    "quick reply": quick(
        post(WIDE, displayText="ตกลง"),
        said(),
        link("tel:199"),
        link("https://example.org/%E0%B8%81?q=1"),
        picker(initial="2026-11-20", min="2026-11-01", max="2026-12-31"),
        picker("datetime", initial="2026-11-20T10:00"),
        {"type": "camera", "label": "ถ่ายรูป"},
        {"type": "cameraRoll", "label": "เลือกรูป"},
        {"type": "location", "label": "ตำแหน่ง"},
        {"type": "clipboard", "label": "คัดลอก", "clipboardText": "42"},
    ),
    "postback with keyboard": quick(post(inputOption="openKeyboard", fillInText="เลขที่ ")),
    "thirteen quick replies": quick(*[post()] * 13),
}

BAD: dict[str, Json] = {
    "no type": {"text": "ก"},
    "unknown type": {"type": "poem", "text": "ก"},
    "text missing": {"type": "text"},
    "text empty": {"type": "text", "text": ""},
    "text too long": {"type": "text", "text": "ก" * 5001},
    "text too long in UTF-16": {"type": "text", "text": "🙂" * 2501},
    "text no string": {"type": "text", "text": 5},
    "unknown property": {"type": "text", "text": "ก", "colour": "red"},
    "null property": {"type": "text", "text": "ก", "quickReply": None},
    "emoji at no dollar": {"type": "text", "text": "ก", "emojis": [{"index": 0, "productId": "1", "emojiId": "1"}]},
    "sender called LINE": {"type": "text", "text": "ก", "sender": {"name": "LINE"}},
    "sender too long": {"type": "text", "text": "ก", "sender": {"name": "ก" * 21}},
    "textV2 hole unfilled": {"type": "textV2", "text": "สวัสดี {name}"},
    "textV2 brace": {"type": "textV2", "text": "ราคา {"},
    "textV2 bad key": {
        "type": "textV2",
        "text": "ก {ชื่อ}",
        "substitution": {"ชื่อ": {"type": "emoji", "productId": "1", "emojiId": "1"}},
    },
    "image by http": photo(originalContentUrl="http://example.org/a.jpg"),
    "image without preview": {"type": "image", "originalContentUrl": "https://example.org/a.jpg"},
    "image url raw Thai": photo(originalContentUrl="https://example.org/รูป.jpg"),
    "image url too long": photo(originalContentUrl="https://example.org/" + "a" * 2000),
    "audio without duration": {"type": "audio", "originalContentUrl": "https://example.org/a.m4a"},
    "location off the earth": place(latitude=91),
    "location title too long": place(title="ก" * 101),
    "location without address": place(address=""),
    "imagemap too narrow": imagemap(baseSize={"width": 700, "height": 700}),
    "imagemap without actions": imagemap(actions=[]),
    "altText missing": {"type": "flex", "contents": bubble()},
    "altText too long": flex(bubble(), "ก" * 1501),
    "flex bubble without blocks": flex({"type": "bubble"}),
    "flex bubble size": flex(bubble(size="huge")),
    "flex carousel sizes differ": cards(bubble(size="micro"), bubble(size="kilo")),
    "flex carousel of 13": cards(*[bubble()] * 13),
    "flex carousel empty": cards(),
    "flex text empty": flex(bubble(words(""))),
    "flex text colour": flex(bubble(words(color="red"))),
    "flex text size": flex(bubble(words(size="large"))),
    "flex text align": flex(bubble(words(align="left"))),
    "flex text wrap": flex(bubble(words(wrap="true"))),
    "flex unknown component": flex(bubble({"type": "heading", "text": "ก"})),
    "flex unknown property": flex(bubble(words(bold=True))),
    "flex span outside text": flex(bubble({"type": "span", "text": "ก"})),
    "flex icon outside baseline": flex(bubble({"type": "icon", "url": "https://example.org/i.png"})),
    "flex button in baseline": flex(bubble(box(press(), layout="baseline"))),
    "flex box without layout": flex(bubble({"type": "box", "contents": []})),
    "flex box without contents": flex(bubble({"type": "box", "layout": "vertical"})),
    "flex body is text": flex({"type": "bubble", "body": words()}),
    "flex button without action": flex(bubble({"type": "button"})),
    "flex button without label": flex(bubble(press({"type": "postback", "data": "x"}))),
    "flex button label too long": flex(bubble(press(post("ก" * 41)))),
    "flex button style": flex(bubble(press(style="danger"))),
    "flex image by http": flex(bubble(picture("http://example.org/a.jpg"))),
    "flex image ratio": flex(bubble(picture(aspectRatio="1:4"))),
    "flex image size": flex(bubble(picture(size="big"))),
    "flex margin": flex(bubble(words(margin="5"))),
    "flex negative flex": flex(bubble(words(flex=-1))),
    "flex padding": flex(bubble(box(words(), paddingAll="1em"))),
    "flex gradient": flex(bubble(box(background={"type": "linearGradient", "angle": "90"}))),
    "flex camera": flex(bubble(press({"type": "camera", "label": "ถ่ายรูป"}))),
    "flex bubble over 30 KB": flex(bubble(*[words("ก" * 2000)] * 6)),
    "flex carousel over 50 KB": cards(*[bubble(words("ก" * 6000))] * 3),
    "buttons without actions": buttons(actions=[]),
    "buttons with five": buttons(actions=[post()] * 5),
    "buttons text too long": buttons(text="ก" * 161),
    "buttons text too long under a title": buttons(title="หัวเรื่อง", text="ก" * 61),
    "buttons title too long": buttons(title="ก" * 41),
    "buttons label too long": buttons(actions=[post("ก" * 21)]),
    "confirm with one": template(type="confirm", text="ใช่ไหม", actions=[post()]),
    "confirm with three": template(type="confirm", text="ใช่ไหม", actions=[post()] * 3),
    "confirm text too long": template(type="confirm", text="ก" * 241, actions=[post()] * 2),
    "carousel of eleven": template(type="carousel", columns=[column()] * 11),
    "carousel of unlike columns": template(type="carousel", columns=[column(), column(actions=[post()] * 2)]),
    "carousel, title in one only": template(type="carousel", columns=[column(), column(title="ก")]),
    "carousel with four actions": template(type="carousel", columns=[column(actions=[post()] * 4)]),
    "image carousel label": template(
        type="image_carousel", columns=[{"imageUrl": "https://example.org/a.jpg", "action": post("ก" * 13)}]
    ),
    "fourteen quick replies": quick(*[post()] * 14),
    "no quick replies": {"type": "text", "text": "ก", "quickReply": {"items": []}},
    "quick label too long": quick(post(WIDE + "ก")),
    "quick label missing": quick({"type": "postback", "data": "x"}),
    "quick label empty": quick(post("")),
    "postback data too long": quick(post(data="x" * 301)),
    "postback data empty": quick(post(data="")),
    "postback displayText too long": quick(post(displayText="ก" * 301)),
    "postback text twice": quick(post(text="ก", displayText="ข")),
    "postback fillInText alone": quick(post(fillInText="ก")),
    "postback inputOption": quick(post(inputOption="openDoor")),
    "message text too long": quick(said(text="ก" * 301)),
    "message text missing": quick({"type": "message", "label": "ตกลง"}),
    "uri of javascript": quick(link("javascript:alert(1)")),
    "uri raw Thai": quick(link("https://example.org/หน้า")),
    "uri with a space": quick(link("https://example.org/a b")),
    "uri broken percent": quick(link("https://example.org/%E0%B8%")),
    "uri without host": quick(link("https:///a")),
    "uri too long": quick(link("https://example.org/" + "a" * 1000)),
    "picker mode": quick(picker("week")),
    "picker date format": quick(picker(initial="20/11/2569")),
    "picker min after max": quick(picker(min="2026-12-31", max="2026-01-01")),
    "picker initial outside": quick(picker(initial="2027-01-01", max="2026-12-31")),
    "picker before 1900": quick(picker(initial="1899-12-31")),
    "clipboard too long": quick({"type": "clipboard", "label": "คัดลอก", "clipboardText": "x" * 1001}),
    "rich menu switch in a message": quick(
        {"type": "richmenuswitch", "label": "สลับ", "data": "x", "richMenuAliasId": "main"}
    ),
    "unknown action": quick({"type": "fly", "label": "บิน"}),
}
