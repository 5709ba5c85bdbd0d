"""Files in an object store: the same promises as in a folder, kept by a store that believes no wrong signature."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from bot.bucket import store_of
from bot.config import SettingsError
from bot.doctor_house import look_at_store
from bot.photos import Photos
from models.database import Database
from models.files import File, expect, forget, place_of, small_name
from models.storage import Folder, Store, read
from simulator import Content
from tests.bucket import Shelf, object_store
from tests.door import settings
from tests.office import opened_office
from tests.test_photos import jpeg
from tests.web.office import Office
from tests.web.test_case import page
from tests.web.test_media import photo, send

TOKEN = "ab" + "0" * 30


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    with object_store() as running:
        yield running


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, shelf: Shelf, tmp_path: Path) -> Store:
    given = shelf.settings() if request.param == "bucket" else {}
    return store_of(settings("sqlite://", data_dir=tmp_path / "data", **given))


def finished(folder: Path, content: bytes) -> Path:
    """A finished file, to be put away."""
    source = folder / "finished"
    source.write_bytes(content)
    return source


def test_every_store_keeps_reads_anywhere_and_removes(store: Store, tmp_path: Path) -> None:
    content = bytes(range(256)) * 20_000  # five pieces
    store.put(finished(tmp_path, content), TOKEN)
    assert read(store, TOKEN) == content
    opened = store.open(TOKEN)
    assert opened.size == len(content)
    assert opened.stream.seekable()
    assert opened.stream.seek(-4, 2) == len(content) - 4
    assert opened.stream.read() == content[-4:]
    assert opened.stream.seek(1000) == opened.stream.tell() == 1000
    assert opened.stream.read(3) == content[1000:1003]
    opened.stream.close()
    store.remove(TOKEN)
    store.remove(TOKEN)
    with pytest.raises(FileNotFoundError):
        store.open(TOKEN)


def test_an_empty_file_can_be_read(store: Store, tmp_path: Path) -> None:
    store.put(finished(tmp_path, b""), TOKEN)
    assert read(store, TOKEN) == b""


def test_a_bucket_filled_by_copying_the_folder_is_read(shelf: Shelf, tmp_path: Path) -> None:
    Folder(tmp_path / "files").put(finished(tmp_path, b"old"), TOKEN)
    for path in (tmp_path / "files").rglob("*"):
        if path.is_file():
            shelf.objects[path.relative_to(tmp_path / "files").as_posix()] = path.read_bytes()
    assert read(store_of(settings("sqlite://", **shelf.settings())), TOKEN) == b"old"


@pytest.mark.parametrize("wrong", [{"s3_secret": "another"}, {"s3_region": "elsewhere"}, {"s3_bucket": "nobodys"}])
def test_with_a_wrong_key_region_or_bucket_nothing_is_kept(shelf: Shelf, tmp_path: Path, wrong: dict[str, str]) -> None:
    store = store_of(settings("sqlite://", data_dir=tmp_path, **shelf.settings(**wrong)))
    with pytest.raises(OSError, match="object store") as told:
        store.put(finished(tmp_path, b"x"), TOKEN)
    assert shelf.url not in str(told.value)
    assert "another" not in str(told.value)
    assert shelf.objects == {}


def test_settings_of_a_bucket_are_whole_and_the_secret_may_lie_in_a_file(shelf: Shelf, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="S3_KEY_ID"):
        settings("sqlite://", s3_bucket="b", s3_key_id="k")
    with pytest.raises(SettingsError, match="S3_SECRET_FILE"):
        settings("sqlite://", s3_bucket="b", s3_key_id="k", s3_secret_file=str(tmp_path / "none"))
    (tmp_path / "secret").write_text(shelf.settings()["s3_secret"] + "\n")
    known = shelf.settings()
    del known["s3_secret"]
    whole = settings("sqlite://", data_dir=tmp_path, **known, s3_secret_file=str(tmp_path / "secret"))
    assert shelf.settings()["s3_secret"] not in repr(whole)
    store_of(whole).put(finished(tmp_path, b"x"), TOKEN)
    assert shelf.objects == {place_of(TOKEN): b"x"}


def test_photos_from_line_go_into_the_bucket_and_out_of_it(shelf: Shelf, database: Database, tmp_path: Path) -> None:
    with opened_office(database) as office:
        store = store_of(settings(str(database.engine.url), data_dir=tmp_path, **shelf.settings()))
        photos = Photos(database, office.line, store, clock=office.clock)
        office.platform.world.contents["m1"] = Content(jpeg(turned=True), "image/jpeg", b"", 0)
        with database.begin() as session:
            token = expect(session, "m1", office.somsri.id, "image", office.clock()).token
        shelf.ill = 503
        photos.fetch_due()
        with database.read() as session:
            assert session.query(File).one().state == "waiting"  # the store was away: nothing is lost
        shelf.ill = 0
        office.clock.forward(minutes=10)
        photos.fetch_due()
        assert set(shelf.objects) == {place_of(token), place_of(small_name(token))}
        assert not [p for p in (tmp_path / "files").rglob("*") if p.is_file()]
        with database.begin() as session:
            forget(session, "m1", office.somsri.id, office.clock())
        shelf.ill = 503
        assert photos.erase() == 0
        shelf.ill = 0
        assert photos.erase() == 1
        assert shelf.objects == {}


def test_pages_show_in_parts_and_cover_what_lies_in_the_bucket(
    shelf: Shelf, quick_database: Database, tmp_path: Path
) -> None:
    office = Office(quick_database, data_dir=tmp_path, **shelf.settings())
    clerk, number = office.sign_in("clerk"), office.case()
    assert send(clerk, f"{page(number)}/photos", (photo(), "a.jpg")).status_code == 303
    with office.database.read() as session:
        row = session.query(File).one()
    kept = shelf.objects[place_of(row.token)]
    whole = clerk.get(f"/f/{row.token}")
    assert (whole.data, whole.headers["Content-Type"]) == (kept, "image/jpeg")
    part = clerk.get(f"/f/{row.token}", headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.data) == (206, kept[10:20])
    assert clerk.get(f"/f/{row.token}", headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304
    assert clerk.get(f"/f/{row.token}/preview").data == shelf.objects[place_of(small_name(row.token))]
    published = clerk.post(f"{page(number)}/photo/{row.id}/publish", token=row.token, boxes="0.4,0.4,0.2,0.2")
    assert published.status_code == 303
    with office.database.read() as session:
        copy = session.query(File).filter_by(copy_of_id=row.id).one()
    with Image.open(io.BytesIO(shelf.objects[place_of(copy.token)])) as covered:
        assert covered.size == (row.width, row.height)
    shelf.ill = 503
    assert clerk.get(f"/f/{row.token}").status_code == 503
    refused = send(clerk, f"{page(number)}/photos", (photo(), "b.jpg"))
    assert refused.status_code == 422


def test_the_doctor_tries_the_bucket_and_leaves_nothing(shelf: Shelf, tmp_path: Path) -> None:
    well = settings("sqlite://", data_dir=tmp_path, **shelf.settings())
    assert [each.level for each in look_at_store(well)] == ["ok"]
    assert [line.split()[0] for line in shelf.asked] == ["PUT", "HEAD", "GET", "DELETE"]
    assert shelf.objects == {}
    ill = settings("sqlite://", data_dir=tmp_path, **shelf.settings(s3_secret="another"))
    assert [(each.name, each.level) for each in look_at_store(ill)] == [("store", "bad")]
    assert shelf.refused
    assert [*look_at_store(settings("sqlite://", data_dir=tmp_path))] == []
