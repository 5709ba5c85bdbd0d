"""The page in headless Chromium: people talk to a throwaway bot by hand, on a desktop and on a small screen."""

import shutil
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, FilePayload, Locator, Page, expect, sync_playwright

from simulator import Simulator
from simulator.cast import CAST
from simulator.page import find_fonts
from simulator.records import BOT
from tests.simulator.showcase import EVIL, Showcase
from tests.simulator.strict_spec import complaints

pytestmark = pytest.mark.browser
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]
expect.set_options(timeout=20_000)  # a busy machine is no failure
GROUP = "กองช่าง – ซ่อมบำรุง"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("no Chromium is installed: the page cannot be tried")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def bot() -> Showcase:
    return Showcase()


@pytest.fixture
def line(bot: Showcase) -> Iterator[Simulator]:
    with Simulator(secret="secret", token="token", transport=bot, loopback_http=True) as simulator:
        bot.line = simulator
        simulator.seed(CAST)
        yield simulator
        bot.http.clear()


@pytest.fixture
def friends(line: Simulator) -> Simulator:
    """Everybody has added the bot."""
    for user in line.world.users.values():
        user.friend = True
    line.world.groups[next(iter(line.world.groups))].joined = True
    line.world.touch()
    return line


@pytest.fixture
def page(browser: Browser, line: Simulator) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="th-TH")
    opened = context.new_page()
    trouble: list[str] = []
    opened.on("pageerror", lambda error: trouble.append(str(error)))
    opened.on("console", lambda message: _note(message, trouble))
    opened.goto(line.url)
    expect(opened.locator(".phone")).to_have_count(4)
    yield opened
    context.close()
    assert trouble == []


def _note(message: ConsoleMessage, trouble: list[str]) -> None:
    # A picture that is not there is a test's own doing (the evil card).
    if message.type == "error" and "404" not in message.text:
        trouble.append(message.text)


def phone(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name)


def says(page: Page, name: str, words: str) -> Locator:
    place = phone(page, name)
    place.get_by_role("textbox", name="พิมพ์ข้อความ").fill(words)
    place.get_by_role("textbox", name="พิมพ์ข้อความ").press("Enter")
    return place


def heard(bot: Showcase, test: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Wait until the bot has heard an event that passes the test."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        for event in reversed(bot.heard):
            if test(event):
                return event
        time.sleep(0.02)
    raise AssertionError(f"never heard; the last was {bot.heard[-1:]}")


def message(kind: str) -> Callable[[dict[str, Any]], bool]:
    return lambda event: event["type"] == "message" and event["message"]["type"] == kind


def postback(data: str) -> Callable[[dict[str, Any]], bool]:
    return lambda event: event["type"] == "postback" and event["postback"]["data"] == data


SOMSRI = "โทรศัพท์ของป้าสมศรี"


def test_a_stranger_adds_the_bot_and_is_greeted(page: Page, bot: Showcase) -> None:
    place = phone(page, SOMSRI)
    expect(place.get_by_role("textbox", name="พิมพ์ข้อความ")).to_be_hidden()
    place.get_by_role("button", name="เพิ่มเพื่อน").click()
    expect(place.get_by_text("สวัสดีค่ะ ยินดีต้อนรับ")).to_be_visible()
    expect(place.get_by_role("textbox", name="พิมพ์ข้อความ")).to_be_visible()


def test_newcomers_do_not_disturb_who_is_typing(page: Page, friends: Simulator, bot: Showcase) -> None:
    box = phone(page, SOMSRI).get_by_role("textbox", name="พิมพ์ข้อความ")
    box.press_sequentially("กำลังพิมพ์")
    friends.user("ยายคำ")
    expect(page.locator(".phone")).to_have_count(5)
    expect(box).to_be_focused()
    expect(box).to_have_value("กำลังพิมพ์")


def test_talking_and_quick_replies(page: Page, friends: Simulator, bot: Showcase) -> None:
    place = says(page, SOMSRI, "ปุ่มด่วน")
    link = place.get_by_role("link", name="https://example.org/")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    place.get_by_role("button", name="ไฟฟ้า", exact=True).click()
    heard(bot, postback("cat=light"))
    expect(place.locator(".line-own .balloon").last).to_have_text("ไฟฟ้า")
    expect(place.locator(".quick-button")).to_have_count(0)


def test_a_date_is_picked(page: Page, friends: Simulator, bot: Showcase) -> None:
    place = says(page, SOMSRI, "ปุ่มด่วน")
    place.get_by_role("button", name="เลือกวัน").click()
    page.get_by_role("dialog").locator("input").fill("2026-11-20")
    page.get_by_role("dialog").get_by_role("button", name="ตกลง").click()
    assert heard(bot, postback("when"))["postback"]["params"] == {"date": "2026-11-20"}


def test_a_card_is_drawn_and_its_buttons_work(page: Page, friends: Simulator, bot: Showcase) -> None:
    place = says(page, SOMSRI, "การ์ด")
    card = place.locator(".bubble")
    expect(card.get_by_text("ไฟถนนดับหน้าวัด")).to_be_visible()
    expect(card.get_by_text("5 ธ.ค. 2569")).to_have_css("font-weight", "700")
    card.get_by_role("button", name="โทร 199").click()
    expect(page.locator(".toast")).to_have_text("โทร 199")
    card.get_by_role("button", name="รับเรื่อง").click()
    heard(bot, postback("take=42"))
    says(page, SOMSRI, "หลายใบ")
    expect(place.locator(".carousel .bubble")).to_have_count(3)


def test_templates_pictures_and_places(page: Page, friends: Simulator, bot: Showcase) -> None:
    place = says(page, SOMSRI, "แม่แบบ")
    place.get_by_role("button", name="ไม่ใช่").click()
    expect(place.locator(".template-carousel")).to_have_count(2)
    says(page, SOMSRI, "ที่ตั้ง")
    expect(place.get_by_text("หน้าวัด", exact=True)).to_be_visible()
    says(page, SOMSRI, "รูป")
    place.get_by_role("button", name="รูปจากบอต").click()
    expect(page.get_by_role("dialog").get_by_role("img")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_two_sample_photos_are_one_set(page: Page, friends: Simulator, bot: Showcase) -> None:
    place = phone(page, SOMSRI)
    place.get_by_role("button", name="ส่งรูป").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_role("button", name="ไฟถนนดับ").click()
    sheet.get_by_role("button", name="ถนนเป็นหลุม").click()
    sheet.get_by_role("button", name="ส่งรูปที่เลือก").click()
    assert heard(bot, message("image"))["message"]["imageSet"]["total"] == 2
    expect(place.locator("img.picture")).to_have_count(2)


def test_a_photo_from_this_machine(page: Page, friends: Simulator, bot: Showcase) -> None:
    phone(page, SOMSRI).get_by_role("button", name="ส่งรูป").click()
    file = FilePayload(name="a.jpg", mimeType="image/jpeg", buffer=b"\xff\xd8jpeg")
    page.get_by_role("dialog").locator("input[type=file]").set_input_files(files=[file])
    sent = heard(bot, message("image"))["message"]
    assert friends.world.contents[sent["id"]].data == b"\xff\xd8jpeg"


def test_the_sample_voice_can_be_played(page: Page, friends: Simulator, bot: Showcase) -> None:
    place = phone(page, SOMSRI)
    place.get_by_role("button", name="ส่งเสียง").click()
    page.get_by_role("button", name="ส่งเสียงตัวอย่าง").click()
    heard(bot, message("audio"))
    length = place.locator("audio").evaluate(
        """audio => new Promise((found, failed) => {
             audio.onloadedmetadata = () => found(audio.duration);
             audio.onerror = () => failed('unplayable');
             audio.load();
           })"""
    )
    assert 3 <= length < 4


def test_a_voice_is_recorded(page: Page, friends: Simulator, bot: Showcase) -> None:
    page.context.grant_permissions(["microphone"])
    phone(page, SOMSRI).get_by_role("button", name="ส่งเสียง").click()
    page.get_by_role("button", name="บันทึกเสียง").click()
    page.get_by_role("button", name="หยุดและส่ง").click()
    sent = heard(bot, message("audio"))["message"]
    assert friends.world.contents[sent["id"]].mime.startswith("audio/")


def test_a_place_is_picked_with_the_keyboard(page: Page, friends: Simulator, bot: Showcase) -> None:
    place = phone(page, SOMSRI)
    place.get_by_role("button", name="เพิ่มเติม").click()
    place.get_by_role("button", name="ส่งตำแหน่งที่ตั้ง").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_role("button", name="ตลาดสดเทศบาล").click()
    sheet.locator(".grid-pin").press("ArrowUp")
    sheet.get_by_role("button", name="ส่งตำแหน่งนี้").click()
    sent = heard(bot, message("location"))["message"]
    assert (round(sent["latitude"], 4), round(sent["longitude"], 4)) == (14.03, 100.5342)
    assert "title" not in sent


def test_a_sticker(page: Page, friends: Simulator, bot: Showcase) -> None:
    place = phone(page, SOMSRI)
    place.get_by_role("button", name="เพิ่มเติม").click()
    place.get_by_role("button", name="ส่งสติกเกอร์").click()
    page.get_by_role("dialog").get_by_role("button", name="ขอบคุณ").click()
    assert heard(bot, message("sticker"))["message"]["keywords"] == ["thanks", "thank you"]


def test_a_message_is_taken_back(page: Page, friends: Simulator, bot: Showcase) -> None:
    place = says(page, SOMSRI, "พิมพ์ผิด")
    place.locator(".line-own").hover()
    place.get_by_role("button", name="เมนูของข้อความนี้").click()
    page.get_by_role("button", name="ยกเลิกข้อความ").click()
    gone = heard(bot, lambda event: event["type"] == "unsend")["unsend"]["messageId"]
    assert friends.world.find_line(gone).unsent
    expect(place.get_by_text("คุณยกเลิกข้อความ")).to_be_visible()
    expect(place.get_by_text("พิมพ์ผิด", exact=True)).to_have_count(0)


def test_in_a_group_one_chooses_who_speaks(page: Page, friends: Simulator, bot: Showcase) -> None:
    friends.member_joins(GROUP, "ลุงบุญ").wait()
    place = phone(page, f"กลุ่ม {GROUP}")
    place.get_by_label("พูดในนาม").select_option(label="ลุงบุญ")
    says(page, f"กลุ่ม {GROUP}", "@ส่งเสียง งานค้าง")
    event = heard(bot, message("text"))
    assert event["source"]["userId"] == friends.find_user("ลุงบุญ").id
    assert event["message"]["mention"]["mentionees"][0]["isSelf"] is True


def test_the_rich_menu_opens_and_its_areas_work(page: Page, friends: Simulator, bot: Showcase) -> None:
    bot.draw_menu()
    place = phone(page, SOMSRI)
    place.get_by_role("button", name="ปุ่มที่ 5").click()
    expect(place.locator(".bubble")).to_be_visible()
    place.get_by_role("button", name="เมนู", exact=True).click()
    expect(place.get_by_role("button", name="ปุ่มที่ 5")).to_be_hidden()


def test_nothing_that_people_or_bots_write_is_read_as_html(page: Page, friends: Simulator, bot: Showcase) -> None:
    friends.user(EVIL, friend=True)
    place = says(page, SOMSRI, EVIL)
    expect(place.locator(".line-own .balloon")).to_have_text(EVIL)
    says(page, SOMSRI, "ร้าย")
    expect(place.locator(".bubble .text")).to_have_text(EVIL)
    # LINE's rules would refuse this address; the page must not need them.
    button = {"type": "button", "action": {"type": "uri", "label": "กดเลย", "uri": "javascript:window.hacked=1"}}
    body = {"type": "box", "layout": "vertical", "contents": [button]}
    sent = {"type": "flex", "altText": "ก", "contents": {"type": "bubble", "body": body}}
    friends.world.add_line(friends.find_user("ป้าสมศรี").id, BOT, sent, via="push")
    place.get_by_role("button", name="กดเลย").click()
    expect(page.get_by_text("ที่อยู่นี้เปิดไม่ได้")).to_be_visible()
    assert page.evaluate("window.hacked") is None
    assert page.locator("script:not([src])").count() == 0


def test_the_panel_turns_switches_and_shows_the_wire(page: Page, friends: Simulator, bot: Showcase) -> None:
    page.get_by_role("button", name="แผงควบคุม").click()
    panel = page.get_by_role("complementary")
    panel.get_by_label("โควตาต่อเดือน").fill("50")
    panel.get_by_label("โควตาต่อเดือน").press("Tab")
    expect(page.get_by_text("โควตา 0/50")).to_be_visible()
    panel.get_by_label("ส่งซ้ำเมื่อบอตไม่รับ").check()
    says(page, SOMSRI, "สวัสดี")
    expect(panel.get_by_text("POST /message/reply")).to_be_visible()
    assert friends.world.switches.redelivery is True
    panel.get_by_label("แบบที่ล้มเหลว").select_option("drop_after")
    panel.get_by_role("button", name="ให้ล้มเหลว").click()
    expect(panel.get_by_text("รออยู่")).to_be_visible()


def test_a_bot_that_is_away_is_told(page: Page, friends: Simulator, bot: Showcase) -> None:
    friends.switch(webhook=False)
    says(page, SOMSRI, "มีใครอยู่ไหม")
    expect(page.get_by_text("ปิด webhook อยู่")).to_be_visible()


def test_one_phone_at_a_time_on_a_small_screen(page: Page, friends: Simulator, bot: Showcase) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator(".phone:visible")).to_have_count(1)
    friends.say("ลุงบุญ", "สวัสดี").wait()
    tab = page.get_by_role("navigation").get_by_role("button", name="ลุงบุญ")
    expect(tab.locator(".tab-unread")).to_have_text("1")
    tab.click()
    expect(phone(page, "โทรศัพท์ของลุงบุญ")).to_be_visible()
    says(page, "โทรศัพท์ของลุงบุญ", "การ์ด")
    expect(phone(page, "โทรศัพท์ของลุงบุญ").locator(".bubble")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="แผงควบคุม").click()
    expect(page.locator(".phone:visible")).to_have_count(0)
    page.get_by_role("navigation").get_by_role("button", name="ป้าสมศรี").click()
    expect(phone(page, SOMSRI)).to_be_visible()


@pytest.mark.shared
def test_the_throwaway_bot_itself_pleases_lines_description(friends: Simulator, bot: Showcase) -> None:
    bot.draw_menu()
    for words in ("ปุ่มด่วน", "แม่แบบ"):
        friends.say("ป้าสมศรี", words).wait()
    assert len(friends.calls("reply")) == 2
    assert complaints(friends) == []


def test_thai_is_set_in_a_font_that_has_it(page: Page, friends: Simulator) -> None:
    if find_fonts() is None:
        pytest.skip("the font is not installed (npm ci)")
    assert page.evaluate("document.fonts.load('16px Sarabun', 'ก').then(found => found.length)") > 0
    assert page.evaluate("document.fonts.load('700 16px Sarabun', 'ก').then(found => found.length)") > 0


CONTRAST = """() => {
  const rgb = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const lum = ([r, g, b]) => [r, g, b].map((v) => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const ground = (node) => {
    for (; node; node = node.parentElement) {
      const found = rgb(getComputedStyle(node).backgroundColor);
      if (found.length === 3 || found[3] > .5) return found;
    }
    return [255, 255, 255];
  };
  const bad = [];
  for (const node of document.querySelectorAll('body *')) {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
    if (!own || !node.checkVisibility() || node.tagName === 'SCRIPT' || node.disabled) continue;
    const [one, other] = [lum(rgb(getComputedStyle(node).color)), lum(ground(node))];
    const ratio = (Math.max(one, other) + .05) / (Math.min(one, other) + .05);
    if (ratio < 4.5) bad.push(`${node.tagName}.${node.className} ${ratio.toFixed(2)} ${node.textContent.slice(0, 30)}`);
  }
  return bad;
}"""


NAMELESS = """() => [...document.querySelectorAll('button, input, select, textarea')]
  .filter((node) => node.checkVisibility() && !(node.textContent.trim() || node.ariaLabel || node.labels?.length))
  .map((node) => node.outerHTML)"""


def test_words_stand_out_and_every_button_has_a_name(page: Page, friends: Simulator, bot: Showcase) -> None:
    bot.draw_menu()
    for words in ("การ์ด", "แม่แบบ", "ที่ตั้ง", "ปุ่มด่วน"):
        place = says(page, SOMSRI, words)
    expect(place.locator(".quick-button").first).to_be_visible()
    page.get_by_role("button", name="แผงควบคุม").click()
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate(NAMELESS) == []
