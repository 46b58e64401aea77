"""Recordings of other tools: read, imported into a capture, or redacted in their own format."""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from wirelore.formats import Problem
from wirelore.formats import read as drafts
from wirelore.formats.exchanges import exchange_of
from wirelore.formats.importing import Account, bring
from wirelore.library.arguments import redaction_key, refuse_file_object, several
from wirelore.library.captures import captures_folder
from wirelore.model.exchange import Exchange
from wirelore.model.version import VERSION
from wirelore.recorder.recording import is_name
from wirelore.redaction.foreign import rewriting
from wirelore.redaction.machine_names import machine_names
from wirelore.redaction.redactor import Redactor


def read(
    path: str | os.PathLike[str],
    *,
    format: str | None = None,
    broken: Callable[[Problem], object] | None = None,
) -> Iterator[Exchange]:
    """The exchanges of a recording of another tool, one at a time, **not redacted**: nothing is written.

    Reads HAR, VCR cassettes, mitmproxy flows, claude-trace logs, and bare bodies (an event stream, a JSON document).
    The format is found by content unless `format` names it. Each part that cannot be read is given to `broken`, and
    the rest goes on; without it the first raises ValueError with file, place, what was found and what was expected.
    What the recording does not tell is named in `Exchange.absent`. Raises FileNotFoundError.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f"{os.fspath(path)}: no such file; expected a recording")
    for one in drafts(Path(path), format=format):
        if not isinstance(one, Problem):
            yield exchange_of(one)
        elif broken is not None:
            broken(one)
        else:
            raise ValueError(str(one))


def import_(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    into: str | os.PathLike[str],
    *,
    format: str | None = None,
    key: str | os.PathLike[str] | None = None,
    once: bool = False,
    captures: str | os.PathLike[str] | None = None,
) -> Account:
    """Brings recordings of other tools into a new capture, redacted, and returns the account of every file.

    `paths` are files, and folders with all that lies below them; `into` is a name in the captures folder, or a path.
    `Account.problems` names what could not be imported; no capture is made where nothing could. `key` and `once` are
    those of `wirelore.record`. Raises FileExistsError if there is such a capture.
    """
    refuse_file_object(paths)
    every = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    folder = Path(into)
    if isinstance(into, str) and is_name(into):
        folder = captures_folder(captures) / into
    secret = redaction_key(key, once=once)
    return bring(
        [Path(one) for one in every],
        folder,
        Redactor(secret.secret, words=machine_names()),
        form=format,
        tool={"wirelore": VERSION},
        key_id=secret.id,
    )


def redact(
    path: str | os.PathLike[str],
    output: str | os.PathLike[str],
    *,
    key: str | os.PathLike[str] | None = None,
    once: bool = False,
    canaries: str | Iterable[str] = (),
) -> rewriting.Account:
    """Writes a recording, or any text, to another file with pseudonyms in place of its secrets, in its own format.

    What was written is read again: `Account.left` names what still looks like a secret, or is one of `canaries` (texts
    that must not be there). `key` and `once` are those of `wirelore.record`. Raises Refused for a file that cannot be
    redacted, FileExistsError if both are one file, and OSError.
    """
    secret = redaction_key(key, once=once)
    return rewriting.redact(
        Path(path), Path(output), Redactor(secret.secret, words=machine_names()), canaries=several(canaries)
    )
