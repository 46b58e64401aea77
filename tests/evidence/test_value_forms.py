"""The forms of values."""

import pytest

from wirelore.evidence.value_forms import form


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("41", "integer"),
        ("0.5", "number"),
        ("True", "boolean"),
        ("0b0b0b0b-0b0b-4b0b-8b0b-0b0b0b0b0b0b", "uuid"),
        ("2026-01-01T00:00:00Z", "date-time"),
        ("Thu, 01 Jan 2026 00:00:00 GMT", "http-date"),
        ("https://example.com/", "uri"),
        ("req_0123456789ABCDEFabcdef", "id"),
        ("structured-outputs-2025-11-13", "token"),
        ("Bearer made-up", "secret"),
        ("<ANTHROPIC_API_KEY>", "masked"),
        ("X-STAINLESS-OS-XXX", "masked"),
        ("gzip, deflate", "text"),
    ],
)
def test_a_value_has_a_form(value: str, expected: str) -> None:
    assert form(value) == expected
