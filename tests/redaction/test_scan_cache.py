"""The scan cache: a redactor that has seen an earlier body redacts like a new one."""

import json
import random

import pytest

from tests.secret_shapes import KEY, TOKEN, UUID
from wirelore.redaction.redactor import Redactor
from wirelore.redaction.scan_cache import SHORTEST, ScanCache
from wirelore.redaction.secret_scan import Span

SECRETS = (TOKEN, UUID, "ada@example.org", "/home/ada/work", "plain words", 'sid="q1w2"')


def turn(rng: random.Random) -> dict[str, object]:
    words = " ".join(rng.choice(("lorem", "ipsum", "dolor", rng.choice(SECRETS))) for _ in range(rng.randint(1, 300)))
    return {"role": rng.choice(("user", "assistant")), "content": [{"type": "text", "text": words}]}


def redacted_body(redactor: Redactor, content: bytes) -> tuple[bytes, dict[str, int]]:
    scrub = redactor.exchange()
    body = scrub.body()
    return body.feed(content) + body.finish(), dict(scrub.counts)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_a_growing_conversation_is_redacted_as_if_each_body_were_the_first(seed: int) -> None:
    rng = random.Random(seed)
    redactor, turns = Redactor(KEY), [turn(rng) for _ in range(60)]
    largest = 0
    for number in range(6):
        document = {"messages": turns, "metadata": {"session_id": f"s-{seed}"}, "count": number}
        content = json.dumps(document).encode()
        assert redacted_body(redactor, content) == redacted_body(Redactor(KEY), content)
        largest = max(largest, len(content))
        turns = [*turns[: len(turns) - rng.randint(0, 3)], *(turn(rng) for _ in range(rng.randint(1, 60)))]
    assert largest > 3 * SHORTEST


def test_a_secret_known_since_is_found_in_an_already_scanned_body() -> None:
    redactor = Redactor(KEY)
    content = json.dumps({"messages": [{"text": "word q1w2e3r4t5 " * 10}] * 1000}).encode()
    assert len(content) > SHORTEST
    assert redacted_body(redactor, content)[0] == content
    redactor.exchange().headers([("x-session-id", "q1w2e3r4t5")])
    assert b"q1w2e3r4t5" not in redacted_body(redactor, content)[0]


def test_a_difference_early_in_a_body_is_noticed() -> None:
    redactor = Redactor(KEY)
    for secret in ("nothing-here", TOKEN, "ada@example.org"):
        content = json.dumps({"first": secret, "messages": [{"text": "word " * 20}] * 2000}).encode()
        assert redacted_body(redactor, content) == redacted_body(Redactor(KEY), content)


OBJECT = b'{"text":"%s"},\n' % (b"w" * 51)
MARGIN = 64 * 1024


def reused_size(difference: int) -> int:
    """Return the number of bytes whose results are reused for a block after one that is equal up to `difference`."""
    block = OBJECT * 4096
    sizes: list[int] = []

    def scan(text: bytes, start: int) -> list[Span]:
        sizes.append(len(text) - start)
        return []

    cache = ScanCache()
    for current in (block, block[:difference] + b"-" + block[difference + 1 :]):
        cache.spans(current, 0, 1, scan)
    first, second = sizes
    assert first == len(block)
    return len(block) - second


def test_results_are_reused_up_to_64_kilobytes_before_the_first_difference() -> None:
    begin = len(OBJECT) * 1000
    assert reused_size(begin + 2 + MARGIN) == begin
    assert reused_size(begin + 1 + MARGIN) == begin - len(OBJECT)
