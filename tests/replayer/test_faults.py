"""Parsing faults, and planning them."""

import pytest

from wirelore.replayer.faults import Fault, Plan, fault


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("529", Fault(status=529)),
        ("POST /v1/messages=529*2,retry-after=1", Fault("POST /v1/messages", 2, 529, retry_after="1")),
        ("*=429,type=rate_limit_error", Fault(status=429, error_type="rate_limit_error")),
        ("cut-bytes=100", Fault(cut_bytes=100)),
        ("POST /v1/messages=cut-events=2", Fault("POST /v1/messages", cut_events=2)),
        ("error-after=3,type=overloaded_error*3", Fault(times=3, error_after=3, error_type="overloaded_error")),
        ("GET /v1/files/{file_id}=delay=0.5", Fault("GET /v1/files/{file_id}", delay=0.5)),
    ],
    ids=str,
)
def test_a_fault_is_parsed(text: str, expected: Fault) -> None:
    assert fault(text) == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "expected"),
        ("200", "200 is not an error status from 400 to 599"),
        ("529*0", "'*0' is not a number of requests"),
        ("cut-bytes=x", "unknown part 'cut-bytes=x'"),
        ("POST /v1/messages=*2", "a part that causes a fault is missing"),
        ("explode", "unknown part 'explode'"),
    ],
    ids=str,
)
def test_a_malformed_fault_is_refused_with_an_example(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=r"for example 'POST /v1/messages=529\*2,retry-after=1'") as refused:
        fault(text)
    assert problem in str(refused.value)


def test_faults_are_injected_in_order_the_requested_times_and_only_for_their_operation() -> None:
    plan = Plan([fault("POST /a=529*2"), fault("400")])
    injected = [plan.next(operation) for operation in ("POST /a", "GET /b", "POST /a", "POST /a")]
    assert [each and each.status for each in injected] == [529, 400, 529, None]
