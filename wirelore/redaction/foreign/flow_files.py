"""Redaction of mitmproxy flow files: headers by name, bodies inside their content-encoding, other text in place.

A body that cannot be decoded is left out, with a note.
"""

import gzip
import io
import zlib
from collections.abc import Iterator
from functools import partial
from typing import Any, BinaryIO

import brotli

from wirelore.model.encodings import Decoder, Undecodable
from wirelore.model.zstd import zstd
from wirelore.redaction.foreign import tnetstring
from wirelore.redaction.foreign.texts import Texts

_LISTS = ("headers", "trailers")
_SHORTEST = 3
"""The minimum size of a secret in bytes."""


def rewritten(stream: BinaryIO, texts: Texts, notes: list[str]) -> Iterator[bytes]:
    """Yield the redacted flows of a file one at a time. Raises ValueError for invalid content."""
    for number, flow in enumerate(tnetstring.values(stream), 1):
        yield tnetstring.encode(_redacted(flow, texts, notes, f"flow {number}"))


def _redacted(value: Any, texts: Texts, notes: list[str], place: str) -> Any:
    if isinstance(value, dict):
        unredacted_members = {"content"} if _is_message(value) else set[str]()
        redacted = {
            name: _headers(item, texts)
            if name in _LISTS and isinstance(item, list)
            else item
            if name in unredacted_members
            else _redacted(item, texts, notes, f"{place}/{name}")
            for name, item in value.items()
        }
        return _message(redacted, texts, notes, place) if unredacted_members else redacted
    if isinstance(value, list):
        return [_redacted(item, texts, notes, place) for item in value]
    if isinstance(value, bytes):
        return _text(value, texts)
    return (
        _text(value.encode("utf-8", "surrogateescape"), texts).decode("utf-8", "surrogateescape")
        if isinstance(value, str)
        else value
    )


def _is_message(value: dict[Any, Any]) -> bool:
    return isinstance(value.get("content"), bytes) and isinstance(value.get("headers"), list)


def _message(message: dict[str, Any], texts: Texts, notes: list[str], place: str) -> dict[str, Any]:
    """Redact the body of a message, encode it again and update content-length."""
    encodings = [
        name.strip().lower() for name in ",".join(_values(message, b"content-encoding")).split(",") if name.strip()
    ]
    try:
        body = _encode(_text(_decode(message["content"], encodings), texts), encodings)
    except Undecodable as fault:
        notes.append(f"{place}: body left out: {fault}")
        body = b""
    headers = [
        [name, b"%d" % len(body)] if name.lower() == b"content-length" and encodings else [name, value]
        for name, value in message["headers"]
    ]
    return {**message, "content": body, "headers": headers}


def _values(message: dict[str, Any], wanted: bytes) -> list[str]:
    return [value.decode("latin-1") for name, value in message["headers"] if name.lower() == wanted]


def _headers(lines: list[Any], texts: Texts) -> list[Any]:
    pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in lines]
    return [[name.encode("latin-1"), value.encode("latin-1")] for name, value in texts.headers(pairs)]


def _text(content: bytes, texts: Texts) -> bytes:
    if len(content) < _SHORTEST:
        return content
    return b"".join(texts.text(partial(io.BytesIO, content), lines=False))


def _decode(content: bytes, encodings: list[str]) -> bytes:
    if not encodings or not content:
        return content
    decoder = Decoder(", ".join(encodings))
    return decoder.feed(content) + decoder.finish()


def _encode(content: bytes, encodings: list[str]) -> bytes:
    if not content:
        return content
    for encoding in encodings:
        if encoding in ("gzip", "x-gzip"):
            content = gzip.compress(content, mtime=0)
        elif encoding == "deflate":
            content = zlib.compress(content)
        elif encoding == "br":
            content = brotli.compress(content)
        elif encoding == "zstd":
            content = zstd.compress(content)
    return content
