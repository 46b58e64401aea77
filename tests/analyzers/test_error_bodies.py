"""Errors as responses, inside streams, and as bodies that are not JSON."""

from pathlib import Path

from analyzers import error_bodies
from tests.exchanges import exchange, findings, learned_library

OVERLOADED = {"type": "error", "error": {"type": "overloaded_error", "message": "Too busy, sorry"}}
KNOWN = exchange(answer=OVERLOADED, status=529)


def test_status_and_type_make_the_case() -> None:
    assert error_bodies.observe(KNOWN) == [
        {"where": "http", "case": "529 overloaded_error", "media_type": "application/json", "body": OVERLOADED}
    ]


def test_an_error_inside_a_stream_is_observed_with_the_status_it_hides_behind() -> None:
    sent = exchange(events=[("message_start", {}), ("error", OVERLOADED)])
    assert error_bodies.observe(sent) == [
        {"where": "stream", "case": "200 overloaded_error", "media_type": "text/event-stream", "body": OVERLOADED}
    ]


def test_success_has_no_errors() -> None:
    assert error_bodies.observe(exchange(answer={"type": "message"})) == []


def test_an_import_without_status_has_no_case(tmp_path: Path) -> None:
    bare = exchange(answer=OVERLOADED, status=400, absent=("status",))
    assert error_bodies.observe(bare) == [{"where": "http", "media_type": "application/json", "body": OVERLOADED}]
    page = exchange(answer=b"<html>", answer_headers=[("content-type", "text/html")], status=400, absent=("status",))
    assert error_bodies.observe(page) == []
    library = learned_library(tmp_path / "schemas", KNOWN, bare)
    assert findings(library, bare, analyzer="error-bodies") == []


def test_an_error_inside_a_stream_stays_a_note_after_learning(tmp_path: Path) -> None:
    sent = exchange(events=[("error", OVERLOADED)])
    library = learned_library(tmp_path / "schemas", KNOWN, sent)
    assert findings(library, KNOWN, sent, analyzer="error-bodies") == [("note", "error-bodies/in-stream", "/where")]


def test_a_new_pair_of_status_and_type_is_a_warning(tmp_path: Path) -> None:
    library = learned_library(tmp_path / "schemas", KNOWN)
    assert findings(library, exchange(answer=OVERLOADED, status=503), analyzer="error-bodies") == [
        ("warning", "error-bodies/new-error", "/case")
    ]


def test_a_page_from_something_in_between_is_an_error(tmp_path: Path) -> None:
    library = learned_library(tmp_path / "schemas", KNOWN)
    page = exchange(answer=b"<html>bad gateway</html>", status=502, answer_headers=[("content-type", "text/html")])
    assert findings(library, page, analyzer="error-bodies") == [("error", "error-bodies/not-json", "/page")]
