"""Throughput and latency against the number of connections, from 100 to 19,500: measured, and drawn as SVG.

The load is closed: everybody waits for an answer, so latency is mostly queueing (connections by
throughput), for our ballots and for both echoes alike.
"""

import json
import math
import sys
from collections.abc import Callable, Collection, Sequence
from html import escape
from pathlib import Path

from loadtest.bench_ballots import Ballots, started
from loadtest.machine import GENERATOR_MAX, Meter, description
from loadtest.room import Room
from loadtest.rounds import interleaved
from loadtest.rows import RESULTS, Row
from loadtest.servers import running, scratch, start, start_hall

COUNTS = (100, 500, 1_000, 2_000, 5_000, 10_000, 19_500)
FILE, DRAWN = RESULTS / "connections.json", Path(__file__).parent / "connections.svg"
NAMES = {
    "ballots": "durable ballots",
    "with own view": "with own view",
    "echo": "own echo",
    "node": "Node ws echo",
}
COLOURS = {"ballots": "#0b6e4f", "with own view": "#3b7dd8", "echo": "#7a7a7a", "node": "#b3541e"}
DASHES = {"ballots": "", "with own view": "", "echo": "6 4", "node": "2 4"}

Points = dict[str, list[tuple[int, float, float]]]
"""By what is measured: connections, answers per second of the server's processor, p99 in milliseconds."""


async def bench(meter: Meter, quick: bool, rounds: int) -> list[Row]:
    """Measure every number of connections and draw the chart."""
    counts, seconds = ((10, 20), 0.3) if quick else (COUNTS, 3.0)
    points: Points = {name: [] for name in NAMES}
    doubtful: list[tuple[str, int]] = []
    with scratch() as data:
        hall = start_hall(data, Room((max(counts) + 9) // 10, 10), phones=max(counts))
        echo, node = start("echo"), start("node")
        with running(hall, echo, node):
            measure = Ballots(hall, echo, node, meter, seconds)
            await started(hall)
            for count in counts:
                done = await interleaved(
                    measure.cells(count), rounds=1 if quick else rounds, attempts=1 if quick else 2 * rounds
                )
                for name in NAMES:
                    rate = done.median(name, lambda m: m.per_cpu_second)
                    p99 = done.median(name, lambda m: m.quantile_ms(0.99))
                    points[name].append((count, rate, p99))
                    if done.noisy or done.median(name, lambda m: m.taken.generator) > GENERATOR_MAX:
                        doubtful.append((name, count))
    if not quick:
        RESULTS.mkdir(exist_ok=True)
        held = {"made": description(), "points": points, "doubtful": doubtful}
        FILE.write_text(json.dumps(held, indent=1) + "\n")
        DRAWN.write_text(drawn(points, description()["date"], doubtful))
    else:
        drawn(points, "")
    return []


WIDTH, HEIGHT, LEFT, TOP, GAP = 760, 300, 70, 56, 90


def drawn(points: Points, date: str, doubtful: Collection[Sequence[str | int]] = ()) -> str:
    """Both charts above one another, as SVG.

    Args:
        points: What was measured.
        date: When.
        doubtful: The (name, connections) that are noisy or void, as the table calls it: they are hollow.
    """
    hollow = {(name, count) for name, count in doubtful}
    words = "  (hollow: noisy, or the generator had no core to spare)" if hollow else ""
    title = escape(f"Saturated, one core for the server {date}{words}")
    rates: Points = {name: [(n, rate / 1_000, 0.0) for n, rate, _ in each] for name, each in points.items()}
    waits: Points = {name: [(n, p99, 0.0) for n, _, p99 in each] for name, each in points.items()}
    whole = 2 * HEIGHT + GAP + TOP + 60
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH + LEFT + 40} {whole}" '
            'role="img" font-family="sans-serif" font-size="13">'
        ),
        "<title>Throughput and latency against connections</title>",
        '<rect width="100%" height="100%" fill="#fff"/>',
        f'<text x="{LEFT}" y="22" font-size="15">{title}</text>',
        *panel(rates, TOP, "thousand answers per second of the server's processor", linear(rates), hollow),
        *panel(waits, TOP + HEIGHT + GAP, "p99 in ms (mostly queueing)", log10(waits), hollow),
        *legend(whole - 20),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


Scale = tuple[Callable[[float], float], list[float]]


def _values(points: Points) -> list[float]:
    return [value for each in points.values() for _, value, _ in each]


def linear(points: Points) -> Scale:
    """From nothing to the largest."""
    step = 10 ** math.floor(math.log10(max(_values(points))))
    step = step / 2 if max(_values(points)) / step < 3 else step
    top = step * math.ceil(max(_values(points)) / step)
    return (lambda value: value / top), [step * n for n in range(round(top / step) + 1)]


def log10(points: Points) -> Scale:
    """By powers of ten."""
    low, high = (
        f(math.log10(max(v, 0.01)))
        for f, v in ((math.floor, min(_values(points))), (math.ceil, max(_values(points))))
    )
    high = max(high, low + 1)
    return (lambda value: (math.log10(max(value, 0.01)) - low) / (high - low)), [
        10.0**n for n in range(low, high + 1)
    ]


def panel(
    points: Points, top: int, title: str, scale: Scale, hollow: Collection[tuple[str | int, str | int]]
) -> list[str]:
    """One chart."""
    where, marks = scale
    counts = [n for n, _, _ in next(iter(points.values()))]
    first, last = math.log10(counts[0]), math.log10(counts[-1])

    def x(n: float) -> float:
        return LEFT + (math.log10(n) - first) / (last - first or 1) * WIDTH

    def y(value: float) -> float:
        return top + HEIGHT * (1 - where(value))

    out = [f'<text x="{LEFT}" y="{top - 10}">{escape(title)}</text>']
    out += [f'<path d="M{LEFT} {y(mark):.1f}h{WIDTH}" stroke="#ddd"/>' for mark in marks]
    out += [f'<text x="{LEFT - 8}" y="{y(mark) + 4:.1f}" text-anchor="end">{mark:g}</text>' for mark in marks]
    under = f'y="{top + HEIGHT + 20}" text-anchor="middle"'
    out += [f'<text x="{x(n):.1f}" {under}>{n:,}</text>' for n in counts]
    for name, each in points.items():
        path = " ".join(
            f"{'L' if i else 'M'}{x(n):.1f} {y(value):.1f}" for i, (n, value, _) in enumerate(each)
        )
        out.append(
            f'<path d="{path}" fill="none" stroke="{COLOURS[name]}" stroke-width="2" '
            f'stroke-dasharray="{DASHES[name]}"/>'
        )
        out += [
            f'<circle cx="{x(n):.1f}" cy="{y(v):.1f}" r="3" stroke="{COLOURS[name]}" '
            f'fill="{"#fff" if (name, n) in hollow else COLOURS[name]}"/>'
            for n, v, _ in each
        ]
    return out


def legend(at: int) -> list[str]:
    """What the lines are."""
    out = []
    for number, (name, said) in enumerate(NAMES.items()):
        left = LEFT + number * 180
        out.append(
            f'<path d="M{left} {at - 4}h30" stroke="{COLOURS[name]}" stroke-width="2" '
            f'stroke-dasharray="{DASHES[name]}"/><text x="{left + 38}" y="{at}">{escape(said)}</text>'
        )
    return out


def main(_arguments: Sequence[str]) -> None:
    """Draw again what was measured last."""
    held = json.loads(FILE.read_text())
    DRAWN.write_text(drawn(held["points"], held["made"]["date"], held.get("doubtful", ())))


if __name__ == "__main__":
    main(sys.argv[1:])
