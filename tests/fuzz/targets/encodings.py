"""Content-encodings: decoding does not depend on how the bytes are split, and restores encoded content."""

import gzip
import zlib
from collections.abc import Callable, Iterator

import brotli

from wirelore.model.encodings import Decoder, Undecodable
from wirelore.model.zstd import zstd

_PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
}
_NAMES = [*_PACK, "gzip, br", "zstd, deflate", "gzip, gzip, gzip", "identity"]
RUNS = 20_000


def check(data: bytes) -> None:
    """Decode the input; the first byte selects the encoding, the second the split."""
    if len(data) < 2:
        return
    name, content = _NAMES[data[0] % len(_NAMES)], data[2:]
    edge = data[1] * len(content) // 255
    assert _decoded(name, content) == _decoded(name, content[:edge], content[edge:])
    packed = content
    for encoding in name.split(", ") if name != "identity" else []:
        packed = _PACK[encoding](packed)
    assert _decoded(name, packed) == content


def _decoded(name: str, *pieces: bytes) -> bytes | None:
    """Return the content, or None if it cannot be decoded."""
    decoder = Decoder(name)
    try:
        return b"".join([*map(decoder.feed, pieces), decoder.finish()])
    except Undecodable:
        return None


def seeds() -> Iterator[bytes]:
    """Yield a text in each encoding, complete and truncated."""
    for number, name in enumerate(_NAMES):
        packed = b"A text that is packed. " * 4
        for encoding in name.split(", ") if name != "identity" else []:
            packed = _PACK[encoding](packed)
        yield bytes([number, 100]) + packed
        yield bytes([number, 200]) + packed[:-2]
        yield bytes([number, 30]) + packed + packed
