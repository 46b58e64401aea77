"""The tables as Markdown, with the lists below them."""

from collections import Counter
from collections.abc import Iterator, Mapping

from benchmarks.inference import generalisation as general
from benchmarks.inference import sensitivity as sense
from benchmarks.inference.corpus import short
from benchmarks.inference.corruption import EVIDENCE
from benchmarks.inference.kinds import KINDS
from benchmarks.inference.study import Study
from benchmarks.inference.tables import share, table
from benchmarks.inference.verdicts import Judged, Verdicts, judged, most, summed

_WHAT = {
    "request-bodies": "request bodies",
    "response-bodies": "response bodies",
    "event-payloads": "events",
    "event-sequence": "streams",
    "error-bodies": "error bodies",
    "request-headers": "request heads",
    "response-headers": "response heads",
}
_LISTED = 60
_REAL = f"""Up to {sense.PLACES} places of each kind, drawn in turn from all general places. A place in a document
counts if {EVIDENCE} distinct training observations had it, with a value of the type that stands there;
a place in a head if training had the operation; a missing header if training had no request of the same client
and operation without it. What training never had is no corruption here: it is in table 2.
"""


def soundness(study: Study) -> Iterator[str]:
    """Yield table 1: the share of learned exchanges that pass."""
    yield "### Soundness: learned exchanges without a warning or an error\n"
    rows = [_sound("all six", judged(study.exchanges, study.lessons, study.everything()))]
    for name, exchanges in study.corpus.items():
        rows.append(_sound(f"{short(name)} alone", judged(exchanges, study.lessons, study.alone(name))))
    yield table(["learned and checked", "exchanges", *_WHAT.values()], rows)


def _sound(name: str, result: Judged) -> list[str]:
    passed = share(result.exchanges - result.exchanges_with_finding, result.exchanges)
    return [name, passed, *(_passing(result.verdicts, analyzer, "with_warning") for analyzer in _WHAT)]


def _passing(verdicts: Mapping[str, Verdicts], analyzer: str, failing: str) -> str:
    one = verdicts.get(analyzer, Verdicts())
    return share(one.observations - getattr(one, failing), one.observations)


def generalisation(study: Study) -> Iterator[str]:
    """Yield table 2: learned from five repositories, checked on the sixth."""
    results, errors, warnings = {}, Counter[tuple[str, ...]](), Counter[tuple[str, ...]]()
    for name, exchanges in study.corpus.items():
        results[name] = judged(exchanges, study.lessons, study.without(name))
        census = study.census_without(name)
        errors += general.failures(results[name], census, "error")
        warnings += general.failures(results[name], census, "warning")
    head = ["left out", *(_WHAT[analyzer] for analyzer in general.COLUMNS)]
    every = {**{short(name): each.verdicts for name, each in results.items()}}
    every["all"] = summed(each.verdicts for each in results.values())
    for title, failing in (("an error", "with_error"), ("a warning or an error", "with_warning")):
        yield f"### Generalisation: exchanges of a repository that was not learned, without {title}\n"
        rows = [[n, *(_passing(verdicts, a, failing) for a in general.COLUMNS)] for n, verdicts in every.items()]
        yield table(head, rows)
    columns = ["count", "analyzer", "operation", "rule", "pointer", "value", "evidence"]
    yield "Every error:\n"
    yield table(columns, general.rows(errors))
    shown = general.rows(Counter({key: n for key, n in warnings.items() if key[0] in general.COLUMNS}))
    yield f"Warnings of these analyzers, the {min(_LISTED, len(shown))} most frequent of {len(shown)} kinds:\n"
    yield table(columns, shown[:_LISTED])


def sensitivity(study: Study) -> Iterator[str]:
    """Yield table 3: corruptions of held-back exchanges that are detected at the right pointer."""
    settings = {"a fifth held out": [study.held_back], "a repository left out": study.each_left_out()}
    outcomes = {name: sense.outcomes(trials) for name, trials in settings.items()}
    yield "### Sensitivity: corruptions found at the right pointer\n"
    yield _REAL
    head = ["corruption"]
    for name in settings:
        head += [f"{name}: warning or error", "error"]
    rows = [[kind, *_caught([outcomes[name][kind] for name in settings])] for kind in KINDS]
    yield table(head, rows)
    yield "Misses by place:\n"
    missed = [(kind, name, *row) for kind in KINDS for name in settings for row in _missed(outcomes[name][kind])]
    yield table(["corruption", "setting", "place", "missed", "of these, reported elsewhere"], missed)


def _caught(outcomes: list[sense.Outcome]) -> Iterator[str]:
    for outcome in outcomes:
        yield share(outcome.caught, outcome.applied)
        yield share(outcome.errors, outcome.applied).partition(" (")[0]


def _missed(outcome: sense.Outcome) -> list[tuple[str, int, int]]:
    return [(f"`{place}`", number, outcome.elsewhere[place]) for place, number in most(outcome.missed)]
