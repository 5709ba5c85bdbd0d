"""A very small m4a writer: mono 16-bit sound as uncompressed FLAC frames inside an MP4 container.

LINE hands voice messages out as m4a; AAC would need a codec that we do not carry, FLAC in MP4 is played by the
browsers. Formats: RFC 9639 (FLAC) and its encapsulation in ISO BMFF ("fLaC" sample entry with a "dfLa" box).
"""

import struct
from collections.abc import Sequence

_BLOCK = 4096
_RATES = {8000: 0b0100, 16000: 0b0101}


def m4a(samples: Sequence[int], rate: int = 8000) -> bytes:
    """An m4a file of mono samples (-32768 … 32767) at 8,000 or 16,000 per second; padded with silence to whole
    frames.
    """
    padded = list(samples) + [0] * (-len(samples) % _BLOCK)
    frames = [_frame(padded[at : at + _BLOCK], number, rate) for number, at in enumerate(range(0, len(padded), _BLOCK))]
    ftyp = _box(b"ftyp", b"M4A \0\0\0\0M4A isomiso2")
    length = len(ftyp) + len(_moov(frames, len(padded), rate, 0)) + 8
    return ftyp + _moov(frames, len(padded), rate, length) + _box(b"mdat", b"".join(frames))


def _frame(samples: Sequence[int], number: int, rate: int) -> bytes:
    header = struct.pack(">HBB", 0xFFF8, 0b1100 << 4 | _RATES[rate], 0b0000_100_0) + _utf8_number(number)
    header += bytes([_crc(header, 8, 0x07)])
    body = header + b"\x02" + struct.pack(f">{len(samples)}h", *samples)
    return body + struct.pack(">H", _crc(body, 16, 0x8005))


def _utf8_number(number: int) -> bytes:
    """FLAC codes frame numbers as UTF-8 codes characters."""
    return chr(number).encode() if number < 0xD800 else chr(0xD7FF).encode()


def _crc_table(width: int, polynomial: int) -> list[int]:
    table, top, mask = [], 1 << (width - 1), (1 << width) - 1
    for byte in range(256):
        value = byte << (width - 8)
        for _ in range(8):
            value = ((value << 1) ^ polynomial if value & top else value << 1) & mask
        table.append(value)
    return table


_TABLES = {(8, 0x07): _crc_table(8, 0x07), (16, 0x8005): _crc_table(16, 0x8005)}


def _crc(data: bytes, width: int, polynomial: int) -> int:
    table, shift, mask, value = _TABLES[width, polynomial], width - 8, (1 << width) - 1, 0
    for byte in data:
        value = ((value << 8) ^ table[(value >> shift) ^ byte]) & mask
    return value


def _box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + kind + body


def _full(kind: bytes, *parts: bytes, flags: int = 0) -> bytes:
    return _box(kind, struct.pack(">I", flags), *parts)


def _moov(frames: Sequence[bytes], total: int, rate: int, offset: int) -> bytes:
    matrix = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    mvhd = _full(
        b"mvhd", struct.pack(">4I", 0, 0, rate, total), b"\0\1\0\0\1\0" + bytes(10), matrix, bytes(24), b"\0\0\0\2"
    )
    tkhd = _full(
        b"tkhd", struct.pack(">5I", 0, 0, 1, 0, total), bytes(8), b"\0\0\0\0\1\0\0\0", matrix, bytes(8), flags=3
    )
    mdhd = _full(b"mdhd", struct.pack(">4I2H", 0, 0, rate, total, 0x55C4, 0))
    hdlr = _full(b"hdlr", bytes(4), b"soun", bytes(12), b"voice\0")
    dinf = _box(b"dinf", _full(b"dref", struct.pack(">I", 1), _full(b"url ", flags=1)))
    minf = _box(b"minf", _full(b"smhd", bytes(4)), dinf, _stbl(frames, rate, total, offset))
    return _box(b"moov", mvhd, _box(b"trak", tkhd, _box(b"mdia", mdhd, hdlr, minf)))


def _stbl(frames: Sequence[bytes], rate: int, total: int, offset: int) -> bytes:
    packed = rate << 44 | 0 << 41 | 15 << 36 | total
    stream_info = struct.pack(">2H", _BLOCK, _BLOCK) + bytes(6) + packed.to_bytes(8, "big") + bytes(16)
    dfla = _full(b"dfLa", b"\x80\0\0\x22", stream_info)
    entry = _box(b"fLaC", bytes(6), b"\0\1", bytes(8), struct.pack(">4HI", 1, 16, 0, 0, rate << 16), dfla)
    return _box(
        b"stbl",
        _full(b"stsd", struct.pack(">I", 1), entry),
        _full(b"stts", struct.pack(">3I", 1, len(frames), _BLOCK)),
        _full(b"stsc", struct.pack(">4I", 1, 1, len(frames), 1)),
        _full(b"stsz", struct.pack(">2I", 0, len(frames)), struct.pack(f">{len(frames)}I", *map(len, frames))),
        _full(b"stco", struct.pack(">2I", 1, offset)),
    )
