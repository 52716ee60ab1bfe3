"""A column of the feature frame, with what it says about a customer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from cxchurn._core import Span


@dataclass(eq=False, slots=True)
class Column:
    """One feature: its name, its values, and the sentence for one customer's value.

    Parameters
    ----------
    name : str
        ``driver_value_operation_window``, lower case; part of the API.
    values : ndarray, shape (n,)
        One number a row, NaN for missing.
    says : str
        What a value means for a customer, as a predicate without its subject: ``"waited {value:.0f} seconds on average in
        the last {window}"``. ``{value:#visit}`` writes ``1 visit`` or ``3 visits``; see `Number`.
    zero, missing : str, optional
        What to say instead for the value 0, and for a missing value.
    unit : str, default "count"
        The unit of the values, such as ``"days"``, ``"seconds"``, ``"share"``.
    window : Span, optional
        The window, for ``{window}`` and the catalogue.
    levels : tuple of str, optional
        The labels, where the values are positions in it (a category).
    expects : {-1, 0, 1}
        The direction one would expect: 1 where more means more risk. A reason is told by a value on that side of the usual;
        the model is not held to it. Of a category 1 where it says what was bad, whichever label it has: that lowers no risk.
    theme : str, optional
        What the column is about, where that is another theme than the builder's.
    neutral : float, optional
        The value that is neither good nor bad, such as 0 for a change: one on its good side is no reason, even where it is
        worse than usual.
    tells : bool, default True
        Whether it can be a reason. What says nothing without the rest, such as the kind of the third last interaction, is none.
    missing_tells : bool, default False
        Whether having no value can be a reason in itself, as in "has never had a good moment".
    below : str, optional
        What to say instead for values below 0, of their size: ``"waited {value:seconds} less than usual"``.
    label : str, optional
        The label of the log that the column is about, for ``{label}`` and ``{value:#label}``; see `Label`.
    role : str
        What `label` (without one, `levels`) are labels of: a role such as ``"kind"``, a column, or ``"measures"`` and
        ``"customers"`` for names of measures and attributes.
    slots : mapping of str to Span or number
        What else the texts name in braces.
    """

    name: str
    values: np.ndarray = field(repr=False)
    says: str
    zero: str | None = None
    missing: str | None = None
    unit: str = "count"
    window: Span | None = None
    levels: tuple[str, ...] | None = None
    expects: int = 0
    theme: str | None = None
    neutral: float | None = None
    tells: bool = True
    missing_tells: bool = False
    below: str | None = None
    label: str | None = None
    role: str = ""
    slots: Mapping[str, Span | float] = field(default_factory=dict)
