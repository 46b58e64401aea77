"""Connections: versions, the form of the target, and the end."""

from pathlib import Path

import pytest

from analyzers import connections
from tests.exchanges import exchange, findings, learned_library
from wirelore.model.exchange import CAUSES


def test_versions_form_and_end_are_observed() -> None:
    assert connections.observe(exchange()) == [
        {"end": "complete", "form": "origin", "http_version": "HTTP/1.1", "tls_version": "TLSv1.3", "alpn": "http/1.1"}
    ]


def test_an_import_without_connection_is_observed_by_its_end_alone() -> None:
    assert connections.observe(exchange(absent=("connection",), end="complete")) == [{"end": "complete"}]


def test_an_import_without_end_has_none_in_its_observation(tmp_path: Path) -> None:
    one = exchange(absent=("end",), end="imported")
    assert connections.observe(one) == [
        {"form": "origin", "http_version": "HTTP/1.1", "tls_version": "TLSv1.3", "alpn": "http/1.1"}
    ]
    assert findings(learned_library(tmp_path / "schemas", exchange()), one, analyzer="connections") == []
    assert connections.observe(exchange(absent=("connection", "end"), end="imported")) == []


def test_an_https_request_in_plain_text_to_the_proxy_is_a_warning(tmp_path: Path) -> None:
    library = learned_library(tmp_path / "schemas", exchange())
    sent = exchange(operation="GET /api/oauth/profile", target="https://api.anthropic.com/api/oauth/profile")
    assert findings(library, sent, analyzer="connections") == [("warning", "connections/plain-text", "/form")]


@pytest.mark.parametrize("cause", sorted(set(CAUSES) - {"complete", "imported"}))
def test_an_incomplete_exchange_is_a_note(tmp_path: Path, cause: str) -> None:
    library = learned_library(tmp_path / "schemas", exchange())
    assert findings(library, exchange(end=cause), analyzer="connections") == [
        ("note", "connections/ended-early", "/end")
    ]


def test_learning_does_not_make_an_early_end_normal(tmp_path: Path) -> None:
    broken = exchange(end="upstream-cut")
    library = learned_library(tmp_path / "schemas", exchange(), broken)
    assert findings(library, broken, analyzer="connections") == [("note", "connections/ended-early", "/end")]


def test_a_new_tls_version_is_a_warning(tmp_path: Path) -> None:
    library = learned_library(tmp_path / "schemas", exchange())
    old = exchange(connection={"tls_version": "TLSv1.2", "alpn": "http/1.1"})
    assert findings(library, old, analyzer="connections") == [("warning", "connections/new-value", "/tls_version")]
