"""A PDF as its readers have it: the words that can be copied out, the tags, what lies where."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2  # type: ignore[import-untyped]

MILLIMETRE = 72 / 25.4


@dataclass
class Tag:
    """An element of the structure tree."""

    name: str
    lang: str = ""
    alt: str = ""
    parts: list["Tag"] = field(default_factory=list)

    def all(self, *names: str) -> list["Tag"]:
        """This element and everything in it, of these names."""
        own = [self] if self.name in names else []
        return own + [found for part in self.parts for found in part.all(*names)]


def pages(pdf: bytes) -> list[str]:
    """The words of each page."""
    return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in pypdfium2.PdfDocument(pdf)]


def words(pdf: bytes) -> str:
    """All words, without the places of lines and spaces."""
    return "".join("".join(pages(pdf)).split()).replace("\u200b", "")


def body(pdf: bytes) -> str:
    """The same without the head and foot of each page, which part what goes on over the page's end."""
    told = []
    for page in pypdfium2.PdfDocument(pdf):
        top = page.get_height() - 19 * MILLIMETRE
        told.append(page.get_textpage().get_text_bounded(bottom=17 * MILLIMETRE, top=top))
    return "".join("".join(told).split()).replace("\u200b", "")


def lines(pdf: bytes) -> list[str]:
    """The lines of all pages, without empty ones."""
    return [line.strip() for page in pages(pdf) for line in page.split("\n") if line.strip()]


def languages(pdf: bytes) -> set[str]:
    """The languages that pieces of text say they are in, where it is not the document's."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        content = b"".join(page.Contents.read_bytes() for page in opened.pages)
    return {found.decode() for found in re.findall(rb"/Lang\(([a-z-]+)\)", content)}


def tags(pdf: bytes) -> Tag:
    """The structure tree."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return Tag("", parts=list(_tags(opened.Root.StructTreeRoot.K)))


def _tags(node: Any) -> Iterator[Tag]:
    if isinstance(node, pikepdf.Array):
        for each in node:
            yield from _tags(each)
    elif isinstance(node, pikepdf.Dictionary):
        within = list(_tags(node.K)) if "/K" in node else []
        if "/S" in node:
            yield Tag(str(node.S)[1:], str(node.get("/Lang", "")), str(node.get("/Alt", "")), within)
        else:
            yield from within


@dataclass(frozen=True)
class Facts:
    """What a PDF says of itself."""

    title: str
    lang: str
    marked: bool
    shows_title: bool
    made: str
    standard: str


def facts(pdf: bytes) -> Facts:
    """What the PDF says of itself."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        root = opened.Root
        with opened.open_metadata() as metadata:
            standard = str(metadata.get("pdfuaid:part", ""))
        return Facts(
            title=str(opened.docinfo["/Title"]),
            lang=str(root.get("/Lang", "")),
            marked=bool(root.MarkInfo.Marked),
            shows_title=bool(root.ViewerPreferences.DisplayDocTitle)
            if "/ViewerPreferences" in root
            else False,
            made=str(opened.docinfo["/CreationDate"]),
            standard=standard,
        )


def beyond_margin(pdf: bytes, right_mm: float) -> list[str]:
    """The letters that stand to the right of a line, by page."""
    found = []
    for page in pypdfium2.PdfDocument(pdf):
        text = page.get_textpage()
        limit = page.get_width() - right_mm * MILLIMETRE
        places = range(text.count_chars())
        found += [text.get_text_range(at, 1) for at in places if text.get_charbox(at)[2] > limit + 1]
    return [letter for letter in found if letter.strip()]


def pictures(pdf: bytes, folder: Path, name: str, scale: float = 1.5) -> list[Path]:
    """Each page as a picture in a folder, to look at: `name-1.png` and on."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for number, page in enumerate(pypdfium2.PdfDocument(pdf), 1):
        made.append(folder / f"{name}-{number}.png")
        page.render(scale=scale).to_pil().save(made[-1])
    return made
