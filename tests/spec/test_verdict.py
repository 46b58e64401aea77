"""The verdict on an exchange: reasons with their place."""

from wirelore.spec.verdict import INCONCLUSIVE, KINDS, Reason, Verdict


def test_a_reason_has_the_operation_and_a_pointer_into_the_exchange() -> None:
    verdict = Verdict("GET /a")
    verdict.blame("query-parameter", ("request", "query", "a/b"), "is unknown")
    verdict.note("event", ("response", "events", 3), "is of an open branch")
    assert verdict.reasons == [Reason("query-parameter", "GET /a", "/request/query/a~1b", "is unknown")]
    assert verdict.open == [Reason("event", "GET /a", "/response/events/3", "is of an open branch")]


def test_reasons_are_sorted_by_kind_operation_and_place() -> None:
    reasons = [
        Reason("b", "a", "", ""),
        Reason("a", "b", "", ""),
        Reason("a", "a", "/1", ""),
        Reason("a", "a", "/0", "z"),
    ]
    assert sorted(reasons) == [reasons[3], reasons[2], reasons[1], reasons[0]]


def test_a_part_is_either_a_reason_or_inconclusive_in_other_words() -> None:
    common = KINDS.keys() & INCONCLUSIVE.keys()
    assert common == {"request-body", "response-body", "status"}
    assert all(KINDS[name] != INCONCLUSIVE[name] for name in common)
