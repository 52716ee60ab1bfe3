"""What reading found: how many rows, which rules were broken, by which rows, and what else is worth knowing."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

from cxchurn._core import DataError, Deferred, html_list, html_result, html_said, html_table, typed

if TYPE_CHECKING:
    import pandas as pd

    from cxchurn.interactions.log.description._description import Description
else:
    pd = Deferred("pandas")

_WIDTH = 80
# of rows refused: more than these are no slips
_FEW = 0.01
# in Python, and in files
_APART = "if a column tells events apart, name it as event_id."
_CORRECTION = "a correction is a row with an event_id and a known_at of its own."
_ADVICE = {
    "duplicate": (
        f"If equal rows are genuine, say duplicates='keep' in the schema; {_APART}",
        f'If equal rows are genuine, write duplicates = "keep" under [format] of the schema; {_APART}',
    ),
    "event_id_contradicted": (
        f"If the column does not name events, take it out of the schema; {_CORRECTION}",
        f"If the column does not name events, take event_id out of [roles]; {_CORRECTION}",
    ),
}


@dataclass(frozen=True)
class Finding:
    """One rule, and the rows that broke it.

    Parameters
    ----------
    rule : str
        The rule's stable name.
    column : str
        The column it is about, by its canonical name; "" for the whole row.
    says : str
        What the rows did, in words.
    rows : int
        How many rows broke it.
    examples : tuple of mappings
        Up to five such rows: ``row`` (counted from 1), ``file`` where there are several, and the user's columns that
        show it.
    source : str
        Which data it was.
    kept : bool
        Whether such rows are kept, or repeat one that is: then it is something to know, and no mistake.
    hint : str
        What to write in the schema, where the values show that it, and not the rows, may be wrong; else "".
    """

    rule: str
    column: str
    says: str
    rows: int
    examples: tuple[Mapping[str, object], ...] = ()
    source: str = ""
    kept: bool = False
    hint: str = ""

    def __str__(self) -> str:
        about = f" ({self.column})" if self.column else ""
        lines = textwrap.wrap(f"{self.rows:,} x {self.rule}{about}: {self.says}", _WIDTH - 2, subsequent_indent="    ")
        return "\n".join("  " + line for line in [*lines, *(_shown(example) for example in self.examples)])


def shown_as(column: str) -> str:
    """Return what an example calls a user's column: told from our own words."""
    return repr(column) if column in ("row", "file", "line") else column


def _plain(found: Finding) -> dict[str, object]:
    """Return a finding as plain data; values of its examples are texts."""
    examples = [{name: None if value is None else str(value) for name, value in one.items()} for one in found.examples]
    return {**{each.name: getattr(found, each.name) for each in fields(found)}, "examples": examples}


def html_findings(findings: Iterable[Finding]) -> str:
    """Return findings as a table for a notebook, each with its first example."""
    rows = [
        [
            found.rule,
            found.column,
            found.says,
            f"{found.rows:,}",
            _shown(found.examples[0]).strip() if found.examples else "",
        ]
        for found in findings
    ]
    return html_table(["rule", "column", "what the rows did", "rows", "such as"], rows) if rows else ""


def _shown(example: Mapping[str, object]) -> str:
    given = ", ".join(f"{name}={value}" for name, value in example.items() if name not in ("row", "file", "line"))
    where = f"row {example['row']}: " if "row" in example else ""
    file = f"{example['file']}, " if "file" in example else ""
    return _cut(f"    {file}{where}{given}{example.get('line', '')}")


def _cut(line: str) -> str:
    one = " ".join(line.splitlines())
    return one if len(one) <= _WIDTH - 2 else one[: _WIDTH - 6] + " ..."


@dataclass(frozen=True)
class Validation:
    """The report on an interaction log: rows read, kept and refused, and every rule that was checked.

    Parameters
    ----------
    rows_read, rows_refused : int
        Rows of interactions read, and those that broke a rule.
    findings : tuple of Finding
        Every rule checked, also those that held (with 0 rows).
    rows_repeated : int
        Rows that repeat an earlier one, by the ``event_id`` of the source: read once, and neither kept nor refused.
    notes : tuple of str
        What is worth a look though it breaks no rule: ids or kinds that differ by their writing alone; in a report also
        sources and kinds that ended early, and holes of days.
    description : Description, optional
        What the rows kept hold; of a report from `validate_interactions` that keeps any.
    """

    rows_read: int
    rows_refused: int
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    rows_repeated: int = 0
    description: Description | None = field(default=None, repr=False, compare=False)

    @property
    def rows_kept(self) -> int:
        """Rows that keep every rule, each event once."""
        return self.rows_read - self.rows_refused - self.rows_repeated

    @property
    def broken(self) -> tuple[Finding, ...]:
        """The rules that rows broke, most rows first."""
        return self._found(kept=False)

    @property
    def noted(self) -> tuple[Finding, ...]:
        """What is worth knowing and no mistake, most rows first."""
        return self._found(kept=True)

    def _found(self, *, kept: bool) -> tuple[Finding, ...]:
        found = (one for one in self.findings if one.rows and one.kept == kept)
        return tuple(sorted(found, key=lambda one: -one.rows))

    @property
    def ok(self) -> bool:
        """Whether every row keeps every rule."""
        return not self.broken

    @property
    def table(self) -> pd.DataFrame:
        """The rules as a frame: source, rule, column, says, rows, examples (a list of dicts)."""
        names = ("source", "rule", "column", "says", "rows")
        columns: dict[str, list[object]] = {name: [getattr(found, name) for found in self.findings] for name in names}
        return pd.DataFrame({**columns, "examples": [[*map(dict, found.examples)] for found in self.findings]})

    def to_dict(self) -> dict[str, object]:
        """Return the report as plain data that JSON can hold; with ``description`` where there is one."""
        found = {
            "ok": self.ok,
            "rows_read": self.rows_read,
            "rows_kept": self.rows_kept,
            "rows_refused": self.rows_refused,
            "rows_repeated": self.rows_repeated,
            "findings": [_plain(one) for one in self.findings],
            "notes": list(self.notes),
            "advice": list(self.advice),
        }
        return found if self.description is None else {**found, "description": self.description.to_dict()}

    def _headline(self) -> str:
        repeats = f", {self.rows_repeated:,} repeated" if self.rows_repeated else ""
        return f"{self.rows_read:,} rows read, {self.rows_kept:,} kept, {self.rows_refused:,} refused{repeats}."

    def _held(self) -> str:
        held = sum(not found.kept for found in self.findings) - len(self.broken)
        return f"{held} rules held." if self.broken else f"All {held} rules held."

    def _repr_html_(self) -> str:
        parts = [html_findings(self.broken), html_said([self._held()])]
        parts += [html_said(["No mistake, and worth knowing:"]), html_findings(self.noted)] if self.noted else []
        parts += [html_said(["Worth a look:"]), html_list(self.notes)] if self.notes else []
        return html_result("Validation", self._headline(), *parts)

    def __str__(self) -> str:
        parts = [self._headline(), *map(self._said, self.broken), self._held()]
        if self.noted:
            parts += ["No mistake, and worth knowing:", *map(self._said, self.noted)]
        parts += ["Worth a look:"] if self.notes else []
        parts += [textwrap.fill(one, _WIDTH, initial_indent="  ", subsequent_indent="    ") for one in self.notes]
        return "\n".join(parts)

    def _said(self, found: Finding) -> str:
        several = len({one.source for one in self.findings}) > 1
        return (f"  {_cut(found.source)}:\n" if several else "") + str(found)

    def raise_if_broken(self, *, hint: str | None = None) -> None:
        """Raise the report as an error where a rule was broken; `hint` says what to do in place of the usual advice."""
        if self.ok:
            return
        advice = [*self.advice, self._quarantine()]
        raise DataError(f"the data breaks its contract.\n{self}", hint=hint or " ".join(advice))

    def _quarantine(self) -> str:
        """Say how to go on without the rows refused: never first where many would go, for they are mostly of a kind."""
        how = typed("on_error='quarantine'", 'on_error = "quarantine" under [log], or --on-error quarantine,')
        share = self.rows_refused / max(self.rows_read, 1)
        if share <= _FEW and not self.advice:
            return f"{how} sets these rows aside and goes on with the others."
        sets = f"{how} sets these {share:.1%} of the rows aside".replace(".0%", "%")
        return f"If these rows are wrong, and not what is said of them: {sets}, and what is learned is of the others alone."

    @property
    def advice(self) -> tuple[str, ...]:
        """What to say in the schema where it may be the schema that is wrong, and not the rows; sentences."""
        broken = {found.rule for found in self.broken}
        hints = dict.fromkeys(_sentence(found.hint) for found in self.broken if found.hint)
        return (*hints, *(typed(python, toml) for rule, (python, toml) in _ADVICE.items() if rule in broken))


def _sentence(hint: str) -> str:
    # a name of the user's keeps its letters
    return hint[:1].upper() + hint[1:] if hint.split(" ")[0].isalpha() else hint
