"""The numbers that operations have in a program."""

from __future__ import annotations

_FLOATS = (
    "add_f", "subtract_f", "multiply_f", "true_divide_f", "maximum_f", "minimum_f", "fmax_f", "fmin_f", "less_f",
    "less_equal_f", "greater_f", "greater_equal_f", "equal_f", "not_equal_f", "and_f", "or_f", "xor_f",
)  # fmt: skip
_ONE_FLOAT = (
    "negative_f", "absolute_f", "rint_f", "floor_f", "ceil_f", "trunc_f", "sqrt_f", "isnan_f", "isfinite_f", "isinf_f",
    "told_f", "not_f",
)  # fmt: skip
_WHOLE = (
    "add_i", "subtract_i", "multiply_i", "maximum_i", "minimum_i", "floor_divide_i", "remainder_i", "negative_i",
    "absolute_i", "less_i", "less_equal_i", "greater_i", "greater_equal_i", "equal_i", "not_equal_i",
)  # fmt: skip
_MIXED = ("where_f", "where_i", "float", "whole", "subtract_time_i", "divide_time")
# what is done to every number by itself, of rows and of events alike
ARITHMETIC = {name: k for k, name in enumerate((*_FLOATS, *_ONE_FLOAT, *_WHOLE, *_MIXED))}
# what is done to events
EVENTS = {
    name: len(ARITHMETIC) + k
    for k, name in enumerate(
        (
            "pick_f", "pick_i", "take_f", "take_i", "ranks", "changes", "diff", "arange", "growth",
            "before", "steps", "begin", "following", "latest", "running", "streak", "new", "nth_of", "mapped", "position",
            "is_in",
        )
    )
}  # fmt: skip
# what is asked about rows
ROWS = {
    name: len(ARITHMETIC) + k
    for k, name in enumerate(
        (
            "at_f", "at_i", "first", "length", "search", "count", "total", "mean", "std", "smallest", "largest", "quantile",
            "nth_value", "nth_age", "distinct", "slope", "strongest", "decayed", "balance", "ends", "follow", "persistence",
            "renewals", "by_label", "count_by_label", "age_by_label", "entropy", "mix",
        )
    )
}  # fmt: skip
