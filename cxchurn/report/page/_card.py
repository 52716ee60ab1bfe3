"""The model card: what a model is for, how good it is, where it ends, and what it must not be used for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cxchurn._core import UsageError, span, write_whole
from cxchurn.evaluation import SUMMARY_METRICS, Evaluation, by_segment, metric_words
from cxchurn.features import language_of_model, subject_words
from cxchurn.report.page._clock import moment_on, zone_of
from cxchurn.report.page._sheet import Sheet, between, number, percent, sheet, titled, whole
from cxchurn.words import Together, as_spoken, said, speaking, spoken, value_words

_DRIVERS = 8
_NOT_FOR = ("rights", "others", "causes", "refused")


@dataclass(frozen=True)
class Part:
    """A part of a card: a title, paragraphs, points and a table."""

    title: str
    says: list[str] = field(default_factory=list)
    points: list[str] = field(default_factory=list)
    table: Sheet | None = None


def model_card(
    model: Any, evaluation: Evaluation | None = None, explanation: Any = None, *, evaluated: Any = None
) -> str:
    """Say on one page what a model is, for whom, how good, where it ends and what it must not be used for.

    Parameters
    ----------
    model : ChurnModel
        The model that is kept.
    evaluation : Evaluation, optional
        From `evaluate`: quality with intervals, by cut-off and by segment.
    explanation : Explanation, optional
        From `explain`, for the drivers; of the rows that were judged, for the segments.
    evaluated : ChurnModel, optional
        The model that was judged, if another (trained to an earlier cut-off, say).

    Returns
    -------
    str
        Markdown.

    Examples
    --------
    >>> print(cx.model_card(model, evaluation, explanation))
    # Churn model ...
    <BLANKLINE>
    ## What it is for
    ...
    """
    with speaking(language_of_model(model)):
        return _markdown(_title(model), list(_parts(model, evaluation, explanation, evaluated or model)))


def write_model_card(
    path: str | os.PathLike[str],
    *,
    model: Any,
    evaluation: Evaluation | None = None,
    explanation: Any = None,
    evaluated: Any = None,
) -> Path:
    """Write the card of a model as Markdown or as a page; see `model_card`.

    Parameters
    ----------
    path : path
        A file ending in ``.md`` or ``.html``.
    """
    target = Path(path)
    if target.suffix.lower() not in (".md", ".html"):
        raise UsageError(f"a card cannot be written to {target}.", allowed="a file ending in .md or .html")
    with speaking(language_of_model(model)):
        parts = list(_parts(model, evaluation, explanation, evaluated or model))
        text = (_page if target.suffix.lower() == ".html" else _markdown)(_title(model), parts)
    return write_whole(target, lambda file: file.write_text(text, encoding="utf-8"))


def _parts(model: Any, evaluation: Evaluation | None, explanation: Any, evaluated: Any) -> Iterator[Part]:
    yield _what(model)
    rights = [said("card", f"not_for_{name}") for name in _NOT_FOR]
    yield Part(said("card", "not_for"), [said("card", "not_for_says")], points=rights)
    yield _learned(model)
    if evaluation is not None:
        yield _quality(evaluation, model, evaluated)
        yield Part(said("card", "by_cutoff"), table=_by_cutoff(evaluation))
        segments = _segments(evaluation, explanation)
        if segments is not None:
            yield Part(said("card", "by_segment"), [said("card", "by_segment_says")], table=segments)
    if explanation is not None:
        yield _drivers(explanation)
    notes = [*model.notes_, *(evaluation.notes if evaluation is not None else ())]
    yield Part(said("card", "limits"), points=[as_spoken(note) for note in notes])


def _title(model: Any) -> str:
    return said("card", "title", version=str(model.version_))


def _what(model: Any) -> Part:
    churn = model.churn_
    says = said("card", "what_says", horizon=span(churn.horizon))
    asked = said("card", "asked", churn=churn.says, code=repr(churn))
    return Part(said("card", "what"), [said("card", "what_for", says=says), asked])


def _learned(model: Any) -> Part:
    about, parts = model.learned_from_, model.blend_.weights
    days = {end: _day(getattr(about, end), model) for end in ("first", "last", "until")}
    sizes = {"n": len(model.features_.says_), "families": len({says.driver for says in model.features_.says_})}
    shares = Together(said("card", "share", part=str(name), share=weight) for name, weight in parts.items())
    bands = {f"{name}_word": value_words("bands", name) for name in ("high", "medium")}
    return Part(
        said("card", "learned"),
        [
            said("card", "rows", n=about.rows, **days, rate=model.base_rate_),
            said("card", "features", **sizes, trees=model.classifier_.n_rounds_, shares=shares),
            said("card", "bands", **bands, high=model.bands_.high, medium=model.bands_.medium),
        ],
    )


def _day(at: str, model: Any) -> str:
    return f"{moment_on(at, zone_of(model)):%Y-%m-%d}"


def _quality(evaluation: Evaluation, model: Any, evaluated: Any) -> Part:
    summary = evaluation.summary().set_index("model")
    rows = [[metric_words(metric), *summary[metric].tolist()] for metric in SUMMARY_METRICS]
    whose = []
    if evaluated is not model:
        last = _day(evaluated.learned_from_.last, evaluated)
        whose = [said("card", "judged", version=str(evaluated.version_), last=last)]
    models = [value_words("evaluation", str(name)) for name in summary.index]
    return Part(
        said("card", "quality"),
        [said("card", "quality_says", headline=evaluation.headline()), *whose],
        table=Sheet(["", *models], rows, frozenset(range(len(summary) + 1))),
    )


def _by_cutoff(evaluation: Evaluation) -> Sheet:
    model = str(evaluation.metrics["model"].iloc[0])
    inside = evaluation.metrics[(evaluation.metrics["model"] == model) & (evaluation.metrics["metric"] == "roc_auc")]
    groups = evaluation.predictions.groupby("group", sort=True)
    table = groups.agg(rows=("churned", "size"), churned=("churned", "mean"), promised=(model, "mean")).reset_index()
    table = table.assign(roc_auc=table["group"].map(inside.set_index("cutoff")["value"]))
    writers: dict[str, Any] = {"group": str, "rows": whole, "promised": percent, "churned": percent, "roc_auc": number}
    return sheet(table, titled("card", writers))


def _segments(evaluation: Evaluation, explanation: Any) -> Sheet | None:
    found = _segments_of(evaluation, explanation)
    if not found:
        return None
    model = str(evaluation.metrics["model"].iloc[0])
    table = by_segment(evaluation.predictions["churned"], evaluation.predictions[model], found)
    ends = table[["low", "high"]].itertuples(index=False)
    table["interval"] = [between(low, high, percent) for low, high in ends]
    writers: dict[str, Any] = {"segment": str, "rows": whole, "mean_probability": percent}
    writers |= {"observed_rate": percent, "interval": str, "roc_auc": number}
    columns = titled("card", writers)
    # the label itself needs no title beside that of what it is a label of
    return sheet(table, {"segment": columns.pop("segment"), "value": ("", str), **columns})


def _segments_of(evaluation: Evaluation, explanation: Any) -> dict[str, np.ndarray]:
    """Return the kinds of customers that an evaluation's rows can be told apart by: labels on file, and who was silent already.

    Parameters
    ----------
    evaluation : Evaluation
    explanation : Explanation or None
        Of the same rows; otherwise only silence tells them apart.
    """
    rows, found = evaluation.predictions, {}
    if "already_silent" in rows and rows["already_silent"].nunique() > 1:
        silent, here = said("card", "already_silent"), said("card", "still_here")
        found[said("card", "at_the_cutoff")] = np.where(rows["already_silent"], silent, here)
    if explanation is None or not _same_rows(rows, explanation.rows):
        return found
    for says in explanation.says:
        if says.driver == "attributes" and says.levels:
            codes = explanation.features[says.name].to_numpy()
            labels = np.array([*says.levels, None], dtype=object)
            found[says.name.removeprefix("attributes_")] = labels[np.where(np.isnan(codes), -1, codes).astype(int)]
    return found


def _same_rows(rows: pd.DataFrame, other: pd.DataFrame) -> bool:
    keys = ["customer_id", "cutoff"]
    if len(rows) != len(other) or not set(keys) <= set(rows) & set(other):
        return False
    return all(bool((rows[key].to_numpy() == other[key].to_numpy()).all()) for key in keys)


def _drivers(explanation: Any) -> Part:
    writers: dict[str, Any] = {"driver": str, "share": percent, "raises": number, "lowers": number}
    table = explanation.drivers().head(_DRIVERS)
    table["driver"] = [subject_words(str(name)) for name in table["driver"]]
    return Part(said("card", "drivers"), [said("card", "drivers_say")], table=sheet(table, titled("card", writers)))


def _markdown(title: str, parts: list[Part]) -> str:
    lines = [f"# {title}", ""]
    for part in parts:
        lines += [f"## {part.title}", "", *(line for text in part.says for line in (text, ""))]
        lines += [*(f"- {_inline(point)}" for point in part.points), *([""] if part.points else [])]
        lines += [*_table(part.table), ""] if part.table is not None else []
    return "\n".join(lines)


def _inline(text: str) -> str:
    return " ".join(text.split())


def _table(table: Sheet) -> list[str]:
    rule = [":--" if place in table.words else "--:" for place in range(len(table.head))]
    cells = [[cell.replace("|", "\\|") for cell in row] for row in (table.head, rule, *table.rows)]
    return [f"| {' | '.join(row)} |" for row in cells]


def _page(title: str, parts: list[Part]) -> str:
    style = (Path(__file__).parent / "report.css").read_text(encoding="utf-8")
    body = "".join(_section(part) for part in parts)
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{style}</style>'
    code = spoken().word("language", "code")
    return f'<!doctype html><html lang="{escape(code)}"><head>{head}</head><body><h1>{escape(title)}</h1>{body}</body></html>\n'


def _section(part: Part) -> str:
    said = "".join(f"<p>{_code(text)}</p>" for text in part.says)
    points = "".join(f"<li>{_code(point)}</li>" for point in part.points)
    listing = f"<ul>{points}</ul>" if points else ""
    return f"<h2>{escape(part.title)}</h2>{said}{listing}{_html(part.table) if part.table is not None else ''}"


def _code(text: str) -> str:
    return "".join(
        f"<code>{escape(one)}</code>" if place % 2 else escape(one) for place, one in enumerate(text.split("`"))
    )


def _html(table: Sheet) -> str:
    def row(cells: list[str], tag: str) -> str:
        named = ((' class="words"' if place in table.words else "", cell) for place, cell in enumerate(cells))
        return "<tr>" + "".join(f"<{tag}{name}>{escape(cell)}</{tag}>" for name, cell in named) + "</tr>"

    body = "".join(row(cells, "td") for cells in table.rows)
    return f'<div class="wide"><table><thead>{row(table.head, "th")}</thead><tbody>{body}</tbody></table></div>'
