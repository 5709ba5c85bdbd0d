"""Polls in the console: a whole life by two officers, what each step refuses, who may do what, and the audit of it."""

from __future__ import annotations

import io
import re
from typing import Any

from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from ballots import keys
from ballots.manifest import Kind
from messages.thai import ZONE
from models import poll_closing, poll_life
from models.audit import AuditRow
from models.plan import Plan, Project
from models.polls import Poll
from models.proposals import Proposal
from models.vote_codes import VoteCode
from tests.web.office import Browser, Office
from tests.web.voting import BAHT, KINDS, Booth, Resident, declared, draft, finish, opened

HOME = "/console/polls/"
PASSPHRASE = "ข้าวสวยปลาทูแกงส้ม"


def row(office: Office, number: int = 1) -> Poll:
    with office.database.read() as session:
        return session.get_one(Poll, number)


def key_file(secret: bytes) -> str:
    """A key as holders bring it: in groups, with words around."""
    text = secret.hex()
    return "ส่งเสียง กุญแจ\n" + " ".join(text[at : at + 4] for at in range(0, 64, 4)) + "\nเก็บไว้"


def auth_file(booth: Booth) -> tuple[io.BytesIO, str]:
    """The office's key, locked; quickly, as it is opened again in the same test."""
    return io.BytesIO(keys.lock(booth.auth, PASSPHRASE, "auth", keys.QUICK)), "auth.json"


def question(kind: Kind = Kind.CHOOSE_ONE, **more: Any) -> dict[str, Any]:
    """What an officer fills in on the first page."""
    known = {
        "title": "เลือกโครงการหมู่ 3",
        "about": "งบปี 2570",
        "decides": "สภาเทศบาล",
        "binds": "ประกอบการพิจารณา",
        "label": "รับฟังความคิดเห็น – ไม่ผูกพัน",
        "kind": kind.value,
        "rule": "plurality",
        "seats": "1",
        "least": "1",
        "blank": "y",
        "lot": "draw",
    }
    return known | more


def who(office: Office, **more: Any) -> dict[str, Any]:
    """Who and when."""
    now = office.now.astimezone(ZONE)
    known = {
        "opens_at": f"{now:%Y-%m-%dT%H:%M}",
        "closes_at": f"{now.replace(year=now.year + 1):%Y-%m-%dT%H:%M}",
        "minimum": "declared",
        "grows": "y",
        "quorum": "none",
        "mode": "open",
        "revote": "y",
        "chat": "y",
    }
    return known | more


def told(browser: Browser, page: TestResponse) -> str:
    """What the next page says."""
    assert page.status_code == 303, page.text
    return browser.get(page.location).text


def test_two_officers_lead_a_poll_from_the_draft_to_the_result(office: Office) -> None:
    officer, admin = office.sign_in("poll_officer"), office.sign_in("admin")
    assert "/question" in officer.post(HOME + "new", title="ร่าง").location
    booth, here = Booth(office, 1, row(office).code), HOME + "1"
    assert "ยังขาด" in officer.get(here).text
    officer.post(here + "/question", **question())
    for title in ("ไฟส่องสว่าง", "ศาลา"):
        officer.post(here + "/options", new_title=title)
    officer.post(here + "/who", **who(office))
    officer.post(here + "/keys", holder=["ปลัดเทศบาล"], public=keys.public_key(booth.seal))
    envelope = row(office).rehearsal["envelope"]
    assert "ไม่ตรงกับในซองทดสอบ" in told(officer, officer.post(here + "/keys/rehearse", answer="00" * 16))
    officer.post(here + "/keys/rehearse", answer=keys.answer(envelope, booth.seal))
    assert "ครบทุกข้อ" in officer.get(here).text
    officer.post(here + "/freeze")
    officer.post(here + "/propose")
    sent = {"auth_file": auth_file(booth), "passphrase": PASSPHRASE}
    assert "อีกคน" in told(officer, officer.post(here + "/open", **sent))
    assert "เปิดกุญแจของสำนักงานไม่ได้" in told(
        admin, admin.post(here + "/open", auth_file=auth_file(booth), passphrase="ผิดแน่นอนครับท่าน")
    )
    opening = admin.post(here + "/open", auth_file=auth_file(booth), passphrase=PASSPHRASE)
    assert "เปิดลงคะแนนแล้ว" in told(admin, opening)
    for _ in range(22):
        booth.cast(["o2"])
    assert Resident(booth).vote(choice="o1").status_code == 200
    assert "<strong>23</strong>" in officer.get(here).text
    office.later(days=366)
    while poll_closing.step(office.database, booth.keys, office.now):
        pass
    officer, admin = office.sign_in("poll_officer"), office.sign_in("admin")
    wrong = officer.post(here + "/key", key=key_file(keys.new_seal()))
    assert "กุญแจนี้เปิดซองของการลงคะแนนนี้ไม่ได้" in told(officer, wrong)
    counted = told(officer, officer.post(here + "/key", key=key_file(booth.seal)))
    assert "เห็นเฉพาะเจ้าหน้าที่" in counted
    assert 'id="result"' not in Browser(office).get(f"/polls/{booth.code}").text
    published = officer.post(here + "/publish", auth_file=auth_file(booth), passphrase=PASSPHRASE)
    assert "ประกาศผลแล้ว" in told(officer, published)
    assert 'id="result"' in Browser(office).get(f"/polls/{booth.code}").text
    _every_step_is_in_the_audit(office)


def _every_step_is_in_the_audit(office: Office) -> None:
    with office.database.read() as session:
        actions = set(session.scalars(select(AuditRow.action).where(AuditRow.action.startswith("poll."))))
        text = " ".join(str(each) for each in session.scalars(select(AuditRow)))
    steps = ("created", "changed", "options", "seal", "rehearsed", "frozen", "opening_proposed", "opened", "shut")
    assert {f"poll.{step}" for step in (*steps, "unlinked", "wrong_key", "counted", "published")} <= actions
    assert PASSPHRASE not in text
    page = office.sign_in("auditor").get("/console/audit/")
    assert "ประกาศผลลงคะแนน" in page.text


def test_bad_input_keeps_what_was_typed(office: Office) -> None:
    draft(office, declared(Kind.CHOOSE_ONE))
    officer = office.sign_in("poll_officer")
    page = officer.post(HOME + "1/question", **question(rule="irv", title="ชื่อใหม่ที่พิมพ์"))
    assert page.status_code == 422
    assert "ใช้กับบัตรชนิดนี้ไม่ได้" in page.text
    assert "ชื่อใหม่ที่พิมพ์" in page.text
    page = officer.post(HOME + "1/who", **who(office, closes_at="2026-01-01T08:00", moos="สาม", areas="มั่ว"))
    assert page.status_code == 422
    for words in ("เวลาปิดต้องหลังเวลาเปิด", "ใส่เลขหมู่", "อ่านเขตไม่ได้"):
        assert words in page.text


def test_a_frozen_poll_is_not_changed(office: Office) -> None:
    booth = draft(office, declared(Kind.CHOOSE_ONE))
    officer = office.sign_in("poll_officer")
    officer.post(HOME + "1/freeze")
    assert "ละลายก่อน" in told(officer, officer.post(HOME + "1/question", **question(title="แก้")))
    assert "ละลายก่อน" in told(officer, officer.post(HOME + "1/options", new_title="อีกข้อ"))
    assert row(office).title != "แก้"
    officer.post(HOME + "1/thaw")
    officer.post(HOME + "1/question", **question(title="แก้ได้"))
    assert row(office).title == "แก้ได้"
    assert booth.code == row(office).code


def test_options_come_from_plan_and_proposals_with_pictures(office: Office) -> None:
    with office.database.begin() as session:
        plan = Plan(name="แผน 2566–2570", first_year=2566, last_year=2570, created_at=office.now)
        given: dict[str, Any] = {"created_at": office.now, "updated_at": office.now}
        project = Project(plan=plan, name="ขุดลอกคลองสมมุติ", **given)
        project.put_money({2570: 250_000 * BAHT})
        times: dict[str, Any] = {"received_at": office.now, "review_by": office.now}
        session.add(Proposal(fiscal_year=2570, number=1, state="poll", title="สนามเด็กเล่นสมมุติ", **times))
        session.add(project)
    draft(office, KINDS[Kind.BUDGET_APPROVAL])
    officer = office.sign_in("poll_officer")
    page = officer.get(HOME + "1/options").text
    assert "ขุดลอกคลองสมมุติ" in page
    assert "สนามเด็กเล่นสมมุติ" in page
    assert "ขุดลอกคลองสมมุติ" not in officer.get(HOME + "1/options?q=ไม่มีแน่").text
    first = re.findall(r'name="title_(\d+)"', page)
    kept = {f"title_{mark}": "ชื่อแก้แล้ว" for mark in first}
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(picture, "JPEG")
    picture.seek(0)
    sent = {"project": "1", "proposal": "1", "photos": (picture, "a.jpg"), "picture_for": "1"}
    assert officer.post(HOME + "1/options", **kept, **sent).status_code == 303
    with office.database.read() as session:
        rows = session.get_one(Poll, 1).options
        assert [each.source for each in rows] == ["typed"] * 4 + ["project", "proposal"]
        assert rows[4].cost == 250_000 * BAHT
        assert len(rows[0].picture) == 64
        assert rows[0].title == "ชื่อแก้แล้ว"


def test_lists_are_kept_as_hashes_and_faults_told_by_line(office: Office) -> None:
    draft(office, declared(Kind.CHOOSE_ONE))
    officer = office.sign_in("poll_officer")
    lines = "เลขบัตร\tปีเกิด\tหมู่\tบ้าน\n1101700230708\t2510\t3\t12\n0812345678\t2520\t3\t12\n123\t2510\t3\t1\n"
    page = officer.post(HOME + "1/roll/list", pasted=lines)
    assert "เพิ่ม 2 คน มีอยู่แล้ว 0 คน ใช้ไม่ได้ 1 บรรทัด" in page.text
    assert "บรรทัดที่ 3" in page.text
    assert "1101700230708" not in page.text
    with office.database.read() as session:
        raw = session.connection().exec_driver_sql("SELECT * FROM voters").all()
    assert len(raw) == 2
    assert "1101700230708" not in str(raw)


def test_slips_are_shown_once_and_revoked(office: Office) -> None:
    draft(office, declared(Kind.CHOOSE_ONE))
    officer = office.sign_in("poll_officer")
    page = officer.post(HOME + "1/slips", count="3", label="ผู้ใหญ่บ้านหมู่ 3")
    codes = re.findall(r'slip-code mono">([0-9A-Z]{4}-[0-9A-Z]{4})<', page.text)
    assert len(set(codes)) == 3
    assert page.text.count("<svg") >= 3
    assert codes[0] not in officer.get(HOME + "1/slips").text
    officer.post(HOME + "1/slips/revoke", code=codes[0])
    again = officer.post(HOME + "slips/1/again")
    assert not set(codes) & set(re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}", again.text))
    officer.post(HOME + "slips/1/revoke")
    with office.database.read() as session:
        assert set(session.scalars(select(VoteCode.state))) == {"revoked"}
    assert "1 ถึง 2,000" in told(officer, officer.post(HOME + "1/slips", count="0"))


def test_the_counter_gives_codes_and_paper(office: Office) -> None:
    booth = opened(office, declared(Kind.CHOOSE_ONE))
    clerk = office.sign_in("clerk")
    given = {"number": "1101700230708", "birth_year": "2510", "moo": "3", "house": "1"}
    page = clerk.post(HOME + "1/counter", do="code", **given)
    assert re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", page.text)
    assert "1101700230708" not in page.text
    assert "ให้บัตรกระดาษหนึ่งใบ" in clerk.post(HOME + "1/counter", do="paper", **given).text
    assert "รับบัตรกระดาษไปแล้ว" in told(clerk, clerk.post(HOME + "1/counter", do="paper", **given))
    assert booth.envelopes() == []


def test_paper_is_typed_twice_by_two_people(office: Office) -> None:
    booth = opened(office, declared(Kind.CHOOSE_ONE))
    clerk = office.sign_in("clerk")
    for number in ("1101700230708", "0812345678", "0823456789"):
        clerk.post(HOME + "1/counter", do="paper", number=number, birth_year="2510", moo="3")
    finish(booth, count=False)
    clerk, officer = office.sign_in("clerk"), office.sign_in("poll_officer")
    station = {"station": "ศาลาหมู่ 3"}
    clerk.post(HOME + "1/paper/envelopes", envelopes="3", **station)
    wrong = clerk.post(HOME + "1/paper/type", ballots="1 x2\n9", spoiled="0", **station)
    assert wrong.status_code == 422
    assert "บรรทัดที่ 2" in wrong.text
    assert "1 x2\n9" in wrong.text
    clerk.post(HOME + "1/paper/type", ballots="1 x2", spoiled="1", **station)
    assert "ต้องเป็นอีกคน" in clerk.post(HOME + "1/paper/type", ballots="1 x2", spoiled="1", **station).text
    differ = officer.post(HOME + "1/paper/type", ballots="1\n2", spoiled="1", **station)
    assert "รอบแรก 2 ใบ รอบสอง 1 ใบ" in differ.text
    officer.post(HOME + "1/paper/type", ballots="๑\n1", spoiled="1", **station)
    picture = io.BytesIO()
    Image.new("RGB", (40, 30)).save(picture, "JPEG")
    picture.seek(0)
    officer.post(HOME + "1/paper/photo", photos=(picture, "sheet.jpg"), **station)
    assert "ขึ้นกระดาน" in told(officer, officer.post(HOME + "1/paper/confirm", **station))
    counted = told(officer, officer.post(HOME + "1/key", key=key_file(booth.seal)))
    assert "นับ 2 บัตร" in counted
    assert "บัตรเสีย 1 บัตร" in counted


def test_a_tie_waits_for_the_lot(office: Office) -> None:
    booth = opened(office, declared(Kind.CHOOSE_ONE))
    for option in ("o1", "o2"):
        for _ in range(11):
            booth.cast([option])
    finish(booth, count=False)
    officer, here = office.sign_in("poll_officer"), HOME + "1"
    page = told(officer, officer.post(here + "/key", key=key_file(booth.seal)))
    assert "คะแนนเท่ากัน ต้องใช้สลาก" in page
    half = officer.post(here + "/draw", place_o1="1", witnesses="กำนัน")
    assert "ครบทุกข้อ" in told(officer, half)
    places = {"place_o1": "2", "place_o2": "1", "place_o3": "3", "place_o4": "4"}
    page = told(officer, officer.post(here + "/draw", witnesses="กำนัน สมมุติ\nครู สมมุติ", **places))
    assert "สลากที่บันทึกบนกระดาน" in page
    assert re.search(r'winners"><li><strong>ปรับปรุงศาลาอเนกประสงค์', page)
    seen = {"name": "ประธานประชาคม", "role": "ผู้แทนหมู่ 3", "statement": "อยู่ร่วม"}
    assert "ผู้สังเกตการณ์" in told(officer, officer.post(here + "/witness", **seen))


def test_two_of_three_holders_open_the_ballots(office: Office) -> None:
    booth = draft(office, declared(Kind.CHOOSE_ONE))
    officer, here = office.sign_in("poll_officer"), HOME + "1"
    holders = [keys.new_seal() for _ in range(3)]
    publics = [keys.public_key(each) for each in holders]
    shares = keys.share(booth.seal, publics)
    sent = {"holder": ["ปลัด", "กำนัน", "ครูใหญ่"], "public": keys.public_key(booth.seal)}
    body = '{"publics": ["%s"], "shares": {%s}}' % (  # noqa: UP031 - JSON is full of braces
        '", "'.join(publics),
        ", ".join(f'"{pair}": "{envelope}"' for pair, envelope in shares.items()),
    )
    officer.post(here + "/keys", shares=body, **sent)
    answer = keys.answer(row(office).rehearsal["envelope"], booth.seal)
    officer.post(here + "/keys/rehearse", answer=answer)
    with office.database.begin() as session:
        first, second = booth.actor("poll_officer"), booth.actor("admin")
        poll_life.freeze(session, first, booth.keys, 1, office.now)
        poll_life.propose_opening(session, first, 1, office.now)
        poll_life.open_poll(session, second, booth.keys, 1, booth.auth, office.now)
    for _ in range(21):
        booth.cast(["o1"])
    finish(booth, count=False)
    officer = office.sign_in("poll_officer")
    one = officer.post(here + "/key", key=key_file(holders[0]), other=key_file(holders[0]))
    assert "เปิดซองของการลงคะแนนนี้ไม่ได้" in told(officer, one)
    page = told(officer, officer.post(here + "/key", key=key_file(holders[2]), other=key_file(holders[0])))
    assert "นับ 21 บัตร" in page


def test_extending_and_cancelling_ask_for_a_reason(office: Office) -> None:
    booth = opened(office, declared(Kind.CHOOSE_ONE))
    officer, here = office.sign_in("poll_officer"), HOME + "1"
    assert "ใส่เหตุผลก่อน" in told(officer, officer.post(here + "/extend", closes_at="2027-01-05T16:30", reason=" "))
    assert "ขยายเวลาแล้ว" in told(officer, officer.post(here + "/extend", closes_at="2027-01-05T16:30", reason="น้ำท่วม"))
    assert "ขยายเวลา" in Browser(office).get(f"/polls/{booth.code}").text
    officer.post(here + "/cancel", reason="ประกาศผิด")
    page = Browser(office).get(f"/polls/{booth.code}").text
    assert "ประกาศผิด" in page
    assert row(office).state == "cancelled"


def test_the_office_makes_its_key_and_keeps_nothing_of_it(office: Office) -> None:
    officer = office.sign_in("poll_officer")
    assert officer.post(HOME + "auth", passphrase="สั้น", again="สั้น").status_code == 303
    page = officer.post(HOME + "auth", passphrase=PASSPHRASE, again=PASSPHRASE)
    assert page.headers["Cache-Control"] == "no-store"
    secret = keys.unlock(page.data, PASSPHRASE, "auth")
    with office.database.read() as session:
        assert keys.verify_key(secret) in str([each.after for each in session.scalars(select(AuditRow))])
        assert secret.hex() not in str([each.after for each in session.scalars(select(AuditRow))])


def test_an_auditor_sees_everything_and_changes_nothing(office: Office) -> None:
    opened(office, declared(Kind.CHOOSE_ONE))
    auditor = office.sign_in("auditor")
    page = auditor.get(HOME + "1")
    assert page.status_code == 200
    assert "กระดานประกาศ" in page.text
    assert 'action="/console/polls/1/cancel"' not in page.text
    assert auditor.post(HOME + "1/cancel", reason="x").status_code == 403
    assert office.sign_in("crew").get(HOME).status_code == 403
