"""New operations for the route table: a host or an endpoint that a recording showed, added as data."""

import json
from collections.abc import Iterable
from pathlib import Path

TABLE = "routes.json"


def accept(folder: Path, seen: Iterable[tuple[str, str, str]]) -> list[str]:
    """Adds (method, path template, host) to the table of a schemas folder; what is there stays as it is.

    Returns what is new, a line each, sorted. The file is written only if something is.
    """
    path = folder / TABLE
    table = json.loads(path.read_text("utf-8"))
    entries = {(entry["method"], entry["path"]): entry for entry in table["operations"]}
    news = []
    for method, template, host in sorted(set(seen)):
        entry = entries.get((method, template))
        if entry is None:
            entries[method, template] = _entry(method, template, host)
            news.append(f"{TABLE}: new operation {method} {template} at {host}")
        elif host not in entry["hosts"]:
            entry["hosts"] = sorted([*entry["hosts"], host])
            news.append(f"{TABLE}: {method} {template} is also at {host}")
    if news:
        table["operations"] = sorted(entries.values(), key=lambda entry: (entry["path"], entry["method"]))
        path.write_text(json.dumps(table, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return news


def _entry(method: str, template: str, host: str) -> dict[str, object]:
    return {
        "method": method,
        "path": template,
        "hosts": [host],
        "category": "other",
        "summary": "Seen in a recording.",
        "claims": [],
        "status": "claimed",
        "source": "recording",
        "security": [],
    }
