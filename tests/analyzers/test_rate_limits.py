"""Rate limits as numbers, and values that contradict each other."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers import rate_limits
from tests.exchanges import exchange, findings
from tests.store.test_writer import written
from wirelore.analysis.learn import learn
from wirelore.model.exchange import Exchange
from wirelore.schema.library import Library, writable_folder

KINDS = ["input-tokens", "output-tokens", "requests", "tokens"]
RESET = "2026-01-05T10:00:00Z"


def limited(kind: str = "tokens", *more: tuple[str, str], **values: str) -> Exchange:
    """Return a response with the headers of one kind of limit; keyword arguments replace values."""
    stated = {"limit": "4000", "remaining": "3999", "reset": RESET, **values}
    headers = [(f"anthropic-ratelimit-{kind}-{measure}", value) for measure, value in stated.items()]
    return exchange(answer_headers=[*headers, *more])


def rules(one: Exchange) -> list[tuple[str, str, str]]:
    """Return (severity, rule, pointer) of every finding with the packaged schema."""
    return findings(Library(), one, analyzer="rate-limits")


def test_limits_are_observed_by_kind_as_numbers_with_the_wait() -> None:
    one = limited("tokens", ("Anthropic-Ratelimit-Requests-Limit", "50"), ("retry-after", "12"), ("x-other", "1"))
    assert rate_limits.observe(one) == [
        {
            "operation": "POST /v1/messages",
            "limits": [
                {"kind": "requests", "limit": 50},
                {"kind": "tokens", "limit": 4000, "remaining": 3999, "reset": RESET},
            ],
            "above_limit": [],
            "retry_after": 12,
        }
    ]


@pytest.mark.parametrize("one", [exchange(), exchange(status=None)], ids=["no such header", "no response"])
def test_a_response_without_limits_gives_no_observation(one: Exchange) -> None:
    assert rate_limits.observe(one) == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_that_recordings_show_passes(kind: str) -> None:
    assert rules(limited(kind)) == []


def test_a_wait_without_limits_passes_as_seconds_and_as_a_date() -> None:
    for value in ("7", "Mon, 05 Jan 2026 10:00:00 GMT"):
        assert rules(exchange(status=429, answer_headers=[("retry-after", value)])) == []


def test_more_remaining_than_the_limit_is_an_error() -> None:
    assert rules(limited(remaining="4001")) == [("error", "rate-limits/above-limit", "/above_limit")]


def test_an_unknown_kind_is_a_warning_until_it_is_in_the_schema() -> None:
    assert rules(limited("images")) == [("warning", "rate-limits/unknown-kind", "/limits/0/kind")]


def test_an_unknown_measure_is_a_warning() -> None:
    assert rules(limited(burst="3")) == [("warning", "rate-limits/new-field", "/limits/0/burst")]


@pytest.mark.parametrize(
    ("values", "rule", "measure"),
    [
        ({"limit": "many"}, "not-a-number", "limit"),
        ({"remaining": "-1"}, "not-a-number", "remaining"),
        ({"remaining": "3.5"}, "not-a-number", "remaining"),
        ({"limit": "9" * 19}, "not-a-number", "limit"),
        ({"reset": "1767607200"}, "not-a-time", "reset"),
        ({"reset": "in a minute"}, "not-a-time", "reset"),
    ],
    ids=lambda value: next(iter(value.values())) if isinstance(value, dict) else "",
)
def test_a_value_of_another_form_is_a_warning(values: dict[str, str], rule: str, measure: str) -> None:
    assert rules(limited(**values)) == [("warning", f"rate-limits/{rule}", f"/limits/0/{measure}")]


def test_a_wait_of_another_form_is_a_warning() -> None:
    one = exchange(status=429, answer_headers=[("retry-after", "soon")])
    assert rules(one) == [("warning", "rate-limits/not-a-wait", "/retry_after")]


def test_lines_of_one_name_are_one_value_that_is_not_a_number() -> None:
    one = exchange(answer_headers=[("anthropic-ratelimit-tokens-limit", value) for value in ("1", "2")])
    assert rate_limits.observe(one)[0]["limits"] == [{"kind": "tokens", "limit": "1, 2"}]
    assert rules(one) == [("warning", "rate-limits/not-a-number", "/limits/0/limit")]


def test_a_value_that_a_recording_tool_masked_is_not_checked() -> None:
    masked = {name: f"ANTHROPIC-RATELIMIT-TOKENS-{name.upper()}-XXX" for name in ("limit", "remaining", "reset")}
    assert rules(limited(**masked)) == []


@pytest.mark.slow
@given(limit=st.integers(0, 10**18 - 1), remaining=st.integers(0, 10**18 - 1))
def test_a_finding_is_reported_exactly_if_more_remains_than_the_limit(limit: int, remaining: int) -> None:
    assert bool(rules(limited(limit=str(limit), remaining=str(remaining)))) == (remaining > limit)


def test_an_unknown_kind_passes_once_it_is_learned(tmp_path: Path) -> None:
    folder = writable_folder(tmp_path / "schemas")
    changes = learn([written(tmp_path / "one", limited("images"))], folder, only=("rate-limits",))
    assert changes == ["rate-limits.json/limits/*/kind: new value images"]
    assert findings(Library(folder), limited("images"), analyzer="rate-limits") == []
    assert findings(Library(folder), limited("pages"), analyzer="rate-limits") == [
        ("warning", "rate-limits/unknown-kind", "/limits/0/kind")
    ]
