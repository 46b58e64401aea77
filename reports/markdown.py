"""The markdown report: the pages of a set of captures, by file name."""

from collections.abc import Iterable

from captures.routes import Routes
from reports import _pages_flags, _pages_headers, _pages_protocol, _pages_traffic, markdown_findings
from reports._catalogue import catalogue
from reports._flag_table import FlagTable
from reports._markup import link
from reports.evidence import Evidence
from reports.findings import Outcome
from schemas.claims import Claim
from schemas.library import Library


def pages(
    evidence: Evidence,
    outcome: Outcome,
    library: Library,
    routes: Routes,
    claims: Iterable[Claim],
    flags: FlagTable,
) -> dict[str, str]:
    """The text of every page by file name, README.md first; each ends with one line end."""
    ledger = list(claims)
    operations = catalogue(evidence, library, routes, ledger)
    texts = {
        "README.md": _pages_traffic.overview(evidence, operations, outcome),
        "endpoints.md": _pages_traffic.endpoints(evidence, operations),
        "headers.md": _pages_headers.headers(evidence, library),
        "beta-flags.md": _pages_flags.markdown(flags, f"Back to the {link('overview', 'README.md')}."),
        "event-sequences.md": _pages_protocol.event_sequences(evidence),
        "errors.md": _pages_protocol.errors(evidence, ledger),
        "bodies.md": _pages_protocol.bodies(library),
        "findings.md": markdown_findings.write(outcome),
    }
    return {name: text.rstrip("\n") + "\n" for name, text in texts.items()}
