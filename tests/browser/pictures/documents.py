"""Makes the pictures of README and guides out of what `make screenshots` took.

python -m tests.browser.pictures.documents out/screenshots
"""

import sys
from pathlib import Path

from PIL import Image

IMAGES = Path(__file__).parents[3] / "docs" / "images"
WIDE, NARROW, QUALITY = 1000, 390, 82
BYTES_MAX = 150_000
PICKED = {
    f"{name}.{language}.webp": f"{folder}/{file.format(lang=language)}.png"
    for language in ("en", "th")
    for name, folder, file in (
        ("table", "vote-table", "{lang}-light-1366"),
        ("keypad", "vote-seat-saved", "{lang}-light-390"),
        ("themes", "themes-idea", "{lang}-light-1366"),
        ("console", "vote-console", "{lang}-light-1366"),
        ("area", "area", "{lang}-light-390"),
        ("report", "end-report", "{lang}-light-1366"),
    )
} | {"screen.webp": "scene-results/th-en-light-1366.png"}
"""What a picture of the documents is called, and which of the pictures it is."""


def write(folder: Path) -> None:
    """Make them all, small enough for a page that is read over a slow line."""
    IMAGES.mkdir(exist_ok=True)
    for name, source in PICKED.items():
        with Image.open(folder / source) as taken:
            width = min(taken.width, WIDE if taken.width > NARROW else NARROW)
            small = taken.convert("RGB").resize((width, round(taken.height * width / taken.width)))
        small.save(IMAGES / name, quality=QUALITY, method=6)
        assert (IMAGES / name).stat().st_size < BYTES_MAX, name


if __name__ == "__main__":
    write(Path(sys.argv[1]))
