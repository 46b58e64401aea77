"""What recorded bytes tell of themselves, where headers are missing or were left standing by a tool that decoded."""

from wirelore.formats.detection import EVENTS
from wirelore.model import codec, encodings
from wirelore.model.exchange import Headers

_MAGIC = {"gzip": b"\x1f\x8b", "x-gzip": b"\x1f\x8b", "zstd": b"\x28\xb5\x2f\xfd"}
_HEAD = 1 << 16


def encoded_side(side: str, headers: Headers, content: bytes) -> tuple[str, ...]:
    """The side (`request` or `response`) if its bytes are still encoded, nothing if not or if none is named."""
    encoding = ", ".join(headers.all("content-encoding"))
    return (side,) if encoding and content and _is_encoded(encoding, content) else ()


def told_by(content: bytes) -> Headers:
    """The content-type that a body shows by itself, as lines to stand in for absent headers; none if it shows none."""
    if EVENTS.match(content[:_HEAD]):
        return Headers((("content-type", "text/event-stream"),))
    looks_json = content.lstrip()[:1] in (b"{", b"[") and codec.document(content).problem is None
    return Headers((("content-type", "application/json"),)) if looks_json else Headers()


def _is_encoded(encoding: str, content: bytes) -> bool:
    last = encoding.rpartition(",")[2].strip().lower()
    if last in _MAGIC:
        return content.startswith(_MAGIC[last])
    return _decodes(encoding, content) or not _is_text(content)


def _decodes(encoding: str, content: bytes) -> bool:
    try:
        decoder = encodings.Decoder(encoding)
        for _ in decoder.pieces(content):
            continue
        decoder.finish()
    except encodings.Undecodable:
        return False
    return True


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
