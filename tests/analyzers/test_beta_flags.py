"""Beta flags of requests."""

from pathlib import Path

from analyzers import beta_flags
from tests.exchanges import exchange, findings, learned_library

ONE = exchange(headers=[("anthropic-beta", "oauth-2025-04-20")])


def test_flags_of_all_lines_are_split_at_commas_and_keep_their_order() -> None:
    sent = exchange(headers=[("Anthropic-Beta", "b-2025-01-01, a-2025-02-02"), ("anthropic-beta", "c-2025-03-03,")])
    assert beta_flags.observe(sent) == [
        {"operation": "POST /v1/messages", "flags": ["b-2025-01-01", "a-2025-02-02", "c-2025-03-03"]}
    ]


def test_a_request_without_the_header_has_no_observation() -> None:
    assert beta_flags.observe(exchange(headers=[])) == []


def test_a_header_of_ten_thousand_flags_is_read_completely() -> None:
    flags = [f"flag-{number}" for number in range(10_000)]
    (seen,) = beta_flags.observe(exchange(headers=[("anthropic-beta", ",".join(flags))]))
    assert seen["flags"] == flags


def test_a_flag_that_no_schema_has_is_a_warning_at_its_place(tmp_path: Path) -> None:
    new = exchange(headers=[("anthropic-beta", "oauth-2025-04-20,brand-new-2026-11-11")])
    library = learned_library(tmp_path / "schemas", ONE)
    assert findings(library, ONE, new, analyzer="beta-flags") == [("warning", "beta-flags/new-flag", "/flags/1")]
