"""What holds for every analyzer: one file, one schema, one test, an explanation, rules that can be explained."""

import re

import pytest

from tests.exchanges import exchange
from tests.project import ROOT
from wirelore.analysis.check import SEVERITIES
from wirelore.analysis.contract import observations
from wirelore.analysis.registry import registry
from wirelore.schema.library import DIALECT, PACKAGED, Library

NAMES = {path.stem.replace("_", "-") for path in (ROOT / "analyzers").glob("[a-z]*.py")}


def test_the_registry_finds_every_analyzer_by_folder() -> None:
    assert len(NAMES) >= 14
    assert set(registry()) == NAMES


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_analyzer_has_a_module_a_schema_and_a_test_of_its_name(name: str) -> None:
    module = name.replace("-", "_")
    assert (ROOT / "analyzers" / f"{module}.py").is_file()
    assert (ROOT / "tests" / "analyzers" / f"test_{module}.py").is_file()
    assert Library().root(name)["$schema"] == DIALECT


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_analyzer_explains_itself_under_three_headings(name: str) -> None:
    doc = registry()[name].doc
    assert re.findall(r"^(\S.*)$", doc, re.M)[1:] == ["Why it matters", "What is observed", "What is a finding"]
    assert registry()[name].summary


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_rule_has_a_severity_a_meaning_and_a_message_that_can_be_filled(name: str) -> None:
    for rule in Library().rules(name).values():
        assert rule.severity in SEVERITIES
        assert rule.means.endswith(".")
        assert rule.message.format(name="n", found="f", type="t", expected="e")


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_rule_that_a_schema_names_is_defined(name: str) -> None:
    library = Library()
    text = "".join(
        path.read_text("utf-8") for path in [PACKAGED / f"{name}.json", *sorted((PACKAGED / name).glob("*.json"))]
    )
    named = set(re.findall(r'"x-rule": \{([^}]*)\}', text))
    rules = {rule for group in named for rule in re.findall(r': "([a-z-]+)"', group)}
    assert rules <= set(library.rules(name))


@pytest.mark.parametrize("name", sorted(NAMES))
def test_observing_is_pure(name: str) -> None:
    one = exchange(
        {"a": 1}, {"type": "message"}, headers=[("anthropic-beta", "x"), ("content-type", "application/json")]
    )
    first, second = ([*observations(registry()[name].start(), one)] for _ in range(2))
    assert first == second


@pytest.mark.parametrize("name", sorted(NAMES))
@pytest.mark.parametrize(
    "odd",
    [
        pytest.param(exchange(b"\xff\xfe", b"\x00", headers=[], answer_headers=[]), id="bytes"),
        pytest.param(exchange(None, None, status=None, end="no-response"), id="no response"),
        pytest.param(exchange(b"[" * 5000, b"[" * 5000), id="nested too deeply"),
        pytest.param(exchange(b'{"a":"\\ud800"}', b'"\\udfff"'), id="lone surrogates"),
        pytest.param(exchange(b"1e999", b"-" + b"9" * 5000), id="numbers out of range"),
        pytest.param(exchange(events=[("\u2028", b"\xff"), ("error", b"no json")], tail=b"data: \xc3"), id="events"),
        pytest.param(exchange(target="//?&&=%zz&%"), id="target"),
        pytest.param(exchange(status=999, answer=b"<html>", answer_headers=[("content-type", ";;")]), id="status"),
        pytest.param(
            exchange(b"--b", headers=[("content-type", "multipart/form-data; boundary=\xff")]), id="multipart"
        ),
    ],
)
def test_odd_traffic_is_never_an_exception(name: str, odd: object) -> None:
    judge = Library().judge(name)
    for _, observation in observations(registry()[name].start(), odd):  # type: ignore[arg-type]
        list(judge.departures(observation))
