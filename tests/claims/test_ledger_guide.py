"""The guide at the head of the ledger explains every verdict."""

import re

from wirelore.claims.ledger_guide import GUIDE
from wirelore.claims.rulings import VERDICTS


def test_every_verdict_has_a_sentence_and_nothing_else_has_one() -> None:
    explained = re.findall(r"^- \*\*(.+?)\*\*: .+", "\n".join(GUIDE), re.MULTILINE)
    assert explained == list(VERDICTS)
