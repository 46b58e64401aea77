"""Redaction of foreign files: JSON stays JSON, only Refused is raised, and a planted token is removed."""

from collections.abc import Iterator

from tests.fuzz.ground import KEY, file_of, scratch
from tests.fuzz.targets import bare, claude_trace, har, mitmproxy_flows, vcr
from tests.fuzz.targets.redaction import token_of
from wirelore.model import codec
from wirelore.redaction.foreign.rewriting import Refused, redact
from wirelore.redaction.redactor import Redactor

RUNS = 2_000


def check(data: bytes) -> None:
    """Redact the input; the first byte selects where a token is planted, if its highest bit is set."""
    planted, content = data[:1] or b"\0", data[1:]
    token = token_of(content)
    if planted >= b"\x80":
        at = (planted[0] - 128) * len(content) // 127
        content = content[:at] + b"\n" + token + b"\n" + content[at:]
    output = scratch() / "output"
    output.unlink(missing_ok=True)
    try:
        redact(file_of(content), output, Redactor(KEY))
    except Refused:
        return
    done = output.read_bytes()
    assert token not in done
    if codec.document(content).problem is None:
        assert codec.document(done).problem is None, done


def seeds() -> Iterator[bytes]:
    """Yield the seeds of all importers, and text with a token."""
    for target in (har, vcr, claude_trace, mitmproxy_flows):
        yield from (b"\0" + seed for seed in target.seeds())
    yield from (b"\0" + seed[1:] for seed in bare.seeds())
    yield b'\xc0# a text\nAuthorization: Bearer abcdefgh12345678\nCookie: a=b\n{"access_token": "tok-1234567"}\n'
