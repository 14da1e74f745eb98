"""Pictures of how far confidence can be trusted. Needs matplotlib, of the bench extra; not imported at run time."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

_SIZE = (5.2, 3.9)  # inches
_STYLE: Any = {  # matplotlib, where it is installed, wants its own type of key
    "svg.hashsalt": "dateline",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
_FEWEST = 10  # answers of which a share is drawn
_BLUE, _GREY = "#2f6db5", "#8a8f98"


def draw_reliability(path: Path, chances: Numbers, right: Flags, bins: int = 10) -> None:
    """Share that is right over confidence, in bins of equal width, each with its count and standard error.

    Args:
        path: of the SVG.
        chances: (questions,) confidence in [0, 1].
        right: (questions,) whether the answer was right.
        bins: how many.
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
    _save(figure, path)


def draw_risk_coverage(path: Path, curves: Mapping[str, tuple[Numbers, Flags]]) -> None:
    """Share that is wrong of those answered, over the share answered, surest first (El-Yaniv and Wiener 2010).

    Args:
        path: of the SVG.
        curves: by name, each with confidence and whether the answer was right, (questions,) both.
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
    _save(figure, path)


def _figure(across: str, up: str) -> tuple[Figure, Axes]:
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(_STYLE):
        figure = Figure(figsize=_SIZE, layout="constrained")
        axes = figure.add_subplot(xlim=(0, 1), ylim=(0, 1), xlabel=across, ylabel=up)
        axes.grid(color="#e3e6ea", linewidth=0.6)
    return figure, axes


def _save(figure: Figure, path: Path) -> None:
    """As SVG; the same numbers make the same file."""
    from matplotlib import rc_context

    path.parent.mkdir(parents=True, exist_ok=True)
    with rc_context(_STYLE):
        figure.savefig(path, format="svg", metadata={"Date": None})
