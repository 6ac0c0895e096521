"""Three hundred texts that somebody might type to break something, made from a few ideas. Deterministic."""

import itertools
from collections.abc import Iterator

CANARY = "canary_was_here"

_MARKUP = (
    "<script>window.{c}=1</script>",
    "<img src=x onerror=window.{c}=1>",
    "<svg/onload=window.{c}=1>",
    "<iframe srcdoc='<script>parent.{c}=1</script>'>",
    "<body onload=window.{c}=1>",
    "<a href=javascript:{c}>x</a>",
    "<math><mi xlink:href=javascript:{c}>",
    "<details open ontoggle=window.{c}=1>",
    "<style>@import'//e.example'</style>",
    "<link rel=stylesheet href=//e.example>",
    "<base href=//e.example/>",
    "<meta http-equiv=refresh content=0;//e.example>",
    "<form action=//e.example><button>",
    "<object data=//e.example>",
    "<template><script>{c}</script></template>",
    "<x-foo onclick=window.{c}=1>",
    "<!--<script>{c}",
    "]]><script>{c}</script>",
    "</title><script>window.{c}=1</script>",
    "</td></tr></table><h1>{c}</h1>",
)
_AROUND = ("{}", '"{}', "'{}", "{}\"'", "&lt;{}", "{{{{ {} }}}}", "{{% {} %}}", "${{{}}}")
_FORMULAS = (
    '=HYPERLINK("http://e.example","x")',
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(1+1)",
    "=1+1\t",
    "\t=1+1",
    "\r=1+1",
    " =1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
    '=IMPORTXML("//e.example")',
    "%0A=1+1",
    ";=1+1",
    ',"=1+1',
    '"\n=1+1',
    "=\u200b1+1",
    "\u200b=1+1",
)
_SIGNS = (
    "\u202e",
    "\u202d",
    "\u2066",
    "\u2067",
    "\u2069",
    "\u200f",
    "\u200e",
    "\u061c",
    "\u200b",
    "\u200d",
    "\ufeff",
    "\u00ad",
    "\u2028",
    "\u2029",
    "\x00",
    "\x07",
    "\x1b[31m",
    "\x7f",
    "\x85",
    "\u3164",
    "\u2800",
    "\uffff",
)
_ZALGO = "".join(chr(0x300 + at) for at in range(40))
_WORDS = ("ตกลง", "ร่มเงา", "shade", "مياه", "水", "🌳", "👩‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "ｆｕｌｌ", "𝒻𝒶𝓃𝒸𝓎")
_PATHS = (
    "../../etc/passwd",
    "C:\\con",
    "file:///etc/hostname",
    "//e.example/x.js",
    "data:text/html,<script>",
)
_QUERIES = (
    "' OR 1=1 --",
    '"; DROP TABLE segment; --',
    "%s%s%n",
    "{0.__class__}",
    "$(reboot)",
    "`reboot`",
    "\\u003cscript\\u003e",
)


def _made() -> Iterator[str]:
    for around, markup in itertools.product(_AROUND, _MARKUP):
        yield around.format(markup.format(c=CANARY))
    yield from _FORMULAS
    for sign, word in itertools.product(_SIGNS, ("shade", "ร่มเงา")):
        yield f"{sign}{word}{sign}{word}"
    for word in _WORDS:
        yield word + _ZALGO
        yield word * (400 // len(word))
        yield _ZALGO + word
    yield from (each * 3 for each in _PATHS)
    yield from _QUERIES
    for size in range(400, 500, 4):
        yield "W" * size
    yield from (f"{word}{CANARY}<b>{word}" for word in _WORDS)


TEXTS: tuple[str, ...] = tuple(_made())[:300]
