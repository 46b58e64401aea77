"""The sink: what is on the disk before a body has ended, and that looking ahead changes nothing."""

import hashlib
import zlib
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from wirelore.model.routes import packaged
from wirelore.redaction.redactor import Redactor
from wirelore.redaction.windows import TAIL, WINDOW
from wirelore.store.body_writer import BodyWriter, trimmed

TOKEN = b"sk-ant-api03-FAKE" + b"Ab1_" * 20


def sink(folder: Path, encoding: str = "") -> BodyWriter:
    return BodyWriter(folder / "one.body", encoding, Redactor(b"k" * 32).exchange().body("response"), packaged())


def content(folder: Path) -> bytes:
    return (folder / "one.body").read_bytes()


def test_what_came_before_the_last_call_is_on_the_disk(tmp_path: Path) -> None:
    one = sink(tmp_path)
    one.feed(1, b'data: {"n":1}\n\n')
    assert (one.settle() or {})["kept"] == 0
    one.feed(2, b'data: {"n":2}\n\n')
    assert (one.settle() or {})["kept"] == len(content(tmp_path)) == 15
    told = one.settle() or {}
    assert (told["kept"], told["arrived"], content(tmp_path)) == (30, 30, b'data: {"n":1}\n\ndata: {"n":2}\n\n')
    assert one.settle() is None


def test_each_chunk_is_told_once(tmp_path: Path) -> None:
    one = sink(tmp_path)
    one.feed(1, b"a\n")
    first = one.settle() or {}
    one.feed(2, b"b\n")
    second = one.settle() or {}
    assert (first["chunks"], second["chunks"]) == ([[0, 2, 1]], [[2, 2, 2]])


def test_a_value_that_may_be_half_a_secret_is_not_put_down_before_its_end(tmp_path: Path) -> None:
    one = sink(tmp_path)
    one.feed(1, b'{"text":"' + TOKEN[:20])
    for _ in range(3):
        one.settle()
    assert content(tmp_path) == b'{"text":"'
    one.feed(2, TOKEN[20:] + b'"}\n')
    for _ in range(2):
        one.settle()
    assert content(tmp_path) == b'{"text":"' + b"*" * len(TOKEN) + b'"}\n'
    one.finish()
    assert b"sk-ant-api03-" in content(tmp_path)
    assert TOKEN[13:20] not in content(tmp_path)


def test_the_end_of_a_body_that_is_known_to_be_whole_is_put_down(tmp_path: Path) -> None:
    one = sink(tmp_path)
    one.feed(1, b'{"stream":true}')
    for _ in range(3):
        one.settle()
    assert content(tmp_path) == b'{"stream"'
    one.settle(whole=True)
    assert content(tmp_path) == b'{"stream":true}'
    assert one.settle(whole=True) is None


@given(
    st.lists(st.sampled_from([b"words and more\n", b'{"access_token":"', TOKEN, b'"}\n', b"x" * 70_000]), max_size=12),
    st.sets(st.integers(0, 12)),
)
def test_looking_ahead_changes_nothing_in_the_end(pieces: list[bytes], at: set[int]) -> None:
    from tempfile import TemporaryDirectory

    made = []
    for settles in (set[int](), at):
        with TemporaryDirectory() as folder:
            one = sink(Path(folder))
            for us, piece in enumerate(pieces):
                one.feed(us, piece)
                if us in settles:
                    one.settle()
                    assert TOKEN[13:30] not in content(Path(folder))
            made.append((one.finish(), content(Path(folder))))
    assert made[0] == made[1]
    assert made[0][0]["sha256"] == hashlib.sha256(made[0][1]).hexdigest()


def test_a_long_body_is_reported_when_a_window_was_written(tmp_path: Path) -> None:
    one = sink(tmp_path)
    one.feed(1, b"words\n" * ((WINDOW + TAIL) // 6 + 1))
    assert one.grown
    report = one.report()
    assert report["kept"] == len(content(tmp_path)) > 0
    assert not one.grown


def test_an_encoded_body_is_put_down_decoded(tmp_path: Path) -> None:
    packer = zlib.compressobj(wbits=31)
    one = sink(tmp_path, "gzip")
    one.feed(1, packer.compress(b"first\n") + packer.flush(zlib.Z_SYNC_FLUSH))
    for _ in range(2):
        one.settle()
    assert content(tmp_path) == b"first\n"
    one.close()


def test_the_chunks_of_a_shorter_body_end_with_it() -> None:
    assert trimmed([[0, 3, 1], [3, 4, 2], [7, 1, 3]], 5) == [[0, 3, 1], [3, 2, 2]]
