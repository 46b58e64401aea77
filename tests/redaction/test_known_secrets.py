"""Known secrets: found in every place, in bounded memory; those not seen for the longest time are dropped first."""

from wirelore.redaction.known_secrets import COUNT, SIZE, KnownSecrets


def value(number: int, size: int = 16) -> bytes:
    return f"remembered-{number:05d}".encode().ljust(size, b"x")


def matches(secrets: KnownSecrets, block: bytes) -> list[bytes]:
    return [block[span.start : span.end] for span in secrets.spans(block, 0)]


def test_every_value_is_found_plain_and_url_encoded() -> None:
    secrets = KnownSecrets()
    values = [b"q1w2/e3+%03d" % number for number in range(100)]
    for secret in values:
        secrets.add(secret)
    for number in (0, 31, 32, 99):
        assert matches(secrets, b"a=" + values[number] + b";") == [values[number]]
        assert matches(secrets, b"a=q1w2%%2Fe3%%2B%03d;" % number) == [b"q1w2%%2Fe3%%2B%03d" % number]


def test_the_number_is_bounded_and_the_newest_are_kept() -> None:
    secrets = KnownSecrets()
    for number in range(5 * COUNT):
        secrets.add(value(number))
    known_numbers = [number for number in range(5 * COUNT) if matches(secrets, value(number))]
    assert known_numbers == list(range(known_numbers[0], 5 * COUNT))
    assert COUNT // 2 < len(known_numbers) <= COUNT


def test_the_size_is_bounded() -> None:
    secrets = KnownSecrets()
    for number in range(300):
        secrets.add(value(number, 1024))
    known_numbers = [number for number in range(300) if matches(secrets, value(number, 1024))]
    assert known_numbers == list(range(known_numbers[0], 300))
    assert SIZE // 2 < 1024 * len(known_numbers) <= SIZE


def test_a_value_seen_again_and_again_is_not_dropped() -> None:
    secrets = KnownSecrets()
    for number in range(4 * COUNT):
        secrets.add(value(number))
        secrets.add(value(0))
    assert matches(secrets, value(0)) == [value(0)]


def test_a_value_seen_again_changes_nothing() -> None:
    secrets = KnownSecrets()
    secrets.add(value(1))
    before = secrets.version
    secrets.add(value(1))
    assert secrets.version == before
