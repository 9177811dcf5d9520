"""The search for canaries bites: every spelling, in every kind of packing, is found, and nothing else is."""

from __future__ import annotations

import base64
import gzip
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from urllib.parse import quote, urlencode

import pytest

from tests.threats.canaries import AVOID, CANARIES, EMAIL, NAME, PHONE, found_in, sample, spellings

pytestmark = pytest.mark.threat("T22")

AROUND = b"before %s after"


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*chunks: bytes, pixels: bytes = b"\0\0") -> bytes:
    packed = zlib.compress(pixels)
    halves = chunk(b"IDAT", packed[: len(packed) // 2]) + chunk(b"IDAT", packed[len(packed) // 2 :])
    head = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return head + b"".join(chunks) + halves + chunk(b"IEND", b"")


def zipped(data: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("word/document.xml", data)
    return out.getvalue()


def pdf(kind: bytes, body: bytes) -> bytes:
    return b"%PDF-1.7\n1 0 obj\n<< /Filter /" + kind + b" >>\nstream\n" + body + b"\nendstream\nendobj\n"


PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda data: data,
    "gzip": gzip.compress,
    "zlib": zlib.compress,
    "zlib weakly": lambda data: zlib.compress(data, 1),
    "zlib best": lambda data: zlib.compress(data, 9),
    "zip": zipped,
    "zip stored": lambda data: zipped(data, zipfile.ZIP_STORED),
    "pdf": lambda data: pdf(b"FlateDecode", zlib.compress(data)),
    "pdf hex": lambda data: pdf(b"ASCIIHexDecode", data.hex().encode() + b">"),
    "pdf base85": lambda data: pdf(b"ASCII85Decode", base64.a85encode(data) + b"~>"),
    "png text": lambda data: png(chunk(b"tEXt", b"Comment\0" + data)),
    "png packed text": lambda data: png(chunk(b"zTXt", b"Comment\0\0" + zlib.compress(data))),
    "png long text": lambda data: png(chunk(b"iTXt", b"Comment\0\x01\0\0\0" + zlib.compress(data))),
    "png profile": lambda data: png(chunk(b"iCCP", b"Name\0\0" + zlib.compress(data))),
    "png pixels": lambda data: png(pixels=data),
    "gzip in zip": lambda data: zipped(gzip.compress(data)),
    "zlib in pdf in gzip": lambda data: gzip.compress(pdf(b"FlateDecode", zlib.compress(data))),
}


@pytest.mark.parametrize("word", CANARIES.values(), ids=list(CANARIES))
def test_every_spelling_is_found(word: str) -> None:
    for how, spelt in spellings(word):
        assert found_in(AROUND % spelt, word=word) != [], how
        assert len(spelt) >= 8, how  # or chance would find it


@pytest.mark.parametrize("packing", PACKINGS)
def test_every_packing_is_opened(packing: str) -> None:
    inside = b"x" * 300 + AROUND % NAME.encode() + b"y" * 300
    packed = PACKINGS[packing](inside)
    assert found_in(packed), packing
    assert found_in(b"\0\xff junk" + packed + b"junk"), packing
    assert found_in(PACKINGS[packing](b"x" * 300 + b"nobody at all" + b"y" * 300)) == []


@pytest.mark.parametrize(
    "written",
    [
        json.dumps({"text": NAME}).encode(),
        json.dumps({"text": NAME}, ensure_ascii=False).encode(),
        json.dumps(json.dumps({"text": EMAIL})).encode(),
        urlencode({"payload": json.dumps({"name": AVOID})}).encode(),
        quote(NAME, safe="").encode(),
        repr(NAME.encode()).encode(),
        repr({"name": NAME}).encode(),
        ascii(NAME).encode(),
        base64.encodebytes(b"x" * 50 + NAME.encode() * 3),
        base64.b64encode(f'{{"name": "{NAME}"}}'.encode("utf-16")),
        NAME.upper().lower().encode(),
        f"tel:+1 {PHONE}".encode(),
        ("\ufeff" + NAME).encode("utf-16"),
        b"\0" + NAME.encode("utf-16-be"),
        NAME.encode("unicode_escape"),
        f"\\x{NAME.encode().hex()}".encode(),
    ],
)
def test_what_programs_really_write_is_found(written: bytes) -> None:
    assert found_in(written)


def test_what_is_not_there_is_not_found() -> None:
    assert found_in(b"nothing of the sort") == []
    assert found_in(NAME[:-3].encode() + b"\0" + PHONE[1:].encode()) == []
    assert found_in(gzip.compress(b"604-555-0178")) == []


def test_the_sample_holds_every_spelling_of_every_canary() -> None:
    found = {each.split(" (")[0].split()[-1] for each in found_in(sample())}
    assert found == set(CANARIES)
