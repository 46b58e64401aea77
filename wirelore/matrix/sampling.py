"""Make the committed sample captures from the packaged scenarios, with a stand-in and the real recorder.

python -m wirelore.matrix.sampling [FOLDER]
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from wirelore.matrix.sample_client import Reached, carried
from wirelore.matrix.scenario import body, filled, header_lines, load, packaged, variables
from wirelore.model.exchange import Body, Chunk, End, Exchange, Headers, Request, Response
from wirelore.model.packaged import SAMPLES, SEARCH_PATH
from wirelore.model.routes import packaged as packaged_routes
from wirelore.model.wording import quantity
from wirelore.recorder.certificates import authority
from wirelore.recorder.recording import Recording, record
from wirelore.redaction import keys
from wirelore.replayer.server import Pace, ReplayServer

SAMPLE_KEY = b"wirelore samples are no secret.."
"""The redaction key of the samples; fixed, so that making them again changes little."""
_PACE_US = 1000


class UnexpectedResult(Exception):
    """The client got an unexpected response, or the recording is incomplete; the message says which."""


def answers(scenario: Mapping[str, Any]) -> Iterator[Exchange]:
    """Yield the stand-in's answers in a scenario: one exchange for each step that has an answer."""
    values = variables(scenario)
    header_groups = scenario.get("headers", {})
    for number, step in enumerate(scenario["steps"], 1):
        if "answer" not in step:
            continue
        request, answer = filled(step["request"], values), filled(step["answer"], values)
        response = _response(answer, header_groups)
        yield Exchange(
            id=step["name"],
            sequence=number,
            started_us=0,
            request=Request(
                body=Body.from_bytes(body(request)),
                method=request["method"],
                host=request["host"],
                target=request["path"],
                scheme=request.get("scheme", "https"),
            ),
            response=response,
            end=End("upstream-cut" if answer.get("cut") else "complete"),
            operation="",
        )
        reached = Reached(response.status, response.headers.lines, response.body.read())
        for name, source in step.get("carry", {}).items():
            values[name] = carried(reached, source)


def recorded(
    scenarios: Sequence[Path],
    exchanges: Iterable[Exchange],
    capture_folder: Path,
    *,
    key: bytes | None = None,
    pace: Pace = "recorded",
    progress: Callable[[Mapping[str, Any]], None] | None = None,
) -> Recording:
    """Record the sample client in scenarios through mitmdump, while a stand-in replays the exchanges.

    `key` is the redaction key (default: a new one). Raise ProxyError, and UnexpectedResult if the client got an
    unexpected response or the capture is incomplete.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wirelore-")))
        tls = authority(folder, packaged_routes().hosts)
        key_file = folder / "redaction.key"
        if key is None:
            keys.load(key_file)
        else:
            _private(key_file, key)
        standin = stack.enter_context(ReplayServer(exchanges, tls=tls.context(), pace=pace))
        log = folder / "client.log"
        command = [
            sys.executable,
            "-m",
            "wirelore.matrix.sample_client",
            "--log",
            str(log),
            *(str(path) for path in scenarios),
        ]
        paths = [str(SEARCH_PATH), *filter(None, [os.environ.get("PYTHONPATH")])]
        recording = record(
            command,
            capture_folder=capture_folder,
            route=f"https://{standin.address}",
            upstream_ca=tls.ca,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            key=key_file,
            progress=progress,
        )
        if recording.code:
            output = log.read_text(encoding="utf-8") if log.exists() else ""
            problem = f"the sample client exited with {recording.client_code}; {recording.problem}"
            raise UnexpectedResult(f"{capture_folder}: {problem}\n{output}".strip())
        return recording


def make(folder: Path = SAMPLES, say: Callable[[str], object] = print) -> None:
    """Make all samples in `folder` again; existing captures with the same names are replaced."""
    for path in packaged():
        scenario = load(path)
        with tempfile.TemporaryDirectory(prefix="wirelore-sample-") as temporary:
            capture = Path(temporary) / path.stem
            recording = recorded([path], answers(scenario), capture, key=SAMPLE_KEY)
            target = folder / path.stem
            if target.exists():
                shutil.rmtree(target)
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copytree(capture, target)
            for file in (target, *target.rglob("*")):  # readable by all, unlike the recorder's files
                file.chmod(0o755 if file.is_dir() else 0o644)
        say(f"{target}: {quantity(sum(recording.categories.values()), 'exchange')}")


def _response(answer: Mapping[str, Any], header_groups: Mapping[str, Any]) -> Response:
    headers = Headers(tuple(header_lines(answer.get("headers", ()), header_groups)))
    pace = int(answer.get("pace_us", _PACE_US))
    pieces = [_event(event) for event in answer["events"]] if "events" in answer else [body(answer)]
    content = b"".join(pieces)
    chunks, offset = [], 0
    for number, piece in enumerate(pieces, 1):
        chunks.append(Chunk(offset, len(piece), number * pace))
        offset += len(piece)
    response_body = replace(Body.from_bytes(content, chunks if content else ()), encoding=answer.get("encoding"))
    return Response(headers, response_body, status=answer["status"], reason=answer.get("reason", ""))


def _event(document: Mapping[str, Any]) -> bytes:
    return f"event: {document['type']}\ndata: ".encode() + body({"json": document}) + b"\n\n"


def _private(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(content)


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLES)
