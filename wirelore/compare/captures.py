"""The comparison of two sides, captures or sets of captures: what differs, what that means, and what was noise.

Written once, over the observations of every analyzer; which differences there are, and their classes, is data
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
from wirelore.store.writer import Capture

_STAND_IN = "stand-in"

Scenarios = Mapping[str, Sequence[Features]]
"""The features of captures by scenario."""


@dataclass(frozen=True)
class Recorded:
    """One side, read: what it is, and the features of its captures by scenario."""

    side: Side
    captures: Scenarios
    problems: tuple[str, ...] = ()
    """What could not be read, a message each."""
    content: bool = False
    """Whether long texts were kept."""


def compare(
    before: Sequence[Capture],
    after: Sequence[Capture],
    *,
    names: tuple[str, str],
    noise: Sequence[Capture] = (),
    content: bool = False,
) -> Comparison:
    """What differs between the captures of two sides.

    `noise` holds further captures of the first side, which show what differs by itself; several captures of a scenario
    on one side do so too. With `content` long texts are shown whole. Raises wirelore.store.writer.Unreadable.
    """
    masked = has_several_keys((*before, *noise, *after))
    old = read(names[0], before, noise=noise, content=content, masked=masked)
    return compared(old, read(names[1], after, content=content, masked=masked))


def has_several_keys(captures: Iterable[Capture]) -> bool:
    """Whether captures were redacted under different keys, so that one secret has different pseudonyms in them."""
    return len({str(capture.manifest.get("redaction", {}).get("key", "")) for capture in captures}) > 1


def read(
    name: str,
    captures: Sequence[Capture],
    *,
    noise: Sequence[Capture] = (),
    content: bool = False,
    masked: bool = False,
) -> Recorded:
    """The captures of one side, read, with `masked` without their pseudonyms. Raises wirelore.store.writer.Unreadable.

    Captures of one scenario are repetitions of it. Those that tell no scenario are one recording together, and `noise`
    another one of the same.
    """
    problems: list[str] = []
    found = _by_scenario(captures, problems, content=content, masked=masked)
    for scenario, repeated in _by_scenario(noise, problems, content=content, masked=masked).items():
        found.setdefault(scenario, []).extend(repeated)
    return Recorded(_side(name, (*captures, *noise), found), found, tuple(problems), content)


def _by_scenario(
    captures: Iterable[Capture], problems: list[str], *, content: bool, masked: bool
) -> dict[str, list[Features]]:
    found: dict[str, list[Features]] = {}
    for capture in captures:
        labels = capture.labels
        exchanges = capture.exchanges(lambda fault: problems.append(str(fault)))
        version = labels.get("version", "")
        made = features_of(exchanges, capture.name, tables(), version, content=content, masked=masked)
        of_scenario = found.setdefault(labels.get("scenario", ""), [])
        if of_scenario and "scenario" not in labels:
            of_scenario[0].add(made)
        else:
            of_scenario.append(made)
    return found


def compared(before: Recorded, after: Recorded) -> Comparison:
    """What differs between two sides."""
    told, groups = tables(), _paired(before.captures, after.captures)
    weighed = without_noise(groups)
    made = Differences(groups, told, content=before.content and after.content).of(weighed.real)
    found, invented = _parted([*made, *measures.differences(groups, told)], groups)
    found += [
        *_of_stand_in(invented, told),
        *_untold(groups, told),
        *_alone(before.captures, after.captures, groups, told),
    ]
    ranked, noise = tuple(sorted(found, key=_rank)), tuple(_set_aside(weighed.noise, groups))
    return Comparison(before.side, after.side, ranked, noise, (*before.problems, *after.problems))


def _rank(one: Difference) -> tuple[int, str, str, str, str, str]:
    return KINDS.index(one.kind), one.direction, one.operation, one.place, one.rule, one.fingerprint


def _side(name: str, captures: Sequence[Capture], read: Scenarios) -> Side:
    clients, origins = Counter[str](), Counter[str]()
    for each in (one for of_scenario in read.values() for one in of_scenario):
        clients.update(each.clients)
        origins.update(each.origins)
    return Side(
        name,
        tuple(sorted(clients, key=lambda client: (-clients[client], client))),
        len(captures),
        sum(origins.values()),
        tuple(sorted(scenario for scenario in read if scenario)),
        max(map(len, read.values()), default=0),
        min((one.manifest["started"] for one in captures if one.manifest["started"]), default=""),
        max((one.manifest["ended"] for one in captures if one.manifest["ended"]), default=""),
        dict(sorted(origins.items())),
    )


def _paired(before: Scenarios, after: Scenarios) -> dict[str, Pair]:
    """The captures of both sides by scenario; all together if the sides have no scenario in common."""
    if common := before.keys() & after.keys():
        return {scenario: (before[scenario], after[scenario]) for scenario in sorted(common)}
    return {"": ([one for each in before.values() for one in each], [one for each in after.values() for one in each])}


def _parted(found: Iterable[Difference], groups: Mapping[str, Pair]) -> tuple[list[Difference], list[Difference]]:
    """What can be judged, and differences in answers where a stand-in gave some of them."""
    origins = {origin for pair in groups.values() for side in pair for features in side for origin in features.origins}
    kept, invented = list[Difference](), list[Difference]()
    for one in found:
        (invented if one.direction == SERVER and _STAND_IN in origins else kept).append(one)
    return kept, invented


def _of_stand_in(invented: Sequence[Difference], told: Tables) -> Iterator[Difference]:
    if invented:
        rule, count = told.rule("", "", "stand-in"), len(invented)
        scenarios = sorted({scenario for one in invented for scenario in one.groups})
        occurrences = Occurrence(count, count), Occurrence(count, count)
        yield difference(rule, NOWHERE, occurrences, scenarios, invented[0].of_groups, told, name=str(count))


def _untold(groups: Mapping[str, Pair], told: Tables) -> Iterator[Difference]:
    """What all exchanges of one side do not tell, and those of the other do."""
    sides = [[features for pair in groups.values() for features in pair[side]] for side in (0, 1)]
    totals = [sum(features.exchanges for features in side) for side in sides]
    counts = [sum((features.untold for features in side), Counter[str]()) for side in sides]
    for name in sorted(counts[0].keys() | counts[1].keys()):
        silent = [bool(totals[side]) and counts[side][name] == totals[side] for side in (0, 1)]
        if silent[0] != silent[1]:
            shown = ["not told" if side else "told" for side in silent]
            occurrences = [Occurrence(totals[side] - counts[side][name], totals[side], shown[side]) for side in (0, 1)]
            rule = told.rule("", "", "untold")
            yield difference(
                rule, NOWHERE, (occurrences[0], occurrences[1]), (), len(groups), told, same=[name], name=name
            )


def _alone(before: Scenarios, after: Scenarios, groups: Mapping[str, Pair], told: Tables) -> Iterator[Difference]:
    """Scenarios that one side lacks."""
    if before.keys().isdisjoint(after):
        return
    for scenario in sorted(before.keys() ^ after.keys()):
        had = [side.get(scenario, ()) for side in (before, after)]
        shown = ["recorded" if captures else "not recorded" for captures in had]
        occurrences = [Occurrence(len(had[side]), len(had[side]), shown[side]) for side in (0, 1)]
        rule, name = told.rule("", "", "scenario"), scenario or "(none)"
        yield difference(
            rule, NOWHERE, (occurrences[0], occurrences[1]), [scenario], len(groups), told, same=[name], name=name
        )


def _set_aside(noise: Iterable[tuple[Share, str]], groups: Mapping[str, Pair]) -> Iterator[Ignored]:
    """The places whose differences are noise, and those that hold nothing but the client's own version."""
    found: dict[tuple[str, str, str], set[str]] = {}
    for weight, why in noise:
        path = weight.feature.path
        key = str(path.case), f"{path.analyzer}#{path.place}", why
        found.setdefault(key, set()).update(weight.steady, weight.unsteady)
    for scenario, pair in groups.items():
        for path in {path for side in pair for features in side for path in features.versioned}:
            key = str(path.case), f"{path.analyzer}#{path.place}", "holds the client's own version"
            found.setdefault(key, set()).add(scenario)
    for (operation, place, why), scenarios in sorted(found.items()):
        yield Ignored(operation, place, why, len(scenarios))
