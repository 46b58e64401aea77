"""Programs: whose requests a recording holds, where user agents alone do not tell."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from wirelore.model.packaged import SCHEMAS

PACKAGED = SCHEMAS / "programs.json"
"""The programs that are known under several user agents."""


class Program(NamedTuple):
    """A program with its version, either of which may be empty."""

    product: str
    version: str = ""

    def __str__(self) -> str:
        return f"{self.product}/{self.version}" if self.version else self.product


def program(labels: Mapping[str, str], clients: Iterable[str]) -> Program | None:
    """The one program that a recording is of: as its labels say, or as the only known one among its user agents.

    `labels` are the capture's `client` and `version`, `clients` the `name/version` that occur in it. None if they do
    not tell.
    """
    if name := labels.get("client"):
        return Program(_by("labels").get(name, name), labels.get("version", ""))
    pairs = (client.partition("/") for client in clients)
    known = _by("user_agents")
    found = {Program(known[name], version) for name, _, version in pairs if name in known and version}
    return found.pop() if len(found) == 1 else None


@cache
def _by(member: str) -> dict[str, str]:
    stated = json.loads(PACKAGED.read_bytes())["programs"]
    return {alias: product for product, one in stated.items() for alias in one[member]}
