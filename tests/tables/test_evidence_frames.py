"""The tables: evidence as data frames."""

import subprocess
import sys

from tests.reported import conversation
from wirelore.evidence.collector import Evidence, gather
from wirelore.tables import evidence_frames


def _evidence() -> Evidence:
    return gather([("made", conversation())])


def test_a_header_has_a_row_for_each_kind_of_message() -> None:
    table = evidence_frames.headers(_evidence())
    rows = table[table["header"] == "x-left"].to_dict("records")
    assert rows == [
        {
            "side": "response", "operation": "POST /v1/messages", "status": 200, "header": "x-left",
            "count": 3, "of": 5, "forms": "integer", "values": "41", "spellings": "x-left",
        }
    ]  # fmt: skip


def test_presence_is_summed_over_all_operations() -> None:
    table = evidence_frames.header_presence(_evidence(), "response")
    assert table.to_dict("records") == [
        {"header": "content-type", "operations": 3, "count": 8, "of": 8},
        {"header": "x-kind", "operations": 1, "count": 3, "of": 8},
        {"header": "x-left", "operations": 1, "count": 3, "of": 8},
    ]


def test_flags_are_rows_and_clients_are_columns() -> None:
    table = evidence_frames.beta_flags(_evidence())
    assert table.to_dict() == {"claude-cli/2.0.56": {"one-2025-01-01": 8, "two-2025-02-02": 8}}


def test_the_shares_of_the_steps_from_an_event_add_up_to_one() -> None:
    table = evidence_frames.transitions(_evidence())
    assert set(table.groupby("before")["share"].sum().round(9)) == {1.0}


def test_the_most_frequent_error_comes_first() -> None:
    table = evidence_frames.errors(gather([("made", [*conversation(), conversation()[3]])]))
    assert list(table["error"]) == ["529 overloaded_error", "404 not_found_error", "200 api_error"]


def test_operations_have_their_hosts_and_times() -> None:
    row = evidence_frames.operations(_evidence()).to_dict("records")[1]
    assert row == {
        "operation": "GET /v1/models", "exchanges": 1, "first": "2026-01-01T00:00:07Z",
        "last": "2026-01-01T00:00:07Z", "clients": "claude-cli/2.0.56", "hosts": "api.anthropic.com",
    }  # fmt: skip


def test_no_evidence_gives_tables_without_rows() -> None:
    empty = Evidence()
    made = [
        evidence_frames.operations(empty),
        evidence_frames.headers(empty),
        evidence_frames.errors(empty),
        evidence_frames.transitions(empty),
    ]
    made += [evidence_frames.beta_flags(empty), evidence_frames.header_presence(empty, "request")]
    assert [len(table) for table in made] == [0] * 6


def test_pandas_is_imported_only_when_a_table_is_asked_for() -> None:
    code = "import sys, wirelore.pages.bundle; print('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
