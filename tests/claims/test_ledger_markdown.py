"""The ledger as a page."""

import re
from dataclasses import replace

from tests.exchanges import exchange
from tests.weighing import CLI, OTHER, check, claim, ledger, status
from wirelore.claims.ledger_markdown import write

MODELS = {"properties": {"operation": {"const": "GET /v1/models"}}}
PAGE = write(
    ledger(
        [
            claim(
                "E01",
                check(status(200), next="Not needed."),
                contradicts=("E02",),
                exceptions=(("a part", "reported"),),
            ),
            claim("E02", check(status(500), part="the status"), contradicts=("E01",)),
            claim("E03", check(when=MODELS, next="A list of models.", speaker="service", holds="once")),
            claim("E04", unobservable="It does not travel."),
            claim("E05", check(status(418), holds="once")),
            claim("E06"),
        ],
        exchange(headers=CLI),
        exchange(headers=OTHER, status=400),
        exchange(operation="GET /v1/models", origin="stand-in"),
    )
)
PLACE = "`made/messages/20260101_000000_000001_post-v1-messages`"


def section(name: str) -> str:
    """What stands below a heading, up to the next one."""
    return re.split(r"^#+ ", PAGE.partition(f"# {name}\n")[2], maxsplit=1, flags=re.MULTILINE)[0].strip()


def test_the_page_begins_with_the_verdicts_and_what_was_weighed() -> None:
    assert PAGE.splitlines()[:5] == [
        "# Claims",
        "",
        "6 claims: 1 mixed, 1 contradicted, 3 not observed, 1 not observable.",
        "",
        "Weighed: 3 exchanges of 1 capture (2 answered by a real service, 1 answered by a stand-in), 2026-01-01. "
        "Clients: claude-cli/2.0.56 (1), claude-cli/2.1.112 (1), not told (1).",
    ]


def test_the_sections_are_these() -> None:
    assert re.findall(r"^##? (.*)", PAGE, re.MULTILINE) == [
        "Claims",
        "How complete it is",
        "What does not hold",
        "Where the sources disagree",
        "What to record next",
        "Endpoints",
        "Streams",
        "Sources",
    ]


def test_what_does_not_hold_says_for_whom() -> None:
    assert section("What does not hold").splitlines()[2:] == [
        "| [E01](#e01) | mixed | Claim E01 is so. | true for claude-cli 2.0.56; false for claude-cli 2.1.112 |",
        "| [E02](#e02) | contradicted | Claim E02 is so. | false for claude-cli 2.0.56, 2.1.112 |",
    ]


def test_claims_that_contradict_each_other_stand_side_by_side() -> None:
    assert section("Where the sources disagree").splitlines()[2:] == [
        "| [E01](#e01) Claim E01 is so. (mixed) | [E02](#e02) Claim E02 is so. (contradicted) "
        "| evidence against E02; E01 is mixed; E01: true for claude-cli 2.0.56; "
        "false for claude-cli 2.1.112 | The recordings that are named below each claim. |"
    ]


def test_the_recordings_that_would_decide_most_are_numbered() -> None:
    assert section("What to record next").splitlines()[2:] == [
        "| 1 | A list of models. | 1 | E03 |",
        "| 2 | nobody has said how | 2 | E05, E06 |",
    ]


def test_a_claim_has_its_verdict_its_evidence_and_its_places() -> None:
    assert section("E01") == "\n".join(
        [
            "Claim E01 is so.",
            "",
            "**Mixed.** Said by S0 (captured; a part: reported). Contradicts E02.",
            "",
            "- What the client does: **mixed**, 1 of 2 exchanges (2 answered by a real service; 2026-01-01): "
            "claude-cli 2.0.56 (1), 2.1.112 (1)",
            "  - true for claude-cli 2.0.56; false for claude-cli 2.1.112",
            f"  - for it: {PLACE} (claude-cli/2.0.56)",
            f"  - against it: {PLACE} (claude-cli/2.1.112): status is 400, expected 200",
        ]
    )


def test_a_part_is_named_and_what_decides_an_open_one_is_said() -> None:
    assert "- the status (what the client does): **contradicted**, 0 of 2 exchanges" in section("E02")
    assert section("E03").splitlines()[-3:] == [
        "- What the service does: **not observed**; no recording shows such an exchange",
        "  - 1 exchange not counted: a stand-in answered.",
        "  - to decide it: A list of models.",
    ]


def test_a_claim_that_cannot_be_decided_says_why() -> None:
    assert section("E04").splitlines()[-1] == "It does not travel."
    assert section("E06").splitlines()[-1] == "Nobody has written a check for it yet."


def test_what_was_looked_for_in_vain_says_in_how_many_exchanges() -> None:
    assert section("E05").splitlines()[-1] == (
        "- What the client does: **not observed**; 2 exchanges looked at (2 answered by a real service; 2026-01-01)"
    )


def test_what_was_seen_and_nobody_claims_is_listed_in_its_area() -> None:
    assert "- operations, 2 of 2: `POST /v1/messages`, `GET /v1/models`" in section("Endpoints")


def test_every_link_has_its_heading() -> None:
    anchors = {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in re.findall(r"^#+ (.*)", PAGE, re.M)
    }
    assert set(re.findall(r"\]\(#([^)]*)\)", PAGE)) <= anchors


def test_what_could_not_be_read_and_what_was_left_out_is_said() -> None:
    made = replace(ledger([], exchange()), problems=("made/x: broken",))
    made.weighed.left_out = 1234
    assert write(made).endswith("## Not read\n\n- made/x: broken\n")
    assert "Of long streams 1,234 events were not looked at: thousands alike stand before them." in write(made)
