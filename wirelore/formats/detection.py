"""Detection of a file's format by its content."""

import re
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path

import ijson

from wirelore.formats.draft import EntryError
from wirelore.formats.source import CUT, DOCUMENT_LIMIT, opened, too_large
from wirelore.model import codec

FORMATS = {
    "har": "HAR 1.2",
    "vcr": "a VCR cassette (YAML or JSON)",
    "claude-trace": "claude-trace JSONL",
    "mitmproxy": "mitmproxy flows",
    "sse": "a bare event stream",
    "json": "a bare JSON body",
}
"""The formats with their display names."""

_HEAD = 1 << 16
_FLOW = re.compile(rb"\d{1,12}:\d{1,3}:[a-z_]{1,40}[,;]")
_CASSETTE = re.compile(rb"^(http_)?interactions:", re.MULTILINE)
EVENTS = re.compile(rb"\s*(?:(?::|id:|retry:)[^\r\n]*[\r\n]+)*(?:data|event):")
"""The beginning of an event stream: comments, ids and reconnection times before its first event or data line."""
_TRACE = re.compile(rb"^[ \t]*\{.*\"request\"[ \t]*:[ \t]*\{", re.MULTILINE)
_MEMBERS = {"log": "har", "interactions": "vcr", "http_interactions": "vcr", "request": "claude-trace"}


def detect(path: Path) -> str | None:
    """Return the key of FORMATS for the file's content, None if it is of an unknown format. Raises OSError."""
    try:
        with opened(path) as stream:
            return _format(stream)
    except CUT:
        return None


def _format(stream: BufferedReader) -> str | None:
    head = _head(stream)
    if _FLOW.match(head):
        return "mitmproxy"
    if head.lstrip()[:1] in (b"{", b"["):
        return _json_format(stream, head)
    if _CASSETTE.search(head):
        return "vcr"
    if EVENTS.match(head) and b"\0" not in head:
        return "sse"
    return "claude-trace" if _has_trace_pair(head) else None


def _head(stream: BufferedReader) -> bytes:
    """Return the first bytes, or all bytes of a truncated compressed file."""
    head = b""
    try:
        while len(head) < _HEAD and (block := stream.read1(_HEAD)):
            head += block
    except CUT:
        return head
    return head


def _json_format(stream: BufferedReader, head: bytes) -> str | None:
    name = None
    try:
        for member in _members(_Rejoined(head, stream)):
            name = _MEMBERS.get(member)
            if name:
                return name
    except EntryError:  # a decisive name may follow; like the largest documents, it is read as JSON
        return "json"
    except (ijson.JSONError, ValueError, CUT):
        return "claude-trace" if _has_trace_pair(head) else None
    return "json"


def _members(stream: "_Rejoined") -> Iterator[str]:
    """Yield the member names of the first JSON value incrementally."""
    depth = 0
    for event, value in ijson.basic_parse(stream, multiple_values=True, use_float=True):
        if event == "map_key" and depth == 1:
            yield value
        depth += event.startswith("start_")
        depth -= event.startswith("end_")
        if depth == 0:
            return


def _has_trace_pair(head: bytes) -> bool:
    """Return True if a later line is a pair of claude-trace."""
    for match in _TRACE.finditer(head):
        end = head.find(b"\n", match.start())
        pair = codec.document(head[match.start() : end if end >= 0 else len(head)]).value
        if isinstance(pair, dict) and isinstance(pair.get("request"), dict) and "response" in pair:
            return True
    return False


class _Rejoined:
    """The bytes read already, followed by the rest of the stream, up to a limit."""

    def __init__(self, head: bytes, stream: BufferedReader) -> None:
        self._head = head
        self._stream = stream
        self._size = 0

    def read(self, size: int = -1) -> bytes:
        if self._head:
            head, self._head = (self._head, b"") if size < 0 else (self._head[:size], self._head[size:])
            return head
        self._size += size
        if self._size > DOCUMENT_LIMIT:
            raise too_large(DOCUMENT_LIMIT)
        return self._stream.read1(size)
