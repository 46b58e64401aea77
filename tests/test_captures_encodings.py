"""Content-encodings are undone as the bytes come, whatever the chunks."""

import gzip
import zlib
from itertools import pairwise

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from captures.encodings import Decoder, Undecodable

TEXT = b"Content that is long enough to be worth compressing. " * 20


def raw_deflate(data: bytes) -> bytes:
    """RFC 1951 without the zlib wrapping."""
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


ENCODERS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "deflate raw": raw_deflate,
    "br": brotli.compress,
    "zstd": zstandard.ZstdCompressor().compress,
    "gzip members": lambda data: gzip.compress(data[:7]) + gzip.compress(data[7:]),
    "zstd frames": lambda data: b"".join(map(zstandard.ZstdCompressor().compress, (data[:7], data[7:]))),
    "gzip, br": lambda data: brotli.compress(gzip.compress(data)),
    "identity": lambda data: data,
    "": lambda data: data,
}
BASE = {"deflate raw": "deflate", "gzip members": "gzip", "zstd frames": "zstd"}


@pytest.mark.parametrize("name", ENCODERS)
@given(cuts=st.lists(st.integers(0, 300), max_size=6))
def test_any_chunking_gives_the_bytes_back(name: str, cuts: list[int]) -> None:
    data = ENCODERS[name](TEXT)
    decoder = Decoder(BASE.get(name, name))
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    parts = [decoder.feed(data[start:end]) for start, end in pairwise(edges)]
    assert b"".join(parts) + decoder.finish() == TEXT


@pytest.mark.parametrize("name", ["gzip", "deflate", "deflate raw", "br", "zstd"])
def test_data_that_ends_too_early_is_said(name: str) -> None:
    decoder = Decoder(BASE.get(name, name))
    decoder.feed(ENCODERS[name](TEXT)[:-3])
    with pytest.raises(Undecodable):
        decoder.finish()


@pytest.mark.parametrize("name", ["gzip", "br", "zstd", "deflate"])
def test_garbage_is_said(name: str) -> None:
    def decoded() -> bytes:
        decoder = Decoder(name)
        return decoder.feed(b"\xff\xff this is not compressed at all \x00" * 10) + decoder.finish()

    with pytest.raises(Undecodable):
        decoded()


@pytest.mark.parametrize("name", ["gzip", "br", "zstd", "deflate"])
def test_an_empty_body_is_no_fault(name: str) -> None:
    assert Decoder(name).finish() == b""


def test_an_unknown_encoding_is_named() -> None:
    with pytest.raises(Undecodable, match="content-encoding 'rot13' is not known"):
        Decoder("gzip, rot13")
