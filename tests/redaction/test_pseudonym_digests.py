"""Digests: a pseudonym is recognised in every form of escape, and nothing else is."""

import pytest

from wirelore.redaction.pseudonym_digests import digest, digests, is_listed, masked
from wirelore.redaction.pseudonyms import Pseudonyms


def test_a_digest_is_the_beginning_of_the_hash() -> None:
    assert digest(b"abc") == "ba7816bf"


def test_a_pseudonym_has_one_digest_in_every_form_of_escape() -> None:
    pseudonyms = Pseudonyms(b"k" * 32, "$^")
    forms = [b"fake-tok/1", rb"fake\u002dtok\u002f1", b"fake%2Dtok%2F1"]
    assert digests(map(pseudonyms.escaped, forms)) == [digest(pseudonyms.pseudonym(b"fake-tok/1"))]


PSEUDONYM = b"github_pat_abc-def/ghi+jkl"
LISTED = digests([PSEUDONYM])
AROUND = {
    "whole": (PSEUDONYM, b"a ", b" b", True),
    "a part at its beginning": (PSEUDONYM[:14], b"a ", PSEUDONYM[14:] + b" b", True),
    "a part at its end": (PSEUDONYM[19:], b"a " + PSEUDONYM[:19], b" b", True),
    "with what stands beside it": (PSEUDONYM + b".x", b"a ", b" b", True),
    "escaped, and a part": (b"github%5Fpat", b"%20", b"%5Fabc%2Ddef%2Fghi%2Bjkl%20", True),
    "another one": (b"github_pat_abc-def/ghi+jkm", b"a ", b" b", False),
    "beside it": (b"github_pat_other", b"", b" " + PSEUDONYM, False),
}


@pytest.mark.parametrize("case", AROUND)
def test_a_partial_match_of_a_pseudonym_is_recognised_by_the_adjacent_text(case: str) -> None:
    match, before, after, expected = AROUND[case]
    assert is_listed(match, before, after, LISTED) is expected


def test_several_are_sorted_and_each_is_listed_once() -> None:
    assert digests([b"b", b"a", b"b"]) == sorted([digest(b"a"), digest(b"b")])


def test_listed_pseudonyms_are_masked_as_a_whole_text_a_word_or_two_words() -> None:
    listed = digests([b"kqzxw", b"Jvuw Lommer", b"ab.cd@ef.gh", b"all of this"])
    assert masked("see /home/kqzxw/x, mail ab.cd@ef.gh to Jvuw Lommer.", listed) == (
        "see /home/{redacted}/x, mail {redacted} to {redacted}."
    )
    assert masked("all of this", listed) == "{redacted}"
    assert masked("kqzxwy and Jvuw", listed) == "kqzxwy and Jvuw"
    assert masked("kqzxw", ()) == "kqzxw"
