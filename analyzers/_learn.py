"""Learning from captures: every observation of every analyzer is given to the learner of a schemas folder."""

from collections.abc import Iterable
from pathlib import Path

from analyzers._contract import observations, registry
from captures.store import Capture, Unreadable
from schemas import routing
from schemas.learn import Learner


def learn(
    captures: Iterable[Capture],
    folder: Path,
    *,
    hosts: tuple[str, ...] = (),
    only: tuple[str, ...] = (),
    problems: list[str] | None = None,
) -> list[str]:
    """Widens the schemas of a folder so that the captures pass, and returns what changed, a line each, sorted.

    `hosts` restricts learning to exchanges with these hosts, `only` to these analyzers: what a stand-in answered, for
    example, says nothing of the service. Parts that cannot be read are added to `problems`.
    """
    learner = Learner(folder)
    seen: set[tuple[str, str, str]] = set()

    def unread(fault: Unreadable) -> None:
        if problems is None:
            raise fault
        problems.append(str(fault))

    for capture in captures:
        bench = [(one.id, one.start()) for one in registry().values() if one.id in only or not only]
        for exchange in capture.exchanges(unread):
            if hosts and exchange.request.host not in hosts:
                continue
            if "request" not in exchange.absent:
                method, _, template = exchange.operation.partition(" ")
                seen.add((method, template, exchange.request.host))
            for name, observe in bench:
                for _, observation in observations(observe, exchange):
                    learner.take(name, observation)
    changes = [str(change) for change in learner.write()]
    routed = routing.accept(folder, seen) if "operations" in only or not only else []
    return sorted([*changes, *routed])
