"""Scenarios: what a client is asked to do, read from JSON, with its variables filled in.

A scenario is `{"name", "seed"?, "variables", "headers": {NAME: [[name, value]...]}, "steps": [...]}`. A step has a
`request` (`method`, `host`, `path`, `headers`: a name or a list of names and lines; a body: `json`, `text`, `base64`),
and may have `expect` (`status`, `cut`), `carry` (variables taken from the answer) and `answer` (for the stand-in).
`{{name}}` in any text stands for a variable; `{{verifier}}` and `{{challenge}}` are a PKCE pair (RFC 7636, S256).
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
    """The packaged scenarios, sorted by name."""
    return sorted(PACKAGED.glob("*.json"))


def load(path: Path) -> dict[str, Any]:
    """The scenario of a file. Raises ValueError with the file's name."""
    try:
        scenario = json.loads(path.read_bytes())
    except ValueError as fault:
        raise ValueError(f"{path}: no JSON ({fault})") from None
    if not isinstance(scenario, dict) or not isinstance(scenario.get("steps"), list):
        raise ValueError(f"{path}: no scenario; expected an object with a list of steps")
    return scenario


def variables(scenario: Mapping[str, Any]) -> dict[str, str]:
    """The variables at the start; with a `seed` the PKCE verifier is always the same."""
    seed = scenario.get("seed")
    verifier = _base64url(hashlib.sha256(seed.encode()).digest()) if seed else secrets.token_urlsafe(32)
    challenge = _base64url(hashlib.sha256(verifier.encode()).digest())
    return {"verifier": verifier, "challenge": challenge, **scenario.get("variables", {})}


def filled(value: Any, known: Mapping[str, str]) -> Any:
    """The value with every `{{name}}` replaced. Raises ValueError for a variable that nothing has set."""
    if isinstance(value, dict):
        return {name: filled(member, known) for name, member in value.items()}
    if isinstance(value, list):
        return [filled(member, known) for member in value]
    if not isinstance(value, str) or "{{" not in value:
        return value

    def known_value(found: re.Match[str]) -> str:
        if found[1] not in known:
            raise ValueError(f"variable {found[1]!r} is not set; known are {', '.join(sorted(known))}")
        return known[found[1]]

    return re.sub(r"\{\{([a-z_]+)\}\}", known_value, value)


def body(part: Mapping[str, Any]) -> bytes:
    """The body of a request or an answer."""
    if "json" in part:
        return json.dumps(part["json"], ensure_ascii=False, separators=(",", ":")).encode()
    if "base64" in part:
        return base64.b64decode(part["base64"])
    return str(part.get("text", "")).encode()


def header_lines(wanted: str | Iterable[Any], named: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Header lines in order; a name stands for a list of lines, and may stand among lines."""
    for entry in [wanted] if isinstance(wanted, str) else wanted:
        if isinstance(entry, str):
            yield from header_lines(named[entry], named)
        else:
            yield str(entry[0]), str(entry[1])


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
