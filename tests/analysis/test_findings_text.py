"""Findings as text: blocks and a summary."""

from tests.outcomes import outcome
from wirelore.analysis import findings_text


def test_text_is_a_block_a_kind_and_a_summary() -> None:
    assert findings_text.write(outcome()) == (
        "error    event-payloads/wrong-type  POST /v1/messages  /data/index\n"
        '         index is string "<|0|>\x07", expected integer\n'
        "         2 times, first in made/m/1 observation 3  [bbbbbbbbbbbbbbbb]\n"
        "note     retries/retried  POST /v1/messages  /attempt\n"
        "         attempt 2 of the same request\n"
        "         in made/m/1  [aaaaaaaaaaaaaaaa]\n"
        "2 exchanges in 1 capture: 2 errors, 0 warnings, 1 note of 2 kinds\n"
    )


def test_text_says_when_there_is_nothing_and_when_something_could_not_be_read() -> None:
    assert findings_text.write(outcome([])) == "2 exchanges in 1 capture: nothing to report\n"
    assert (
        findings_text.write(outcome([], ("x: broken",)))
        == "2 exchanges in 1 capture: nothing to report; 1 part could not be read\n"
    )
