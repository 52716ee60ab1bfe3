"""A plot as a piece of a page."""

from __future__ import annotations

import io
import re
from typing import cast

from markupsafe import Markup, escape
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cxchurn.report.plots._look import INK, PAPER

_NO_METADATA = {"Creator": None, "Date": None, "Format": None, "Type": None}


def inline_svg(ax: Axes, *, name: str, says: str) -> Markup:
    """Return the figure of `ax` as SVG to stand inside HTML: text stays text, and ink and paper take the colours of the page.

    Parameters
    ----------
    ax : Axes
        The only axes of their figure.
    name : str
        Told apart from the other figures of the page; also keeps the bytes equal from run to run.
    says : str
        What the figure shows, for those who do not see it.
    """
    buffer = io.StringIO()
    figure = cast(Figure, ax.get_figure(root=True))
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        figure.savefig(buffer, format="svg", transparent=True, metadata=_NO_METADATA)
    drawing = buffer.getvalue()
    drawing = drawing[drawing.index("<svg") :].replace(INK, "currentColor").replace(PAPER, "var(--page)")
    # the names that matplotlib counts up are the same in every figure, and nothing refers to them
    drawing = re.sub(r' id="[A-Za-z0-9.]+_\d+"', "", drawing)
    return Markup(drawing.replace("<svg", f'<svg role="img" aria-label="{escape(says)}"', 1))
