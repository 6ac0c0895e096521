"""Ways to change an export. Each takes its files and dice, and gives the files that are another's now.

A *forger* makes the manifest's hashes fit the files again, and where it says so the whole chain, too: what is
then left to find a change are the rules of the count and the head that was published on the day. Files that
no recount counts (pages of the report, guides, the recounts themselves) are kept by their hashes alone.
"""

import copy
import hashlib
import json
from collections.abc import Callable
from random import Random
from typing import Any

from app.log.chain import canonical
from app.verify import STEP_DIGITS, chain_start, chain_step, parse_line

Files = dict[str, bytes]
Kind = Callable[[Files, Random], Files]

FORGEABLE = ("log.ndjson", "segments.ndjson", "genesis.json", "plan.json", "figures.json", "choices/")
"""Files whose content a recount checks even where their hash in the manifest was made to fit."""


def forged(content: Files) -> Files:
    """The manifest has the hashes of the files as they are."""
    manifest = json.loads(content["manifest.json"])
    manifest["files"] = {
        name: hashlib.sha256(data).hexdigest() for name, data in content.items() if name != "manifest.json"
    }
    return content | {"manifest.json": canonical(manifest)}


def chained(content: Files) -> Files:
    """The whole chain fits the lines again."""
    head, steps = chain_start(content["genesis.json"]), []
    lines = content["log.ndjson"].splitlines()
    for line in lines:
        head = chain_step(head, *parse_line(line))
        steps.append(head.hex()[:STEP_DIGITS])
    segment = {"first": 1, "last": len(lines), "head": head.hex(), "steps": "".join(steps)}
    manifest = json.loads(content["manifest.json"]) | {"head": head.hex(), "events": len(lines)}
    manifest["start"] = chain_start(content["genesis.json"]).hex()
    return content | {"segments.ndjson": canonical(segment) + b"\n", "manifest.json": canonical(manifest)}


# --- bytes and files ---------------------------------------------------------------------------


def any_byte(content: Files, dice: Random) -> Files:
    """A bit of any file is another; the manifest is as it was."""
    name = dice.choice(sorted(content))
    return _bit(content, name, dice)


def a_byte_of_what_is_counted(content: Files, dice: Random) -> Files:
    """A bit of a file that is counted is another, and the manifest fits."""
    return forged(_bit(content, dice.choice(_forgeable(content)), dice))


def a_file_left_out(content: Files, dice: Random) -> Files:
    """A file is missing."""
    gone = dice.choice(sorted(content))
    return {name: data for name, data in content.items() if name != gone}


def a_file_put_in(content: Files, dice: Random) -> Files:
    """A file is there that nobody exported."""
    name = dice.choice(("choices/more.json", "notes.txt", "report/en/tables/more.csv", "log.ndjson.old"))
    return content | {name: dice.randbytes(dice.randint(0, 40))}


def _bit(content: Files, name: str, dice: Random) -> Files:
    data = bytearray(content[name])
    data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return content | {name: bytes(data)}


def _forgeable(content: Files) -> list[str]:
    return [name for name in sorted(content) if name.startswith(FORGEABLE)]


# --- lines -------------------------------------------------------------------------------------


def _lines(change: Callable[[list[bytes], Random], None]) -> Kind:
    def mutate(content: Files, dice: Random) -> Files:
        lines = content["log.ndjson"].splitlines(keepends=True)
        change(lines, dice)
        return forged(content | {"log.ndjson": b"".join(lines)})

    return mutate


def _dropped(lines: list[bytes], dice: Random) -> None:
    del lines[dice.randrange(len(lines))]


def _moved(lines: list[bytes], dice: Random) -> None:
    at = dice.randrange(len(lines))
    line = lines.pop(at)
    lines.insert(dice.choice([to for to in range(len(lines) + 1) if to != at]), line)


def _doubled(lines: list[bytes], dice: Random) -> None:
    lines.insert(dice.randrange(len(lines) + 1), dice.choice(lines))


def _cut(lines: list[bytes], dice: Random) -> None:
    del lines[dice.randrange(1, len(lines)) :]


def _cut_within(lines: list[bytes], dice: Random) -> None:
    lines[-1] = lines[-1][: dice.randrange(1, len(lines[-1]))]


def a_value_changed(content: Files, dice: Random) -> Files:
    """A value of a line is another, and the line is spelled as it should be."""
    return forged(content | {"log.ndjson": _with_a_value(content["log.ndjson"], dice)})


def _with_a_value(log: bytes, dice: Random) -> bytes:
    lines = log.splitlines()
    at = dice.randrange(len(lines))
    record = json.loads(lines[at])
    lines[at] = canonical(another(record, dice))
    return b"\n".join([*lines, b""])


def another(value: Any, dice: Random) -> Any:
    """The same value with one leaf in it changed."""
    changed = copy.deepcopy(value)
    leaves = list(_leaves(changed))
    holder, key = dice.choice(leaves)
    old = holder[key]
    match old:
        case bool():
            holder[key] = not old
        case int():
            holder[key] = old + dice.choice((-1, 1, 10))
        case str() if old:
            place = dice.randrange(len(old))
            letter = dice.choice([c for c in "0123456789abcdef" if c != old[place]])
            holder[key] = old[:place] + letter + old[place + 1 :]
        case _:
            holder[key] = "x"
    return changed


def _leaves(value: Any) -> Any:
    for key in value if isinstance(value, dict) else range(len(value)):
        if isinstance(value[key], dict | list) and value[key]:
            yield from _leaves(value[key])
        else:
            yield value, key


# --- the forger of the whole chain -------------------------------------------------------------


def a_value_changed_and_chained_anew(content: Files, dice: Random) -> Files:
    """As a value changed, and the whole chain fits: only the rules and the published head can tell."""
    while True:
        changed = content | {"log.ndjson": _with_a_value(content["log.ndjson"], dice)}
        try:
            return forged(chained(changed))
        except ValueError:
            continue  # the value was a salt or a commitment, and is none any more


def the_tail_cut_and_chained_anew(content: Files, dice: Random) -> Files:
    """The last events never were, and the chain fits: what a published head is for."""
    lines = content["log.ndjson"].splitlines(keepends=True)
    del lines[-dice.randint(1, 5) :]
    return forged(chained(content | {"log.ndjson": b"".join(lines)}))


# --- what is told of the record ----------------------------------------------------------------


def a_figure_changed(content: Files, dice: Random) -> Files:
    """A figure is another, in figures.json and in every report alike."""
    figures = another(json.loads(content["figures.json"]), dice)
    changed = content | {"figures.json": canonical(figures)}
    for name in content:
        if name.endswith("/report.json"):
            changed[name] = canonical(json.loads(content[name]) | {"figures": figures})
    return forged(changed)


def a_reports_figure_changed(content: Files, dice: Random) -> Files:
    """A figure of one report is another than that of figures.json."""
    name = dice.choice([name for name in sorted(content) if name.endswith("/report.json")])
    report = json.loads(content[name])
    report["figures"] = another(report["figures"], dice)
    return forged(content | {name: canonical(report)})


def a_head_of_a_batch_changed(content: Files, dice: Random) -> Files:
    """segments.ndjson says another head or another step."""
    lines = content["segments.ndjson"].splitlines()
    at = dice.randrange(len(lines))
    lines[at] = canonical(another(json.loads(lines[at]), dice))
    return forged(content | {"segments.ndjson": b"\n".join([*lines, b""])})


def the_manifest_changed(content: Files, dice: Random) -> Files:
    """The manifest says something else of what this is."""
    manifest = json.loads(content["manifest.json"])
    files = manifest.pop("files")
    changed = another(manifest, dice)
    return content | {"manifest.json": canonical(changed | {"files": files})}


def choices_changed(content: Files, dice: Random) -> Files:
    """Published choices are others; of an audit export, which has none, a value."""
    names = [name for name in sorted(content) if name.startswith("choices/")]
    if not names:
        return a_value_changed(content, dice)
    name = dice.choice(names)
    return forged(content | {name: canonical(another(json.loads(content[name]), dice))})


FIGURE = "a figure, in every copy"
KINDS: dict[str, Kind] = {
    "any byte of any file": any_byte,
    "a byte of what is counted, hashes forged": a_byte_of_what_is_counted,
    "a value of a line, hashes forged": a_value_changed,
    "a line dropped": _lines(_dropped),
    "a line moved": _lines(_moved),
    "a line doubled": _lines(_doubled),
    "the tail cut": _lines(_cut),
    "the last line cut within": _lines(_cut_within),
    "a value, whole chain forged": a_value_changed_and_chained_anew,
    "the tail cut, whole chain forged": the_tail_cut_and_chained_anew,
    FIGURE: a_figure_changed,
    "a figure of one report": a_reports_figure_changed,
    "a head or step of a batch": a_head_of_a_batch_changed,
    "the manifest": the_manifest_changed,
    "published choices": choices_changed,
    "a file left out": a_file_left_out,
    "a file put in": a_file_put_in,
}
