"""The pages of the changelog."""

from tests.pages.test_changelog import page
from wirelore.pages.changelog import Changelog


def test_the_overview_lists_the_versions_newest_first_with_their_changes(written: Changelog) -> None:
    lines = page(written, "README.md").splitlines()
    assert [line for line in lines if line.startswith("| `2.")][:4] == [
        "| `2.1.0` | 2026-01-01 | 2 | 2 | 1 | [2.0.10](agent-2.0.10-to-2.1.0.md) | 1 | 1 | 0 | 0 |",
        "| `2.0.10` | 2026-01-01 | 2 | 2 | 1 | [2.0.9](agent-2.0.9-to-2.0.10.md) | 1 | 0 | 0 | 0 |",
        "| `2.0.9` | 2026-01-01 | 2 | 2 | 1 |  |  |  |  |  |",
        "| `2.1.0`, all steps at once |  |  |  |  | [2.0.9](agent-2.0.9-to-2.1.0.md) | 2 | 1 | 0 | 0 |",
    ]
    first = lines.index("### 2.0.10 → 2.1.0")
    assert lines[first + 2 : first + 5] == [
        "**Breaking changes** (1)",
        "",
        "- max\\_tokens is no longer sent  ",
    ]
    second = lines.index("### 2.0.9 → 2.0.10")
    assert lines[second + 2 : second + 9] == [
        "**Breaking changes** (1)",
        "",
        "- beta flag two-2026-02-02 is new  ",
        "  `POST /v1/messages (with tools)`, in 1 of 1 scenario: plain; your gateway will now receive the beta flag "
        "two-2026-02-02 and must forward it, or strip it together with everything that depends on it",
        "",
        "**Other changes**: none.",
        "",
    ]


def test_the_overview_has_an_inventory_with_the_first_and_last_version_of_each_name(written: Changelog) -> None:
    text = page(written, "README.md")
    assert "| `two-2026-02-02` | 2.0.10 | 2.1.0 | 0 | 2 | 2 |" in text
    assert "| `made-1` | 2.0.9 | 2.0.10 | 2 | 2 | 0 |" in text
    assert "#### Tools offered to the model\n\nIn all versions: `Read`.\n" in text
    assert "#### Event types in responses\n\nNone observed.\n" in text


def test_the_overview_names_stand_in_responses_noise_and_scenarios_without_a_recording(
    written: Changelog,
) -> None:
    text = page(written, "README.md")
    assert " A stand-in gave all responses; " in text
    assert "### Ignored as noise" in text
    assert "| `pdf` | agent 2.0.9 | not-supported | no \\| option |" in text
