"""What lies packed inside bytes: gzip, zlib, ZIP, PDF and PNG streams, in one another too."""

from __future__ import annotations

import base64
import binascii
import re
import struct
import zlib
from collections.abc import Iterator

DEEPEST = 3
MOST = 32 * 1024 * 1024
"""What a stream may unpack to; more is cut off."""
_ZLIB = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
_GZIP = re.compile(rb"\x1f\x8b\x08")
_ZIP = re.compile(rb"PK\x03\x04")
_PNG = b"\x89PNG\r\n\x1a\n"
_PDF_STREAM = re.compile(rb"/(ASCIIHexDecode|AHx|ASCII85Decode|A85)\b.{0,200}?stream\r?\n(.*?)endstream", re.DOTALL)


def layers(data: bytes, depth: int = 0) -> Iterator[tuple[str, bytes]]:
    """Give the bytes themselves and everything that can be unpacked from them, each with how it was packed."""
    yield "", data
    if depth == DEEPEST:
        return
    for how, inside in _unpacked(data):
        for path, found in layers(inside, depth + 1):
            yield f"{how} {path}".strip(), found


def _unpacked(data: bytes) -> Iterator[tuple[str, bytes]]:
    whole = memoryview(data)  # a slice of it is no copy
    for found in _GZIP.finditer(data):
        yield from _inflated("gzip", whole[found.start() :], 31)
    for found in _ZLIB.finditer(data):
        yield from _inflated("zlib", whole[found.start() :], 15)
    for found in _ZIP.finditer(data):
        yield from _zipped(data, found.start())
    start = data.find(_PNG)
    while start >= 0:
        yield from _pictured(data, start + len(_PNG))
        start = data.find(_PNG, start + 1)
    for found in _PDF_STREAM.finditer(data):
        yield from _written_in_pdf(found.group(1), found.group(2))


def _inflated(how: str, data: bytes | memoryview, bits: int) -> Iterator[tuple[str, bytes]]:
    try:
        found = zlib.decompressobj(bits).decompress(data[:MOST], MOST)
    except zlib.error:
        return
    if found:
        yield how, found


def _zipped(data: bytes, start: int) -> Iterator[tuple[str, bytes]]:
    head = data[start : start + 30]
    if len(head) < 30:
        return
    method, name, extra = struct.unpack("<H", head[8:10])[0], *struct.unpack("<HH", head[26:30])
    if method == 8:
        yield from _inflated("zip", data[start + 30 + name + extra :], -15)


def _pictured(data: bytes, place: int) -> Iterator[tuple[str, bytes]]:
    """Give a picture's pixels, of which a file holds several pieces, and its packed texts."""
    pixels = b""
    while place + 12 <= len(data):
        length, kind = struct.unpack(">I4s", data[place : place + 8])
        body = data[place + 8 : place + 8 + length]
        if kind == b"IDAT":
            pixels += body
        elif kind in (b"zTXt", b"iTXt", b"iCCP"):
            for found in _ZLIB.finditer(body):
                yield from _inflated("png text", body[found.start() :], 15)
        if kind == b"IEND":
            break
        place += 12 + length
    yield from _inflated("png", pixels, 15)


def _written_in_pdf(how: bytes, body: bytes) -> Iterator[tuple[str, bytes]]:
    words = re.sub(rb"\s", b"", body)
    try:
        if how in (b"ASCIIHexDecode", b"AHx"):
            yield "pdf hex", binascii.unhexlify(words.rstrip(b">"))
        else:
            yield "pdf base85", base64.a85decode(words.removesuffix(b"~>"))
    except ValueError:
        return
