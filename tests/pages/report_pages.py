"""The parts of a Markdown report for tests: its pages, and the table of beta flags."""

from wirelore.analysis.one_pass import collect
from wirelore.flags.flag_report import FlagTable, build_table, new_tally
from wirelore.model.exchange import Exchange
from wirelore.schema.claims import claims
from wirelore.schema.library import Library

Pages = dict[str, str]
"""The text of each page by file name."""


def flag_table_of(*exchanges: Exchange) -> FlagTable:
    """Return the table of beta flags of exchanges."""
    tally = new_tally(Library())
    collect("made", exchanges, [tally])
    return build_table(tally, claims(), Library())
