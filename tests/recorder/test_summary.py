"""The summary of a recording."""

from dataclasses import replace
from pathlib import Path

from wirelore.recorder.recording import Recording
from wirelore.recorder.summary import summary

COMPLETE = Recording(
    client_code=0,
    folder=Path("captures/local/made"),
    complete=True,
    categories={"streaming": 2, "messages": 1},
    ends={"complete": 3},
    not_decrypted=4,
    redacted={"oauth-token": 1, "email": 2},
)


def test_the_summary_of_a_complete_recording_has_counts_and_folder() -> None:
    assert summary(COMPLETE).splitlines() == [
        "recorded   3 exchanges: messages 1, streaming 2",
        "aborted    0",
        "bypassed   4 connections to other hosts, not decrypted",
        "redacted   email 2, oauth-token 1",
        "capture    captures/local/made",
    ]


def test_aborted_and_missing_exchanges_are_listed_with_their_cause() -> None:
    ends = {"complete": 1, "upstream-cut": 1, "client-gone": 1}
    lines = summary(replace(COMPLETE, ends=ends, aborted=2, complete=False, problem="the recorder died")).splitlines()
    assert (lines[1], lines[-1]) == ("aborted    2 (client-gone 1, upstream-cut 1)", "incomplete the recorder died")


def test_an_empty_recording_has_a_summary() -> None:
    lines = summary(Recording(0, Path("x"), True)).splitlines()
    assert (lines[0], lines[-1].startswith("empty      no request reached the proxy;")) == (
        "recorded   0 exchanges: nothing",
        True,
    )
