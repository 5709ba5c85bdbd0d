"""What a file is, by its first bytes and not by what its sender or its name says."""

from __future__ import annotations

import zipfile
from pathlib import Path

_OFFICE = "application/vnd.openxmlformats-officedocument."

#: First bytes, where they stand, and what they mean. Formats of pictures, sound and film that phones make, and papers.
_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (8, b"WAVE", "audio/wav"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"\xff\xf2", "audio/mpeg"),
    (0, b"\xff\xf1", "audio/aac"),
    (0, b"\xff\xf9", "audio/aac"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
)

#: "Brands" of files that begin with an ISO `ftyp` box (ISO/IEC 14496-12): sound, or else film.
_SOUND_BRANDS = (b"M4A ", b"M4B ", b"F4A ")
_PICTURE_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif")


def sniff(path: Path) -> str:
    """The MIME type of a file's content; "" for what we do not take, such as programs and unknown formats."""
    with path.open("rb") as file:
        head = file.read(64)
    if head[4:8] == b"ftyp":
        return _boxed(head[8:12])
    for offset, magic, mime in _MAGIC:
        if head.startswith(magic, offset) and (offset == 0 or head.startswith(b"RIFF")):
            return mime
    return _zipped(path) if head.startswith(b"PK\x03\x04") else ""


def extension(mime: str) -> str:
    """The usual ending of a file of this type, with its dot; "" when unknown. For downloads."""
    return _ENDINGS.get(mime, "")


def _boxed(brand: bytes) -> str:
    if brand in _SOUND_BRANDS:
        return "audio/mp4"
    if brand in _PICTURE_BRANDS:
        return "image/heif"
    return "video/quicktime" if brand == b"qt  " else "video/mp4"


def _zipped(path: Path) -> str:
    """Which of the office formats a ZIP archive is; any other archive is not taken."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return ""
    if "[Content_Types].xml" not in names or any(name.endswith("vbaProject.bin") for name in names):
        return ""
    for folder, kind in _FOLDERS.items():
        if any(name.startswith(folder) for name in names):
            return _OFFICE + kind
    return ""


_FOLDERS = {
    "word/": "wordprocessingml.document",
    "xl/": "spreadsheetml.sheet",
    "ppt/": "presentationml.presentation",
}
_ENDINGS = {
    "image/jpeg": ".jpg",
    "audio/mp4": ".m4a",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "audio/wav": ".wav",
    "audio/aac": ".aac",
    "audio/amr": ".amr",
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
    "video/webm": ".webm",
    "application/pdf": ".pdf",
    _OFFICE + "wordprocessingml.document": ".docx",
    _OFFICE + "spreadsheetml.sheet": ".xlsx",
    _OFFICE + "presentationml.presentation": ".pptx",
}
