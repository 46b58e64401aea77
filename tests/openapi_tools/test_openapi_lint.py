"""The documents pass Redocly's rules `recommended`."""

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.openapi_tools import linter
from tests.openapi_tools.documents import VERSIONS, Described
from tests.project import ROOT

pytestmark = [pytest.mark.openapi, pytest.mark.usefixtures("redocly")]

KNOWN_WARNINGS = {
    ("info-license", ""): "a description of somebody else's service has no licence to give",
    ("operation-2xx-response", ""): "an operation that was never seen to succeed is described as it is",
    ("operation-4xx-response", ""): "an error that no recording and no source has is not made up",
    (
        "no-invalid-media-type-examples",
        "unevaluated properties",
    ): "objects are open here; the linter takes them as closed",
}
"""Accepted warnings, because documents say only what was observed or claimed; by rule, with a part of the message."""


def _known(problem: linter.Problem) -> set[tuple[str, str]]:
    return {(rule, part) for rule, part in KNOWN_WARNINGS if rule == problem.rule and part in problem.message}


def _new(found: Iterable[linter.Problem]) -> list[str]:
    return [str(problem) for problem in found if problem.severity == "error" or not _known(problem)]


def _told(name: str, found: Iterable[linter.Problem]) -> str:
    counts = Counter(f"{problem.severity} {problem.rule}" for problem in found)
    return f"redocly, {name}: " + (", ".join(f"{count} {rule}" for rule, count in sorted(counts.items())) or "nothing")


def test_the_committed_document_has_no_error_and_no_new_kind_of_warning(
    tmp_path: Path, tell: Callable[[str], None]
) -> None:
    found = linter.problems(ROOT / "reports" / "samples" / "openapi.yaml", tmp_path)
    tell(_told("reports/samples/openapi.yaml", found))
    assert not _new(found), "\n".join(_new(found))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("source", ["samples", "real"])
def test_a_document_made_now_has_no_error_and_no_new_kind_of_warning(
    source: str, version: str, described: Callable[..., Described], tmp_path: Path, tell: Callable[[str], None]
) -> None:
    found = linter.problems(described(source, version).file, tmp_path)
    tell(_told(f"{source} {version}", found))
    assert not _new(found), "\n".join(_new(found))


def test_every_known_warning_is_still_given(described: Callable[..., Described], tmp_path: Path) -> None:
    given = [_known(problem) for problem in linter.problems(described("samples").file, tmp_path)]
    assert set(KNOWN_WARNINGS) - set().union(*given) == set()


@pytest.mark.parametrize("version", VERSIONS)
def test_the_linter_finds_what_is_wrong_in_a_document_of_each_version(version: str, tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(
        f"openapi: {version}.0\ninfo: {{title: wrong, version: '1'}}\nservers: [{{url: 'https://a.example'}}]\n"
        "security: []\npaths:\n  /a:\n    get:\n      operationId: a\n      summary: a\n      responses:\n"
        "        '200': {description: fine, content: {application/json: {schema: {$ref: '#/no/such'}}}}\n",
        encoding="utf-8",
    )
    errors = [problem for problem in linter.problems(path, tmp_path) if problem.severity == "error"]
    assert [problem.rule for problem in errors] == ["no-unresolved-refs"]
