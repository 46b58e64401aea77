"""Reading, importing and redacting recordings of other tools."""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from wirelore.formats import Problem
from wirelore.formats import read as drafts
from wirelore.formats.exchanges import exchange_of
from wirelore.formats.importing import Account, import_recordings
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
    """Yield the exchanges in a recording of another tool, **not redacted**. Nothing is written.

    Supported are HAR, VCR cassettes, mitmproxy flows, claude-trace logs, and bare bodies (an event stream or a JSON
    document). The format is detected from the content unless `format` names it. `broken` is called with each part that
    cannot be read, and reading continues; if it is None, the first such part raises ValueError, which names the file,
    the place, and what was found and expected. `Exchange.absent` lists what the recording does not contain. Raise
    FileNotFoundError.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f"{os.fspath(path)}: no such file; expected a recording")
    for draft in drafts(Path(path), format=format):
        if not isinstance(draft, Problem):
            yield exchange_of(draft)
        elif broken is not None:
            broken(draft)
        else:
            raise ValueError(str(draft))


def import_(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    into: str | os.PathLike[str],
    *,
    format: str | None = None,
    key: str | os.PathLike[str] | None = None,
    once: bool = False,
    captures: str | os.PathLike[str] | None = None,
) -> Account:
    """Import recordings of other tools into a new capture, redacted, and return the result per file.

    `paths` are files, and folders that are searched recursively; `into` is a name in the captures folder, or a path.
    `Account.problems` lists what could not be imported; if nothing could, no capture is created. `key` and `once` are
    those of `wirelore.record`. Raise FileExistsError if the capture exists.
    """
    refuse_file_object(paths)
    sources = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    folder = Path(into)
    if isinstance(into, str) and is_name(into):
        folder = captures_folder(captures) / into
    secret = redaction_key(key, once=once)
    return import_recordings(
        [Path(source) for source in sources],
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
    """Write a copy of a recording, or of any text, in its own format, with secrets replaced by pseudonyms.

    The copy is scanned afterwards: `Account.left` lists what still looks like a secret, and any of `canaries` (texts
    that must not occur). `key` and `once` are those of `wirelore.record`. Raise Refused for a file that cannot be
    redacted, FileExistsError if `path` and `output` are the same file, and OSError.
    """
    secret = redaction_key(key, once=once)
    return rewriting.redact(
        Path(path), Path(output), Redactor(secret.secret, words=machine_names()), canaries=several(canaries)
    )
