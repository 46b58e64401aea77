"""The leak campaign: no part of thousands of planted secrets remains in any byte of a capture."""

import os
import random
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.leaks import campaign, foreign, traffic
from tests.leaks.kinds import WORD
from tests.leaks.places import HOST, PLACES, WINDOWS
from tests.leaks.planting import Plant
from tests.leaks.search import Search
from tests.project import ROOT
from tests.upstream import serving, until
from wirelore.formats.importing import import_recordings
from wirelore.recorder.proxy import Proxy
from wirelore.redaction import keys
from wirelore.redaction.audit.leak_scan import leaks
from wirelore.redaction.audit.redaction_counts import Account
from wirelore.redaction.foreign.rewriting import redact
from wirelore.redaction.machine_names import machine_names
from wirelore.redaction.redactor import Redactor
from wirelore.skeleton import skeleton_copy
from wirelore.store.writer import Capture

pytestmark = pytest.mark.leaks
Summary = Callable[[str], None]
Written = tuple[list[Plant], Path]


@pytest.fixture(scope="session")
def written(seed: int, summary: Summary, tmp_path_factory: pytest.TempPathFactory) -> Written:
    """A capture with secrets of every kind in every place, and the plants."""
    chance = random.Random(seed)
    planted, capture = campaign.everywhere(chance, 2), tmp_path_factory.mktemp("written") / "capture"
    campaign.write(capture, planted, PLACES, chance)
    for line in campaign.counted(planted):
        summary(line)
    return planted, capture


def assert_nothing_remains(
    planted: Sequence[Plant], folder: Path, summary: Summary, description: str, **texts: str
) -> None:
    """Fail with a table of the remains in a folder or in the output of a command."""
    search = Search(planted)
    remains = list(search.folder(folder))
    for name, text in texts.items():
        remains += search.data(text.encode("utf-8", "surrogateescape"), name)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) + sum(map(len, texts.values()))
    found_count = len({id(remain.plant) for remain in remains})
    summary(f"{description}: {len(planted)} planted, {found_count} found in {size:,} bytes")
    if remains:
        pytest.fail(f"{found_count} of {len(planted)} secrets remain\n{campaign.table(remains)}", pytrace=False)


def output_of(*arguments: str | Path, code: int = 0) -> dict[str, str]:
    """Return the output of a wirelore command."""
    command = [sys.executable, "-m", "wirelore", *map(str, arguments)]
    process = subprocess.run(command, capture_output=True, text=True, errors="surrogateescape", check=False)
    assert process.returncode == code, process.stderr[-300:]
    return {"stdout": process.stdout, "stderr": process.stderr}


def test_no_part_of_a_secret_remains_in_any_place(written: Written, summary: Summary) -> None:
    planted, capture = written
    assert_nothing_remains(planted, capture, summary, "written")


def test_no_command_that_reads_the_capture_prints_a_secret(written: Written, tmp_path: Path, summary: Summary) -> None:
    planted, capture = written
    for command in ("list", "show"):
        names = ["--captures", capture.parent] if command == "list" else [capture]
        assert_nothing_remains(planted, tmp_path, summary, f"wirelore {command}", **output_of(command, *names))


def test_no_part_of_a_secret_remains_in_a_skeleton_copy(written: Written, tmp_path: Path, summary: Summary) -> None:
    planted, capture = written
    skeleton_copy.write(Capture(capture), tmp_path / "receipt", b"k" * keys.SIZE, "")
    assert_nothing_remains(planted, tmp_path / "receipt", summary, "in its skeleton copy")


def test_verify_reports_no_pseudonym_as_a_secret(written: Written, summary: Summary) -> None:
    account = Account()
    leaks_found = [str(leak) for leak in leaks(written[1], account=account) if leak.level == "residue"]
    summary(
        f"wirelore verify: {account.explained} strings recognised as pseudonyms, {len(leaks_found)} reported as secrets"
    )
    assert leaks_found == []


def test_no_part_of_a_secret_remains_at_the_end_of_a_window(
    tmp_path: Path, chance: random.Random, summary: Summary
) -> None:
    planted = campaign.plants(WINDOWS, chance, 1, 30)
    campaign.write(tmp_path / "capture", planted, [WINDOWS], chance)
    assert_nothing_remains(planted, tmp_path / "capture", summary, "at the ends of windows")


@pytest.mark.parametrize("name", foreign.FORMATS)
def test_no_part_of_a_secret_remains_after_an_import(
    tmp_path: Path, chance: random.Random, summary: Summary, name: str
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    planted = list(foreign.files(source, name, chance, 20))
    paths = [path for path in source.rglob("*") if path.is_file()]  # bare bodies must be given as files
    account = import_recordings(paths, tmp_path / "capture", campaign.redactor(planted))
    assert (account.problems, account.skipped) == ([], [])
    assert_nothing_remains(planted, tmp_path / "capture", summary, f"imported from {name}")


@pytest.mark.parametrize("name", foreign.FORMATS)
def test_no_part_of_a_secret_remains_in_a_redacted_foreign_file(
    tmp_path: Path, chance: random.Random, summary: Summary, name: str
) -> None:
    source, output = tmp_path / "source", tmp_path / "output"
    source.mkdir()
    output.mkdir()
    planted = list(foreign.files(source, name, chance, 6))
    redactor = campaign.redactor(planted)
    for number, path in enumerate(sorted(item for item in source.rglob("*") if item.is_file())):
        redact(path, output / f"{number}{path.suffix}", redactor)
    plants_in_source = {
        id(item.plant): item.plant for item in Search(planted).folder(source)
    }  # file names are not redacted
    assert_nothing_remains(list(plants_in_source.values()), output, summary, f"redacted as {name}")


def test_no_part_of_a_secret_remains_after_a_recording(tmp_path: Path, chance: random.Random, summary: Summary) -> None:
    plants_by_place = [
        (place, campaign.plants(place, chance, 1, min(30, 6 * place.batch))) for place in traffic.PLACES_SENT
    ]
    names = [plant.secret for _, plants in plants_by_place for plant in plants if plant.kind is WORD][:2]
    plants_by_place = [
        (place, [plant for plant in plants if plant.kind is not WORD or plant.secret in names])
        for place, plants in plants_by_place
    ]
    exchanges = [exchange for place, plants in plants_by_place for exchange in campaign.built(place, plants, chance)]
    planted = [plant for _, plants in plants_by_place for plant in plants]
    capture, home = tmp_path / "capture", tmp_path / (names[0] if names else "home")
    home.mkdir()
    user = {"HOME": str(home), "LOGNAME": names[-1] if names else "somebody"}
    with serving() as upstream:
        traffic.serve(upstream, exchanges)
        options = {
            "wirelore_capture": str(capture),
            "wirelore_hosts": "plain.test",
            "wirelore_route": f"plain.test=127.0.0.1:{upstream.port}",
        }
        environment = {**os.environ, **user, "XDG_DATA_HOME": str(tmp_path / "data")}
        scripts = [ROOT / "addons" / "record.py", ROOT / "addons" / "route.py"]
        with Proxy(scripts, options, env=environment) as proxy:
            assert traffic.send(proxy.port, "plain.test", exchanges) == len(exchanges)
            until(lambda: (capture / "index.jsonl").read_bytes().count(b"\n") >= len(exchanges), 30)
            proxy.stop()
            log = proxy.log.read_text(errors="replace")
    assert len(list(Capture(capture).exchanges())) == len(exchanges)
    assert_nothing_remains(
        planted, capture, summary, f"recorded in {len(exchanges)} exchanges through mitmdump", mitmdump=log
    )


def test_the_recorder_knows_the_names_of_the_machine() -> None:
    host = socket.gethostname()
    assert {host, host.partition(".")[0], Path.home().name} <= set(machine_names())


def test_a_complete_secret_has_the_same_pseudonym_in_every_place(chance: random.Random, summary: Summary) -> None:
    kinds = campaign.whole_kinds()
    redactor, differing = Redactor(campaign.KEY), []
    for kind in kinds:
        secret = kind.make(chance)
        expected = redactor.pseudonyms.pseudonym(secret.encode()).decode()
        scrub = redactor.exchange()
        results = [
            scrub.headers([("Authorization", f"Bearer {secret}")])[0][1],
            scrub.text(kind.text(secret)),
            scrub.text(f'{{"access_token":"{secret}"}}'),
            scrub.text(f'{{"x":"{{\\"note\\":\\"{kind.text(secret)}\\"}}"}}'),
        ]
        if any(expected not in result for result in results):
            differing.append((kind.name, [expected in result for result in results]))
    summary(f"pseudonyms: {len(kinds)} kinds in 4 places, {len(differing)} differ")
    assert differing == []


def test_detect_secrets_reports_nothing_that_was_planted(written: Written, summary: Summary) -> None:
    pytest.importorskip("detect_secrets", reason="it comes with the extra `outside`")
    from tests.leaks import scanner

    planted, capture = written
    search, pseudonyms = Search(planted), campaign.pseudonyms(planted)
    reports = list(scanner.reports(capture))
    remains = list(search.data("\n".join(report.value for report in reports).encode(), "a report"))
    explained = Counter(campaign.explanation(report.value, pseudonyms, capture) for report in reports)
    listed = ", ".join(f"{name} {count}" for name, count in sorted(explained.items()))
    summary(
        f"detect-secrets, all plugins: {len(reports)} reports, {len(remains)} of planted secrets; classes: {listed}"
    )
    if remains:
        pytest.fail(campaign.table(remains), pytrace=False)
    assert explained["pseudonyms"] > 100, "pseudonyms look like secrets, so a scanner that reads the files reports them"


BROKEN = {
    "url.har": '{{"log": {{"entries": [{{"request": {{"method": "GET", "url": "{0}"}}, "response": {{}}}}]}}}}',
    "headers.har": '{{"log": {{"entries": [{{"request": {{"url": "https://x.test/", "headers": "{0}"}}}}]}}}}',
    "cut.har": '{{"log": {{"entries": [{{"request": {{"url": "https://x.test/{0}',
    "status.yaml": "interactions:\n- request: {{uri: 'https://x.test/{0}'}}\n  response: {{status: '{0}'}}\n",
    "broken.yaml": "interactions:\n- request: [{0}\n  {0}: {{\n",
    "line.jsonl": '{{"request": {{"url": "{0}", "timestamp": "{0}"}}, "response": "{0}"}}\n{{"request": {{ {0}\n',
    "flow.flows": "40:9:websocket;{0},",
    "none.json": '{{"{0}": ',
}


def test_a_failed_import_prints_no_secret(tmp_path: Path, chance: random.Random, summary: Summary) -> None:
    source, key = tmp_path / "source", tmp_path / "key"
    source.mkdir()
    keys.load(key)
    planted = []
    for name, content in BROKEN.items():
        plants = [plant for plant in campaign.plants(HOST, chance, 1, 8) if plant.kind is not WORD]
        planted += plants
        for number, plant in enumerate(plants):
            (source / f"{number}-{name}").write_text(content.format(plant.secret))
    texts = output_of("import", source, "--captures", tmp_path / "to", "--into", "x", "--key", key, code=2)
    assert "not imported" in texts["stdout"] + texts["stderr"]
    assert_nothing_remains(planted, tmp_path / "to", summary, "in files that cannot be imported", **texts)
