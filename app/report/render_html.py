"""The report as plain HTML, ready to print; and the README of an export. Pure but for the templates.

No script and no inline style: bars are SVG rectangles, all else is in
`static/css/report.css`, which travels with an export.
"""

import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.report.model import Report, Trail
from app.report.words import Words, words

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates" / "report"
FIGURES_GUIDE = TEMPLATES / "figures.md"
STYLESHEET = ROOT / "static" / "css" / "report.css"
TOKENS = STYLESHEET.with_name("tokens.css")
"""The colours of the pages, which are those of the report on the screen and on paper."""

FONTS = ROOT / "static" / "vendor" / "fonts"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["sentence"] = sentence
    return environment


def sentence(text: str, w: Words) -> str:
    """The text with the mark that ends a sentence, in languages that have one."""
    return w.t("report.sentence", text=text)


def report_html(
    report: Report, language: str, *, stylesheet: str = "/static/css/report.css", thai_digits: bool = False,
    insecure: bool = False,
) -> str:  # fmt: skip
    """The report as one HTML page.

    Args:
        report: What to say.
        language: In which language.
        stylesheet: Address of report.css.
        thai_digits: Whether numbers and dates are written ๐-๙.
        insecure: Whether the server is used over a network without TLS, which the report then says.
    """
    w = words(report.plan, language, thai_digits=thai_digits)
    template = _environment().get_template("report.html")
    made = template.render(
        report=report,
        plan=report.plan,
        w=w,
        t=w.t,
        stylesheet=stylesheet,
        insecure=insecure,
        trail=Trail(report),
    )
    head, body = made.split("<body", maxsplit=1)
    return f"{head}<body{kept_together(body, w.together)}"


def kept_together(html: str, pattern: str) -> str:
    """The page with what stays on one line in a piece of its own; browsers part Thai within longer words."""

    def of_text(text: re.Match[str]) -> str:
        return re.sub(pattern, lambda found: f'<span class="together">{found[0]}</span>', text[0])

    return re.sub(r"(?<=>)[^<>]+(?=<)", of_text, html)


def stylesheet_files() -> dict[str, bytes]:
    """The stylesheet, its colours and its fonts for a report that leaves the program, by name, side by side.

    Without fonts installed (`make setup`) the stylesheet falls back on those of the reader's machine.
    """
    css = STYLESHEET.read_bytes().replace(b"../vendor/fonts/", b"fonts/")
    fonts = sorted(FONTS.iterdir()) if FONTS.is_dir() else []
    return {"report.css": css, "tokens.css": TOKENS.read_bytes()} | {
        f"fonts/{font.name}": font.read_bytes() for font in fonts
    }


def readme(report: Report, kind: str, language: str, *, pdf: bool) -> str:
    """The README of an export: what is in it, and how a stranger checks it.

    Args:
        report: The report in the export.
        kind: "audit" or "public".
        language: In which language.
        pdf: Whether the report is in it as PDF too.
    """
    w = words(report.plan, language)
    template = _environment().get_template(f"readme.{language}.txt")
    return template.render(report=report, plan=report.plan, w=w, audit=kind == "audit", pdf=pdf)
