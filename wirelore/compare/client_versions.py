"""Captures by the client that was recorded, its product and version, with what each version has."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from wirelore.analysis.one_pass import run
from wirelore.compare.inventory import Inventory
from wirelore.model.exchange import without_version
from wirelore.model.versions import version_key
from wirelore.store.writer import Capture


@dataclass
class ClientVersion:
    """One version of a client, and its captures."""

    product: str
    version: str
    captures: list[Capture] = field(default_factory=list)
    inventory: Inventory = field(default_factory=Inventory)
    scenarios: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        """Product and version."""
        return f"{self.product} {self.version}"

    @property
    def recorded(self) -> str:
        """The first and the last day of recording, as the captures' manifests tell; empty if they do not."""
        days = {time[:10] for one in self.captures for time in (one.manifest["started"], one.manifest["ended"]) if time}
        return " to ".join(sorted({min(days), max(days)})) if days else ""


def client_versions(captures: Iterable[Capture], problems: list[str]) -> dict[str, list[ClientVersion]]:
    """The versions of every product in their order; products by name.

    A capture's labels say whose it is; without them it goes with the client that sent most of its requests. One that
    tells no version is a problem, like what cannot be read.
    """
    found: dict[tuple[str, str], ClientVersion] = {}
    for capture in captures:
        labels = capture.labels
        product, version = labels.get("client", ""), labels.get("version", "")
        inventory = Inventory()
        run([capture], [inventory], lambda fault: problems.append(str(fault)))
        most = min(inventory.clients.items(), key=lambda one: (-one[1], one[0]), default=("", 0))[0]
        product = product or without_version(most)
        version = version or most.removeprefix(without_version(most)).removeprefix("/")
        if not product or not version:
            problems.append(f"{capture.folder}: no client's version is told; record it with labels, or leave it out")
            continue
        entry = found.setdefault((product, version), ClientVersion(product, version))
        entry.captures.append(capture)
        entry.inventory.add(inventory)
        entry.scenarios |= {labels["scenario"]} if "scenario" in labels else set()
    products = sorted({product for product, _ in found})
    return {
        product: sorted(
            (one for one in found.values() if one.product == product), key=lambda one: version_key(one.version)
        )
        for product in products
    }
