"""Mutates exports and asks both recounts; an export that nobody changed is the control of each."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

from app import verify as verifier
from app.verify import Unreadable, verify
from tests.mutations.kinds import FIGURE, KINDS, Files
from tests.recounting import JavaScript
from tests.report.hall import day, files, zip_of
from tests.test_verify_restored import a_day


@dataclass
class Outcome:
    """What came of it. A miss is the kind, the export and the trial's number."""

    tried: Counter[str] = field(default_factory=Counter)
    python: Counter[str] = field(default_factory=Counter)
    javascript: Counter[str] = field(default_factory=Counter)
    same_place: int = 0
    missed: list[tuple[str, str, int]] = field(default_factory=list)


async def _exports() -> dict[str, bytes]:
    whole, restored = await day(), await a_day()
    return {
        "audit": await whole.audit(),
        "public": await whole.public(),
        "restored audit": await restored.audit(),
        "restored public": await restored.public(),
    }


def exports() -> dict[str, Files]:
    """The exports that are mutated: a day with every kind of vote, and one that was restored; both kinds."""
    return {name: files(export) for name, export in asyncio.run(_exports()).items()}


def first_place(verdict: verifier.Verdict | dict[str, Any]) -> str | None:
    """Where the first difference is; `None` where the export agrees."""
    if isinstance(verdict, verifier.Verdict):
        return verdict.differences[0].where if verdict.differences else None
    if "unreadable" in verdict:
        return "unreadable"
    return str(verdict["differences"][0]["where"]) if verdict["differences"] else None


def in_python(path: Path, head: str) -> str | None:
    """What verify.py says first."""
    try:
        return first_place(verify(path, [head]))
    except Unreadable:
        return "unreadable"


def only_read(path: Path) -> frozenset[str]:
    """The figures that nobody can count from a public export: how ballots came in, and what came back later.

    They are listed as stated, and a change of one is found with the audit export only.
    """
    made: list[verifier.Figures] = []
    sound = verifier.figures_of

    def kept(*given: Any) -> verifier.Figures:
        made.append(sound(*given))
        return made[-1]

    with patch.object(verifier, "figures_of", kept):
        verify(path)
    return frozenset(made[-1].unknown)


def _concerns_only(spared: frozenset[str], before: Files, after: Files) -> bool:
    """Whether nothing changed but figures that can only be read."""
    lists = [json.loads(content["figures.json"]) for content in (before, after)]
    changed = {f["id"] for old, new in zip(*lists, strict=True) if old != new for f in (old, new)}
    return bool(changed) and changed <= spared


@contextmanager
def blinded() -> Iterator[None]:
    """verify.py does not look at the chain: the control that the harness notices what is missed."""

    def take(self: verifier.Chain, _offset: int, open_part: verifier.Event, sealed: verifier.Sealed) -> None:
        self.head = verifier.chain_step(self.head, open_part, sealed)

    with patch.object(verifier.Chain, "take", take), patch.object(verifier.Chain, "end", lambda *_: None):
        yield


def trial(
    folder: Path, count: int, seed: int, *, blind: bool = False, progress: Callable[[int], None] | None = None
) -> Outcome:
    """Make so many mutations, and ask both recounts of each.

    Args:
        folder: Where exports are written.
        count: How many mutations.
        seed: Of all dice.
        blind: Both recounts do not look at the chain.
        progress: Told after each hundred.
    """
    outcome, made = Outcome(), exports()
    per_export = -(-count // len(made))
    done = 0
    for name, content in made.items():
        head = json.loads(content["manifest.json"])["head"]
        path = folder / "export.zip"
        _write(path, content)
        with JavaScript(blind=blind) as javascript, blinded() if blind else _nothing():
            assert in_python(path, head) is None, f"{name}: an export that nobody changed agrees"
            assert first_place(javascript.export(path, head)) is None
            spared = only_read(path)
            for number in range(min(per_export, count - done)):
                _one(outcome, javascript, name, content, head, path, seed, number, spared)
                done += 1
                if progress and done % 100 == 0:
                    progress(done)
    return outcome


def _one(
    outcome: Outcome, javascript: JavaScript, name: str, content: Files, head: str, path: Path, seed: int,
    number: int, spared: frozenset[str],
) -> None:  # fmt: skip
    dice = Random(f"{seed} {name} {number}")
    kind = list(KINDS)[number % len(KINDS)]
    changed = KINDS[kind](content, dice)
    while changed == content or (kind == FIGURE and _concerns_only(spared, content, changed)):
        changed = KINDS[kind](content, dice)  # two lines that are the same changed places, for one
    outcome.tried[kind] += 1
    _write(path, changed)
    differs: dict[str, bytes | None] = {n: data for n, data in changed.items() if content.get(n) != data}
    differs |= dict.fromkeys(content.keys() - changed.keys())
    here, there = in_python(path, head), first_place(javascript.changed(differs, head))
    outcome.python[kind] += here is not None
    outcome.javascript[kind] += there is not None
    outcome.same_place += here == there
    if here is None or there is None:
        outcome.missed.append((kind, name, number))


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def _write(path: Path, content: Files) -> None:
    with path.open("wb") as out:
        zip_of(content, out)
