"""The document before schemathesis: whatever is sent, each answer of the stand-in is one that the document describes.

What it proves: schemathesis makes requests of the document alone (its examples, the boundaries of every schema, then
random ones that are the same in each run, right and wrong alike), is given every recorded answer, each in its turn, and
finds none whose status, media type, headers, body or event the document does not have (of a stream it reads the first
20 events). And every path that it makes of a template is taken for the operation of that template.

What it does not prove: that the service would accept these requests. The stand-in answers from a recording, to wrong
requests as well, and asks for no credentials; so the checks that wrong requests, unknown methods and missing headers
are refused, that no answer is a 5xx (the samples have recorded ones), and that a deleted thing is gone, are left out.
Operations that no sample has are left out, too: the stand-in says to them "not in the capture", as no server would.
Exchanges that were cut are not served: a connection that ends early is nothing that a document could describe.
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path

import pytest

from tests.openapi_tools.documents import VERSIONS, Described
from tests.project import ROOT
from wirelore.model.exchange import Exchange
from wirelore.replayer.matching import RequestFeatures
from wirelore.replayer.replies import Reply, recorded
from wirelore.replayer.server import ReplayServer

pytestmark = pytest.mark.openapi

CHECKS = [
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
]
_LIMIT_S = 300


@pytest.fixture
def exchanges(described: Callable[..., Described]) -> list[Exchange]:
    """The exchanges of the samples that were answered to the end."""
    return [each for each in described("samples").exchanges() if each.response is not None and each.end.whole]


class InTurn(ReplayServer):
    """A stand-in that gives the recorded answers of an operation in turn: what is asked does not choose among them."""

    def __init__(self, exchanges: list[Exchange]) -> None:
        super().__init__(exchanges, pace="none")
        self.given: set[str] = set()
        self._turns = {
            operation: cycle([each for each in exchanges if each.operation == operation])
            for operation in {each.operation for each in exchanges}
        }

    def reply(self, features: RequestFeatures) -> tuple[Reply | None, float]:
        """The next answer of the operation, as it was recorded; that of the stand-in if there is none."""
        if features.operation not in self._turns:
            return super().reply(features)
        exchange = next(self._turns[features.operation])
        if exchange.response is None:
            return None, 0.0
        self.given.add(exchange.id)
        return recorded(exchange, exchange.response, streaming=True), 0.0


@pytest.fixture
def standin(exchanges: list[Exchange]) -> Iterator[InTurn]:
    """The stand-in of the samples."""
    standin = InTurn(exchanges)
    with standin:
        yield standin


def _run(document: Described, operations: list[str], standin: InTurn, folder: Path) -> tuple[int, str]:
    """The exit code of schemathesis, 1 with failures, and what it printed."""
    command = [
        *(str(Path(sys.executable).with_name("schemathesis")), "run", str(document.file)),
        *("--url", f"http://{standin.address}", "--checks", ",".join(CHECKS)),
        *("--phases", "examples,coverage,fuzzing", "--max-examples", "15", "--generation-deterministic"),
        *("--continue-on-failure", "--no-color", "--warnings", "off"),
        *(f"--include-operation-id={name}" for name in operations),
    ]
    kept = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    hooks = {} if document.data_is_text else {"SCHEMATHESIS_HOOKS": "tests.openapi_tools.reading"}
    done = subprocess.run(
        command,
        cwd=folder,
        env={**kept, "PYTHONPATH": str(ROOT), **hooks},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_LIMIT_S,
        check=False,
    )
    assert done.returncode in (0, 1), f"schemathesis ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
    return done.returncode, done.stdout + done.stderr


def _mistaken(document: Described, exchanges: list[Exchange], standin: InTurn) -> set[tuple[str, str, str]]:
    """Requests whose path fits the template of a served operation, and which were taken for another one.

    One with a method that the path does not have is no mistake, nor is one where a template without parameters fits
    as well.
    """
    served = {(each.request.method, document.path(each)) for each in exchanges if document.path(each)}
    plain = {path for _, path in served if "{" not in path}
    templates = [
        (method, path, re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)))) for method, path in served
    ]
    found = set()
    for seen in standin.seen:
        path = seen.target.partition("?")[0]
        operation = standin.features(seen).operation
        for method, template, pattern in templates:
            if seen.method == method and pattern.fullmatch(path) and (path == template or path not in plain):
                taken = document.template(operation)
                if taken != template:
                    found.add((f"{method} {template}", seen.target, operation))
    return found


@pytest.mark.parametrize("version", VERSIONS)
def test_no_answer_of_the_stand_in_departs_from_the_document(
    version: str,
    described: Callable[..., Described],
    exchanges: list[Exchange],
    standin: InTurn,
    tmp_path: Path,
    tell: Callable[[str], None],
) -> None:
    document = described("samples", version)
    served = {operation["operationId"] for each in exchanges if (operation := document.operation(each)) is not None}
    code, printed = _run(document, sorted(served), standin, tmp_path)
    cases = re.search(r"\d+ generated.*", printed)
    tell(f"schemathesis, {version}: {len(served)} operations, {cases[0] if cases else 'no cases'}")
    assert code == 0, printed
    assert _mistaken(document, exchanges, standin) == set()
    assert {each.id for each in exchanges} - standin.given == set()


def test_an_answer_that_the_document_does_not_have_is_found(
    described: Callable[..., Described], exchanges: list[Exchange], standin: InTurn, tmp_path: Path
) -> None:
    """A guard against a run that checks nothing."""
    whole = described("samples")
    features = next(each for each in exchanges if each.operation == "POST /v1/messages")
    operation = whole.operation(features)
    assert operation is not None
    text = whole.file.read_text(encoding="utf-8")
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(text.replace("const: content_block_stop", "const: no_such_event"), encoding="utf-8")
    code, printed = _run(Described(whole.captures, wrong), [operation["operationId"]], standin, tmp_path)
    assert (code, "SSE event violates schema" in printed) == (1, True), printed
