"""The rows of the table of flags: shares, responses, rejections, and flags that only claims have."""

from typing import Any

from tests.flags.test_flag_report import CLAIM, MESSAGES, ONE, SITUATION, TWO, at, sent, table_of
from wirelore.flags import flag_report
from wirelore.flags.table import Answer, Claimed, Facet, Refused
from wirelore.model.exchange import Exchange


def test_versions_are_sorted_and_shares_show_unrecorded_operations() -> None:
    flag_table = table_of(
        (at("2.1.112"), [sent(ONE), sent()]), (at("2.0.56"), [sent()]), (at("2.1.9"), [sent(ONE)]),
        (at("2.2.0"), [sent(operation="GET /v1/models", body=None)]),
    )  # fmt: skip
    assert flag_table.versions == {"made": ("2.0.56", "2.1.9", "2.1.112", "2.2.0")}
    (use,) = flag_table.uses
    assert dict(use.shares) == {"2.0.56": (0, 1), "2.1.9": (1, 1), "2.1.112": (1, 2)}
    row = f"| `{ONE}` | `{MESSAGES}` | none of 1 | all 1 | 1 of 2 | not recorded |"
    assert (
        f"| flag | operation | 2.0.56 | 2.1.9 | 2.1.112 | 2.2.0 |\n| --- | --- | --- | --- | --- | --- |\n{row}\n"
        in (flag_report.markdown(flag_table))
    )


def test_models_authentication_operations_and_scenarios_are_shares_of_recorded_requests() -> None:
    key, bearer = ("x-api-key", "FAKE"), ("authorization", "Bearer FAKE")
    flag_table = table_of(
        (SITUATION, [sent(ONE, body={"model": "a"}, more=[key]), sent(body={"model": "a"}, more=[bearer])]),
        (at("1.0", "other"), [sent(ONE, body={"model": "b"}, more=[key])]),
        (at("0.9"), [sent(body={"model": "a"}, more=[key])]),
    )
    (flag,) = flag_table.flags
    assert flag.models == (Facet("a", 1, 2), Facet("b", 1, 1))
    assert flag.authentication == (Facet("api-key", 2, 2), Facet("bearer", 0, 1))
    assert flag.operations == (Facet(MESSAGES, 2, 3),)
    assert flag.scenarios == (Facet("other", 1, 1), Facet("plain", 1, 2))
    row = f"| `{ONE}` | `b` all 1; `a` 1 of 2 | `api-key` all 2; none with `bearer` | `other` all 1; `plain` 1 of 2 |"
    assert row in flag_report.markdown(flag_table)


def test_responses_are_listed_by_answerer() -> None:
    flag_table = table_of((SITUATION, [
        sent(ONE), sent(ONE, origin="stand-in"), sent(ONE, origin="vcr", status=529), sent(ONE, status=None),
        sent(ONE, origin="har", status=200, absent=("status",)),
    ]))  # fmt: skip
    assert flag_table.flags[0].answers == (
        Answer("real service", None, 1), Answer("real service", 200, 1), Answer("imported", 529, 1),
        Answer("stand-in", 200, 1),
    )  # fmt: skip
    page = flag_report.markdown(flag_table)
    assert f"| `{ONE}` | real service | no response (1), 200 (1) |" in page
    assert "Responses of a stand-in show nothing about the service" in page
    assert "Responses of a stand-in" not in flag_report.markdown(table_of((SITUATION, [sent(ONE)])))


def test_a_rejection_is_listed_with_the_flags_in_its_message() -> None:
    def refused(message: str, *carried: str, **rest: Any) -> Exchange:
        return sent(*carried, answer={"error": {"type": "t", "message": message}}, status=400, **rest)

    names = f"Unexpected value `{TWO}` for claude-model-20250101"
    flag_table = table_of(
        (SITUATION, [refused(names, ONE, TWO, id="errors/2"), refused(names, TWO, ONE, id="errors/1")]),
        (SITUATION, [refused("max_tokens: no", ONE, origin="stand-in", id="errors/3"), refused("nothing")]),
    )
    assert flag_table.refused == (
        Refused("real service", MESSAGES, names, (TWO,), (ONE, TWO), 2, "made/errors/1"),
        Refused("stand-in", MESSAGES, "max_tokens: no", (), (ONE,), 1, "made/errors/3"),
    )
    assert (
        f"| 2 | real service | `{TWO}` | `{ONE}`, `{TWO}` | `{MESSAGES}` | `made/errors/1` |"
        in flag_report.markdown(flag_table)
    )


def test_flags_that_are_only_in_claims_or_schemas_are_listed() -> None:
    flag_table = table_of((SITUATION, [sent(ONE)]), claims=[CLAIM])
    assert flag_table.flags[0].claims == ("Z1",)
    assert flag_table.claimed == (Claimed("claimed-2025-03-03", ("Z1",), ("S1",)),)
    assert "oauth-2025-04-20" in flag_table.unseen
    assert "| `claimed-2025-03-03` | Z1 | S1 |" in flag_report.markdown(flag_table)
