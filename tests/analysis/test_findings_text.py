"""Findings as text: blocks and a summary."""

from tests.outcomes import outcome
from wirelore.analysis import findings_text


def test_text_has_a_block_for_each_distinct_finding_and_a_summary() -> None:
    assert findings_text.write(outcome()) == (
        "error    event-payloads/wrong-type  POST /v1/messages  /data/index\n"
        '         index is string "<|0|>\x07", expected integer\n'
        "         2 times, first in made/m/1 observation 3  [bbbbbbbbbbbbbbbb]\n"
        "note     retries/retried  POST /v1/messages  /attempt\n"
        "         attempt 2 of the same request\n"
        "         in made/m/1  [aaaaaaaaaaaaaaaa]\n"
        "2 exchanges in 1 capture: 2 errors, 0 warnings, 1 note (2 distinct)\n"
    )


def test_the_summary_says_that_there_are_no_findings_and_counts_unreadable_parts() -> None:
    assert findings_text.write(outcome([])) == "2 exchanges in 1 capture: no findings\n"
    assert (
        findings_text.write(outcome([], ("x: broken",))) == "2 exchanges in 1 capture: no findings; 1 unreadable part\n"
    )
