"""Show what ``growth.py`` measured, as a table and a picture.

python -m tests.benchmarks.growth_report --kept FILE [--picture FILE]
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from assistant.training.pictures import plot, save

PICTURE = Path(__file__).with_name("growth.svg")
Measured = dict[str, Any]

ROWS: dict[str, Callable[[Measured], str]] = {
    "adding, articles/s, vectors at hand": lambda m: f"{m['add']['adds, articles/s']:.0f}",
    "Chroma follows, ms a passage": lambda m: f"{_follow_ms(m):.2f}",
    "opened by who has Chroma, s: files in memory; from the disk": lambda m: _opened(m, "opens, s"),
    "the same: Chroma is open, s": lambda m: _opened(m, "Chroma opens, s"),
    "opened by another process, s": lambda m: _opened(m, "other: opens, s"),
    "a search, ms, median / p95: files in memory": lambda m: _pair(m["hold"]["searches first, ms"]),
    "the same again": lambda m: _pair(m["hold"]["searches, ms"]),
    "the same from the disk": lambda m: _pair(m["cold"]["searches, ms"]),
    "a search by another process": lambda m: _pair(m["hold"]["other: searches, ms"]),
    "the question's vector": lambda m: _pair(m["hold"]["the question's vector, ms"]),
    "how frequent its words are (beside the vector)": lambda m: _pair(
        m["hold"]["how frequent its words are, ms"]
    ),
    "candidates by words (beside the vector)": lambda m: _pair(
        m["hold"]["candidates by words, ms"]
    ),
    "candidates by meaning": lambda m: _pair(m["hold"]["candidates by meaning, ms"]),
    "scoring them": lambda m: _pair(m["hold"]["scoring, ms"]),
    "a question with reading": lambda m: _pair(m["hold"].get("answers, ms", ())) or "not run",
    "a search of a year, of nine": lambda m: _pair(m["hold"]["of a year, ms"]),
    "a search of a month": lambda m: _pair(m["hold"]["of a month, ms"]),
    "recall@10 against exact search": lambda m: f"{m['hold']['recall']:.3f}",
    "memory, MiB; of another process": lambda m: (
        f"{m['hold']['memory, MiB']:,.0f}; {m['hold']['other: memory, MiB']:,.0f}"
    ),
    "disk, MiB: library.db; Chroma; vectors.bin": lambda m: (
        f"{m['library.db, MiB']:,.0f}; {m['chroma, MiB']:,.0f}; {m['vectors.bin, MiB']:,.0f}"
    ),
    "LlamaIndex and Chroma: a search, ms; memory; disk": lambda m: _peer(m.get("llamaindex")),
    "bm25s: a search, ms; memory": lambda m: _peer(m.get("bm25s")),
}


def table(measured: Sequence[Measured]) -> str:
    """The results in Markdown, with a column for each size."""
    lines = ["| passages | " + " | ".join(f"{m['passages']:,}" for m in measured) + " |"]
    lines.append("| --- |" + " --- |" * len(measured))
    lines += [
        f"| {name} | " + " | ".join(cell(m) for m in measured) + " |" for name, cell in ROWS.items()
    ]
    return "\n".join(lines)


def draw(path: Path, measured: Sequence[Measured]) -> None:
    """Draw the milliseconds of a search against the size, both axes logarithmic."""
    sizes = [m["passages"] for m in measured]
    lines = {
        "a search, in the process that has Chroma": [
            m["hold"]["searches, ms"][0] for m in measured
        ],
        "a search, in another process": [m["hold"]["other: searches, ms"][0] for m in measured],
        "candidates by meaning, of these": [
            m["hold"]["candidates by meaning, ms"][0] for m in measured
        ],
        "scoring them": [m["hold"]["scoring, ms"][0] for m in measured],
    }
    for name in ("llamaindex", "bm25s"):
        if some := [m[name]["searches, ms"][0] for m in measured if name in m]:
            lines[{"llamaindex": "LlamaIndex and Chroma", "bm25s": "bm25s, in memory"}[name]] = some
    figure, axes = plot(
        (6.4, 4.2), xscale="log", yscale="log", xlabel="passages", ylabel="milliseconds, median"
    )
    for name, values in lines.items():
        theirs = name.startswith(("LlamaIndex", "bm25s"))
        axes.plot(
            sizes[: len(values)],
            values,
            marker="o",
            linestyle="--" if theirs else "-",
            label=name,
        )
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.set_yticks([1, 10, 100], ["1", "10", "100"])
    axes.minorticks_off()
    axes.set_title("What a search takes as the library grows", loc="left", fontsize=10)
    figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=8)
    save(figure, path)


def _opened(measured: Measured, what: str) -> str:
    return f"{measured['hold'][what]:.1f}; {measured['cold'][what]:.1f}"


def _follow_ms(measured: Measured) -> float:
    grown = float(measured["follow"]["upto"]) - float(measured["from"])
    return 1_000 * float(measured["follow"]["chroma follows, s"]) / max(grown, 1.0)


def _pair(times: Sequence[float]) -> str:
    return " / ".join(f"{time:.1f}" if time < 100 else f"{time:.0f}" for time in times)


def _peer(measured: Measured | None) -> str:
    if measured is None:
        return "not run"
    sizes = [f"{measured[key]:,.0f}" for key in ("memory, MiB", "disk, MiB") if key in measured]
    return "; ".join([_pair(measured["searches, ms"]), *sizes])


def main(arguments: list[str] | None = None) -> None:
    """Print the table and draw the picture."""
    parser = argparse.ArgumentParser(description="Show what was measured of growing libraries.")
    parser.add_argument("--kept", type=Path, required=True, metavar="FILE")
    parser.add_argument("--picture", type=Path, default=PICTURE, metavar="FILE")
    options = parser.parse_args(arguments)
    measured = [json.loads(line) for line in options.kept.read_text().splitlines()]
    # the last run of each size
    newest = list({m["passages"] // 100: m for m in measured}.values())
    sys.stdout.write(table(newest) + "\n")
    draw(options.picture, newest)


if __name__ == "__main__":
    main()
