"""Hand-written comparisons, for the tests of output formats."""

from dataclasses import replace

from wirelore.compare.change import CLIENT, SERVER, Comparison, Difference, Ignored, Occurrence, Side
from wirelore.compare.presentation import Accepted, Changes, Stale, ranked

BEFORE = Side(
    name="old",
    clients=("claude-cli/2.0.56",),
    captures=4,
    exchanges=12,
    groups=("image", "plain"),
    repeats=2,
    started="2026-11-20T23:00:00Z",
    ended="2026-11-21T01:00:00Z",
    origins={"stand-in": 12},
)
AFTER = replace(BEFORE, name="new", clients=("claude-cli/2.1.112",), started="2026-11-21T02:00:00Z")

GONE = Difference(
    rule="request-header-gone",
    kind="breaking",
    direction=CLIENT,
    operation="POST /v1/messages",
    place="request-headers#/headers/x-app",
    before=Occurrence(12, 12, '"cli"', ("old_plain/messages/1",)),
    after=Occurrence(0, 12),
    message="header x-app is no longer sent",
    advice="your gateway will no longer receive the header x-app, which was always present",
    groups=("image", "plain"),
    of_groups=2,
    fingerprint="a" * 16,
)
TYPE = replace(
    GONE,
    rule="response-field-type",
    direction=SERVER,
    place="response-bodies#/body/usage",
    before=Occurrence(3, 3, "object", ("old_plain/messages/1",)),
    after=Occurrence(3, 3, "null", ("new_plain/messages/2", "new_plain/messages/3")),
    message="/body/usage is now null (was object)",
    advice="your client must now accept usage as null",
    groups=("plain",),
    fingerprint="b" * 16,
)
NEW = replace(
    GONE,
    rule="request-header-added",
    kind="additive",
    place="request-headers#/headers/x-new",
    before=Occurrence(0, 12),
    after=Occurrence(6, 12, '"<|a`*\x1b[2J"', ("new_plain/messages/2",)),
    message='header x-new is new: "<|a`*\x1b[2J"',
    advice="your gateway will now receive the header x-new",
    groups=("plain",),
    fingerprint="c" * 16,
)
ORDER = replace(
    GONE,
    rule="request-header-order",
    kind="cosmetic",
    place="request-headers#/order",
    before=Occurrence(12, 12),
    after=Occurrence(12, 12),
    message="the order of the headers changed",
    advice="",
    fingerprint="d" * 16,
)
ALONE = replace(
    GONE,
    rule="scenario-on-one-side",
    kind="unjudged",
    operation="",
    place="scenarios#/pdf",
    before=Occurrence(0, 0),
    after=Occurrence(1, 1),
    message="scenario pdf was recorded on one side only: new",
    advice="record the scenario pdf with both sides, or find out why one does not support it",
    groups=(),
    of_groups=0,
    fingerprint="e" * 16,
)
NOISE = Ignored("POST /v1/messages", "request-headers#/headers/x-id", "values differ between recordings of one side", 2)


def comparison(*differences: Difference, problems: tuple[str, ...] = ()) -> Comparison:
    """Return a comparison of two versions of a client with these differences and one ignored place."""
    return Comparison(BEFORE, AFTER, differences, (NOISE,), problems)


def changes(*, problems: tuple[str, ...] = ("new/capture.json: cut",)) -> Changes:
    """Return changes of each class, one of them accepted, with a stale entry and an unreadable part."""
    compared = comparison(ALONE, ORDER, NEW, TYPE, GONE, problems=problems)
    accepted = (Accepted(ORDER, 1, "nobody reads the order"),)
    stale = (Stale(2, "rule host-added", "matches no difference; remove it"),)
    return Changes(compared, tuple(ranked([ALONE, NEW, TYPE, GONE])), accepted, stale)
