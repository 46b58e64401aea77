"""Reading captures: finding them by name and reading their exchanges."""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from wirelore.model import codec
from wirelore.model.exchange import Body, Chunk, End, Exchange, Headers, Request, Response
from wirelore.model.routes import Routes, packaged
from wirelore.model.wording import did_you_mean, quantity
from wirelore.store import bounded, documents, unclosed
from wirelore.store.completeness import missing

FORMAT = 1
"""The number of the newest format that this version writes and reads."""

MANIFEST = "capture.json"
INDEX = "index.jsonl"
ASIDE = ".partial"
"""The folder for exchanges in progress."""
SPARE = MANIFEST + ".part"
"""A file that reserves space for the manifest."""
RECORDING, CLOSED, REPAIRED = "recording", "complete", "repaired"
"""The values of a manifest's status."""
_DEPTH = 4


class Unreadable(Exception):
    """A capture, or a part of it, cannot be read; the message names the file, the place and a remedy."""


class Capture:
    """A capture, opened for reading."""

    def __init__(self, folder: Path, routes: Routes | None = None) -> None:
        """Read the manifest. Raises Unreadable if the folder holds no capture, or a capture in a later format."""
        self.folder = folder
        self.name = folder.name
        self.routes = routes or packaged()
        self.manifest = _read_json(
            folder / MANIFEST, "a capture's manifest; name a folder created by `wirelore record` or `wirelore import`"
        )
        _check_format(folder / MANIFEST, self.manifest)
        try:
            documents.check_manifest(self.manifest)
        except ValueError as fault:
            raise Unreadable(f"{folder / MANIFEST}: not a manifest as in docs/capture-format.md ({fault})") from None

    @property
    def answered_by(self) -> str:
        """`stand-in` if a stand-in answered the requests: such a capture contains no evidence about the service."""
        options = self.manifest.get("options")
        return str(options.get("answered_by", "")) if isinstance(options, dict) else ""

    @property
    def labels(self) -> dict[str, str]:
        """The labels of the recording; in a matrix these are `client`, `version`, `scenario` and `repeat`."""
        return labels(self.manifest)

    @property
    def losses(self) -> str:
        """The losses according to the manifest; empty if nothing is missing."""
        if self.manifest.get("status") not in (CLOSED, REPAIRED):
            return unclosed.reason(self.folder, self.folder / INDEX)
        losses = missing(self.manifest.get("completeness", {}), self.manifest.get("ends", {}))
        return ", ".join(f"{name}: {count}" for name, count in losses.items())

    @property
    def incomplete(self) -> str:
        """A one-line message with the manifest's path and the losses; empty if nothing is missing."""
        losses = self.losses
        return f"{self.folder / MANIFEST}: the capture is incomplete: {losses}" if losses else ""

    def index(self) -> Iterator[dict[str, Any]]:
        """Yield the lines of the index, in the order in which the exchanges ended."""
        path = self.folder / INDEX
        number = 0
        try:
            for number, line in enumerate(bounded.lines(path), 1):  # noqa: B007 - used in the error message
                if not line.endswith(b"\n") and self.manifest.get("status") == RECORDING:
                    return  # being written, or truncated when the recorder was killed
                entry = codec.loads(line)
                documents.check_line(entry)
                yield entry
        except FileNotFoundError:
            raise Unreadable(f"{path}: missing; expected an index beside the manifest") from None
        except OSError as fault:
            raise Unreadable(f"{path}: {fault.strerror or fault}") from None
        except ValueError:
            raise Unreadable(
                f"{path}:{number}: not an index line as in docs/capture-format.md; it was truncated or changed"
            ) from None

    def exchanges(self, broken: Callable[[Unreadable], object] | None = None) -> Iterator[Exchange]:
        """Yield the exchanges in the order in which they began, reading one at a time.

        `broken`, if given, receives the error of each unreadable exchange, and reading continues; otherwise, Unreadable
        is raised. `broken` also receives an error if the capture is incomplete, which is never raised.
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
        """Read the exchange with this id. Raises Unreadable."""
        if not re.fullmatch(r"[a-z]+/[0-9a-z_-]+", name):
            raise Unreadable(f"{self.folder / INDEX}: {name[:200]!r} is not an exchange id")
        folder = self.folder / name
        path = folder / "exchange.json"
        if link := bounded.first_link(folder.parent, folder):
            raise Unreadable(f"{link}: a symbolic link, which is not followed; replace it with the folder")
        document = _read_json(path, "an exchange")
        _check_format(path, document)
        try:
            documents.check_exchange(document, name)
            return _exchange(document, folder, self.name, self.routes, self.answered_by)
        except (KeyError, TypeError, ValueError) as fault:
            raise Unreadable(f"{path}: not an exchange as in docs/capture-format.md ({fault!r})") from None


def labels(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Return the labels in a manifest, except those that are not strings."""
    options = manifest.get("options")
    manifest_labels = options.get("labels") if isinstance(options, dict) else None
    return (
        {name: text for name, text in manifest_labels.items() if isinstance(text, str)}
        if isinstance(manifest_labels, dict)
        else {}
    )


def is_capture(folder: Path) -> bool:
    """Return True if the folder holds a capture."""
    return (folder / MANIFEST).is_file()


def capture_folders(folder: Path, depth: int = _DEPTH) -> Iterator[Path]:
    """Yield the capture folders inside a folder, sorted, a few levels deep.

    In a matrix, the captures of each client are in a subfolder. Folders whose names begin with a dot are skipped: they
    contain captures in progress, or captures that were set aside.
    """
    for child in sorted(folder.iterdir()) if folder.is_dir() else []:
        if child.name.startswith("."):
            continue
        if is_capture(child):
            yield child
        elif depth > 1 and not child.is_symlink():
            yield from capture_folders(child, depth - 1)


def captures_in(captures: Path, broken: Callable[[Unreadable], object]) -> Iterator[Capture]:
    """Yield the captures inside a folder, sorted by path; `find` accepts their relative paths.

    `broken` receives the error of each unreadable capture, and reading continues.
    """
    for folder in capture_folders(captures):
        try:
            yield Capture(folder)
        except Unreadable as fault:
            broken(fault)


def find(name: str, captures: Path, routes: Routes | None = None) -> list[Capture]:
    """Return the capture, or all captures of a folder, at a path or at a name in the captures folder.

    A folder may hold captures a few levels deep. Raises Unreadable if there is none.
    """
    return [Capture(folder, routes) for folder in folders_of(name, captures, is_capture)]


def folders_of(name: str, captures: Path, accepts: Callable[[Path], bool]) -> list[Path]:
    """Return the accepted folder at a path or at a name in the captures folder, or the capture folders inside it.

    Raises Unreadable if there is none.
    """
    for folder in filter(exists, (Path(name), captures / name)):
        if accepts(folder):
            return [folder]
        if folders_inside := list(capture_folders(folder)):
            return folders_inside
    raise no_capture(name, captures)


def no_capture(name: str, captures: Path) -> Unreadable:
    """Return the error for a name that matches no capture, with the cause and a similar name."""
    for path in (Path(name), captures / name):
        if exists(path):
            if path.is_dir():
                return Unreadable(f"{name}: a folder without captures; a capture is a folder with a {MANIFEST}")
            return Unreadable(
                f"{name}: a file, expected a capture (a folder); `wirelore import` reads recordings of other tools"
            )
    names = [folder.relative_to(captures).as_posix() for folder in capture_folders(captures)]
    if not names:
        return Unreadable(f"{name}: no such capture, and {captures} contains none; `wirelore record` creates captures")
    return Unreadable(
        f"{name}: no such capture in {captures}, and no such path; {did_you_mean(name, names)}"
        f"`wirelore list --captures {captures}` lists {quantity(len(names), 'capture')}"
    )


def exists(path: Path) -> bool:
    """Return True if there is a file or folder at the path; return False, not an error, if the name is too long."""
    try:
        return path.exists()
    except OSError:
        return False


def _exchange(document: Mapping[str, Any], folder: Path, capture: str, routes: Routes, answered_by: str) -> Exchange:
    request_document, response_document = document["request"], document["response"]
    request = Request(
        **_parts(request_document, folder / "request.body"),
        method=request_document["method"],
        scheme=request_document["scheme"],
        host=request_document["host"],
        port=request_document["port"],
        target=request_document["target"],
    )
    response = response_document and Response(
        **_parts(response_document, folder / "response.body"),
        status=response_document["status"],
        reason=response_document["reason"],
    )
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
        _check_body(path, body["size"])
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


def _check_body(path: Path, size: int) -> None:
    """Raise Unreadable if a body's file is missing, or its size differs from exchange.json."""
    try:
        with bounded.open_regular(path) as stream:
            actual_size = os.fstat(stream.fileno()).st_size
    except OSError as fault:
        raise Unreadable(
            f"{path}: {fault.strerror or fault}; expected {size} bytes according to exchange.json"
        ) from None
    if actual_size != size:
        raise Unreadable(
            f"{path}: {actual_size} bytes, expected {size} according to exchange.json; it was truncated or changed"
        )


def _check_format(path: Path, document: Mapping[str, Any]) -> None:
    """Raise Unreadable for a format that this version does not read."""
    number = document.get("format")
    if type(number) is not int or number < 1:
        text = repr(number)[:40]
        raise Unreadable(
            f"{path}: capture format {text}, expected 1 to {FORMAT}; it was changed, restore it from a copy"
        )
    if number > FORMAT:
        raise Unreadable(f"{path}: capture format {number}, this version reads 1 to {FORMAT}; update wirelore")


def _opener(path: Path) -> Callable[[], BinaryIO]:
    return lambda: bounded.open_regular(path)


def _read_json(path: Path, description: str) -> dict[str, Any]:
    try:
        document = codec.loads(bounded.read(path))
    except (FileNotFoundError, NotADirectoryError):
        raise Unreadable(f"{path}: missing; expected {description}") from None
    except OSError as fault:
        raise Unreadable(f"{path}: {fault.strerror or fault}; expected {description}") from None
    except ValueError as fault:
        raise Unreadable(f"{path}: not JSON ({fault}); expected {description}") from None
    if not isinstance(document, dict):
        raise Unreadable(f"{path}: a JSON {type(document).__name__}; expected {description}")
    return document
