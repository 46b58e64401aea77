"""Properties of every analyzer: one file, one schema, one test, documentation, and documented rules."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.exchanges import exchange
from tests.project import ROOT
from wirelore.analysis.check import SEVERITIES
from wirelore.analysis.contract import Observation, analyzer, observations, over_capture
from wirelore.analysis.registry import registry
from wirelore.model.exchange import Exchange
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
def test_the_docstring_of_every_analyzer_has_three_headings(name: str) -> None:
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


def silent(_: Exchange) -> None:
    """Sees nothing."""


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        (
            {"about": "response", "needs": {"response-header"}},
            "analyzer test-contract: needs has 'response-header'; did you mean 'response-headers'? expected one of req",
        ),
        ({"about": "response", "optional": {"colour": {"a"}}}, "optional has 'colour'; expected one of request, "),
        ({"about": "answer"}, "about has 'answer'; expected one of request, response, exchange"),
        (
            {"about": "request", "needs": {"end"}, "optional": {"end": {"cause"}}},
            "'end' is in needs and in optional; remove it from one of them",
        ),
    ],
    ids=["needs", "optional", "about", "both"],
)
def test_an_unknown_name_in_a_declaration_is_an_error_when_the_module_is_loaded(
    declared: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        analyzer(**declared)(silent)
    with pytest.raises(ValueError, match=re.escape(message)):
        over_capture(**declared)(lambda: silent)


def test_several_undeclared_observations_are_an_error() -> None:
    def two(_: Exchange) -> Iterator[Observation]:
        yield from ({"number": 1}, {"number": 2})

    assert list(observations(analyzer(about="exchange", several=True)(two).start(), exchange())) == [
        (1, {"number": 1}),
        (2, {"number": 2}),
    ]
    with pytest.raises(TypeError, match="analyzer test-contract: returned an iterator; declare several=True"):
        analyzer(about="exchange")(two)(exchange())
