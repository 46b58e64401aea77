"""Scenarios of the sample client: JSON files with requests, expected responses and variables.

A scenario is `{"name", "seed"?, "variables", "headers": {NAME: [[name, value]...]}, "steps": [...]}`. A step has a
`request` (`method`, `host`, `path`, `headers`: a name or a list of names and lines; a body: `json`, `text`, `base64`),
and may have `expect` (`status`, `cut`), `carry` (variables set from the response) and `answer` (for the stand-in).
`{{name}}` in any text is a variable; `{{verifier}}` and `{{challenge}}` are a PKCE pair (RFC 7636, S256).
"""

import base64
import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

PACKAGED = Path(__file__).resolve().parent / "scenarios"
"""The folder of the packaged scenarios."""


def packaged() -> list[Path]:
    """Return the paths of the packaged scenarios, sorted by name."""
    return sorted(PACKAGED.glob("*.json"))


def load(path: Path) -> dict[str, Any]:
    """Read a scenario from a file. Raise ValueError."""
    try:
        scenario = json.loads(path.read_bytes())
    except ValueError as fault:
        raise ValueError(f"{path}: not JSON ({fault})") from None
    if not isinstance(scenario, dict) or not isinstance(scenario.get("steps"), list):
        raise ValueError(f"{path}: not a scenario; expected an object with a list `steps`")
    return scenario


def variables(scenario: Mapping[str, Any]) -> dict[str, str]:
    """Return the initial variables. With a `seed` the PKCE verifier is reproducible, otherwise random."""
    seed = scenario.get("seed")
    verifier = _base64url(hashlib.sha256(seed.encode()).digest()) if seed else secrets.token_urlsafe(32)
    challenge = _base64url(hashlib.sha256(verifier.encode()).digest())
    return {"verifier": verifier, "challenge": challenge, **scenario.get("variables", {})}


def filled(template: Any, values: Mapping[str, str]) -> Any:
    """Return the template with every `{{name}}` replaced by its value. Raise ValueError for an unset variable."""
    if isinstance(template, dict):
        return {name: filled(member, values) for name, member in template.items()}
    if isinstance(template, list):
        return [filled(element, values) for element in template]
    if not isinstance(template, str) or "{{" not in template:
        return template

    def value(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise ValueError(f"variable {match[1]!r} is not set; expected one of {', '.join(sorted(values))}")
        return values[match[1]]

    return re.sub(r"\{\{([a-z_]+)\}\}", value, template)


def body(part: Mapping[str, Any]) -> bytes:
    """Return the body of a request or an answer."""
    if "json" in part:
        return json.dumps(part["json"], ensure_ascii=False, separators=(",", ":")).encode()
    if "base64" in part:
        return base64.b64decode(part["base64"])
    return str(part.get("text", "")).encode()


def header_lines(entries: str | Iterable[Any], groups: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield header lines in order. An entry is a line, or the name of a group of entries."""
    for entry in [entries] if isinstance(entries, str) else entries:
        if isinstance(entry, str):
            yield from header_lines(groups[entry], groups)
        else:
            yield str(entry[0]), str(entry[1])


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
