import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirelore.model.exchange import End, Headers, Request, Response
from wirelore.recorder import handover
from wirelore.recorder.handover import Frame, Reader

FRAMES = st.lists(
    st.builds(
        Frame,
        st.integers(0, 9),
        st.integers(0, 2**32 - 1),
        st.integers(0, 2**62),
        st.binary(max_size=200),
    )
)


@given(FRAMES, st.integers(1, 50))
def test_frames_survive_any_split_into_pieces(frames: list[Frame], step: int) -> None:
    data = b"".join(handover.packed(*frame) for frame in frames)
    reader = Reader()
    frames_read = [frame for start in range(0, len(data), step) for frame in reader.feed(data[start : start + step])]
    assert frames_read == frames
    assert not reader.truncated


def test_an_input_that_ends_within_a_frame_is_truncated() -> None:
    reader = Reader()
    assert list(reader.feed(handover.packed(1, 1, 0, b"payload")[:-1])) == []
    assert reader.truncated


def test_a_request_head_survives_with_every_byte_of_its_headers() -> None:
    lines = (("X-One", "\xe4\xff"), ("x-one", ""), ("X-ONE", "a, b"))
    head = Request(
        Headers(lines), method="PUT", scheme="http", host="h", port=1, target="http://h:1/p?q", http_version="HTTP/1.0"
    )
    assert handover.request(handover.packed_request(5, head, {"sni": None})) == (5, head, {"sni": None})


@pytest.mark.parametrize("reason", ["OK", "", "Nicht \xfcbel"])
def test_a_response_head_survives(reason: str) -> None:
    head = Response(Headers((("A", "b"),)), status=299, reason=reason, http_version="HTTP/2.0")
    assert handover.response(handover.packed_response(head)) == head


def test_ends_trailers_and_members_survive() -> None:
    assert handover.end(7, handover.packed_end("complete", "words")) == End("complete", 7, "words")
    assert handover.headers(handover.packed_headers(Headers((("a", "b"),)))) == Headers((("a", "b"),))
    assert handover.members(handover.packed_members({"n": {"m": 1}})) == {"n": {"m": 1}}
