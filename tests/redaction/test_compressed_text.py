"""Compressed text: data with a secret are replaced as a whole, others stay."""

import base64
import gzip
import json
import random
import zlib
from collections.abc import Callable

import pytest

from tests import work
from tests.secret_shapes import TOKEN, redacted
from wirelore.redaction.compressed_text import LIMIT

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "gzip in base64": lambda content: base64.b64encode(gzip.compress(content)),
    "gzip in base64 of a URL": lambda content: base64.urlsafe_b64encode(gzip.compress(content)),
    "gzip with a name in base64": lambda content: base64.b64encode(gzip.compress(content, mtime=1)),
    "zlib in base64": lambda content: base64.b64encode(zlib.compress(content)),
    "zlib, best, in base64": lambda content: base64.b64encode(zlib.compress(content, 9)),
    "zlib, fastest, in base64": lambda content: base64.b64encode(zlib.compress(content, 0)),
}


@pytest.mark.parametrize("packer", PACKERS)
def test_compressed_data_with_a_secret_are_replaced_and_the_rest_stays(packer: str) -> None:
    packed = PACKERS[packer](json.dumps({"text": f"a word and {TOKEN} too"}).encode())
    result = redacted(b'{"a":"' + packed + b'","b":"kept"}')
    assert len(result) == len(packed) + 19
    assert result.startswith(b'{"a":"')
    assert result.endswith(b'","b":"kept"}')
    assert packed[:12] not in result


@pytest.mark.parametrize("packer", PACKERS)
def test_compressed_data_without_a_secret_stay(packer: str) -> None:
    content = b'{"a":"' + PACKERS[packer](b"nothing but words, again and again") + b'","b":"kept"}'
    assert redacted(content) == content


def test_a_decompression_bomb_is_read_up_to_the_limit() -> None:
    bomb = b"x " + gzip.compress(b" " * (3 * LIMIT)) + b" y"
    assert redacted(bomb) == bomb


def test_compressed_data_of_many_windows_show_nothing_behind_the_secret() -> None:
    rng = random.Random(7)
    words = " ".join(str(rng.random()) for _ in range(100_000))
    packed = gzip.compress(f"{TOKEN} {words}".encode())
    assert len(packed) > 700_000
    result = redacted(packed, cuts=(100, 300_000, 500_000))
    assert len(result) == len(packed)
    with pytest.raises((OSError, EOFError, zlib.error)):
        gzip.decompress(result)


@pytest.mark.slow
@pytest.mark.parametrize("piece", [b"\x1f\x8b\x08\x00", b"H4sIAAAAAAAAA", b"eJw", gzip.compress(b"a", mtime=0)])
def test_hostile_input_takes_time_in_proportion_to_its_length(piece: bytes) -> None:
    assert work.grows_in_proportion(piece)
