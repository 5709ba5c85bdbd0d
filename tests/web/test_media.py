"""Photos and voices on the page of a case: looked at by content, stripped, covered for the public, written down."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from models.database import Database
from models.enclosures import approved_photos
from models.files import File, expect, forget, path_of
from models.proposing import Idea, propose
from models.tickets import Ticket
from nlp.search import search_text
from tests.web.office import Browser, Office
from tests.web.test_case import lines, page, ticket

GPS = 0x8825


@pytest.fixture
def office(quick_database: Database, tmp_path: Path) -> Office:
    return Office(quick_database, data_dir=tmp_path)


def photo(width: int = 320, height: int = 240) -> bytes:
    """Orange, in its middle a “face” of fine black and white stripes, a place in its hidden notes."""
    image = Image.new("RGB", (width, height), (255, 165, 0))
    for x in range(width * 2 // 5, width * 3 // 5, 8):
        image.paste((255, 255, 255), (x, height * 2 // 5, x + 4, height * 3 // 5))
        image.paste((0, 0, 0), (x + 4, height * 2 // 5, x + 8, height * 3 // 5))
    notes = Image.Exif()
    notes[GPS] = {1: "N", 2: (14.0, 1.0, 2.0)}
    out = io.BytesIO()
    image.save(out, "JPEG", exif=notes, quality=95)
    return out.getvalue()


def send(browser: Browser, path: str, *content: tuple[bytes, str], **fields: str) -> Any:
    """Send a form with files."""
    data: dict[str, Any] = {**fields, "csrf_token": browser.token}
    data["photos"] = [(io.BytesIO(one), name) for one, name in content]
    return browser.client.post(path, data=data, content_type="multipart/form-data")


def files(office: Office) -> list[File]:
    with office.database.read() as session:
        return list(session.scalars(select(File).order_by(File.id)))


def on_disk(office: Office) -> list[Path]:
    folder = office.settings.files_dir
    return [p for p in folder.rglob("*") if p.is_file()] if folder.exists() else []


def test_a_photo_is_written_anew_without_its_place(office: Office) -> None:
    number = office.case()
    assert send(office.sign_in("crew"), f"{page(number)}/photos", (photo(), "../../etc/x.php")).status_code == 303
    (row,) = files(office)
    assert (row.kind, row.mime, row.ticket_id, row.staff_id) == ("image", "image/jpeg", number, office.staff("crew").id)
    with Image.open(path_of(office.settings.files_dir, row.token)) as kept:
        assert not kept.getexif()
    assert len(on_disk(office)) == 2  # the picture and its small copy


@pytest.mark.parametrize(
    "content", [b"<html><script>alert(1)</script>", b"MZ\x90\x00", b"", b"\xff\xd8\xff broken", b"GIF89a<script>"]
)
def test_what_is_no_picture_is_refused_and_not_kept(office: Office, content: bytes) -> None:
    number = office.case()
    answer = send(office.sign_in("crew"), f"{page(number)}/photos", (content, "photo.jpg"))
    assert answer.status_code == 422
    assert "เปิดไฟล์นี้ไม่ได้" in answer.text
    assert files(office) == []
    assert on_disk(office) == []


def test_a_bad_file_beside_a_good_one_leaves_neither(office: Office) -> None:
    number = office.case()
    send(office.sign_in("crew"), f"{page(number)}/photos", (photo(), "a.jpg"), (b"nonsense", "b.jpg"))
    assert files(office) == []
    assert on_disk(office) == []


def test_who_has_not_the_right_leaves_nothing_on_the_disk(office: Office) -> None:
    number = office.case(department="CLERK")
    assert send(office.sign_in("auditor"), f"{page(number)}/photos", (photo(), "a.jpg")).status_code == 403
    assert send(office.sign_in("crew"), f"{page(number)}/photos", (photo(), "a.jpg")).status_code == 404
    assert on_disk(office) == []


def test_work_is_finished_with_a_photo_and_undone_with_it(office: Office) -> None:
    number = office.case()
    crew = office.sign_in("crew")
    assert send(crew, f"{page(number)}/done", (photo(), "a.jpg"), words="เปลี่ยนหลอดแล้ว").status_code == 303
    (row,) = files(office)
    assert (row.purpose, ticket(office, number).state) == ("after", "done")
    crew.post(f"{page(number)}/undo")
    assert files(office)[0].deleted_at is not None
    assert ticket(office, number).state == "new"


def stored(office: Office) -> tuple[int, File]:
    number = office.case()
    send(office.sign_in("clerk"), f"{page(number)}/photos", (photo(), "a.jpg"))
    return number, files(office)[0]


def publish(office: Office, number: int, row: File, boxes: str) -> File:
    answer = office.sign_in("clerk").post(f"{page(number)}/photo/{row.id}/publish", token=row.token, boxes=boxes)
    assert answer.status_code == 303
    return files(office)[-1]


def stripes(image: Image.Image) -> int:
    """The strongest difference of brightness between points that were a stripe apart."""
    grey, wide = image.convert("L").tobytes(), image.width
    return max(abs(grey[at] - grey[at + 4]) for at in range(len(grey) - 4) if at % wide < wide - 4)


def shown(office: Office, file: File) -> int:
    """How the public address of a file answers."""
    with office.app.test_client().get(f"/f/{file.token}") as answer:
        return answer.status_code


def test_what_is_covered_is_gone_from_the_public_copy_only(office: Office) -> None:
    number, row = stored(office)
    original = path_of(office.settings.files_dir, row.token).read_bytes()
    copy = publish(office, number, row, "0.3,0.3,0.4,0.4")
    assert (copy.copy_of_id, copy.approved, copy.boxes) == (row.id, True, [[0.3, 0.3, 0.4, 0.4]])
    assert copy.token != row.token
    assert path_of(office.settings.files_dir, row.token).read_bytes() == original
    with Image.open(path_of(office.settings.files_dir, copy.token)) as kept:
        inside = kept.convert("RGB").crop((128, 96, 192, 144))
        outside = kept.convert("RGB").getpixel((10, 10))
    assert isinstance(outside, tuple)
    assert abs(outside[1] - 165) < 12  # left as it was
    assert stripes(inside) < 25
    with Image.open(path_of(office.settings.files_dir, row.token)) as whole:
        assert stripes(whole.convert("RGB").crop((128, 96, 192, 144))) > 150


def test_publishing_again_replaces_and_withdrawing_ends_it(office: Office) -> None:
    number, row = stored(office)
    first = publish(office, number, row, "")
    assert (
        f'action="{page(number)}/photo/{row.id}/unpublish"'
        in office.sign_in("clerk").get(f"{page(number)}/photo/{row.id}").text
    )
    second = publish(office, number, row, "0.1,0.1,0.2,0.2")
    assert [f.approved for f in files(office)] == [False, False, True]
    assert shown(office, first) == 404
    assert shown(office, second) == 200
    office.sign_in("clerk").post(f"{page(number)}/photo/{row.id}/unpublish")
    assert shown(office, second) == 404
    assert lines(office, number)[-3:] == ["published", "published", "unpublished"]


@pytest.mark.parametrize("boxes", ["1,2,3", "a,b,c,d", "2,0,1,1", "0,0,0,0", "nan,0,1,1", ";".join(["0,0,1,1"] * 61)])
def test_boxes_that_make_no_sense_publish_nothing(office: Office, boxes: str) -> None:
    number, row = stored(office)
    office.sign_in("clerk").post(f"{page(number)}/photo/{row.id}/publish", token=row.token, boxes=boxes)
    assert len(files(office)) == 1
    assert len(on_disk(office)) == 2


def test_photos_of_sensitive_cases_and_of_other_cases_are_never_published(office: Office) -> None:
    number, row = stored(office)
    other = office.case()
    clerk = office.sign_in("clerk")
    assert clerk.post(f"{page(other)}/photo/{row.id}/publish", token=row.token, boxes="").status_code == 404
    assert office.sign_in("crew").post(f"{page(number)}/photo/{row.id}/publish", token=row.token).status_code == 403
    with office.database.begin() as session:
        session.get_one(Ticket, number).sensitive = True
    office.confide("clerk")
    clerk.post(f"{page(number)}/photo/{row.id}/publish", token=row.token, boxes="")
    assert len(files(office)) == 1
    assert len(on_disk(office)) == 2


def test_neighbours_see_only_the_covered_copy_of_a_proposals_photo(office: Office) -> None:
    with office.database.begin() as session:
        propose(session, Idea(title="ทำลานกีฬา"), office.now, column=search_text)
    clerk, home = office.sign_in("clerk"), "/console/proposals/1"
    assert send(clerk, f"{home}/photos", (photo(), "ที่ว่าง.jpg")).status_code == 303
    (row,) = files(office)

    def neighbours() -> list[int]:
        with office.database.read() as session:
            return [file.id for file in approved_photos(session, 1)]

    assert neighbours() == []
    crew = office.sign_in("crew")
    assert crew.post(f"{home}/photo/{row.id}/publish", token=row.token, boxes="").status_code == 403
    clerk = office.sign_in("clerk")
    assert f'action="{home}/photo/{row.id}/publish"' in clerk.get(f"{home}/photo/{row.id}").text
    clerk.post(f"{home}/photo/{row.id}/publish", token="f" * 32, boxes="")  # another picture's bytes
    assert neighbours() == []
    clerk.post(f"{home}/photo/{row.id}/publish", token=row.token, boxes="0.3,0.3,0.4,0.4")
    copy = files(office)[-1]
    assert (neighbours(), copy.copy_of_id, copy.boxes) == ([copy.id], row.id, [[0.3, 0.3, 0.4, 0.4]])
    with Image.open(path_of(office.settings.files_dir, copy.token)) as kept:
        assert stripes(kept.convert("RGB").crop((128, 96, 192, 144))) < 25
    clerk.post(f"{home}/photo/{row.id}/unpublish")
    assert neighbours() == []
    assert shown(office, copy) == 404


def voice(office: Office, number: int) -> File:
    with office.database.begin() as session:
        row = expect(session, "m-1", "U1", "audio", office.now, ticket_id=number)
        row.state, row.sha256, row.mime, row.size = "stored", "0" * 64, "audio/mp4", 10
        return row


def test_what_was_said_is_written_down_and_found(office: Office) -> None:
    number = office.case()
    row = voice(office, number)
    office.sign_in("crew").post(f"{page(number)}/voice/{row.id}", words="ท่อแตกหน้าโรงสี")
    assert "ท่อแตกหน้าโรงสี" in office.sign_in("crew").get(page(number)).text
    assert "โรงสี" in ticket(office, number).search


def test_a_message_taken_back_takes_its_written_words_and_public_copies_along(office: Office) -> None:
    number, row = stored(office)
    copy = publish(office, number, row, "")
    spoken = voice(office, number)
    office.sign_in("crew").post(f"{page(number)}/voice/{spoken.id}", words="ท่อแตกหน้าโรงสี")
    with office.database.begin() as session:
        forget(session, spoken.message_id, "U1", office.now)
        forget(session, row.message_id, "web", office.now)
    assert "โรงสี" not in office.sign_in("crew").get(page(number)).text
    assert shown(office, copy) == 404
