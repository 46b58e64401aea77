"""Samples: the captures that are committed, made by the packaged scenarios, a stand-in and the real recorder.

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
from wirelore.recorder.certificates import authority
from wirelore.recorder.recording import Recording, record
from wirelore.redaction import keys
from wirelore.replayer.server import Pace, ReplayServer

"""Where the committed samples lie."""
SAMPLE_KEY = b"wirelore samples are no secret.."
"""The redaction key of the samples: fixed, so that making them anew changes little."""
_PACE_US = 1000


class NotAsAsked(Exception):
    """The client's run, or its recording, was not whole; the message says what is wrong."""


def answers(scenario: Mapping[str, Any]) -> Iterator[Exchange]:
    """What the stand-in answers to a scenario: one exchange for each step that has an answer."""
    known = variables(scenario)
    named = scenario.get("headers", {})
    for number, step in enumerate(scenario["steps"], 1):
        if "answer" not in step:
            continue
        asked, given = filled(step["request"], known), filled(step["answer"], known)
        response = _response(given, named)
        yield Exchange(
            id=step["name"],
            sequence=number,
            started_us=0,
            request=Request(
                body=Body.of(body(asked)),
                method=asked["method"],
                host=asked["host"],
                target=asked["path"],
                scheme=asked.get("scheme", "https"),
            ),
            response=response,
            end=End("upstream-cut" if given.get("cut") else "complete"),
            operation="",
        )
        reached = Reached(response.status, response.headers.lines, response.body.read())
        for name, place in step.get("carry", {}).items():
            known[name] = carried(reached, place)


def recorded(
    scenarios: Sequence[Path],
    exchanges: Iterable[Exchange],
    capture_folder: Path,
    *,
    key: bytes | None = None,
    pace: Pace = "recorded",
    progress: Callable[[Mapping[str, Any]], None] | None = None,
) -> Recording:
    """Runs the small client over scenarios through a real mitmdump, a stand-in giving the exchanges' answers.

    `key` is the redaction key; a new one is made otherwise. Raises ProxyError, and NotAsAsked if the
    client got another answer than it expected or if the capture is incomplete.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wirelore-")))
        papers = authority(folder, packaged_routes().hosts)
        key_file = folder / "redaction.key"
        if key is None:
            keys.load(key_file)
        else:
            _private(key_file, key)
        standin = stack.enter_context(ReplayServer(exchanges, tls=papers.context(), pace=pace))
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
        done = record(
            command,
            capture_folder=capture_folder,
            route=f"https://{standin.address}",
            upstream_ca=papers.ca,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            key=key_file,
            progress=progress,
        )
        if done.code:
            said = log.read_text(encoding="utf-8") if log.exists() else ""
            raise NotAsAsked(f"{capture_folder}: client's exit code {done.client_code}; {done.problem}\n{said}".strip())
        return done


def make(folder: Path = SAMPLES, say: Callable[[str], object] = print) -> None:
    """Makes every sample anew in `folder`; what lies there under the same name is replaced."""
    for path in packaged():
        scenario = load(path)
        with tempfile.TemporaryDirectory(prefix="wirelore-sample-") as aside:
            fresh = Path(aside) / path.stem
            done = recorded([path], answers(scenario), fresh, key=SAMPLE_KEY)
            target = folder / path.stem
            if target.exists():
                shutil.rmtree(target)
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copytree(fresh, target)
            for made in (target, *target.rglob("*")):  # public, unlike what a recorder writes
                made.chmod(0o755 if made.is_dir() else 0o644)
        say(f"{target}: {sum(done.categories.values())} exchanges")


def _response(given: Mapping[str, Any], named: Mapping[str, Any]) -> Response:
    headers = Headers(tuple(header_lines(given.get("headers", ()), named)))
    pace = int(given.get("pace_us", _PACE_US))
    pieces = [_event(event) for event in given["events"]] if "events" in given else [body(given)]
    content = b"".join(pieces)
    chunks, offset = [], 0
    for number, piece in enumerate(pieces, 1):
        chunks.append(Chunk(offset, len(piece), number * pace))
        offset += len(piece)
    made = replace(Body.of(content, chunks if content else ()), encoding=given.get("encoding"))
    return Response(headers, made, status=given["status"], reason=given.get("reason", ""))


def _event(document: Mapping[str, Any]) -> bytes:
    return f"event: {document['type']}\ndata: ".encode() + body({"json": document}) + b"\n\n"


def _private(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(content)


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLES)
