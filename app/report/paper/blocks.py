"""What paper is made of: lines of text in their languages, headings, lists, tables, charts. Pure.

All texts are data: nothing in them is ever read as markup. `msgspec` writes the blocks as JSON, each
with its kind under ``is``, and leaves out what is at its default.
"""

import msgspec


class Run(msgspec.Struct, frozen=True, omit_defaults=True):
    """A piece of text. `lang` is said where it is not the language of its part; `to` is an anchor."""

    text: str
    lang: str = ""
    bold: bool = False
    quiet: bool = False
    to: str = ""
    mixed: bool = False
    """Whether it has letters of Lao, Khmer or Burmese, which are set in another way (report.typ)."""


Line = tuple[Run, ...]


class Heading(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="is", tag="heading"):
    """A heading; `level` 1 begins a section. `anchor` is what links lead to.

    One that is `listed` has a number and stands in the contents; one that is `fresh` begins a page.
    """

    level: int
    line: Line
    anchor: str = ""
    listed: bool = False
    fresh: bool = False


class Para(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="is", tag="para"):
    """A paragraph; one to `keep` stands on the same page as what follows it."""

    line: Line
    quiet: bool = False
    keep: bool = False
    anchor: str = ""


class Points(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="is", tag="points"):
    """A list of equals."""

    items: tuple[Line, ...]


class Quote(msgspec.Struct, frozen=True, omit_defaults=True):
    """Words that somebody wrote, and from where."""

    line: Line
    where: Line = ()


class Quotes(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="is", tag="quotes"):
    """Several quotes."""

    quotes: tuple[Quote, ...]


class Facts(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="is", tag="facts"):
    """Names with what is said of each."""

    rows: tuple[tuple[Line, Line], ...]


class Column(msgspec.Struct, frozen=True, omit_defaults=True):
    """A column of a table: what stands over it.

    `kind` is ``text``, ``short`` for a few words, ``whole`` for what is not broken, ``number``, or ``bar``,
    where shares are drawn. `step` is the tint, of how many, that its part of a stacked bar has.
    """

    line: Line
    kind: str = "text"
    step: tuple[int, int] | None = None


class Cell(msgspec.Struct, frozen=True, omit_defaults=True):
    """A cell of a table. Shares of its `bars` are tenths of a percent; several are stacked."""

    line: Line = ()
    bars: tuple[int, ...] = ()
    leading: bool = False


class Table(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="is", tag="table"):
    """A table; its heading stands again on each page that it goes on to."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Bars(msgspec.Struct, frozen=True, omit_defaults=True):
    """One group of a chart: a label, a share for each series, and what is written beside it."""

    line: Line
    shares: tuple[int, ...]
    said: tuple[Line, ...]


class Chart(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="is", tag="chart"):
    """Horizontal bars, `series` by their names. `alt` tells it to who does not see it."""

    alt: str
    series: tuple[Line, ...]
    rows: tuple[Bars, ...]


class Aside(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="is", tag="aside"):
    """Blocks that stand apart, with a rule beside them."""

    blocks: tuple["Block", ...]


class Idea(msgspec.Struct, frozen=True, omit_defaults=True):
    """One numbered line of the annex."""

    number: str
    line: Line
    about: Line
    anchor: str


class Ideas(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="is", tag="ideas"):
    """The annex of all ideas."""

    ideas: tuple[Idea, ...]


Block = Heading | Para | Points | Quotes | Facts | Table | Chart | Aside | Ideas


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """A question on page 1, and what the room said, a line an answer."""

    question: Run
    lines: tuple[Line, ...]


class FirstPage(msgspec.Struct, frozen=True, omit_defaults=True):
    """Page 1. It has to fit: of `answers` as many are set as there is room for.

    `more` has the sentence for each number of answers that are left out, from none on.
    """

    marks: tuple[Line, ...]
    eyebrow: Line
    title: Line
    where: Line
    head: tuple[Block, ...]
    said: Line
    answers: tuple[Answer, ...]
    more: tuple[Line, ...]
    tail: tuple[Block, ...]


class Cover(msgspec.Struct, frozen=True, omit_defaults=True):
    """The letter before page 1: a memorandum within one's own office, or a letter to another."""

    kind: str
    name: Line
    rows: tuple[tuple[Line, Line], ...]
    office_name: Line
    office: Line
    number: Line
    date_name: Line
    date: Line
    body: tuple[Line, ...]
    regards: Line
    signed: tuple[Line, ...]
    contact: Line


class Part(msgspec.Struct, frozen=True, omit_defaults=True):
    """The whole report in one language. `together` is a pattern of what stays on one line."""

    lang: str
    title: str
    running: str
    short_mark: str
    edition: str
    page_of: str
    page_ref: str
    contents: Line
    nothing_said: Line
    no_letters: str
    not_tagged: str
    together: str
    first_page: FirstPage
    body: tuple[Block, ...]
    cover: Cover | None = None


class Paper(msgspec.Struct, frozen=True, omit_defaults=True):
    """A document: one part a language. `made_at` is seconds since 1970, of the log."""

    title: str
    made_at: int
    thai_digits: bool
    parts: tuple[Part, ...]
