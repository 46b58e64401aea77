"""Incremental decoding of content-encodings, for any chunks."""

import gzip
import zlib
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.peak import peak_mb
from wirelore.model.encodings import CHAIN_LIMIT, GROWTH, SPARE, Decoder, Undecodable
from wirelore.model.zstd import zstd

TEXT = b"Content that is long enough to be worth compressing. " * 20


def raw_deflate(data: bytes) -> bytes:
    """Compress as RFC 1951 without the zlib format."""
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


ENCODERS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "deflate raw": raw_deflate,
    "br": brotli.compress,
    "zstd": zstd.compress,
    "gzip members": lambda data: gzip.compress(data[:7]) + gzip.compress(data[7:]),
    "zstd frames": lambda data: b"".join(map(zstd.compress, (data[:7], data[7:]))),
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
def test_truncated_data_are_reported(name: str) -> None:
    decoder = Decoder(BASE.get(name, name))
    decoder.feed(ENCODERS[name](TEXT)[:-3])
    with pytest.raises(Undecodable):
        decoder.finish()


@pytest.mark.parametrize("name", ["gzip", "br", "zstd", "deflate"])
def test_invalid_data_are_reported(name: str) -> None:
    def decoded() -> bytes:
        decoder = Decoder(name)
        return decoder.feed(b"\xff\xff this is not compressed at all \x00" * 10) + decoder.finish()

    with pytest.raises(Undecodable):
        decoded()


@pytest.mark.parametrize("name", ["gzip", "br", "zstd", "deflate"])
def test_an_empty_body_is_valid(name: str) -> None:
    assert Decoder(name).finish() == b""


def test_an_unknown_encoding_is_named() -> None:
    with pytest.raises(Undecodable, match="content-encoding 'rot13' is unknown"):
        Decoder("gzip, rot13")


ZEROS = bytes(16 << 20)
BOMBS: dict[str, Callable[[], bytes]] = {
    "gzip": lambda: gzip.compress(ZEROS, 1, mtime=0) * 64,
    "deflate": lambda: zlib.compress(ZEROS * 8, 1),
    "zstd": lambda: zstd.compress(ZEROS) * 64,
    "br": lambda: brotli.compress(ZEROS * 16, quality=3),
    "gzip, gzip": lambda: gzip.compress(gzip.compress(ZEROS, mtime=0) * 2000, mtime=0),
}
_UNDONE = """
import sys
from pathlib import Path
from wirelore.model.encodings import Decoder, Undecodable
decoder, given = Decoder(sys.argv[1]), 0
try:
    for piece in decoder.pieces(Path(sys.argv[2]).read_bytes()):
        given += len(piece)
except Undecodable as fault:
    print(given, fault)
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", BOMBS)
def test_a_decompression_bomb_is_decoded_up_to_a_limit_in_bounded_memory(tmp_path: Path, name: str) -> None:
    bomb = tmp_path / "bomb"
    bomb.write_bytes(BOMBS[name]())
    peak, output = peak_mb(_UNDONE, name, bomb)
    decoded_size, fault = output.split(" ", 1)
    assert fault.endswith(f"more than {GROWTH} times as many")
    assert int(decoded_size) < SPARE + (32 << 20)
    assert peak < 200


def test_a_large_body_that_compresses_well_is_decoded() -> None:
    text = b"".join(b'data: {"n": %d, "text": "%s"}\n\n' % (n, b"again " * 60) for n in range(250_000))
    assert len(text) > SPARE
    decoder = Decoder("gzip")
    packed = gzip.compress(text, 1, mtime=0)
    assert len(text) > 30 * len(packed)
    assert sum(map(len, decoder.pieces(packed))) == len(text)
    assert decoder.finish() == b""


def test_after_a_fault_the_rest_is_returned_as_sent() -> None:
    data = gzip.compress(TEXT, mtime=0) + b"no gzip" * 3000
    decoder = Decoder("gzip")
    pieces: list[bytes] = []
    with pytest.raises(Undecodable) as fault:
        pieces.extend(decoder.pieces(data))
    assert b"".join(pieces) == TEXT
    assert data.endswith(fault.value.rest)
    assert len(data) - len(fault.value.rest) <= 1 << 12
    assert fault.value.rest.endswith(b"no gzip" * 2900)


def test_the_number_of_encodings_is_limited() -> None:
    packed = TEXT
    for _ in range(CHAIN_LIMIT):
        packed = gzip.compress(packed, mtime=0)
    decoder = Decoder(", ".join(["gzip"] * CHAIN_LIMIT))
    assert decoder.feed(packed) + decoder.finish() == TEXT
    with pytest.raises(Undecodable, match="names 1000 encodings, at most 8 are decoded"):
        Decoder(",".join(["gzip"] * 1000))


def test_zstd_that_asks_for_more_memory_than_the_rfc_allows_is_refused() -> None:
    packed = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: 24})
    data = packed.compress(TEXT) + packed.flush()
    with pytest.raises(Undecodable, match="memory"):
        Decoder("zstd").feed(data)


def test_many_small_members_take_time_in_proportion_to_their_bytes() -> None:
    member = gzip.compress(b"a", mtime=0)
    decoder = Decoder("gzip")
    assert decoder.feed(member * 40_000) + decoder.finish() == b"a" * 40_000


def test_after_an_early_fault_all_bytes_are_returned() -> None:
    text = b"%67%69%74 and so on, no deflate at all \xc3\xa9" * 3
    decoder, pieces = Decoder("deflate"), [text[start : start + 3] for start in range(0, len(text), 3)]

    def fed() -> Iterator[bytes]:
        for piece in pieces:
            chunks.append(piece)
            yield decoder.feed(piece)

    chunks: list[bytes] = []
    with pytest.raises(Undecodable) as fault:
        list(fed())
    assert len(chunks) > 1
    assert fault.value.rest == b"\n" + b"".join(chunks)


def test_a_zstd_frame_has_the_same_result_complete_and_in_parts() -> None:
    """libzstd refuses an empty compressed block in a complete frame, but accepts it in one that arrives in parts."""
    frame = bytes.fromhex("28b52ffd2000000000050000")
    results = set()
    for cut in range(len(frame) + 1):
        decoder = Decoder("zstd")
        results.add((decoder.feed(frame[:cut]) + decoder.feed(frame[cut:]), decoder.finish()))
    assert results == {(b"", b"")}


def test_a_zstd_frame_inside_the_header_of_another_is_not_decoded_in_its_place() -> None:
    """libzstd decodes a complete frame that arrives while it reads a header, in place of the other."""
    inner = zstd.compress(b"A text that is packed. " * 4)
    begun = zstd.compress(b"x" * 300)
    for length in range(1, len(begun)):
        frames, results = begun[:length] + inner, set()
        for cut in range(len(frames) + 1):
            decoder = Decoder("zstd")
            try:
                results.add(decoder.feed(frames[:cut]) + decoder.feed(frames[cut:]) + decoder.finish())
            except Undecodable:
                results.add(b"undecodable")
        assert results == {b"undecodable"}, length
