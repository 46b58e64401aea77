"""Exchanges as text, for `wirelore show`."""

from pathlib import Path

import pytest

from tests.exchanges import START, exchange
from tests.store.test_writer import written
from wirelore.cli import exchange_text
from wirelore.store.writer import Unreadable

JSON = exchange({"a": 1}, {"b": "\xe9"}, target="/v1/messages?beta=true", took_us=1_500_000)
STREAM = exchange(
    {"stream": True}, events=[("ping", {"n": 1})], tail=b'event: odd\ndata: {"n"', started_us=START + 2_250_000
)
REFUSED = exchange(None, operation="GET /v1/models", status=None, end="upstream-refused", started_us=START + 3_000_000)


def test_a_line_has_number_time_status_sizes_end_and_operation(tmp_path: Path) -> None:
    first, second, third = exchange_text.lines(written(tmp_path / "one", JSON, STREAM, REFUSED)).splitlines()
    assert first == ("    1     0.000 s  200         7        14  complete     api.anthropic.com POST /v1/messages")
    assert second.startswith("    2     2.250 s  200        15        48  complete     api.anthropic.com POST")
    assert third == "    3     3.000 s  ---         0         0  upstream-refused api.anthropic.com GET /v1/models"


@pytest.mark.parametrize("number", ["1", "id"])
def test_an_exchange_is_shown_in_full_by_its_number_or_its_id(tmp_path: Path, number: str) -> None:
    capture = written(tmp_path / "one", JSON)
    name = next(iter(capture.index()))["id"]
    assert exchange_text.full_text(capture, name if number == "id" else number) == (
        f"# {name}: POST /v1/messages, complete after 1.500 s\n"
        "POST /v1/messages?beta=true HTTP/1.1\n"
        "content-type: application/json\n"
        "\n"
        '{"a":1}\n'
        "HTTP/1.1 200 \n"
        "content-type: application/json\n"
        "\n"
        '{"b":"\\u00e9"}\n'
    )


def test_a_stream_is_shown_event_by_event_with_its_times(tmp_path: Path) -> None:
    lines = exchange_text.full_text(written(tmp_path / "one", STREAM), "1").splitlines()
    assert lines[lines.index("HTTP/1.1 200 ") + 2 :] == [
        "# event 1 at 0.000 s",
        'ping: {"n":1}',
        "# event 2 at 0.000 s, incomplete",
        'odd: {"n"',
    ]


def test_an_exchange_without_a_response_says_why(tmp_path: Path) -> None:
    text = exchange_text.full_text(written(tmp_path / "one", REFUSED), "1")
    assert text.endswith("\n# no response: upstream-refused\n")


def test_an_unknown_exchange_is_an_error_that_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"one: no exchange 9; `wirelore show one` lists them"):
        exchange_text.full_text(written(tmp_path / "one", JSON), "9")


def test_an_exchange_without_a_start_time_shows_a_hyphen(tmp_path: Path) -> None:
    undated = exchange({"a": 1}, {"b": 1}, started_us=0)
    lines = exchange_text.lines(written(tmp_path / "one", undated, STREAM)).splitlines()
    assert [line[5:17].strip() for line in lines] == ["-", "0.000 s"]
