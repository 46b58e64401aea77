"""Captures by client and version."""

from pathlib import Path

from tests.exchanges import exchange, written_capture
from tests.versions import recorded
from wirelore.compare.client_versions import client_versions


def test_captures_are_grouped_by_labels_and_versions_are_sorted(tmp_path: Path) -> None:
    captures = [
        recorded(tmp_path, "2.1.9", scenario="image"),
        recorded(tmp_path, "2.1.112"),
        recorded(tmp_path, "2.1.9"),
        recorded(tmp_path, "1.0", client="other"),
    ]
    problems: list[str] = []
    result = client_versions(captures, problems)
    assert {product: [one.version for one in versions] for product, versions in result.items()} == {
        "agent": ["2.1.9", "2.1.112"],
        "other": ["1.0"],
    }
    first = result["agent"][0]
    assert (first.name, first.captures, first.scenarios) == (
        "agent 2.1.9",
        [captures[0], captures[2]],
        {"image", "plain"},
    )
    assert (first.recorded, first.inventory.exchanges) == ("2026-01-01", 2)
    assert problems == []


def test_without_labels_the_client_with_most_requests_determines_the_group(tmp_path: Path) -> None:
    sent = ["telemetry/9.9", "agent/1.2.3", "agent/1.2.3 (x)", "some-program"]
    exchanges = [exchange({"a": number}, headers=[("user-agent", name)]) for number, name in enumerate(sent)]
    (versions,) = client_versions([written_capture(tmp_path / "one", *exchanges)], []).values()
    assert [(one.product, one.version) for one in versions] == [("agent", "1.2.3")]


def test_a_capture_without_version_is_a_problem(tmp_path: Path) -> None:
    problems: list[str] = []
    capture = written_capture(tmp_path / "one", exchange({}, headers=[("user-agent", "agent")]))
    assert client_versions([capture], problems) == {}
    assert problems == [f"{tmp_path / 'one'}: client version unknown; record it with labels, or leave it out"]
