"""Pictures of how far confidence can be trusted.

Needs matplotlib, from the bench extra. Not imported at run time.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_SIZE = (5.2, 3.9)  # inches
_STYLE: Any = {  # Any: matplotlib, if installed, has its own type of key
    "svg.hashsalt": "dateline",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
_FEWEST = 10  # a share of fewer answers is not drawn
_BLUE, _GREY = "#2f6db5", "#8a8f98"


def draw_reliability(path: Path, chances: Floats, right: Flags, bins: int = 10) -> None:
    """Plot the share that is right against confidence.

    The bins have equal width; each shows its count and standard error.

    Args:
        path: the SVG file to write.
        chances: (questions,) confidence in [0, 1].
        right: (questions,) whether the answer was right.
        bins: number of bins.
    """
    figure, axes = _figure("confidence", "share that is right")
    axes.plot([0, 1], [0, 1], color=_GREY, linestyle="--", linewidth=1)
    which = np.minimum((chances * bins).astype(int), bins - 1)
    for n in sorted(set(which.tolist())):
        some = right[which == n]
        share, said = some.mean(), chances[which == n].mean()
        spread = (share * (1 - share) / len(some)) ** 0.5
        axes.errorbar(said, share, spread, color=_BLUE, marker="o", capsize=2, clip_on=False)
        axes.annotate(
            str(len(some)),
            (said, share),
            (6, -10),
            textcoords="offset points",
            color=_GREY,
            fontsize=8,
        )
    axes.set_title(
        f"{len(right)} questions: confidence, and how often it was right", loc="left", fontsize=10
    )
    save(figure, path)


def draw_risk_coverage(path: Path, curves: Mapping[str, tuple[Floats, Flags]]) -> None:
    """Plot the share of answers that are wrong against the share of questions answered.

    Questions are answered in order of confidence, highest first (El-Yaniv and Wiener 2010).

    Args:
        path: the SVG file to write.
        curves: by name; each has confidences and whether the answers were right, both (questions,).
    """
    figure, axes = _figure(
        "share of the questions that are answered", "share of the answers that are wrong"
    )
    for (name, (chances, right)), colour in zip(curves.items(), (_BLUE, _GREY), strict=False):
        wrong = ~right[np.argsort(-chances, kind="stable")]
        count = np.arange(1, len(wrong) + 1)
        shown = count >= min(_FEWEST, len(wrong))
        axes.plot(
            (count / len(wrong))[shown], (np.cumsum(wrong) / count)[shown], color=colour, label=name
        )
    axes.set_title("What declining the rest buys", loc="left", fontsize=10)
    axes.legend(frameon=False, loc="lower right")
    save(figure, path)


def _figure(across: str, up: str) -> tuple[Figure, Axes]:
    return plot(_SIZE, xlim=(0, 1), ylim=(0, 1), xlabel=across, ylabel=up)


def plot(size: tuple[float, float], **axes: Any) -> tuple[Figure, Axes]:  # noqa: ANN401 - matplotlib's own
    """An empty picture in the project's style.

    Args:
        size: width and height in inches.
        axes: as for matplotlib's ``add_subplot``.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(_STYLE):
        figure = Figure(figsize=size, layout="constrained")
        made = figure.add_subplot(**axes)
        made.grid(color="#e3e6ea", linewidth=0.6)
    return figure, made


def save(figure: Figure, path: Path) -> None:
    """Write the figure as SVG; the same numbers give the same file."""
    from matplotlib import rc_context

    path.parent.mkdir(parents=True, exist_ok=True)
    with rc_context(_STYLE):
        figure.savefig(path, format="svg", metadata={"Date": None})
