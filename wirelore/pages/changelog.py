"""The changelog: the differences between consecutive versions of a client, as pages and as JSON."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from wirelore.analysis.markdown import link
from wirelore.compare import difference_json, difference_markdown
from wirelore.compare.client_versions import client_versions
from wirelore.compare.history import history
from wirelore.compare.unrecorded import unrecorded
from wirelore.flags import flag_report
from wirelore.model import codec
from wirelore.pages import changelog_json, changelog_page
from wirelore.pages.saving import saved
from wirelore.schema.claims import claims_in_schemas
from wirelore.schema.library import Library
from wirelore.store.writer import Capture

OVERVIEW, DOCUMENT = "README.md", "changelog.json"
_BACK = f"Back to the {link('overview', OVERVIEW)}."


class Changelog(NamedTuple):
    """The result of writing a changelog."""

    files: list[Path]
    """The written files, sorted."""
    problems: list[str]
    """A message for each part that could not be read."""


def write(captures: Iterable[Capture], library: Library, folder: Path, form: str = "both") -> Changelog:
    """Write the changelog of captures to a folder, as `markdown`, `json` or `both`."""
    sources = list(captures)
    problems: list[str] = []
    page_names: set[str] = set()
    products = client_versions(sources, problems)
    lacking = unrecorded(sources, problems)
    beta_flags = flag_report.table(sources, claims_in_schemas(library.folder), library)
    histories = [history(product, versions, page_names) for product, versions in products.items()]
    steps = [step for product_history in histories for step in product_history.every_step]
    problems += [problem for step in steps for problem in step.changes.comparison.problems]
    problems = list(dict.fromkeys(problems))
    texts = {}
    if form != "json":
        texts[OVERVIEW] = changelog_page.overview(histories, lacking, problems)
        texts[changelog_page.FLAGS] = flag_report.markdown(beta_flags, _BACK)
        texts |= {f"{step.page}.md": difference_markdown.write(step.changes) for step in steps}
    if form != "markdown":
        texts[DOCUMENT] = codec.pretty(changelog_json.overview(histories, lacking, problems)).decode()
        texts[changelog_json.FLAGS] = codec.pretty(flag_report.json(beta_flags)).decode()
        texts |= {f"{step.page}.json": difference_json.write(step.changes) for step in steps}
    return Changelog(saved(texts, folder), problems)
