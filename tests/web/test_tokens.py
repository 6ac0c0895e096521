"""At stake: who sees less reads as well, by day and in the dark: colours that meet stand out."""

import re

import pytest

from app.web.assets import STATIC

CSS = (STATIC / "css" / "tokens.css").read_text(encoding="utf-8")
THEMES = ("light", "dark")

TEXTS = [
    ("text", "ground"), ("text", "raised"), ("text", "chosen"), ("quiet", "ground"), ("quiet", "raised"),
    ("accent", "ground"), ("accent", "chosen"), ("accent-text", "accent"), ("warning", "ground"),
    ("warning", "warning-ground"), ("text", "warning-ground"), ("saved", "ground"),
]  # fmt: skip
SHAPES = [
    ("quiet", "ground"),
    ("accent", "ground"),
    ("warning", "ground"),
    ("vote", "ground"),
    ("vote-leading", "ground"),
]
FAR = [("text", "ground"), ("quiet", "ground"), ("accent", "ground"), ("warning", "warning-ground")]
"""What is read from ten picture heights, on the screen."""


def declared(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", block))


def blocks(selector: str) -> list[dict[str, str]]:
    return [
        declared(body)
        for head, body in re.findall(r"([^{}]+)\{([^{}]*)\}", CSS)
        if head.strip().endswith(selector)
    ]


def values(theme: str) -> dict[str, str]:
    """Colour by meaning."""
    meanings = next(each for each in blocks(".theme-dark") if "ground" in each)
    own = next(each for each in blocks(f".theme-{theme}") if "paper-0" in each)
    return {
        name: own[match[1]]
        for name, said in meanings.items()
        if (match := re.fullmatch(r"var\(--([\w-]+)\)", said))
    }


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(each * 2 for each in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """By WCAG 2.2, "contrast ratio"."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("pairs", "least"), [(TEXTS, 4.5), (SHAPES, 3.0), (FAR, 7.0)])
def test_what_is_read_stands_out(theme: str, pairs: list[tuple[str, str]], least: float) -> None:
    colours = values(theme)
    found = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in pairs}
    assert {pair: ratio for pair, ratio in found.items() if ratio < least} == {}


@pytest.mark.parametrize("theme", THEMES)
def test_the_leading_option_stands_out_from_the_others(theme: str) -> None:
    assert contrast(values(theme)["vote"], values(theme)["vote-leading"]) > 1.8


def test_the_dark_is_the_same_wherever_it_is_said() -> None:
    by_system, of_a_part = (
        blocks(":root")[-1],
        next(each for each in blocks(".theme-dark") if "paper-0" in each),
    )
    assert by_system == of_a_part
    assert set(of_a_part) == set(next(each for each in blocks(".theme-light") if "paper-0" in each))


def test_control_a_pale_grey_does_not_stand_out() -> None:
    assert contrast("#999", "#fff") < 4.5
    assert round(contrast("#000", "#fff")) == 21
