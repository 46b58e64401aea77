"""Known secrets: found wherever they stand again, in bounded memory; what was not met for longest goes first."""

from wirelore.redaction.known_secrets import COUNT, SIZE, KnownSecrets


def value(number: int, size: int = 16) -> bytes:
    return f"remembered-{number:05d}".encode().ljust(size, b"x")


def found(remembered: KnownSecrets, block: bytes) -> list[bytes]:
    return [block[span.start : span.end] for span in remembered.spans(block, 0)]


def test_every_value_is_found_plainly_and_as_in_a_url() -> None:
    remembered = KnownSecrets()
    values = [b"q1w2/e3+%03d" % number for number in range(100)]
    for one in values:
        remembered.add(one)
    for number in (0, 31, 32, 99):
        assert found(remembered, b"a=" + values[number] + b";") == [values[number]]
        assert found(remembered, b"a=q1w2%%2Fe3%%2B%03d;" % number) == [b"q1w2%%2Fe3%%2B%03d" % number]


def test_the_number_is_bounded_and_the_newest_are_known() -> None:
    remembered = KnownSecrets()
    for number in range(5 * COUNT):
        remembered.add(value(number))
    known = [number for number in range(5 * COUNT) if found(remembered, value(number))]
    assert known == list(range(known[0], 5 * COUNT))
    assert COUNT // 2 < len(known) <= COUNT


def test_the_size_is_bounded() -> None:
    remembered = KnownSecrets()
    for number in range(300):
        remembered.add(value(number, 1024))
    known = [number for number in range(300) if found(remembered, value(number, 1024))]
    assert known == list(range(known[0], 300))
    assert SIZE // 2 < 1024 * len(known) <= SIZE


def test_what_is_met_again_and_again_is_not_forgotten() -> None:
    remembered = KnownSecrets()
    for number in range(4 * COUNT):
        remembered.add(value(number))
        remembered.add(value(0))
    assert found(remembered, value(0)) == [value(0)]


def test_a_value_met_again_changes_nothing() -> None:
    remembered = KnownSecrets()
    remembered.add(value(1))
    before = remembered.version
    remembered.add(value(1))
    assert remembered.version == before
