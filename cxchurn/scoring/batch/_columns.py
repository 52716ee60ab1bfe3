"""Whether a table that is there has the columns of scores."""

from __future__ import annotations

from collections.abc import Mapping

from cxchurn._core import UsageError, listed


def check_columns(found: Mapping[str, str], wanted: Mapping[str, str], table: str) -> None:
    """Refuse a table with other columns; none at all is a table that is not there yet.

    Parameters
    ----------
    found, wanted : mapping of str to str
        Types by column.
    table : str
        What it is called in the error.
    """
    if not found:
        return
    missing = [name for name in wanted if name not in found]
    more = [name for name in found if name not in wanted]
    other = [
        f"{name} is {found[name]} instead of {kind}"
        for name, kind in wanted.items()
        if name in found and found[name].lower() != kind.lower()
    ]
    problems = [f"it lacks {listed(missing)}"] if missing else []
    problems += [f"it has {listed(more)} too"] if more else []
    problems += other
    if problems:
        raise UsageError(
            f"the table {table} has other columns than the scores: {'; '.join(problems)}.",
            allowed="a table that scores with the same options were written to, or a new one",
            hint="name another table, or ask for what the table has (reasons, intervals, value).",
        )


def quoted(name: str) -> str:
    """Return a name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'
