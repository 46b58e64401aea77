"""The pages on event sequences, errors and bodies: their rows, and what they say of nothing."""

from pathlib import Path

from tests.exchanges import exchange, learned_library
from tests.reported import conversation
from wirelore.evidence.collector import Evidence, gather
from wirelore.pages.protocol import bodies, errors, event_sequences
from wirelore.schema.claims import Claim


def rows(page: str) -> list[list[str]]:
    """Return the cells of all table rows, without heads and rules."""
    lines = [line for line in page.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [
        row
        for row, rule in zip(cells, [*lines[1:], ""], strict=True)
        if not row[0].startswith("-") and "---" not in rule
    ]


def test_a_stream_is_its_transitions_with_their_shares() -> None:
    events = [(name, {"type": name}) for name in ("message_start", "ping", "ping")]
    page = event_sequences(gather([("made", [exchange(events=events)])]))
    assert "## POST /v1/messages" in page
    assert ["`ping`", "`ping`", "1", "50.0%"] in rows(page)
    assert ["`message_start`", "`ping`", "1", "100.0%"] in rows(page)
    assert ["`ping`", "2"] in rows(page)


def test_a_claimed_error_is_listed_until_it_is_observed() -> None:
    claims = [Claim("Z1", "errors", "There are errors.", ("S1",), "captured", terms=("529 overloaded_error", "words"))]
    assert ["`529 overloaded_error`", "Z1"] in rows(errors(Evidence(), claims))
    answer = {"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}
    page = errors(gather([("made", [exchange(answer=answer, status=529)])]), claims)
    assert ["`529 overloaded_error`", "Z1"] not in rows(page)
    assert ["`529 overloaded_error`", "response", "`POST /v1/messages`", "1"] in rows(page)


def test_a_retry_has_its_cause_and_delay() -> None:
    page = errors(gather([("made", conversation())]), [])
    retries = rows(page.partition("## Retries")[2])
    assert [row[0] for row in retries] == ["`POST /v1/messages`"] * len(retries)
    assert len(retries) == 1
    assert retries[0][-1].endswith(" ms")


def test_without_evidence_the_pages_say_so() -> None:
    assert "No event streams observed." in event_sequences(Evidence())
    assert "No errors observed." in errors(Evidence(), [])
    assert "No retries observed." in errors(Evidence(), [])


def test_each_body_has_a_section_with_its_fields(tmp_path: Path) -> None:
    form = [("content-type", "application/x-www-form-urlencoded")]
    lines = [("content-type", "application/jsonl")]
    picture = [("content-type", "image/png")]
    library = learned_library(
        tmp_path / "schemas",
        exchange({"model": "m"}, events=[("ping", {"type": "ping"})]),
        exchange(b"b=1&a=2", {}, operation="POST /v1/form", headers=form),
        exchange(b'{"n":1}\n', b"\0", operation="POST /v1/lines", headers=lines, answer_headers=picture),
    )
    page = bodies(library)
    sections = {part.partition("\n")[0]: part for part in page.split("\n## ")[1:]}
    assert "`model`" in sections["Request: POST /v1/messages"]
    assert "Form fields: `a`, `b`." in sections["Request: POST /v1/form"]
    assert "Each line:" in sections["Request: POST /v1/lines"]
    assert "Not JSON; the content is not described." in sections["Response: POST /v1/lines 200"]
    assert "Event: ping of POST /v1/messages" in sections
