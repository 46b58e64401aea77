"""The event decoder: the same events as a simple reader, however the bytes are split."""

from collections.abc import Iterator

from tests.fuzz import oracle
from tests.fuzz.ground import EVENTS
from wirelore.model import sse

RUNS = 9_000


def check(data: bytes) -> None:
    """Decode the input; the first two bytes select the splits."""
    first, second, stream = data[:1], data[1:2], data[2:]
    cuts = sorted(at * len(stream) // 255 for at in (*first, *second))
    whole = list(sse.decode([stream]))
    assert [oracle.Simple(e.name, e.data, e.id, e.retry, e.complete) for e in whole] == oracle.events(stream)
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    single = [stream[at : at + 1] for at in range(len(stream))]
    assert list(sse.decode(pieces)) == list(sse.decode(single)) == whole
    assert list(sse.decode_json(pieces)) == [(event, *event.document) for event in whole]


def seeds() -> Iterator[bytes]:
    """Yield streams with all line ends, comments, ids, retry times and a byte order mark."""
    marked = b"\xef\xbb\xbf: c\nid: 7\nretry: 5\ndata: a\ndata: b\n\nid: \0\ndata\n\ndata: {"
    for end in (b"\n", b"\r", b"\r\n"):
        yield b"\x40\x90" + EVENTS.replace(b"\n", end)
        yield b"\x10\xf0" + marked.replace(b"\n", end)
