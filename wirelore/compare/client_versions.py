"""Captures grouped by the product and version of the recorded client, with an inventory of each version."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from wirelore.analysis.one_pass import run
from wirelore.compare.inventory import Inventory
from wirelore.model.exchange import without_version
from wirelore.model.versions import version_key
from wirelore.store.writer import Capture


@dataclass
class ClientVersion:
    """One version of a client with its captures."""

    product: str
    version: str
    captures: list[Capture] = field(default_factory=list)
    inventory: Inventory = field(default_factory=Inventory)
    scenarios: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        """The product and version."""
        return f"{self.product} {self.version}"

    @property
    def recorded(self) -> str:
        """The first and the last day of recording; empty if the manifests have no times."""
        manifests = [capture.manifest for capture in self.captures]
        days = {time[:10] for manifest in manifests for time in (manifest["started"], manifest["ended"]) if time}
        return " to ".join(sorted({min(days), max(days)})) if days else ""


def client_versions(captures: Iterable[Capture], problems: list[str]) -> dict[str, list[ClientVersion]]:
    """Return the sorted versions of every product, with products sorted by name.

    The labels of a capture determine its client and version; without labels, the client that sent most of its requests
    does. A capture without a version, like an unreadable part, becomes a problem.
    """
    versions: dict[tuple[str, str], ClientVersion] = {}
    for capture in captures:
        labels = capture.labels
        product, version = labels.get("client", ""), labels.get("version", "")
        inventory = Inventory()
        run([capture], [inventory], lambda fault: problems.append(str(fault)))
        main_client = min(inventory.clients.items(), key=lambda item: (-item[1], item[0]), default=("", 0))[0]
        product = product or without_version(main_client)
        version = version or main_client.removeprefix(without_version(main_client)).removeprefix("/")
        if not product or not version:
            problems.append(f"{capture.folder}: client version unknown; record it with labels, or leave it out")
            continue
        entry = versions.setdefault((product, version), ClientVersion(product, version))
        entry.captures.append(capture)
        entry.inventory.merge(inventory)
        entry.scenarios |= {labels["scenario"]} if "scenario" in labels else set()
    products = sorted({product for product, _ in versions})
    return {
        product: sorted(
            (entry for entry in versions.values() if entry.product == product),
            key=lambda entry: version_key(entry.version),
        )
        for product in products
    }
