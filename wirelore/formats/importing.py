"""Importing: foreign recordings brought into a new capture through the store's door, with an account of every file."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from wirelore.formats import Draft, Problem, Skipped, files, read
from wirelore.formats.draft import shown
from wirelore.model.routes import Routes, packaged
from wirelore.redaction.redactor import Redactor
from wirelore.store.writer import CaptureWriter

_NOTED_EVERY = 500


@dataclass
class Account:
    """What an import gave: nothing is missing from it."""

    folder: Path
    files: int = 0
    """Files that were read."""
    exchanges: Counter[str] = field(default_factory=Counter)
    """Exchanges by the format they came from."""
    categories: Counter[str] = field(default_factory=Counter)
    redacted: Counter[str] = field(default_factory=Counter)
    skipped: list[Skipped] = field(default_factory=list)
    """Files that are no recordings."""
    problems: list[Problem] = field(default_factory=list)
    """Entries and files that could not be imported."""

    def __str__(self) -> str:
        total = sum(self.exchanges.values())
        where = f"into {self.folder}" if total else "and made no capture"
        lines = [f"imported {total} exchanges of {self.files} files {where}"]
        lines += [f"  {name}: {number}" for name, number in sorted(self.exchanges.items())]
        lines += [f"by category: {_listed(self.categories)}", f"redacted: {_listed(self.redacted)}"]
        lines += [f"no recording: {skipped}" for skipped in self.skipped]
        lines += [f"not imported: {problem}" for problem in self.problems]
        return "".join(f"{line}\n" for line in lines)


def bring(
    paths: Iterable[Path],
    folder: Path,
    redactor: Redactor,
    *,
    form: str | None = None,
    routes: Routes | None = None,
    tool: Mapping[str, str] | None = None,
    key_id: str = "",
    progress: Callable[[str], None] = lambda _: None,
) -> Account:
    """Imports files, and folders with all that lies below them, into a new capture.

    `form` forces a format; `key_id` is the name of the
    redactor's key. Raises FileExistsError if the folder holds a capture already; the folder is not made if nothing
    could be imported.
    """
    table, roots = routes or packaged(), list(paths)
    writer = CaptureWriter(
        folder, redactor, routes=table, tool=tool, options={"command": "import", "format": form}, key_id=key_id
    )
    account = Account(folder)
    for found in files(roots, format=form, routes=table):
        if isinstance(found, Skipped):
            if found.broken:
                account.problems.append(Problem(_name(found.path, roots), "", found.reason, "what is in it is missing"))
            else:
                account.skipped.append(found)
            continue
        account.files += 1
        for one in read(found, format=form, name=_name(found, roots), routes=table):
            if isinstance(one, Problem):
                # What was found is quoted from the file, and may be a secret.
                account.problems.append(replace(one, found=redactor.exchange().text(one.found)))
                continue
            _write(writer, one)
            account.exchanges[one.exchange.origin] += 1
            if writer.sequence % _NOTED_EVERY == 0:
                progress(f"{writer.sequence} exchanges imported")
    writer.completeness.update({"not_imported": len(account.problems), "no_recording": len(account.skipped)})
    writer.close()
    if not writer.sequence:  # an empty capture would only stand in the way of the next try
        shutil.rmtree(folder)
    account.categories, account.redacted = writer.categories, writer.redactions
    return account


def _name(path: Path, roots: Iterable[Path]) -> str:
    """What exchanges and problems call a file: its path from the folder that was named, that folder included."""
    for root in roots:
        if path != root and path.is_relative_to(root):
            return shown((Path(root.name) / path.relative_to(root)).as_posix())
    return shown(path.name)


def _write(writer: CaptureWriter, draft: Draft) -> None:
    writer.write(
        draft.exchange,
        request_body=draft.request_body,
        response_body=draft.response_body,
        encoded=draft.encoded,
        head_us=draft.head_us,
        notes=draft.notes,
    )


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(counts.items())) or "nothing"
