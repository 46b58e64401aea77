"""The ledger as a markdown page."""

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
    """Return the text below a heading, up to the next one."""
    return re.split(r"^#+ ", PAGE.partition(f"# {name}\n")[2], maxsplit=1, flags=re.MULTILINE)[0].strip()


def test_the_page_begins_with_the_verdicts_and_the_evidence() -> None:
    assert PAGE.splitlines()[:5] == [
        "# Claims",
        "",
        "6 claims: 1 mixed, 1 contradicted, 3 not observed, 1 not observable.",
        "",
        "Evidence: 3 exchanges in 1 capture (2 answered by a real service, 1 answered by a stand-in), 2026-01-01. "
        "Clients: claude-cli/2.0.56 (1), claude-cli/2.1.112 (1), unknown (1).",
    ]


def test_the_page_has_these_sections() -> None:
    assert re.findall(r"^##? (.*)", PAGE, re.MULTILINE) == [
        "Claims",
        "Completeness",
        "Contradicted and mixed claims",
        "Disputes",
        "What to record next",
        "Endpoints",
        "Streams",
        "Sources",
    ]


def test_contradicted_and_mixed_claims_name_the_clients() -> None:
    assert section("Contradicted and mixed claims").splitlines()[2:] == [
        "| [E01](#e01) | mixed | Claim E01 is so. | true for claude-cli 2.0.56; false for claude-cli 2.1.112 |",
        "| [E02](#e02) | contradicted | Claim E02 is so. | false for claude-cli 2.0.56, 2.1.112 |",
    ]


def test_disputed_claims_are_in_one_row() -> None:
    assert section("Disputes").splitlines()[2:] == [
        "| [E01](#e01) Claim E01 is so. (mixed) | [E02](#e02) Claim E02 is so. (contradicted) "
        "| evidence against E02; E01 is mixed; E01: true for claude-cli 2.0.56; "
        "false for claude-cli 2.1.112 | Decided; see the recordings below each claim. |"
    ]


def test_the_recordings_that_would_decide_most_are_numbered() -> None:
    assert section("What to record next").splitlines()[2:] == [
        "| 1 | A list of models. | 1 | E03 |",
        "| 2 | unknown | 2 | E05, E06 |",
    ]


def test_a_claim_has_verdict_evidence_and_examples() -> None:
    assert section("E01") == "\n".join(
        [
            "Claim E01 is so.",
            "",
            "**Mixed.** Source: S0 (captured; a part: reported). Contradicts E02.",
            "",
            "- Behaviour of the client: **mixed**, 1 of 2 exchanges (2 answered by a real service; 2026-01-01): "
            "claude-cli 2.0.56 (1), 2.1.112 (1)",
            "  - true for claude-cli 2.0.56; false for claude-cli 2.1.112",
            f"  - for: {PLACE} (claude-cli/2.0.56)",
            f"  - against: {PLACE} (claude-cli/2.1.112): status is 400, expected 200",
        ]
    )


def test_a_part_is_named_with_the_recording_that_would_decide_it() -> None:
    assert "- the status (client): **contradicted**, 0 of 2 exchanges" in section("E02")
    assert section("E03").splitlines()[-3:] == [
        "- Behaviour of the service: **not observed**; no such exchange recorded",
        "  - 1 exchange ignored: a stand-in answered.",
        "  - deciding recording: A list of models.",
    ]


def test_an_undecidable_claim_has_a_reason() -> None:
    assert section("E04").splitlines()[-1] == "It does not travel."
    assert section("E06").splitlines()[-1] == "No check yet."


def test_an_unobserved_claim_has_the_number_of_checked_exchanges() -> None:
    assert section("E05").splitlines()[-1] == (
        "- Behaviour of the client: **not observed**; 2 exchanges checked (2 answered by a real service; 2026-01-01)"
    )


def test_unclaimed_names_are_listed_in_their_area() -> None:
    assert "- operations, 2 of 2: `POST /v1/messages`, `GET /v1/models`" in section("Endpoints")


def test_every_link_has_its_heading() -> None:
    anchors = {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in re.findall(r"^#+ (.*)", PAGE, re.M)
    }
    assert set(re.findall(r"\]\(#([^)]*)\)", PAGE)) <= anchors


def test_unreadable_parts_and_omitted_events_are_reported() -> None:
    result = replace(ledger([], exchange()), problems=("made/x: broken",))
    result.weighed.left_out = 1234
    assert write(result).endswith("## Unreadable\n\n- made/x: broken\n")
    assert "Not checked: 1,234 events of long streams, after thousands of the same shape." in write(result)
