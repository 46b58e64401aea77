"""Properties derived from recorded bytes, if headers are missing or were kept by a tool that decoded the body."""

from wirelore.formats.detection import EVENTS
from wirelore.model import codec, encodings
from wirelore.model.exchange import Headers

_MAGIC = {"gzip": b"\x1f\x8b", "x-gzip": b"\x1f\x8b", "zstd": b"\x28\xb5\x2f\xfd"}
_HEAD = 1 << 16


def encoded_side(side: str, headers: Headers, content: bytes) -> tuple[str, ...]:
    """Return the side (`request` or `response`) if its bytes are still encoded, else nothing."""
    encoding = ", ".join(headers.all("content-encoding"))
    return (side,) if encoding and content and _is_encoded(encoding, content) else ()


def derived_headers(content: bytes) -> Headers:
    """Return a content-type derived from the body, as a substitute for missing headers; empty if unknown."""
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
