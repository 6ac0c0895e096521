"""Codes of seats and tables: eight letters that a person types, whatever keyboard is on. Pure.

A code has 40 bits in an alphabet of 32 letters without I, L, O and U. Reading one back forgives
what hands do: small letters, hyphens and spaces, O for 0, I and L for 1, Thai digits, and a Thai
(Kedmanee) keyboard that was left on: "7K3M" then arrives as "ึา-ท" (docs/thai.md).
"""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LETTERS = 8
BITS = 5 * LETTERS

_LOWER = (
    ("1234567890-=", "ๅ/-ภถุึคตจขช"),
    ("qwertyuiop[]", "ๆไำพะัีรนยบล"),
    ("asdfghjkl;'", "ฟหกดเ้่าสวง"),
    ("zxcvbnm,./", "ผปแอิืทมใฝ"),
)
_UPPER = (
    ("1234567890-=", "+๑๒๓๔ู฿๕๖๗๘๙"),
    ("qwertyuiop[]", '๐"ฎฑธํ๊ณฯญฐ,'),
    ("asdfghjkl;'", "ฤฆฏโฌ็๋ษศซ."),
    ("zxcvbnm,./", "()ฉฮฺ์?ฒฬฦ"),
)
_THAI_DIGITS = "๐๑๒๓๔๕๖๗๘๙"


def _level(rows: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return {thai: key for keys, row in rows for key, thai in zip(keys, row, strict=True)}


_BY_LOWER, _BY_UPPER = _level(_LOWER), _level(_UPPER)
_BY_DIGIT = {digit: str(value) for value, digit in enumerate(_THAI_DIGITS)}
_THAI_LOWER = frozenset(sign for sign in _BY_LOWER if sign != "-")
_THAI_UPPER = frozenset(sign for sign in _BY_UPPER if sign not in _THAI_DIGITS and sign not in '+"(),.?')
_FORGIVEN = str.maketrans("OIL", "011")


def code_from(number: int) -> str:
    """The code that stands for a number of 40 bits."""
    assert 0 <= number < 1 << BITS
    return "".join(ALPHABET[number >> shift & 31] for shift in range(BITS - 5, -1, -5))


def shown(code: str) -> str:
    """A code as it is printed: "7K3M-Q2WX"."""
    return f"{code[:4]}-{code[4:]}"


def read_code(typed: str) -> str | None:
    """The code that was meant, or `None` where it cannot be one.

    Where a Thai letter or ``/`` is present the Thai keyboard was on: ``-`` is then 3, and ``ข`` the
    hyphen. Thai digits stand for themselves, unless letters of the shifted level show that Shift
    was on, where they lie on other keys.
    """
    typed = typed.strip()[:64]
    if any(sign in _THAI_UPPER for sign in typed):
        typed = "".join(_BY_UPPER.get(sign, _BY_LOWER.get(sign, sign)) for sign in typed)
    elif any(sign in _THAI_LOWER for sign in typed):
        typed = "".join(_BY_LOWER.get(sign, _BY_DIGIT.get(sign, sign)) for sign in typed)
    else:
        typed = "".join(_BY_DIGIT.get(sign, sign) for sign in typed)
    letters = [
        sign for sign in typed.upper().translate(_FORGIVEN) if not sign.isspace() and sign not in "-–_."
    ]
    if len(letters) != LETTERS or any(sign not in ALPHABET for sign in letters):
        return None
    return "".join(letters)
