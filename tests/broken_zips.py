"""Zips with one changed byte, each place of a zip's own tables among them."""

from collections.abc import Iterator

BITS = (0x01, 0x80, 0xFF)


def flipped(whole: bytes) -> Iterator[tuple[int, bytes]]:
    """The place of a byte and the zip with it changed: every byte of the directory and of the headers'
    beginnings, where a wrong number sends a reader anywhere, and some sixty of the rest."""
    directory = whole.index(b"PK\x01\x02")
    places = {*range(0, directory, max(1, directory // 60)), *range(30), *range(directory, len(whole))}
    for at in sorted(places):
        for bits in BITS:
            yield at, whole[:at] + bytes([whole[at] ^ bits]) + whole[at + 1 :]
