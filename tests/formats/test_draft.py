"""Helpers of the importers: accepted and refused values, and their messages."""

import base64

import pytest

from wirelore.formats.draft import EntryError, exchange, headers_of, printable_line, unbase64
from wirelore.model.exchange import End, Exchange, Request, Response

CONTENT = bytes(range(256)) * 3


def _exchange(request: Request | None = None, *, started_us: int | None = None, us: int = 0) -> Exchange:
    return exchange("har", "a#1", request or Request(), None, started_us=started_us, end=End("imported", us), absent=())


@pytest.mark.parametrize("text", [base64.b64encode(CONTENT), base64.encodebytes(CONTENT)], ids=["one line", "lines"])
def test_base64_may_have_one_line_or_many(text: bytes) -> None:
    assert unbase64(text.decode()) == CONTENT


@pytest.mark.parametrize("text", ["e30", "e30=x", "{}", "a" * 5, "\u00e9===", 7, None, ["e30="]], ids=repr)
def test_invalid_base64_is_refused(text: object) -> None:
    with pytest.raises(EntryError, match=r"^a body that is not base64 \("):
        unbase64(text)


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (Request(method="A" * 101), "a method of 101 characters"),
        (Request(host="a" * 4097), "a host of 4097 characters"),
        (Request(target="/" * 65_537), "a target of 65537 characters"),
    ],
    ids=["method", "host", "target"],
)
def test_a_request_too_large_for_the_index_is_refused(request_: Request, message: str) -> None:
    with pytest.raises(EntryError, match=f"^{message}$"):
        _exchange(request_)


def test_an_end_beyond_the_range_of_dates_is_refused() -> None:
    latest_us = 253_402_300_799_000_000
    assert _exchange(started_us=latest_us - 5, us=5).end.us == 5
    with pytest.raises(EntryError, match="an end 6 us after the start"):
        _exchange(started_us=latest_us - 5, us=6)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("plain \u00e9\u4e2d", "plain \u00e9\u4e2d"),
        ("a\r\n\t\x1b[2J\x9b\x00", r"a\r\n\t\x1b[2J\x9b\x00"),
        ("\udcff\u202e", r"\udcff\u202e"),
        ("x" * 401, "x" * 400 + "..."),
    ],
    ids=["plain", "controls", "surrogates and marks", "long"],
)
def test_a_foreign_text_is_shown_as_one_printable_line(text: str, line: str) -> None:
    assert printable_line(text) == line


def test_lone_surrogates_are_written_as_escapes() -> None:
    imported = exchange(
        "har",
        "a#1",
        Request(method="G\ud800T", host="\udcff.example"),
        Response(reason="\ud800"),
        started_us=None,
        end=End("imported", 0, "\ud800"),
        absent=(),
    )
    assert imported.response is not None
    texts = (imported.request.method, imported.request.host, imported.response.reason, imported.end.message)
    assert texts == (r"G\ud800T", r"\udcff.example", r"\ud800", r"\ud800")


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ([], "request headers are a list"),
        ({"a": ["b", {}]}, "request header 'a' has a mapping as its value"),
    ],
    ids=["list", "mapping as value"],
)
def test_headers_of_another_form_are_refused(members: object, message: str) -> None:
    with pytest.raises(EntryError, match=f"^{message}$"):
        headers_of(members, "request")
