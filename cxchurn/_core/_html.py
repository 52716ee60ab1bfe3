"""Results as they stand in a notebook: a title, tables and sentences, every letter of them escaped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import Any


def html_result(title: str, about: str, *parts: str) -> str:
    """Return a result for a notebook: its name in bold, one line on it, then tables and sentences.

    Parameters
    ----------
    title, about : str
        Plain text.
    *parts : str
        From `html_table`, `html_said` and `html_list`.

    Examples
    --------
    >>> html_result("Panel", "3 rows", html_said(["<b> is escaped."]))
    '<div><p><b>Panel</b>: 3 rows</p><p>&lt;b&gt; is escaped.</p></div>'
    """
    return f"<div><p><b>{escape(title)}</b>{': ' if about else ''}{escape(about)}</p>{''.join(parts)}</div>"


def html_table(
    head: Sequence[object],
    rows: Iterable[Sequence[object]],
    *,
    most: int | None = None,
    more: Callable[[int], str] = "and {:,} more".format,
) -> str:
    """Return a table whose first column names its rows; cells are plain text, and what is no text is written as text.

    Parameters
    ----------
    head : sequence
        The titles of the columns.
    rows : iterable of sequences
        The cells.
    most : int, optional
        How many rows are shown; how many more there are is said below them.
    more : callable, optional
        Says that there are so many more.
    """
    lines = [list(row) for row in rows]
    shown = lines if most is None else lines[:most]
    titles = "".join(f'<th scope="col">{escape(str(one))}</th>' for one in head)
    body = "".join(f"<tr>{_cells(row)}</tr>" for row in shown)
    left = len(lines) - len(shown)
    below = html_said([more(left)]) if left else ""
    return f"<table><thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table>{below}"


def html_said(sentences: Iterable[object]) -> str:
    """Return sentences, a paragraph each."""
    return "".join(f"<p>{escape(str(one))}</p>" for one in sentences)


def html_list(points: Iterable[object]) -> str:
    """Return points as a list; nothing where there is none."""
    items = "".join(f"<li>{escape(str(one))}</li>" for one in points)
    return f"<ul>{items}</ul>" if items else ""


def _cells(row: Sequence[Any]) -> str:
    first, *others = row
    named = f'<th scope="row">{escape(str(first))}</th>'
    return named + "".join(f"<td>{escape(str(one))}</td>" for one in others)
