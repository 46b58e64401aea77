"""Text split over events: a secret is replaced as a whole, for any pieces and windows."""

import json
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import work
from tests.secret_shapes import KEY, TOKEN, UUID, redacted
from wirelore.redaction.redactor import Redactor
from wirelore.redaction.windows import TAIL, WINDOW

TEXT = f'hello ada@example.org, {UUID} of {TOKEN}. "é" \\ /home/ada/work'
CALL = json.dumps(
    {"command": "x", "access_token": "tok-12345", "more": json.dumps({"session_id": 'q"1\\w2', "a": "ü"})}
)


def pieces(text: str, sizes: Iterable[int]) -> list[str]:
    """Split the text into pieces; the last size is repeated."""
    parts, size, offset, sizes = [], 1, 0, iter(sizes)
    while offset < len(text):
        size = next(sizes, size)
        parts.append(text[offset : offset + size])
        offset += size
    return parts


def events(parts: Sequence[str], member: str = "text", *, index: int = 0, end: str = "\n") -> str:
    deltas = [{"type": "delta", "index": index, "delta": {"type": member, member: part}} for part in parts]
    lines = [f"event: delta{end}data: {json.dumps(delta, ensure_ascii=False)}{end}{end}" for delta in deltas]
    return "".join(lines)


def joined(stream: bytes, member: str = "text", index: int = 0) -> str:
    documents = [json.loads(line[5:]) for line in stream.splitlines() if line.startswith(b"data:")]
    return "".join(document["delta"].get(member, "") for document in documents if document["index"] == index)


def hidden(text: str) -> str:
    """Return the text with its secrets replaced."""
    return str(json.loads(redacted(json.dumps({"t": text}, ensure_ascii=False)))["t"])


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 40])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=repr)
def test_secrets_in_pieces_have_the_pseudonyms_of_the_whole(size: int, end: str) -> None:
    before = events(pieces(TEXT, [size]), end=end).encode()
    result = redacted(before)
    assert joined(result) == hidden(TEXT) != TEXT
    assert len(result) == len(before)


@pytest.mark.parametrize("size", [1, 3, 6])
def test_the_input_of_a_tool_is_redacted_by_its_fields(size: int) -> None:
    result = joined(redacted(events(pieces(CALL, [size]), "partial_json")), "partial_json")
    assert result == hidden(CALL)
    call = json.loads(result)
    assert call["access_token"] == Redactor(KEY).pseudonyms.pseudonym(b"tok-12345").decode()
    assert "q" not in json.loads(call["more"])["session_id"]


@given(st.lists(st.integers(1, 30), min_size=1), st.lists(st.integers(0, 4000), max_size=5))
@settings(max_examples=60, deadline=None)
def test_neither_pieces_nor_chunks_change_the_result(sizes: list[int], cuts: list[int]) -> None:
    stream = events(pieces(TEXT, sizes)).encode()
    assert joined(redacted(stream, cuts=tuple(sorted(min(cut, len(stream)) for cut in cuts)))) == hidden(TEXT)


def test_texts_with_another_index_or_name_are_not_mixed() -> None:
    token_events = [events([part], index=0) for part in pieces(TOKEN, [4])]
    uuid_events = [events([part], index=1) for part in pieces(UUID, [4])]
    email_events = [events([part], "thinking", index=0) for part in pieces("ada@example.org", [4])]
    stream = "".join(
        a + b + c for a, b, c in zip(token_events, uuid_events + [""] * 99, email_events + [""] * 99, strict=False)
    )
    stream += "".join(uuid_events[len(token_events) :]) + "".join(email_events[len(token_events) :])
    result = redacted(stream)
    assert (joined(result), joined(result, index=1)) == (hidden(TOKEN), hidden(UUID))
    assert joined(result, "thinking") == hidden("ada@example.org")


@pytest.mark.slow
@pytest.mark.parametrize("place", range(WINDOW - 30_000, WINDOW + TAIL + 1, 15_000))
def test_a_secret_may_lie_across_windows(place: int) -> None:
    filler = events(["lorem "] * (place // len(events(["lorem "]))))
    before = (filler + events([" ", *pieces(TOKEN, [1]), *[" ", "ipsum"] * 2000])).encode()
    redactor = Redactor(KEY)
    expected = joined(before).replace(TOKEN, redactor.pseudonyms.pseudonym(TOKEN.encode()).decode())
    for cuts in ((), (100, place, place + 1, WINDOW, WINDOW + TAIL)):
        result = redacted(before, cuts=cuts)
        assert joined(result) == expected
        assert len(result) == len(before)


def test_a_secret_whose_pieces_are_far_apart_is_found_as_far_as_the_window_may_grow() -> None:
    apart = events(["word "] * 2000, "thinking", index=7)
    before = "".join(events([part]) + apart for part in pieces(TOKEN, [30])).encode()
    assert len(before) > 2 * (WINDOW + TAIL)
    assert joined(redacted(before)) == hidden(TOKEN)


def test_equal_strings_of_events_and_other_json_stay() -> None:
    half = UUID.replace("-", "")
    same = "".join(f'data: {{"id":"{half}","n":{number}}}\n\n' for number in range(2)).encode()
    assert redacted(same) == same
    listed = json.dumps({"a": [{"text": part} for part in pieces(TOKEN, [7])]}, indent=1).encode()
    assert redacted(listed) == listed


def test_a_secret_in_pieces_counts_once() -> None:
    scrub = Redactor(KEY).exchange()
    body = scrub.body("response")
    body.feed(events(pieces(TEXT, [3])).encode())
    body.finish()
    assert scrub.counts == {"email": 1, "id": 1, "token": 1, "home": 1}


def test_base64_in_pieces_is_redacted_inside() -> None:
    import base64

    def coded(text: str) -> str:
        return base64.b64encode(text.encode()).decode()

    text = f"the token is {TOKEN} and more"
    assert joined(redacted(events(pieces(coded(text), [5])))) == coded(hidden(text))


@pytest.mark.parametrize(
    "piece", [b'data: {"text":"a"}\n', b'data: {"a":"', b"data:\n", b'data: "a":"b\\', b'"a":"b",']
)
def test_hostile_streams_take_time_in_proportion_to_their_length(piece: bytes) -> None:
    assert work.grows_in_proportion(piece)
