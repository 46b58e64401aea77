"""mitmproxy's flows redacted: headers by their names, bodies inside their content-encoding, all other text as it is.

A body whose encoding cannot be undone cannot be read, so it is left out, and that is noted.
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
"""Bytes below which nothing is a secret."""


def rewritten(stream: BinaryIO, texts: Texts, notes: list[str]) -> Iterator[bytes]:
    """The flows of a file as the texts have them, one at a time. Raises ValueError if it has something else in it."""
    for number, flow in enumerate(tnetstring.values(stream), 1):
        yield tnetstring.written(_redacted(flow, texts, notes, f"flow {number}"))


def _redacted(value: Any, texts: Texts, notes: list[str], place: str) -> Any:
    if isinstance(value, dict):
        kept = {"content"} if _is_message(value) else set[str]()
        done = {
            name: _headers(one, texts)
            if name in _LISTS and isinstance(one, list)
            else one
            if name in kept
            else _redacted(one, texts, notes, f"{place}/{name}")
            for name, one in value.items()
        }
        return _message(done, texts, notes, place) if kept else done
    if isinstance(value, list):
        return [_redacted(one, texts, notes, place) for one in value]
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
    """The message with its body redacted, packed again as it was, and its content-length told anew."""
    encodings = [
        one.strip().lower() for one in ",".join(_values(message, b"content-encoding")).split(",") if one.strip()
    ]
    try:
        body = _packed(_text(_unpacked(message["content"], encodings), texts), encodings)
    except Undecodable as fault:
        notes.append(f"{place}: the body was left out: {fault}")
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


def _unpacked(content: bytes, encodings: list[str]) -> bytes:
    if not encodings or not content:
        return content
    decoder = Decoder(", ".join(encodings))
    return decoder.feed(content) + decoder.finish()


def _packed(content: bytes, encodings: list[str]) -> bytes:
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
