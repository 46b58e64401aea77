"""The leak campaign: of thousands of planted secrets no part is left in any byte of a capture."""

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
from wirelore.formats.importing import bring
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
Tell = Callable[[str], None]
Written = tuple[list[Plant], Path]


@pytest.fixture(scope="session")
def written(seed: int, tell: Tell, tmp_path_factory: pytest.TempPathFactory) -> Written:
    """A capture with secrets of every kind in every place, and what was planted."""
    chance = random.Random(seed)
    given, capture = campaign.everywhere(chance, 2), tmp_path_factory.mktemp("written") / "capture"
    campaign.write(capture, given, PLACES, chance)
    for line in campaign.counted(given):
        tell(line)
    return given, capture


def nothing_is_left(given: Sequence[Plant], folder: Path, tell: Tell, what: str, **texts: str) -> None:
    """Fails with a table of what is left in a folder, or in what a command said."""
    search = Search(given)
    left = list(search.folder(folder))
    for name, text in texts.items():
        left += search.data(text.encode("utf-8", "surrogateescape"), name)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) + sum(map(len, texts.values()))
    found = len({id(one.plant) for one in left})
    tell(f"{what}: {len(given)} planted, {found} found in {size:,} bytes")
    if left:
        pytest.fail(f"{found} of {len(given)} secrets left\n{campaign.table(left)}", pytrace=False)


def said(*arguments: str | Path, code: int = 0) -> dict[str, str]:
    """What a command of ours prints."""
    command = [sys.executable, "-m", "wirelore", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, errors="surrogateescape", check=False)
    assert done.returncode == code, done.stderr[-300:]
    return {"stdout": done.stdout, "stderr": done.stderr}


def test_no_part_of_a_secret_is_left_wherever_it_was_planted(written: Written, tell: Tell) -> None:
    given, capture = written
    nothing_is_left(given, capture, tell, "written")


def test_no_command_that_reads_the_capture_says_a_secret(written: Written, tmp_path: Path, tell: Tell) -> None:
    given, capture = written
    for command in ("list", "show"):
        names = ["--captures", capture.parent] if command == "list" else [capture]
        nothing_is_left(given, tmp_path, tell, f"wirelore {command}", **said(command, *names))


def test_no_part_of_a_secret_is_left_in_a_receipt(written: Written, tmp_path: Path, tell: Tell) -> None:
    given, capture = written
    skeleton_copy.write(Capture(capture), tmp_path / "receipt", b"k" * keys.SIZE, "")
    nothing_is_left(given, tmp_path / "receipt", tell, "in the receipt of it")


def test_verify_takes_none_of_the_pseudonyms_for_a_secret(written: Written, tell: Tell) -> None:
    account = Account()
    left = [str(one) for one in leaks(written[1], account=account) if one.level == "residue"]
    tell(f"wirelore verify: {account.explained} strings known as pseudonyms, {len(left)} taken for secrets")
    assert left == []


def test_no_part_of_a_secret_is_left_where_a_window_ends(tmp_path: Path, chance: random.Random, tell: Tell) -> None:
    given = campaign.plants(WINDOWS, chance, 1, 30)
    campaign.write(tmp_path / "capture", given, [WINDOWS], chance)
    nothing_is_left(given, tmp_path / "capture", tell, "at the ends of windows")


@pytest.mark.parametrize("name", foreign.FORMATS)
def test_no_part_of_a_secret_is_left_after_an_import(
    tmp_path: Path, chance: random.Random, tell: Tell, name: str
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    given = list(foreign.files(source, name, chance, 20))
    paths = [path for path in source.rglob("*") if path.is_file()]  # bare bodies are imported if they are named
    account = bring(paths, tmp_path / "capture", campaign.redactor(given))
    assert (account.problems, account.skipped) == ([], [])
    nothing_is_left(given, tmp_path / "capture", tell, f"imported from {name}")


@pytest.mark.parametrize("name", foreign.FORMATS)
def test_no_part_of_a_secret_is_left_in_a_foreign_file_that_was_redacted(
    tmp_path: Path, chance: random.Random, tell: Tell, name: str
) -> None:
    source, output = tmp_path / "source", tmp_path / "output"
    source.mkdir()
    output.mkdir()
    given = list(foreign.files(source, name, chance, 6))
    redactor = campaign.redactor(given)
    for number, path in enumerate(sorted(one for one in source.rglob("*") if one.is_file())):
        redact(path, output / f"{number}{path.suffix}", redactor)
    there = {id(one.plant): one.plant for one in Search(given).folder(source)}  # names of files are not looked into
    nothing_is_left(list(there.values()), output, tell, f"redacted as {name}")


def test_no_part_of_a_secret_is_left_after_a_recording(tmp_path: Path, chance: random.Random, tell: Tell) -> None:
    planted = [(place, campaign.plants(place, chance, 1, min(30, 6 * place.batch))) for place in traffic.PLACES_SENT]
    names = [plant.secret for _, plants in planted for plant in plants if plant.kind is WORD][:2]
    planted = [
        (place, [one for one in plants if one.kind is not WORD or one.secret in names]) for place, plants in planted
    ]
    exchanges = [made for place, plants in planted for made in campaign.built(place, plants, chance)]
    given = [plant for _, plants in planted for plant in plants]
    capture, home = tmp_path / "capture", tmp_path / (names[0] if names else "home")
    home.mkdir()
    user = {"HOME": str(home), "LOGNAME": names[-1] if names else "somebody"}
    with serving() as upstream:
        traffic.served(upstream, exchanges)
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
    nothing_is_left(given, capture, tell, f"recorded in {len(exchanges)} exchanges through mitmdump", mitmdump=log)


def test_the_recorder_knows_the_names_of_the_machine() -> None:
    host = socket.gethostname()
    assert {host, host.partition(".")[0], Path.home().name} <= set(machine_names())


def test_a_secret_has_the_same_pseudonym_wherever_it_stands_whole(chance: random.Random, tell: Tell) -> None:
    kinds = campaign.whole_kinds()
    redactor, differing = Redactor(campaign.KEY), []
    for kind in kinds:
        secret = kind.make(chance)
        expected = redactor.pseudonyms.pseudonym(secret.encode()).decode()
        scrub = redactor.exchange()
        done = [
            scrub.headers([("Authorization", f"Bearer {secret}")])[0][1],
            scrub.text(kind.text(secret)),
            scrub.text(f'{{"access_token":"{secret}"}}'),
            scrub.text(f'{{"x":"{{\\"note\\":\\"{kind.text(secret)}\\"}}"}}'),
        ]
        if any(expected not in one for one in done):
            differing.append((kind.name, [expected in one for one in done]))
    tell(f"pseudonyms: {len(kinds)} kinds in 4 places, {len(differing)} differ")
    assert differing == []


def test_detect_secrets_reports_nothing_that_was_planted(written: Written, tell: Tell) -> None:
    pytest.importorskip("detect_secrets", reason="it comes with the extra `outside`")
    from tests.leaks import scanner

    given, capture = written
    search, pseudonyms = Search(given), campaign.pseudonyms(given)
    reports = list(scanner.reports(capture))
    planted = list(search.data("\n".join(report.value for report in reports).encode(), "a report"))
    explained = Counter(campaign.explanation(report.value, pseudonyms, capture) for report in reports)
    listed = ", ".join(f"{name} {count}" for name, count in sorted(explained.items()))
    tell(f"detect-secrets, all plugins: {len(reports)} reports, {len(planted)} of planted secrets; they are: {listed}")
    if planted:
        pytest.fail(campaign.table(planted), pytrace=False)
    assert explained["pseudonyms"] > 100, "they have the shape of secrets: otherwise it has read nothing"


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


def test_a_failed_import_says_nothing_of_a_secret(tmp_path: Path, chance: random.Random, tell: Tell) -> None:
    source, key = tmp_path / "source", tmp_path / "key"
    source.mkdir()
    keys.load(key)
    given = []
    for name, content in BROKEN.items():
        plants = [plant for plant in campaign.plants(HOST, chance, 1, 8) if plant.kind is not WORD]
        given += plants
        for number, plant in enumerate(plants):
            (source / f"{number}-{name}").write_text(content.format(plant.secret))
    texts = said("import", source, "--captures", tmp_path / "to", "--into", "x", "--key", key, code=2)
    assert "not imported" in texts["stdout"] + texts["stderr"]
    nothing_is_left(given, tmp_path / "to", tell, "in files that cannot be imported", **texts)
