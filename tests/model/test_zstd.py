"""The zstd module: its frames are those of RFC 8878."""

from wirelore.model.zstd import zstd


def test_a_frame_begins_as_the_rfc_says_and_gives_back_its_content() -> None:
    frame = zstd.compress(b"A text that is packed. " * 40)
    assert frame[:4] == bytes.fromhex("28b52ffd")  # RFC 8878, 3.1.1: the magic number, little-endian
    assert zstd.decompress(frame) == b"A text that is packed. " * 40
