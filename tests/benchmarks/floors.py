"""The floors that scores must not fall below, kept in `floors.json`.

A benchmark measures its scores, each of which is better the higher it is (for an error rate, 1 -
rate), and ends with

    parser.add_argument("--pin", metavar="REASON", help=floors.PIN_HELP)
    ...
    digest = floors.digest_files(questions, articles)
    sys.exit(floors.hold("search", scores, digest, pin=options.pin))

``hold`` writes a line for each score that fell, and returns 1 if any did, else 0. The digest is
that of the data measured: floors of another question set mean nothing. To move floors up or down,
run the benchmark with `--pin "why"`; the reason is kept with them. Times differ between machines
and have no floors. `python -m tests.benchmarks.floors` lists the pinned floors.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

FLOORS = Path(__file__).with_name("floors.json")
PIN_HELP = "make these scores the floors, and keep why"
_REMEDY = 'find what changed it, or pin it on purpose with --pin "why"'


def hold(
    name: str,
    scores: Mapping[str, float],
    digest: str,
    *,
    pin: str | None = None,
    path: Path = FLOORS,
) -> int:
    """Check the scores, or first pin them if a reason is given; returns the exit status.

    Args:
        name: of the benchmark, or of its part if it has several question sets ("search").
        scores: by name, the higher the better.
        digest: of the data that they were measured on; see ``digest_files``.
        pin: why these scores become the floors; None to only check them.
        path: the file of floors.
    """
    if pin is not None:
        set_floors(name, scores, digest, reason=pin, path=path)
    missed = check(name, scores, digest, path=path)
    for line in missed:
        sys.stdout.write(f"{line}\n")
    if not missed:
        sys.stdout.write(f"{name}: {len(scores)} scores, none below its floor\n")
    return 1 if missed else 0


def check(name: str, scores: Mapping[str, float], digest: str, *, path: Path = FLOORS) -> list[str]:
    """Check the scores against the floors.

    Returns:
        A line for each score below its floor or without one, and for each floor without a score;
        or a single line if there are no floors or they are of another question set.
    """
    pinned = _read(path).get(name)
    if pinned is None:
        return [f'{name}: no floors; pin its scores with --pin "why"']
    if digest != pinned["digest"]:
        return [
            (
                f"{name}: measured on {digest}, its floors on {pinned['digest']}: the question "
                f"set changed; {_REMEDY}"
            )
        ]
    return list(_compare(name, scores, pinned))


def _compare(name: str, scores: Mapping[str, float], pinned: Mapping[str, Any]) -> Iterator[str]:
    floors: Mapping[str, float] = pinned["floors"]
    for score in dict.fromkeys([*floors, *scores]):
        if score not in scores:
            yield f"{name}: {score} has a floor and was not measured; {_REMEDY}"
        elif score not in floors:
            yield f"{name}: {score} is {scores[score]:.4f} and has no floor; {_REMEDY}"
        elif not scores[score] >= floors[score]:  # so NaN counts as below
            since = f"pinned {pinned['pinned']}: {pinned['reason']}"
            yield (
                f"{name}: {score} is {scores[score]:.4f}, below its floor {floors[score]:.4f} "
                f"({since}); {_REMEDY}"
            )


def set_floors(
    name: str, scores: Mapping[str, float], digest: str, *, reason: str, path: Path = FLOORS
) -> None:
    """Make the scores, cut to four decimals, the floors of a benchmark.

    Raises:
        ValueError: there is no reason, or a score is not a finite number.
    """
    if not reason.strip():
        raise ValueError("floors are moved for a reason; say it after --pin")
    if unusable := [score for score, value in scores.items() if not math.isfinite(value)]:
        raise ValueError(f"{', '.join(unusable)}: not a number; such a score cannot have a floor")
    floors = {score: math.floor(value * 10_000 + 1e-6) / 10_000 for score, value in scores.items()}
    entry = {
        "digest": digest,
        "pinned": date.today().isoformat(),
        "reason": " ".join(reason.split()),
        "floors": floors,
    }
    content = json.dumps(_read(path) | {name: entry}, indent=2, ensure_ascii=False, sort_keys=True)
    path.write_text(f"{content}\n", encoding="utf-8")


def digest_files(*paths: Path) -> str:
    """A digest of the files' contents; a folder stands for the files in it."""
    state = sha256()
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                state.update(sha256(file.read_bytes()).digest())
    return state.hexdigest()[:16]


def _read(path: Path) -> dict[str, Any]:
    try:
        content = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    found: dict[str, Any] = json.loads(content)
    return found


def main() -> None:
    """List the pinned floors."""
    for name, pinned in _read(FLOORS).items():
        sys.stdout.write(
            f"{name} (pinned {pinned['pinned']}: {pinned['reason']}; question set "
            f"{pinned['digest']})\n"
        )
        for score, floor in pinned["floors"].items():
            sys.stdout.write(f"  {score:48} {floor:.4f}\n")


if __name__ == "__main__":
    main()
