"""Masked bodies: lengths and structure stay, content does not."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.exchanges import exchange
from tests.secret_shapes import KEY
from wirelore.skeleton.bodies import Bodies
from wirelore.skeleton.known_names import known
from wirelore.skeleton.substitutes import Substitutes

FORM = [("content-type", "application/x-www-form-urlencoded")]
MULTIPART = [("content-type", 'multipart/form-data; boundary="xyz"')]
STREAM = [("content-type", "text/event-stream")]


def request(content: bytes, media_type: str = "application/json") -> bytes:
    one = exchange(content, headers=[("content-type", media_type)])
    return Bodies(known(), Substitutes(KEY)).request(one)


def response(content: bytes) -> bytes:
    return Bodies(known(), Substitutes(KEY)).response(exchange({}, content, answer_headers=STREAM))


def test_names_of_the_protocol_stay_and_texts_do_not() -> None:
    content = b'{"model":"claude-1","messages":[{"role":"user","content":"Zqx words"}],"Zqx":1}'
    result = request(content)
    assert b'"messages":[{"role":"user","content":"' in result
    assert (b"Zqx" in result, len(result)) == (False, len(content))


def test_a_form_keeps_its_structure() -> None:
    result = request(b"Zqx=Zqx+1&b=&c", "application/x-www-form-urlencoded")
    assert re.sub(rb"[a-z]", b".", result) == b"...=.....&.=&."


def test_a_multipart_body_keeps_boundaries_and_header_names() -> None:
    content = (
        b'--xyz\r\nContent-Disposition: form-data; name="Zqx"; filename="Zqx.txt"\r\nContent-Type: text/plain\r\n\r\n'
        b"Zqx\r\n--xyz--\r\n"
    )
    result = request(content, 'multipart/form-data; boundary="xyz"')
    assert len(result) == len(content)
    assert b"Zqx" not in result
    masked = rb'--xyz\r\nContent-Disposition: form-data; name="[a-z]{3}"; filename="[a-z]{7}"\r\nContent-Type:[a-z]{11}'
    assert re.fullmatch(masked + rb"\r\n\r\n[a-z]{3}\r\n--xyz--\r\n", result)


def test_a_multipart_body_without_a_boundary_is_masked_as_a_whole() -> None:
    assert re.fullmatch(rb"[a-z]{9}", request(b"--xyz Zqx", "multipart/form-data"))


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_a_stream_keeps_its_lines_fields_and_known_events(end: bytes) -> None:
    lines = [b"event: ping", b'data: {"type":"ping"}', b"", b"event: Zqx", b"data: Zqx", b"id: 7", b":Zqx", b""]
    result = response(end.join(lines)).split(end)
    assert result[:3] == [b"event: ping", b'data: {"type":"ping"}', b""]
    assert [re.sub(rb"\b[a-z]{3}\Z", b"...", line) for line in result[3:]] == [
        b"event: ...", b"data: ...", b"id: 7", b":...", b"",
    ]  # fmt: skip


def test_data_in_several_lines_are_masked_together() -> None:
    content = b'event: ping\ndata: {"type":\ndata: "ping","Zqx":"Zqx"}\n\n'
    result = response(content)
    assert (len(result), b"Zqx" in result) == (len(content), False)
    assert result.startswith(b'event: ping\ndata: {"type":\ndata: "ping","')


def test_a_response_that_is_missing_has_no_body() -> None:
    bodies = Bodies(known(), Substitutes(KEY))
    assert bodies.response(exchange({}, status=None)) == b""


@given(
    st.binary(max_size=60),
    st.sampled_from(["application/json", "application/jsonl", FORM[0][1], MULTIPART[0][1], "text/plain"]),
)
def test_any_body_keeps_its_length(content: bytes, media_type: str) -> None:
    assert len(request(content, media_type)) == len(content)


@given(
    st.lists(st.sampled_from([b"data: ", b"event: ping", b"\n", b"\r\n", b"\r", b"x", b'{"a":1}', b":"]), max_size=20)
)
def test_any_stream_keeps_its_length_and_line_ends(pieces: list[bytes]) -> None:
    content = b"".join(pieces)
    result = response(content)
    assert len(result) == len(content)
    assert re.findall(rb"[\r\n]", result) == re.findall(rb"[\r\n]", content)
