"""What a guess leaves open, as errors: roles that no column plays, and values that read in several ways."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

from cxchurn._core import DataError, did_you_mean, listed, typed
from cxchurn.interactions.schema.guessing._guess import Guess

ALONE = "a table with one row a customer and no time is no log: it may be the customers table (--customers, customers=)"

# shorter names are near to many
_SHORTEST = 4


def raise_missing(found: Guess) -> NoReturn:
    """Raise an error for roles that no column plays, with what to write."""
    columns = found.facts.columns
    if are_a_row(columns):
        raise DataError(
            f"the first line of {found.facts.label} looks like a row, and not like the names of columns.\n"
            f"Found: {listed(columns, most=40)}",
            hint="name the columns in a schema: "
            + typed(
                "columns=('customer', 'when', ...).",
                'columns = ["customer", "when", ...] under [format], and under [roles] which of them is what.',
            ),
        )
    free = [column for column in columns if column not in found.roles.values() and len(column) >= _SHORTEST]
    near = [f"for {role}: {guess}" for role in found.missing if (guess := did_you_mean(role, free))]
    near += [f"{ALONE}."] if found.one_a_customer else []
    roles = {role: found.roles.get(role, "...") for role in ("customer_id", "timestamp")}
    one = "kind" in found.missing
    python = ", ".join(f"{role}={column!r}" for role, column in roles.items())
    python += ", kind='...'), or kind_is='purchase' where all rows are of one kind" if one else ", kind='...')"
    toml = "\n".join(f'  {role} = "{column}"' for role, column in roles.items())
    toml += (
        '\nand, for rows that are all of one kind,\n  [constants]\n  kind = "purchase"'
        if one
        else f'\n  kind = "{found.roles["kind"]}"'
    )
    raise DataError(
        f"no column was recognised as {listed(found.missing)}.\nFound: {listed(columns, most=40)}",
        hint=("; ".join(near) + " Or " if near else "")
        + typed(
            f"write a schema: Schema({python}.",
            f"write a schema (cxchurn schema LOG > schema.toml begins one), such as\n  [roles]\n{toml}",
        ),
    )


def are_a_row(columns: Iterable[str]) -> bool:
    """Whether most of what should be names are figures."""
    figures = [any(map(str.isdigit, one)) and not any(map(str.isalpha, one)) for one in columns]
    return 2 * sum(figures) >= len(figures)


def raise_undecided(found: Guess) -> NoReturn:
    """Raise an error for what the values leave open."""
    sentences = [
        sentence + ("\n  one of: " if lines else "") + ", or ".join(line.replace("\n# ", ", ") for line in lines)
        for sentence, lines in found.ask
    ]
    key = next((line.partition(" = ")[0] for _, lines in found.ask for line in lines), "measures")
    raise DataError(
        f"{found.facts.label} can be read in several ways:\n" + "\n".join(sentences),
        hint=typed(
            f"say it in a schema: Schema(..., {key}=...).",
            "say it in a schema under [format]; cxchurn schema LOG > schema.toml begins one.",
        ),
    )
