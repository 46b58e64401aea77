"""Schemathesis: the document describes all responses of the replay server, whatever is sent.

What it proves: schemathesis generates requests only from the document (its examples, the boundaries of all schemas,
then valid and invalid random ones, the same in each run). It gets all recorded responses, in order, and each one has a
status, media type, headers, body and events (the first 20 of a stream) that the document describes. Each path that it
generates from a template is matched to the operation of that template.

What it does not prove: that the service would accept these requests. The replay server answers invalid requests too,
and requires no credentials. So the checks are omitted that invalid requests, unknown methods and missing headers are
refused, that no response is a 5xx (the samples have some), and that deleted objects are gone. Operations without a
sample are omitted, because the replay server answers them with "not in the capture". Truncated exchanges are not
served, because a document cannot describe a connection that ends early.
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
    """The exchanges of the samples with a complete response."""
    return [each for each in described("samples").exchanges() if each.response is not None and each.end.is_complete]


class InTurn(ReplayServer):
    """A replay server that gives the recorded responses of an operation in order, independent of the request."""

    def __init__(self, exchanges: list[Exchange]) -> None:
        super().__init__(exchanges, pace="none")
        self.given: set[str] = set()
        self._turns = {
            operation: cycle([each for each in exchanges if each.operation == operation])
            for operation in {each.operation for each in exchanges}
        }

    def reply(self, features: RequestFeatures) -> tuple[Reply | None, float]:
        """Return the next recorded response of the operation, or that of the replay server if there is none."""
        if features.operation not in self._turns:
            return super().reply(features)
        exchange = next(self._turns[features.operation])
        if exchange.response is None:
            return None, 0.0
        self.given.add(exchange.id)
        return recorded(exchange, exchange.response, streaming=True), 0.0


@pytest.fixture
def standin(exchanges: list[Exchange]) -> Iterator[InTurn]:
    """The replay server of the samples."""
    standin = InTurn(exchanges)
    with standin:
        yield standin


def _run(document: Described, operations: list[str], standin: InTurn, folder: Path) -> tuple[int, str]:
    """Run schemathesis, and return its exit code (1 for failures) and output."""
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
    """Return requests whose path matches the template of a served operation, but were matched to another one.

    A request with a method that the path does not have is correct, and so is one that matches a concrete path.
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
