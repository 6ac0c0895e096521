"""Text that comes in: one form for one wording.

What people type is normalised once, before it is decided (docs/rules.md, Meeting;
docs/thai.md): NFC, nothing invisible, Thai marks in one order, white space
collapsed. What is stored is what is shown, compared and counted. Knows
nothing of commands; refuses only what is empty, too long or in a language
that the meeting does not have.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from app.core.errors import Refusal
from app.core.ids import Text

MARKS_MAX = 4
"""Combining marks kept on one base. Thai needs two, Hebrew and Tibetan up to four."""

RAW_FACTOR = 16
"""A text this many times longer than its limit is refused unread."""

_SPACE = re.compile(r"[\s\x1c-\x1f\x85\u2028\u2029]+")
_BREAK = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_BREAKS = re.compile(r"\n{3,}")

# Letters and marks that show nothing at all: fillers, joiners, selectors that are not "format" (Cf).
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")

_SARA_AA, _SARA_AM, _NIKHAHIT = "\u0e32", "\u0e33", "\u0e4d"
_TONES = "\u0e48-\u0e4b"
_THAI_MARKS = f"\u0e31\u0e34-\u0e3a\u0e47{_TONES}\u0e4c\u0e4d\u0e4e"
_LATE_TONE = re.compile(f"({_SARA_AM}+)([{_TONES}]+)")
_THAI_RUN = re.compile(f"[{_THAI_MARKS}]{{2,}}")
_SPLIT_AM = re.compile(f"{_NIKHAHIT}([{_TONES}]*)[{_SARA_AA}{_SARA_AM}]")


def clean(text: str, limit: int, *, lines: bool = False) -> str:
    """The one form of a text that came in.

    Args:
        text: What was typed.
        limit: Most characters (code points) of the cleaned text.
        lines: Keep line breaks (paragraphs of background); else they become spaces.

    Raises:
        Refusal: `text_empty` when nothing visible is left, `text_too_long`.
    """
    if len(text) > limit * RAW_FACTOR:
        raise Refusal("text_too_long", limit=limit)
    cleaned = normal(text, lines=lines)
    if not cleaned:
        raise Refusal("text_empty")
    if len(cleaned) > limit:
        raise Refusal("text_too_long", limit=limit)
    return cleaned


def clean_texts(texts: Mapping[str, str], languages: Iterable[str], limit: int) -> Text:
    """A wording by language, cleaned, in the order of the meeting's languages.

    A language left blank is dropped while another one has words.

    Raises:
        Refusal: `unknown_language`, `text_empty`, `text_too_long`.
    """
    order = tuple(languages)
    for language in texts:
        if language not in order:
            raise Refusal("unknown_language", language=normal(language[:40]))
    filled = {language: texts[language] for language in order if language in texts}
    worded = {language: text for language, text in filled.items() if _too_long(text, limit) or normal(text)}
    if not worded:
        raise Refusal("text_empty")
    return {language: clean(text, limit) for language, text in worded.items()}


def sameness(text: str) -> str:
    """A key that two wordings share when they differ only in case, spaces, punctuation or kind of digits."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", normal(text)).casefold())
    kept = "".join(_plain_digit(char) for char in folded if unicodedata.category(char)[0] in "LMN")
    return kept or folded


def normal(text: str, *, lines: bool = False) -> str:
    """The text without anything invisible and in one order of marks; may be empty."""
    if lines:
        rows = (normal(row) for row in _BREAK.split(text))
        return _BREAKS.sub("\n\n", "\n".join(rows)).strip("\n")
    spaced = _SPACE.sub(" ", text)
    seen = unicodedata.normalize("NFC", "".join(char for char in spaced if _is_seen(char)))
    thai = unicodedata.normalize("NFC", _one_thai_form(seen))
    return _SPACE.sub(" ", _few_marks(thai)).strip()


def _is_seen(char: str) -> bool:
    """False for controls, format characters (bidi, zero width), lone surrogates and non-characters."""
    if char in _BLANK or (ord(char) & 0xFFFE) == 0xFFFE or "\ufdd0" <= char <= "\ufdef":
        return False
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs"}


def _one_thai_form(text: str) -> str:
    """Thai marks in writing order, each once; the parts of SARA AM and SARA AE joined."""
    before = ""
    while text != before:
        before = text
        text = text.replace("\u0e40\u0e40", "\u0e41")
        text = _LATE_TONE.sub(r"\2\1", text)
        text = _SPLIT_AM.sub(rf"\1{_SARA_AM}", text)
        text = _THAI_RUN.sub(_in_writing_order, text)
    return text


def _in_writing_order(run: re.Match[str]) -> str:
    return "".join(sorted(dict.fromkeys(run.group()), key=_writing_place))


def _writing_place(mark: str) -> int:
    """Vowels, then nikhahit, then the tone, then the silencer."""
    if mark == _NIKHAHIT:
        return 1
    if "\u0e48" <= mark <= "\u0e4b":
        return 2
    return 3 if mark in "\u0e4c\u0e4e" else 0


def _few_marks(text: str) -> str:
    """At most `MARKS_MAX` combining marks on a base, none without one."""
    kept: list[str] = []
    room = 0
    for char in text:
        if unicodedata.category(char) in {"Mn", "Me"}:
            if not room:
                continue
            room -= 1
        else:
            room = 0 if char == " " else MARKS_MAX
        kept.append(char)
    return "".join(kept)


def _plain_digit(char: str) -> str:
    digit = unicodedata.decimal(char, None)
    return char if digit is None else str(digit)


def _too_long(text: str, limit: int) -> bool:
    return len(text) > limit * RAW_FACTOR
