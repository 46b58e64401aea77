"""The other tools, run and measured on the same recordings, each in a format that it reads."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from benchmarks.inference import har
from benchmarks.inference.groups import Grouped
from benchmarks.inference.openapi import Described
from benchmarks.inference.peers import Installed
from benchmarks.inference.process import Run, run
from benchmarks.inference.tools import ByGroup, Schema
from wirelore.model.exchange import Exchange

_SCRIPT = Path(__file__).with_name("genson_worker.py")
_QUIET = "disable"


@dataclass(frozen=True)
class Made:
    """The result of a tool; None if it failed, with the reason in its run."""

    tool: ByGroup | Described | None
    runs: Sequence[Run]

    @property
    def problem(self) -> str:
        """The reason of a missing result."""
        return next((each.problem for each in self.runs if each.problem), "")

    @property
    def seconds(self) -> float:
        """The total time of its commands."""
        return sum(each.seconds for each in self.runs)

    @property
    def peak_mb(self) -> float:
        """The highest peak memory of its commands."""
        return max(each.peak_mb for each in self.runs)


@dataclass(frozen=True)
class Inputs:
    """The recordings in the formats of the tools."""

    folder: Path
    """The folder for the tools' output."""
    lines: Path
    """The documents as JSON lines `[group, document]`."""
    samples: Path
    """The documents in a folder per group, for quicktype."""
    names: dict[str, str]
    """The group by folder name."""
    archive: Path
    without_forms: Path
    """The archive without uploads, because mitmproxy2swagger fails on form bodies."""


def inputs(exchanges: Sequence[Exchange], every: Sequence[Grouped], folder: Path, *, arrays: bool = False) -> Inputs:
    """Write the inputs to a new folder; with `arrays` the samples of a group are one file, which is faster to read."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Inputs(
        folder, folder / "documents.jsonl", folder / "samples", {}, folder / "all.har", folder / "without-forms.har"
    )
    groups: dict[str, list[str]] = {}
    write_lines(every, made.lines)
    for each in every:
        groups.setdefault(each.group, []).append(json.dumps(each.document))
    for number, (group, texts) in enumerate(groups.items()):
        name = f"Group{chr(ord('A') + number)}"
        made.names[name] = group
        _write_samples(made.samples, name, texts, arrays=arrays)
    har.write(exchanges, made.archive)
    har.write((each for each in exchanges if not _is_form(each)), made.without_forms)
    return made


def write_lines(every: Iterable[Grouped], path: Path) -> None:
    """Write documents as JSON lines `[group, document]`."""
    with path.open("w", encoding="utf-8") as stream:
        stream.writelines(f"{json.dumps([each.group, each.document])}\n" for each in every)


def _write_samples(folder: Path, name: str, texts: list[str], *, arrays: bool) -> None:
    place = folder if arrays else folder / name
    place.mkdir(parents=True, exist_ok=True)
    if arrays:
        (place / f"{name}.json").write_text(f"[{', '.join(texts)}]", "utf-8")
        return
    for number, text in enumerate(texts):
        (place / f"{number}.json").write_text(text, "utf-8")


def _is_form(exchange: Exchange) -> bool:
    return "form" in (exchange.request.media_type or "")


def genson(at: Installed, given: Inputs) -> Made:
    """Run GenSON's schema builder for each group."""
    target = given.folder / "genson.json"
    done = run([str(at.python), str(_SCRIPT), str(given.lines), str(target)])
    return Made(None if done.problem else ByGroup(json.loads(target.read_text("utf-8"))), [done])


def quicktype(at: Installed, given: Inputs) -> Made:
    """Run quicktype with JSON Schema as its target language."""
    target = given.folder / "quicktype.json"
    command = [str(at.node and at.node / "quicktype"), "--telemetry", _QUIET, "--lang", "schema"]
    done = run([*command, "--src-lang", "json", "--src", str(given.samples), "--out", str(target)])
    if done.problem:
        return Made(None, [done])
    whole = json.loads(target.read_text("utf-8"))
    schemas: dict[str, Schema] = {}
    for name, group in given.names.items():
        if name in whole["definitions"]:
            schemas[group] = {
                "$schema": whole["$schema"],
                "$ref": f"#/definitions/{name}",
                "definitions": whole["definitions"],
            }
    return Made(ByGroup(schemas), [done])


def mitmproxy2swagger(at: Installed, given: Inputs) -> Made:
    """Run both passes: the first proposes paths, which are all accepted; the second describes them."""
    target = given.folder / "mitmproxy2swagger.yaml"
    tool = str(at.python and at.python.with_name("mitmproxy2swagger"))
    command = [tool, "-f", "har", "-i", str(given.without_forms), "-o", str(target), "-p", "https://api.anthropic.com"]
    first = run(command)
    if first.problem:
        return Made(None, [first])
    target.write_text(target.read_text("utf-8").replace("- ignore:", "- "), "utf-8")
    second = run(command)
    return Made(None if second.problem else Described(_yaml(target)), [first, second])


def har_to_openapi(at: Installed, given: Inputs) -> Made:
    """Run har-to-openapi with inferred path parameters and required members, without examples."""
    target = given.folder / "har-to-openapi.json"
    command = [
        str(at.node and at.node / "har-to-openapi"),
        str(given.archive),
        "--format",
        "json",
        "--output",
        str(target),
    ]
    options = ["--openapi-version", "3.1.0", "--requiredness", "observed", "--attempt-to-parameterize-url"]
    done = run([*command, *options, "--examples", "none"])
    return Made(None if done.problem else Described(json.loads(target.read_text("utf-8"))), [done])


def _yaml(path: Path) -> Any:
    return yaml.load(re.sub(r"\t", " ", path.read_text("utf-8")), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


PYPI = {"GenSON": genson, "mitmproxy2swagger": mitmproxy2swagger}
NPM = {"quicktype": quicktype, "har-to-openapi": har_to_openapi}


def all_of(at: Installed, given: Inputs) -> dict[str, Made]:
    """Run all tools; a tool that is not installed has a reason instead of a result."""
    missing = Made(None, [Run(0, 0, "", "; ".join(at.reasons) or "not installed")])
    made = {name: work(at, given) if at.python else missing for name, work in PYPI.items()}
    return made | {name: work(at, given) if at.node else missing for name, work in NPM.items()}
