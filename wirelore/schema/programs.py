"""Programs: the clients of recordings that cannot be identified by user agents alone."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from wirelore.model.packaged import SCHEMAS

PACKAGED = SCHEMAS / "programs.json"
"""The programs with several user agents."""


class Program(NamedTuple):
    """A program with its version; either may be empty."""

    product: str
    version: str = ""

    def __str__(self) -> str:
        return f"{self.product}/{self.version}" if self.version else self.product


def program(labels: Mapping[str, str], clients: Iterable[str]) -> Program | None:
    """Return the program of a recording, from its labels or as the only known one among its user agents.

    `labels` are the capture's `client` and `version`, `clients` the occurring `name/version`. None if unknown.
    """
    if name := labels.get("client"):
        return Program(_products_by("labels").get(name, name), labels.get("version", ""))
    pairs = (client.partition("/") for client in clients)
    products = _products_by("user_agents")
    programs = {Program(products[name], version) for name, _, version in pairs if name in products and version}
    return programs.pop() if len(programs) == 1 else None


@cache
def _products_by(member: str) -> dict[str, str]:
    programs = json.loads(PACKAGED.read_bytes())["programs"]
    return {alias: product for product, entry in programs.items() for alias in entry[member]}
