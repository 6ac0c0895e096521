"""The contact sheet: every picture of a folder on one page, by page and size, to look at."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

STYLE = """
body { font: 16px system-ui, sans-serif; margin: 1rem; background: #888; color: #000; }
h2 { margin: 2rem 0 .5rem; } nav a { margin-right: .75rem; }
.row { display: flex; gap: .5rem; overflow-x: auto; align-items: flex-start; }
figure { margin: 0; flex: none; } figcaption { font-size: .75rem; }
img { height: 300px; max-width: 560px; object-fit: cover; object-position: top; display: block; }
"""


def write(folder: Path, faults: Sequence[str] = ()) -> Path:
    """Write `index.html` over the pictures of a folder, and what is missing from it; gives its path."""
    folder.mkdir(parents=True, exist_ok=True)
    groups = {each: sorted(each.glob("*.png")) for each in sorted(folder.iterdir()) if each.is_dir()}
    links = "".join(f'<a href="#{escape(each.name)}">{escape(each.name)}</a>' for each in groups)
    parts = [
        f'<h2 id="{escape(group.name)}">{escape(group.name)}</h2><div class="row">'
        + "".join(_figure(group, each) for each in pictures)
        + "</div>"
        for group, pictures in groups.items()
    ]
    missing = "".join(f"<li>{escape(each)}</li>" for each in faults)
    count = sum(map(len, groups.values()))
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Pictures</title>'
        f"<style>{STYLE}</style></head><body><h1>{count} pictures</h1><nav>{links}</nav>"
        f"{f'<h2>Missing</h2><ul>{missing}</ul>' if missing else ''}"
        f"{''.join(parts)}</body></html>"
    )
    path = folder / "index.html"
    path.write_text(page, encoding="utf-8")
    return path


def _figure(group: Path, picture: Path) -> str:
    address, name = escape(f"{group.name}/{picture.name}"), escape(picture.stem)
    return (
        f'<figure><a href="{address}"><img loading="lazy" src="{address}" alt="{name}"></a>'
        f"<figcaption>{name}</figcaption></figure>"
    )
