"""Adds new operations and hosts from recordings to the route table."""

import json
from collections.abc import Iterable
from pathlib import Path

TABLE = "routes.json"


def accept(folder: Path, routes: Iterable[tuple[str, str, str]]) -> list[str]:
    """Add routes (method, path template, host) to the table of a schemas folder without changing existing entries.

    Returns the additions as sorted lines. The file is written only if there are any.
    """
    path = folder / TABLE
    table = json.loads(path.read_text("utf-8"))
    entries = {(entry["method"], entry["path"]): entry for entry in table["operations"]}
    additions = []
    for method, template, host in sorted(set(routes)):
        entry = entries.get((method, template))
        if entry is None:
            entries[method, template] = _entry(method, template, host)
            additions.append(f"{TABLE}: new operation {method} {template} at {host}")
        elif host not in entry["hosts"]:
            entry["hosts"] = sorted([*entry["hosts"], host])
            additions.append(f"{TABLE}: {method} {template} is also at {host}")
    if additions:
        table["operations"] = sorted(entries.values(), key=lambda entry: (entry["path"], entry["method"]))
        path.write_text(json.dumps(table, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return additions


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
