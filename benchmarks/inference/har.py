"""Recordings as HAR 1.2 for other tools; event streams are the text of the response."""

import base64
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from wirelore.model.exchange import Exchange, Headers, Message

_TIMINGS = {"send": 0, "wait": 0, "receive": 0}


def write(exchanges: Iterable[Exchange], path: Path) -> None:
    """Write an archive with one entry per line, in constant memory."""
    creator = json.dumps({"name": "wirelore", "version": "0"})
    with path.open("w", encoding="utf-8") as stream:
        stream.write(f'{{"log": {{"version": "1.2", "creator": {creator}, "pages": [], "entries": [')
        for number, exchange in enumerate(exchanges):
            stream.write(",\n" if number else "\n")
            json.dump(entry(exchange), stream)
        stream.write("\n]}}\n")


def entry(exchange: Exchange) -> dict[str, Any]:
    """Return the entry of an exchange with a response."""
    started = datetime.fromtimestamp(exchange.started_us / 1e6, UTC).isoformat()
    return {
        "startedDateTime": started.replace("+00:00", "Z"),
        "time": 0,
        "request": _request(exchange),
        "response": _response(exchange),
        "cache": {},
        "timings": _TIMINGS,
    }


def _request(exchange: Exchange) -> dict[str, Any]:
    sent = exchange.request
    place = sent.target if sent.absolute else f"{sent.scheme}://{sent.host}{sent.target}"
    described = {
        "method": sent.method,
        "url": place,
        "queryString": [{"name": unquote(name), "value": unquote(value)} for name, value in sent.query],
        **_common(sent),
    }
    if sent.body.size:
        text = sent.body.read().decode("utf-8", "surrogateescape")
        described["postData"] = {"mimeType": _kind(sent), "text": text.encode("utf-8", "replace").decode()}
    return described


def _response(exchange: Exchange) -> dict[str, Any]:
    got = exchange.response
    if got is None:
        raise ValueError(f"{exchange.id}: no response; an archive's entry has one")
    return {
        "status": got.status,
        "statusText": got.reason,
        "redirectURL": "",
        "content": {"size": got.body.size, "mimeType": _kind(got), **_text(got.body.read())},
        **_common(got),
    }


def _common(message: Message) -> dict[str, Any]:
    return {
        "httpVersion": message.http_version or "HTTP/1.1",
        "cookies": [],
        "headers": _lines(message.headers),
        "headersSize": -1,
        "bodySize": message.body.size,
    }


def _lines(headers: Headers) -> list[dict[str, str]]:
    """Return the header lines without content-encoding and content-length, because the body is decoded."""
    left_out = {"content-encoding", "content-length"}
    return [{"name": name, "value": value} for name, value in headers if name.lower() not in left_out]


def _kind(message: Message) -> str:
    return message.headers.first("content-type") or ("application/json" if message.body.size else "")


def _text(content: bytes) -> dict[str, str]:
    try:
        return {"text": content.decode("utf-8")}
    except UnicodeDecodeError:
        return {"text": base64.b64encode(content).decode(), "encoding": "base64"}
