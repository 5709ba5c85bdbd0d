"""Content that people send: fetched, looked at, kept without its hidden notes, and gone when it is taken back."""

from __future__ import annotations

import hashlib
import io
import threading
import zipfile
import zlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from bot.photos import Photos
from models.database import Database
from models.files import File, expect, file_by_token, files_for, forget, path_of, preview_of
from models.sniff import sniff
from models.storage import Folder
from simulator import Content
from simulator.samples import voice
from tests.office import Office, opened_office

GPS, ORIENTATION = 0x8825, 0x0112


def jpeg(width: int = 64, height: int = 32, *, turned: bool = False) -> bytes:
    """A photo with a place and a camera in its hidden notes; `turned`: to be shown a quarter to the right."""
    image = Image.new("RGB", (width, height), "orange")
    notes = Image.Exif()
    notes[0x010F] = "ACME Phone"
    notes[ORIENTATION] = 6 if turned else 1
    notes[GPS] = {1: "N", 2: (14.0, 1.0, 2.0)}
    out = io.BytesIO()
    image.save(out, "JPEG", exif=notes)
    return out.getvalue()


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return out.getvalue()


class Album:
    """Photos of an office, and messages to fetch."""

    def __init__(self, office: Office, folder: Path) -> None:
        self.office, self.folder = office, folder
        self.photos = Photos(office.database, office.line, Folder(folder), clock=office.clock)

    def announce(self, message: str, data: bytes | None, kind: str = "image", pending: int = 0, name: str = "") -> str:
        """Somebody sends content; returns its public name. Without `data` LINE does not know it."""
        if data is not None:
            self.office.platform.world.contents[message] = Content(data, "application/x-whatever", b"", pending)
        with self.office.database.begin() as session:
            return expect(session, message, self.office.somsri.id, kind, self.office.clock(), name=name).token

    def row(self, message: str) -> File:
        with self.office.database.read() as session:
            return session.query(File).filter_by(message_id=message).one()

    def take_back(self, message: str) -> None:
        with self.office.database.begin() as session:
            forget(session, message, self.office.somsri.id, self.office.clock())

    def later(self, **span: float) -> int:
        self.office.clock.forward(**span)
        return self.photos.fetch_due()

    def on_disk(self) -> set[str]:
        return {path.name for path in self.folder.rglob("*") if path.is_file()}


@pytest.fixture
def album(database: Database, tmp_path: Path) -> Iterator[Album]:
    with opened_office(database) as office:
        yield Album(office, tmp_path / "files")


def test_a_photo_is_kept_upright_and_without_its_hidden_notes(album: Album) -> None:
    original = jpeg(64, 32, turned=True)
    token = album.announce("m1", original)
    album.photos.fetch_due()
    row, path = album.row("m1"), path_of(album.folder, token)
    assert (row.state, row.mime, row.width, row.height) == ("stored", "image/jpeg", 32, 64)
    assert (row.size, row.sha256) == (path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())
    for stored in (path, preview_of(album.folder, token)):
        with Image.open(stored) as image:
            assert image.size == (32, 64)
            assert dict(image.getexif()) == {}
        assert b"ACME" not in stored.read_bytes()
    assert album.on_disk() == {token, f"{token}.small"}
    with album.office.database.read() as session:
        assert file_by_token(session, token) is not None


def test_a_large_photo_is_made_smaller_and_its_preview_fits_line(album: Album) -> None:
    noise = Image.effect_noise((3200, 1600), 120).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "JPEG", quality=95)
    token = album.announce("m1", out.getvalue())
    album.photos.fetch_due()
    row, small = album.row("m1"), preview_of(album.folder, token)
    assert (row.width, row.height) == (2560, 1280)
    assert small.stat().st_size <= 1_000_000
    with Image.open(small) as image:
        assert image.size == (1024, 512)


def test_transparent_and_moving_pictures_become_plain_ones(album: Album) -> None:
    clear, film = io.BytesIO(), io.BytesIO()
    Image.new("RGBA", (9, 9), (255, 0, 0, 0)).save(clear, "PNG")
    frames = [Image.new("P", (9, 9), shade) for shade in (1, 2, 3)]
    frames[0].save(film, "GIF", save_all=True, append_images=frames[1:])
    token = album.announce("m1", clear.getvalue())
    album.announce("m2", film.getvalue())
    album.photos.fetch_due()
    assert [album.row(message).mime for message in ("m1", "m2")] == ["image/jpeg"] * 2
    with Image.open(path_of(album.folder, token)) as image:
        assert image.getpixel((4, 4)) == (255, 255, 255)


def bomb() -> bytes:
    """A PNG of a few hundred bytes that claims 30,000 × 30,000 pixels."""
    head = io.BytesIO()
    Image.new("1", (1, 1)).save(head, "PNG")
    data = bytearray(head.getvalue())
    data[16:24] = (30_000).to_bytes(4, "big") * 2
    data[29:33] = zlib.crc32(bytes(data[12:29])).to_bytes(4, "big")
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "kind", "error"),
    [
        (b"MZ\x90\x00 a program", "file", "type"),
        (archive("payload.exe"), "file", "type"),
        (archive("[Content_Types].xml", "word/vbaProject.bin"), "file", "type"),
        (b"<html><script>alert(1)</script>", "image", "type"),
        (b"%PDF-1.7", "image", "type"),
        (b"", "image", "type"),
        (jpeg()[:200], "image", "unreadable"),
        (bomb(), "image", "unreadable"),
        (jpeg() + b"\x00" * 10_000_001, "image", "too_big"),
    ],
)
def test_what_we_do_not_take_is_shown_as_failed_and_leaves_nothing_behind(
    album: Album, data: bytes, kind: str, error: str
) -> None:
    album.announce("m1", data, kind)
    album.photos.fetch_due()
    row = album.row("m1")
    assert row.state == "failed"
    assert (row.error or "").startswith(error)
    assert album.on_disk() == set()
    assert album.later(days=3) == 0


def test_voice_and_papers_are_kept_as_they_are(album: Album) -> None:
    sound, paper = voice(0.2), archive("[Content_Types].xml", "word/document.xml")
    first = album.announce("m1", sound, "audio")
    second = album.announce("m2", paper, "file", name="คำร้อง.docx")
    album.photos.fetch_due()
    assert path_of(album.folder, first).read_bytes() == sound
    assert path_of(album.folder, second).read_bytes() == paper
    assert album.row("m1").mime == "audio/mp4"
    assert album.row("m2").mime.endswith("wordprocessingml.document")
    assert album.row("m2").name == "คำร้อง.docx"


def test_content_that_line_still_prepares_is_asked_for_again(album: Album) -> None:
    album.announce("m1", voice(0.2), "audio", pending=2)
    album.photos.fetch_due()
    assert album.row("m1").state == "waiting"
    album.later(seconds=5)
    album.later(seconds=10)
    assert album.row("m1").state == "stored"


@pytest.mark.parametrize("fault", ["500", "429", "drop_before", "drop_after"])
def test_trouble_on_the_way_is_tried_again(album: Album, fault: str) -> None:
    album.office.platform.fail(fault, only="content", times=2)
    album.announce("m1", jpeg())
    album.photos.fetch_due()
    for _ in range(3):
        album.later(minutes=1)
    assert album.row("m1").state == "stored"


def test_after_a_day_without_line_it_is_given_up_and_shown(album: Album) -> None:
    album.office.platform.fail("500", only="content", times=10_000)
    album.announce("m1", jpeg())
    for _ in range(60):
        album.later(minutes=30)
    assert (album.row("m1").state, album.row("m1").error) == ("failed", "unreachable")


def test_what_line_has_no_more_is_gone(album: Album) -> None:
    album.announce("m1", None)
    album.photos.fetch_due()
    assert album.row("m1").state == "gone"


def test_a_full_disk_waits_and_is_mended(album: Album, monkeypatch: pytest.MonkeyPatch) -> None:
    album.announce("m1", jpeg())
    with monkeypatch.context() as patch:
        patch.setattr("models.storage.KEEP_FREE", 1 << 62)
        album.photos.fetch_due()
        assert album.row("m1").state == "waiting"
        assert album.row("m1").error == "disk: ENOSPC"
    album.later(minutes=6)
    assert album.row("m1").state == "stored"


def test_announcing_a_message_twice_makes_one_file(album: Album) -> None:
    assert album.announce("m1", jpeg()) == album.announce("m1", jpeg())
    assert album.photos.fetch_due() == 1


# taking back


def assert_forgotten(album: Album, token: str) -> None:
    row = album.row("m1")
    assert (row.state, row.name, row.sha256) == ("gone", "", None)
    assert row.erased_at is not None
    assert album.on_disk() == set()
    with album.office.database.read() as session:
        assert file_by_token(session, token) is None


def test_a_stored_photo_that_is_unsent_leaves_the_disk(album: Album) -> None:
    token = album.announce("m1", jpeg(), name="ลับ.jpg")
    album.photos.fetch_due()
    album.take_back("m1")
    album.photos.fetch_due()
    assert_forgotten(album, token)


def test_a_waiting_photo_that_is_unsent_is_never_fetched(album: Album) -> None:
    token = album.announce("m1", jpeg())
    album.take_back("m1")
    album.photos.fetch_due()
    assert_forgotten(album, token)
    assert album.office.platform.calls("content") == []


def test_an_unsend_that_overtakes_its_message_is_remembered(album: Album) -> None:
    album.take_back("m1")
    token = album.announce("m1", jpeg())
    album.photos.fetch_due()
    assert_forgotten(album, token)
    assert album.office.platform.calls("content") == []


def test_a_photo_unsent_while_it_is_being_fetched_does_not_come_back(album: Album) -> None:
    token = album.announce("m1", jpeg())
    album.office.platform.fail("slow", only="content", ms=1000)
    fetching = threading.Thread(target=album.photos.fetch_due)
    fetching.start()
    assert album.office.platform.world.wait_for(lambda: not album.office.platform.world.switches.faults, 5)
    album.take_back("m1")
    album.photos.erase()
    fetching.join()
    album.photos.erase()
    assert_forgotten(album, token)


def test_a_photo_of_a_worker_that_died_is_fetched_again(album: Album) -> None:
    album.announce("m1", jpeg())
    with album.office.database.begin() as session:
        row = session.query(File).one()
        row.lease_by, row.lease_until = "elsewhere:1:1", album.office.clock() + timedelta(minutes=5)
    assert album.photos.fetch_due() == 0
    assert album.later(minutes=6) == 1
    assert album.row("m1").state == "stored"


def test_the_crew_fetches_when_it_is_kicked(album: Album) -> None:
    album.photos.start()
    try:
        album.announce("m1", jpeg())
        album.photos.kick()
        assert album.office.platform.world.wait_for(lambda: bool(album.office.platform.calls("content")), 5)
    finally:
        album.photos.stop()
    assert album.row("m1").state == "stored"


def test_the_files_of_a_case_leave_out_what_was_taken_back(album: Album) -> None:
    album.announce("m1", jpeg())
    album.take_back("m1")
    with album.office.database.read() as session:
        assert files_for(session, 1) == []


@pytest.mark.parametrize(
    ("head", "mime"),
    [
        (b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
        (b"\x00\x00\x00\x18ftypM4A ", "audio/mp4"),
        (b"\x00\x00\x00\x18ftypqt  ", "video/quicktime"),
        (b"\x00\x00\x00\x18ftypheic", "image/heif"),
        (b"RIFF\x00\x00\x00\x00WEBP", "image/webp"),
        (b"XXXX\x00\x00\x00\x00WEBP", ""),
        (b"ID3\x03", "audio/mpeg"),
        (b"#!/bin/sh", ""),
        (b"PK\x03\x04 broken", ""),
    ],
)
def test_files_are_known_by_their_first_bytes(tmp_path: Path, head: bytes, mime: str) -> None:
    path = tmp_path / "x"
    path.write_bytes(head)
    assert sniff(path) == mime
