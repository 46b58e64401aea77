"""Writing of bodies: provisional data on disk, and a result that does not depend on it."""

import hashlib
import re
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirelore.model.routes import packaged
from wirelore.redaction.redactor import Redactor
from wirelore.redaction.secret_rules import Rule
from wirelore.redaction.secret_scan import Span
from wirelore.redaction.text_codecs import Continuation
from wirelore.redaction.windows import TAIL, WINDOW, BodyScrub
from wirelore.store.body_writer import BodyWriter, trimmed

TOKEN = b"sk-ant-api03-FAKE" + b"Ab1_" * 20


def body_writer(folder: Path, encoding: str = "") -> BodyWriter:
    return BodyWriter(folder / "one.body", encoding, Redactor(b"k" * 32).exchange().body("response"), packaged())


def content(folder: Path) -> bytes:
    return (folder / "one.body").read_bytes()


def test_data_before_the_last_settle_is_on_the_disk(tmp_path: Path) -> None:
    writer = body_writer(tmp_path)
    writer.feed(1, b'data: {"n":1}\n\n')
    assert (writer.settle() or {})["kept"] == 0
    writer.feed(2, b'data: {"n":2}\n\n')
    assert (writer.settle() or {})["kept"] == len(content(tmp_path)) == 15
    report = writer.settle() or {}
    assert (report["kept"], report["arrived"], content(tmp_path)) == (30, 30, b'data: {"n":1}\n\ndata: {"n":2}\n\n')
    assert writer.settle() is None


def test_each_chunk_is_reported_once(tmp_path: Path) -> None:
    writer = body_writer(tmp_path)
    writer.feed(1, b"a\n")
    first = writer.settle() or {}
    writer.feed(2, b"b\n")
    second = writer.settle() or {}
    assert (first["chunks"], second["chunks"]) == ([[0, 2, 1]], [[2, 2, 2]])


def test_a_value_that_may_be_half_a_secret_is_not_written_before_its_end(tmp_path: Path) -> None:
    writer = body_writer(tmp_path)
    writer.feed(1, b'{"text":"' + TOKEN[:20])
    for _ in range(3):
        writer.settle()
    assert content(tmp_path) == b'{"text":"'
    writer.feed(2, TOKEN[20:] + b'"}\n')
    for _ in range(2):
        writer.settle()
    assert content(tmp_path) == b'{"text":"' + b"*" * len(TOKEN) + b'"}\n'
    writer.finish()
    assert b"sk-ant-api03-" in content(tmp_path)
    assert TOKEN[13:20] not in content(tmp_path)


def test_the_end_of_a_complete_body_is_written(tmp_path: Path) -> None:
    writer = body_writer(tmp_path)
    writer.feed(1, b'{"stream":true}')
    for _ in range(3):
        writer.settle()
    assert content(tmp_path) == b'{"stream"'
    writer.settle(complete=True)
    assert content(tmp_path) == b'{"stream":true}'
    assert writer.settle(complete=True) is None


@pytest.mark.slow
@given(
    st.lists(st.sampled_from([b"words and more\n", b'{"access_token":"', TOKEN, b'"}\n', b"x" * 70_000]), max_size=12),
    st.sets(st.integers(0, 12)),
)
def test_settling_does_not_change_the_result(pieces: list[bytes], settled_after: set[int]) -> None:
    from tempfile import TemporaryDirectory

    results = []
    for settles in (set[int](), settled_after):
        with TemporaryDirectory() as folder:
            writer = body_writer(Path(folder))
            for us, piece in enumerate(pieces):
                writer.feed(us, piece)
                if us in settles:
                    writer.settle()
                    assert TOKEN[13:30] not in content(Path(folder))
            results.append((writer.finish(), content(Path(folder))))
    assert results[0] == results[1]
    assert results[0][0]["sha256"] == hashlib.sha256(results[0][1]).hexdigest()


def test_a_long_body_is_reported_when_a_window_was_written(tmp_path: Path) -> None:
    writer = body_writer(tmp_path)
    writer.feed(1, b"words\n" * ((WINDOW + TAIL) // 6 + 1))
    assert writer.grown
    report = writer.report()
    assert report["kept"] == len(content(tmp_path)) > 0
    assert not writer.grown


def test_an_encoded_body_is_written_decoded(tmp_path: Path) -> None:
    packer = zlib.compressobj(wbits=31)
    writer = body_writer(tmp_path, "gzip")
    writer.feed(1, packer.compress(b"first\n") + packer.flush(zlib.Z_SYNC_FLUSH))
    for _ in range(2):
        writer.settle()
    assert content(tmp_path) == b"first\n"
    writer.close()


def test_the_chunks_of_a_shorter_body_end_with_it() -> None:
    assert trimmed([[0, 3, 1], [3, 4, 2], [7, 1, 3]], 5) == [[0, 3, 1], [3, 2, 2]]


FILLER = b"some words " * (WINDOW // 8)
TAG = b'"type":"image"'
LONG = Rule("long", "long", "anywhere")


def tags_of(folder: Path, content: bytes, scrub: BodyScrub | None = None) -> set[str]:
    scrub = scrub or Redactor(b"k" * 32).exchange().body("response")
    writer = BodyWriter(folder / "one.body", "", scrub, packaged())
    for us, start in enumerate(range(0, len(content), 1 << 14)):
        writer.feed(us, content[start : start + (1 << 14)])
    writer.finish()
    return writer.tags


@pytest.mark.parametrize("cut", [1, len(TAG) // 2, len(TAG) - 1])
def test_a_tag_that_is_split_over_two_pieces_is_found(tmp_path: Path, cut: int) -> None:
    content = FILLER[: WINDOW - cut] + TAG + FILLER[: WINDOW - len(TAG)]
    assert tags_of(tmp_path, content) == {"images"}


def test_a_tag_that_is_split_over_three_pieces_is_found(tmp_path: Path) -> None:
    def spans(block: bytes, start: int, final: bool, *, inside: Continuation | None) -> list[Span]:
        return [Span(each.start(), each.start(), each.end(), LONG, "") for each in re.finditer(b'"x+', block)]

    # The span is not cut, so the piece before it consists of the three bytes from the window's end to its quote.
    content = FILLER[: WINDOW - TAG.index(b'age"')] + TAG + b"x" * (WINDOW + TAIL)
    scrub = BodyScrub(spans, lambda block, start, end, _: block[start:end])
    assert tags_of(tmp_path, content, scrub) == {"images"}
