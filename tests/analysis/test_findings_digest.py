"""Findings as a short text."""

from dataclasses import replace

from tests.outcomes import ERROR, NOTE, outcome
from wirelore.analysis import findings_digest


def test_a_digest_is_a_line_for_each_rule_and_the_summary() -> None:
    other = replace(ERROR, fingerprint="c" * 16, message="x" * 200)
    assert findings_digest.write(outcome([NOTE, ERROR, other])) == (
        "error    event-payloads/wrong-type             2  "
        'POST /v1/messages: index is string "<|0|>\x07", expected integer\n'
        "note     retries/retried                       1  POST /v1/messages: attempt 2 of the same request\n"
        "2 exchanges in 1 capture: 2 errors, 0 warnings, 1 note (3 distinct)\n"
    )
