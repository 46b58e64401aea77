"""The Markdown report: the pages of a set of captures, by file name."""

from collections.abc import Iterable

from wirelore.analysis import findings_markdown
from wirelore.analysis.finding_groups import Outcome
from wirelore.analysis.markdown import link
from wirelore.evidence.catalogue import catalogue
from wirelore.evidence.collector import Evidence
from wirelore.flags import page
from wirelore.flags.table import FlagTable
from wirelore.model.routes import Routes
from wirelore.pages import headers, protocol, traffic
from wirelore.schema.claims import Claim
from wirelore.schema.library import Library


def pages(
    evidence: Evidence,
    outcome: Outcome,
    library: Library,
    routes: Routes,
    claims: Iterable[Claim],
    flags: FlagTable,
) -> dict[str, str]:
    """Return the text of each page by file name, README.md first; each ends with one line feed."""
    ledger = list(claims)
    operations = catalogue(evidence, library, routes, ledger)
    texts = {
        "README.md": traffic.overview(evidence, operations, outcome),
        "endpoints.md": traffic.endpoints(evidence, operations),
        "headers.md": headers.headers(evidence, library),
        "beta-flags.md": page.markdown(flags, f"Back to the {link('overview', 'README.md')}."),
        "event-sequences.md": protocol.event_sequences(evidence),
        "errors.md": protocol.errors(evidence, ledger),
        "bodies.md": protocol.bodies(library),
        "findings.md": findings_markdown.write(outcome),
    }
    return {name: text.rstrip("\n") + "\n" for name, text in texts.items()}
