"""The comparison of two sets of captures: differences with their classes, and noise.

It is generic over the observations of all analyzers. The rules and classes of differences are data
(schemas/changes.json).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from wirelore.compare import measures
from wirelore.compare.change import KINDS, SERVER, Comparison, Difference, Ignored, Occurrence, Side
from wirelore.compare.change_tables import Tables, tables
from wirelore.compare.difference_builder import NOWHERE, Differences, difference
from wirelore.compare.features import Features, features_of
from wirelore.compare.noise import Pair, Share, without_noise
from wirelore.model.wording import quantity
from wirelore.store.writer import Capture

_STAND_IN = "stand-in"

Scenarios = Mapping[str, Sequence[Features]]
"""The features of captures by scenario."""


@dataclass(frozen=True)
class Recorded:
    """One side with the features of its captures by scenario."""

    side: Side
    captures: Scenarios
    problems: tuple[str, ...] = ()
    """Messages about unreadable parts."""
    content: bool = False
    """True if long texts are available."""


def compare(
    before: Sequence[Capture],
    after: Sequence[Capture],
    *,
    names: tuple[str, str],
    noise: Sequence[Capture] = (),
    content: bool = False,
) -> Comparison:
    """Compare the captures of two sides.

    `noise` contains repeated recordings of the first side. They reveal noise, and so do several captures of a scenario
    on one side. With `content`, long texts are included in full. Raises wirelore.store.writer.Unreadable.
    """
    masked = has_several_keys((*before, *noise, *after))
    old = read(names[0], before, noise=noise, content=content, masked=masked)
    return compared(old, read(names[1], after, content=content, masked=masked))


def has_several_keys(captures: Iterable[Capture]) -> bool:
    """Return True if the redaction keys of captures differ, so that a secret has several pseudonyms."""
    return len({str(capture.manifest.get("redaction", {}).get("key", "")) for capture in captures}) > 1


def read(
    name: str,
    captures: Sequence[Capture],
    *,
    noise: Sequence[Capture] = (),
    content: bool = False,
    masked: bool = False,
) -> Recorded:
    """Read the captures of one side; with `masked`, pseudonyms are removed. Raises wirelore.store.writer.Unreadable.

    Captures of one scenario are repetitions of it. Captures without a scenario form one recording together, and those
    of `noise` a repetition of it.
    """
    problems: list[str] = []
    scenarios = _by_scenario(captures, problems, content=content, masked=masked)
    for scenario, repetitions in _by_scenario(noise, problems, content=content, masked=masked).items():
        scenarios.setdefault(scenario, []).extend(repetitions)
    return Recorded(_side(name, (*captures, *noise), scenarios), scenarios, tuple(problems), content)


def _by_scenario(
    captures: Iterable[Capture], problems: list[str], *, content: bool, masked: bool
) -> dict[str, list[Features]]:
    scenarios: dict[str, list[Features]] = {}
    for capture in captures:
        labels = capture.labels
        exchanges = capture.exchanges(lambda fault: problems.append(str(fault)))
        version = labels.get("version", "")
        features = features_of(exchanges, capture.name, tables(), version, content=content, masked=masked)
        repetitions = scenarios.setdefault(labels.get("scenario", ""), [])
        if repetitions and "scenario" not in labels:
            repetitions[0].add(features)
        else:
            repetitions.append(features)
    return scenarios


def compared(before: Recorded, after: Recorded) -> Comparison:
    """Compare two sides that were read."""
    rules, groups = tables(), _paired(before.captures, after.captures)
    filtered = without_noise(groups)
    builder = Differences(groups, rules, content=before.content and after.content)
    everything = [*builder.of(filtered.real), *measures.differences(groups, rules)]
    differences, stand_in_differences = _without_stand_in(everything, groups)
    differences += [
        *_stand_in_summary(stand_in_differences, rules),
        *_missing_parts(groups, rules),
        *_missing_scenarios(before.captures, after.captures, groups, rules),
    ]
    ranked, noise = tuple(sorted(differences, key=_rank)), tuple(_ignored(filtered.noise, groups))
    return Comparison(before.side, after.side, ranked, noise, (*before.problems, *after.problems))


def _rank(item: Difference) -> tuple[int, str, str, str, str, str]:
    return KINDS.index(item.kind), item.direction, item.operation, item.place, item.rule, item.fingerprint


def _side(name: str, captures: Sequence[Capture], scenarios: Scenarios) -> Side:
    clients, origins = Counter[str](), Counter[str]()
    for features in (features for repetitions in scenarios.values() for features in repetitions):
        clients.update(features.clients)
        origins.update(features.origins)
    return Side(
        name,
        tuple(sorted(clients, key=lambda client: (-clients[client], client))),
        len(captures),
        sum(origins.values()),
        tuple(sorted(scenario for scenario in scenarios if scenario)),
        max(map(len, scenarios.values()), default=0),
        min((capture.manifest["started"] for capture in captures if capture.manifest["started"]), default=""),
        max((capture.manifest["ended"] for capture in captures if capture.manifest["ended"]), default=""),
        dict(sorted(origins.items())),
    )


def _paired(before: Scenarios, after: Scenarios) -> dict[str, Pair]:
    """Pair the captures of both sides by scenario; as one pair if the sides have no scenario in common."""
    if common := before.keys() & after.keys():
        return {scenario: (before[scenario], after[scenario]) for scenario in sorted(common)}
    old, new = ([features for repetitions in side.values() for features in repetitions] for side in (before, after))
    return {"": (old, new)}


def _without_stand_in(
    differences: Iterable[Difference], groups: Mapping[str, Pair]
) -> tuple[list[Difference], list[Difference]]:
    """Separate differences in responses if a stand-in answered on a side."""
    origins = {origin for pair in groups.values() for side in pair for features in side for origin in features.origins}
    conclusive, inconclusive = list[Difference](), list[Difference]()
    for each in differences:
        (inconclusive if each.direction == SERVER and _STAND_IN in origins else conclusive).append(each)
    return conclusive, inconclusive


def _stand_in_summary(differences: Sequence[Difference], rules: Tables) -> Iterator[Difference]:
    if differences:
        rule, count = rules.rule("", "", "stand-in"), len(differences)
        scenarios = sorted({scenario for each in differences for scenario in each.groups})
        occurrences, places = (Occurrence(count, count), Occurrence(count, count)), quantity(count, "place")
        yield difference(rule, NOWHERE, occurrences, scenarios, differences[0].of_groups, rules, name=places)


def _missing_parts(groups: Mapping[str, Pair], rules: Tables) -> Iterator[Difference]:
    """Yield a difference for each part that all exchanges of one side lack, but not all of the other."""
    sides = [[features for pair in groups.values() for features in pair[side]] for side in (0, 1)]
    totals = [sum(features.exchanges for features in side) for side in sides]
    counts = [sum((features.untold for features in side), Counter[str]()) for side in sides]
    for name in sorted(counts[0].keys() | counts[1].keys()):
        is_missing = [bool(totals[side]) and counts[side][name] == totals[side] for side in (0, 1)]
        if is_missing[0] != is_missing[1]:
            shown = ["missing" if side else "present" for side in is_missing]
            occurrences = [Occurrence(totals[side] - counts[side][name], totals[side], shown[side]) for side in (0, 1)]
            rule = rules.rule("", "", "untold")
            yield difference(
                rule, NOWHERE, (occurrences[0], occurrences[1]), (), len(groups), rules, same=[name], name=name
            )


def _missing_scenarios(
    before: Scenarios, after: Scenarios, groups: Mapping[str, Pair], rules: Tables
) -> Iterator[Difference]:
    """Yield a difference for each scenario that one side lacks."""
    if before.keys().isdisjoint(after):
        return
    for scenario in sorted(before.keys() ^ after.keys()):
        captures = [side.get(scenario, ()) for side in (before, after)]
        shown = ["recorded" if repetitions else "not recorded" for repetitions in captures]
        occurrences = [Occurrence(len(captures[side]), len(captures[side]), shown[side]) for side in (0, 1)]
        rule, name = rules.rule("", "", "scenario"), scenario or "(none)"
        yield difference(
            rule, NOWHERE, (occurrences[0], occurrences[1]), [scenario], len(groups), rules, same=[name], name=name
        )


def _ignored(noise: Iterable[tuple[Share, str]], groups: Mapping[str, Pair]) -> Iterator[Ignored]:
    """Yield the places whose differences are noise, and those with the client's own version."""
    places: dict[tuple[str, str, str], set[str]] = {}
    for share, why in noise:
        path = share.feature.path
        key = str(path.case), f"{path.analyzer}#{path.place}", why
        places.setdefault(key, set()).update(share.steady, share.unsteady)
    for scenario, pair in groups.items():
        for path in {path for side in pair for features in side for path in features.versioned}:
            key = str(path.case), f"{path.analyzer}#{path.place}", "contains the client's own version"
            places.setdefault(key, set()).add(scenario)
    for (operation, place, why), scenarios in sorted(places.items()):
        yield Ignored(operation, place, why, len(scenarios))
