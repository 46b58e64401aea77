"""Imports recordings of other tools into a new capture, and accounts for every file."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from wirelore.formats import Draft, Problem, Skipped, files, read
from wirelore.formats.draft import printable_line
from wirelore.model.routes import Routes, packaged
from wirelore.model.wording import quantity
from wirelore.redaction.redactor import Redactor
from wirelore.store.writer import CaptureWriter

_PROGRESS_INTERVAL = 500


@dataclass
class Account:
    """The complete result of an import."""

    folder: Path
    files: int = 0
    """The number of files read."""
    exchanges: Counter[str] = field(default_factory=Counter)
    """The number of exchanges by format."""
    categories: Counter[str] = field(default_factory=Counter)
    redacted: Counter[str] = field(default_factory=Counter)
    skipped: list[Skipped] = field(default_factory=list)
    """Files that are not recordings."""
    problems: list[Problem] = field(default_factory=list)
    """Entries and files that could not be imported."""

    def __str__(self) -> str:
        total = sum(self.exchanges.values())
        from_files = f"from {quantity(self.files, 'file')}"
        if total:
            lines = [f"imported {quantity(total, 'exchange')} {from_files} into {self.folder}"]
        else:
            lines = [f"nothing imported {from_files}; no capture created"]
        lines += [f"  {name}: {number}" for name, number in sorted(self.exchanges.items())]
        lines += [f"by category: {_counts_text(self.categories)}", f"redacted: {_counts_text(self.redacted)}"]
        lines += [f"skipped: {skipped}" for skipped in self.skipped]
        lines += [f"not imported: {problem}" for problem in self.problems]
        return "".join(f"{line}\n" for line in lines)


def import_recordings(
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
    """Import files, and folders with all their content, into a new capture.

    `form` forces a format; `key_id` is the name of the redactor's key. Raises FileExistsError if the folder holds a
    capture. The folder is not created if nothing could be imported.
    """
    table, roots = routes or packaged(), list(paths)
    writer = CaptureWriter(
        folder, redactor, routes=table, tool=tool, options={"command": "import", "format": form}, key_id=key_id
    )
    account = Account(folder)
    for path in files(roots, format=form, routes=table):
        if isinstance(path, Skipped):
            if path.broken:
                name = _name(path.path, roots)
                account.problems.append(Problem(name, "", path.reason, "its content is not imported"))
            else:
                account.skipped.append(path)
            continue
        account.files += 1
        for item in read(path, format=form, name=_name(path, roots), routes=table):
            if isinstance(item, Problem):
                # The text is quoted from the file and may contain a secret.
                account.problems.append(replace(item, found=redactor.exchange().text(item.found)))
                continue
            _write(writer, item)
            account.exchanges[item.exchange.origin] += 1
            if writer.sequence % _PROGRESS_INTERVAL == 0:
                progress(f"{quantity(writer.sequence, 'exchange')} imported")
    writer.completeness.update({"not_imported": len(account.problems), "no_recording": len(account.skipped)})
    writer.close()
    if not writer.sequence:  # an empty capture would block the next attempt
        shutil.rmtree(folder)
    account.categories, account.redacted = writer.categories, writer.redactions
    return account


def _name(path: Path, roots: Iterable[Path]) -> str:
    """Return the name by which exchanges and problems refer to a file: its path from the given folder, inclusive."""
    for root in roots:
        if path != root and path.is_relative_to(root):
            return printable_line((Path(root.name) / path.relative_to(root)).as_posix())
    return printable_line(path.name)


def _write(writer: CaptureWriter, draft: Draft) -> None:
    writer.write(
        draft.exchange,
        request_body=draft.request_body,
        response_body=draft.response_body,
        encoded=draft.encoded,
        head_us=draft.head_us,
        notes=draft.notes,
    )


def _counts_text(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(counts.items())) or "nothing"
