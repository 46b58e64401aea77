"""The shelf: captures at rest, found by name and read back as exchanges."""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from wirelore.model import codec
from wirelore.model.exchange import Body, Chunk, End, Exchange, Headers, Request, Response
from wirelore.model.routes import Routes, packaged
from wirelore.store import bounded, documents, unclosed
from wirelore.store.completeness import missing

FORMAT = 1
"""The number of the newest format that this version writes and reads."""

MANIFEST = "capture.json"
INDEX = "index.jsonl"
ASIDE = ".partial"
"""Where exchanges under way are written."""
SPARE = MANIFEST + ".part"
"""Room that the recorder keeps for the manifest."""
RECORDING, CLOSED, REPAIRED = "recording", "complete", "repaired"
"""What a manifest's status can be."""
_DEPTH = 4


class Unreadable(Exception):
    """A capture, or a part of it, cannot be read; the message names file, place and remedy."""


class Capture:
    """A capture at rest."""

    def __init__(self, folder: Path, routes: Routes | None = None) -> None:
        """Raises Unreadable if the folder holds no capture, or one of a later format."""
        self.folder = folder
        self.name = folder.name
        self.routes = routes or packaged()
        self.manifest = _read_json(
            folder / MANIFEST, "a capture's manifest; name a folder that `wirelore record` or `wirelore import` made"
        )
        _check_format(folder / MANIFEST, self.manifest)
        try:
            documents.check_manifest(self.manifest)
        except ValueError as fault:
            raise Unreadable(f"{folder / MANIFEST}: not as docs/capture-format.md says ({fault})") from None

    @property
    def answered_by(self) -> str:
        """`stand-in` if what was recorded was answered by one: then the answers say nothing of the service."""
        options = self.manifest.get("options")
        return str(options.get("answered_by", "")) if isinstance(options, dict) else ""

    @property
    def labels(self) -> dict[str, str]:
        """What the recorder was told of it: `client`, `version`, `scenario` and `repeat` in a matrix; else nothing."""
        return labels(self.manifest)

    @property
    def lacks(self) -> str:
        """What the manifest says is missing, empty if nothing is."""
        if self.manifest.get("status") not in (CLOSED, REPAIRED):
            return unclosed.reason(self.folder, self.folder / INDEX)
        lacks = missing(self.manifest.get("completeness", {}), self.manifest.get("ends", {}))
        return ", ".join(f"{name}: {count}" for name, count in lacks.items())

    @property
    def incomplete(self) -> str:
        """A line that names the manifest and what is missing, empty if nothing is."""
        lacks = self.lacks
        return f"{self.folder / MANIFEST}: the capture is incomplete: {lacks}" if lacks else ""

    def index(self) -> Iterator[dict[str, Any]]:
        """The lines of the index, in the order in which the exchanges ended."""
        path = self.folder / INDEX
        number = 0
        try:
            for number, line in enumerate(bounded.lines(path), 1):  # noqa: B007 - the error names it
                if not line.endswith(b"\n") and self.manifest.get("status") == RECORDING:
                    return  # being written, or cut when its recorder was: what is before it is whole
                entry = codec.loads(line)
                documents.check_line(entry)
                yield entry
        except FileNotFoundError:
            raise Unreadable(f"{path}: missing; a capture has an index beside its manifest") from None
        except OSError as fault:
            raise Unreadable(f"{path}: {fault.strerror or fault}") from None
        except ValueError:
            raise Unreadable(
                f"{path}:{number}: no index line as docs/capture-format.md has it; it was cut or changed"
            ) from None

    def exchanges(self, broken: Callable[[Unreadable], object] | None = None) -> Iterator[Exchange]:
        """The exchanges in the order in which they began, read one at a time.

        What cannot be read is given to `broken`, and the rest goes on; without it, raises Unreadable. That a capture
        is incomplete is told to `broken` too, and is no reason to raise.
        """
        if broken is not None and (incomplete := self.incomplete):
            broken(Unreadable(incomplete))
        try:
            names = [name for _, name in sorted((entry["sequence"], entry["id"]) for entry in self.index())]
        except Unreadable as fault:
            if broken is None:
                raise
            broken(fault)
            return
        for name in names:
            try:
                exchange = self.exchange(name)
            except Unreadable as fault:
                if broken is None:
                    raise
                broken(fault)
            else:
                yield exchange

    def __len__(self) -> int:
        return sum(1 for _ in self.index())

    def exchange(self, name: str) -> Exchange:
        """The exchange of an id. Raises Unreadable."""
        if not re.fullmatch(r"[a-z]+/[0-9a-z_-]+", name):
            raise Unreadable(f"{self.folder / INDEX}: {name[:200]!r} is no exchange's id")
        folder = self.folder / name
        path = folder / "exchange.json"
        if link := bounded.linked(folder.parent, folder):
            raise Unreadable(f"{link}: a link, which is not followed; put the folder itself there")
        document = _read_json(path, "an exchange")
        _check_format(path, document)
        try:
            documents.check_exchange(document, name)
            return _exchange(document, folder, self.name, self.routes, self.answered_by)
        except (KeyError, TypeError, ValueError) as fault:
            raise Unreadable(f"{path}: not as docs/capture-format.md says ({fault!r})") from None


def labels(manifest: Mapping[str, Any]) -> dict[str, str]:
    """The labels that a manifest tells, those that are texts."""
    options = manifest.get("options")
    told = options.get("labels") if isinstance(options, dict) else None
    return {name: text for name, text in told.items() if isinstance(text, str)} if isinstance(told, dict) else {}


def is_capture(folder: Path) -> bool:
    """Whether the folder holds a capture."""
    return (folder / MANIFEST).is_file()


def below(folder: Path, depth: int = _DEPTH) -> Iterator[Path]:
    """The folders of captures in a folder, sorted, a few levels deep: those of a matrix lie below their client's.

    What is in folders whose name begins with a dot is not among them: they are under way, or were put aside.
    """
    for child in sorted(folder.iterdir()) if folder.is_dir() else []:
        if child.name.startswith("."):
            continue
        if is_capture(child):
            yield child
        elif depth > 1 and not child.is_symlink():
            yield from below(child, depth - 1)


def listed(captures: Path, broken: Callable[[Unreadable], object]) -> Iterator[Capture]:
    """The captures in a folder and in its folders, by name: those that `find` knows under their relative path.

    One that cannot be read is given to `broken`, and the rest goes on.
    """
    for one in below(captures):
        try:
            yield Capture(one)
        except Unreadable as fault:
            broken(fault)


def find(name: str, captures: Path, routes: Routes | None = None) -> list[Capture]:
    """The captures that a user names: a capture's name in the captures folder, its path, or a folder of captures.

    A folder may hold captures a few levels deep. Raises Unreadable if there is none.
    """
    for folder in (Path(name), captures / name):
        if is_capture(folder):
            return [Capture(folder, routes)]
        if inside := list(below(folder)):
            return [Capture(child, routes) for child in inside]
    raise Unreadable(f"{name}: no capture of this name in {captures}, and no capture at this path; see `wirelore list`")


def _exchange(document: Mapping[str, Any], folder: Path, capture: str, routes: Routes, answered_by: str) -> Exchange:
    sent, got = document["request"], document["response"]
    request = Request(
        **_parts(sent, folder / "request.body"),
        method=sent["method"],
        scheme=sent["scheme"],
        host=sent["host"],
        port=sent["port"],
        target=sent["target"],
    )
    response = got and Response(**_parts(got, folder / "response.body"), status=got["status"], reason=got["reason"])
    operation, known = routes.operation(request.method, request.path)
    end = document["end"]
    return Exchange(
        id=document["id"],
        sequence=document["sequence"],
        started_us=document["started_us"],
        request=request,
        response=response,
        end=End(end["cause"], end["us"], end["message"]),
        operation=operation,
        known=known,
        category=document["category"],
        tags=tuple(document["tags"]),
        connection=document["connection"],
        facts=document["facts"],
        redactions=document["redactions"],
        pseudonyms=frozenset(document.get("pseudonyms", ())),
        origin="stand-in" if (document["origin"], answered_by) == ("recorded", "stand-in") else document["origin"],
        source=document["source"],
        capture=capture,
        absent=tuple(document["absent"]),
    )


def _parts(side: Mapping[str, Any], path: Path) -> dict[str, Any]:
    body = side["body"]
    if body is not None:
        _checked(path, body["size"])
    return {
        "headers": Headers(tuple((name, value) for name, value in side["headers"])),
        "trailers": Headers(tuple((name, value) for name, value in side["trailers"])),
        "http_version": side["http_version"],
        "body": Body()
        if body is None
        else Body(
            body["size"],
            body["sha256"],
            body["wire_size"],
            body["encoding"],
            body["undecoded"],
            tuple(Chunk(*chunk) for chunk in body["chunks"]),
            _opener(path),
        ),
    }


def _checked(path: Path, size: int) -> None:
    """Raises Unreadable if a body's file is not there, or not as long as exchange.json says."""
    try:
        with bounded.opened(path) as stream:
            found = os.fstat(stream.fileno()).st_size
    except OSError as fault:
        raise Unreadable(f"{path}: {fault.strerror or fault}; exchange.json says that it has {size} bytes") from None
    if found != size:
        raise Unreadable(f"{path}: {found} bytes; exchange.json says {size}; it was cut or changed")


def _check_format(path: Path, document: Mapping[str, Any]) -> None:
    """Raises Unreadable for any format but those that this version reads."""
    found = document.get("format")
    if type(found) is not int or found < 1:
        shown = repr(found)[:40]
        raise Unreadable(f"{path}: capture format {shown}, expected 1 to {FORMAT}; it was changed, take it from a copy")
    if found > FORMAT:
        raise Unreadable(f"{path}: capture format {found}, this version reads 1 to {FORMAT}; update wirelore")


def _opener(path: Path) -> Callable[[], BinaryIO]:
    return lambda: bounded.opened(path)


def _read_json(path: Path, what: str) -> dict[str, Any]:
    try:
        document = codec.loads(bounded.read(path))
    except (FileNotFoundError, NotADirectoryError):
        raise Unreadable(f"{path}: missing; expected {what}") from None
    except OSError as fault:
        raise Unreadable(f"{path}: {fault.strerror or fault}; expected {what}") from None
    except ValueError as fault:
        raise Unreadable(f"{path}: no JSON ({fault}); expected {what}") from None
    if not isinstance(document, dict):
        raise Unreadable(f"{path}: a JSON {type(document).__name__}; expected {what}")
    return document
