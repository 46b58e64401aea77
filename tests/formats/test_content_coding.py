"""Properties derived from recorded bytes."""

import gzip
import zlib

import brotli
import pytest

from wirelore.formats.content_coding import derived_headers, encoded_side
from wirelore.model.exchange import Headers

TEXT = b'{"a": "b"}' * 20


def headers_with(encoding: str) -> Headers:
    """Return headers with a content-encoding."""
    return Headers((("Content-Encoding", encoding),))


@pytest.mark.parametrize(
    ("encoding", "content"),
    [("gzip", gzip.compress(TEXT, mtime=0)), ("br", brotli.compress(TEXT)), ("deflate", zlib.compress(TEXT))],
)
def test_a_side_is_encoded_if_its_bytes_are_not_if_only_its_header_is(encoding: str, content: bytes) -> None:
    assert encoded_side("response", headers_with(encoding), content) == ("response",)
    assert encoded_side("response", headers_with(encoding), TEXT) == ()


def test_without_a_header_or_without_bytes_nothing_is_encoded() -> None:
    assert encoded_side("request", Headers(), gzip.compress(TEXT)) == ()
    assert encoded_side("request", headers_with("gzip"), b"") == ()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"event: ping\ndata: {}\n\n", "text/event-stream"),
        (b": a comment\n\ndata: 1\n\n", "text/event-stream"),
        (b' {"a": 1}', "application/json"),
        (b"[1]", "application/json"),
        (b'{"a": ', None),
        (b"plain", None),
        (b"", None),
    ],
)
def test_the_media_type_is_derived_from_the_body(content: bytes, kind: str | None) -> None:
    assert derived_headers(content).first("content-type") == kind
