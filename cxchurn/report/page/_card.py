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
from cxchurn.evaluate import METRIC_WORDS, SUMMARY_METRICS, Evaluation, by_segment
from cxchurn.report.page._sheet import Columns, Sheet, number, percent, sheet, whole

_DRIVERS = 8
_NOT_FOR = (
    "deciding about a person's rights, prices or service in a way they cannot question: it tells who may leave, not who"
    " deserves what",
    "customers of another company, country or product than those it learned from, without judging it there first",
    "telling what would keep a customer: drivers say what goes with leaving, not what causes it; a campaign with a hold-out"
    " tells",
    "people who asked not to be profiled",
)


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
    >>> Path("card.md").write_text(cx.model_card(model, evaluation, explanation))  # doctest: +SKIP
    """
    return _markdown(f"Churn model {model.version_}", list(_parts(model, evaluation, explanation, evaluated or model)))


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
    parts, title = list(_parts(model, evaluation, explanation, evaluated or model)), f"Churn model {model.version_}"
    if target.suffix.lower() not in (".md", ".html"):
        raise UsageError(f"a card cannot be written to {target}.", allowed="a file ending in .md or .html")
    text = _page(title, parts) if target.suffix.lower() == ".html" else _markdown(title, parts)
    return write_whole(target, lambda file: file.write_text(text, encoding="utf-8"))


def _parts(model: Any, evaluation: Evaluation | None, explanation: Any, evaluated: Any) -> Iterator[Part]:
    yield _what(model)
    yield Part("Not for", ["It must not be used for:"], points=list(_NOT_FOR))
    yield _learned(model)
    if evaluation is not None:
        yield _quality(evaluation, model, evaluated)
        yield Part("By cut-off", table=_by_cutoff(evaluation))
        segments = _segments(evaluation, explanation)
        if segments is not None:
            yield Part("By segment", ["Promised and observed churn rate of customers of one kind."], table=segments)
    if explanation is not None:
        yield _drivers(explanation)
    yield Part("Limits", points=[*model.notes_, *(evaluation.notes if evaluation is not None else ())])


def _what(model: Any) -> Part:
    churn = model.churn_
    said = (
        f"Tells for each customer the probability to churn within {span(churn.horizon).words}, with reasons in words."
    )
    return Part(
        "What it is for",
        [
            f"{said} For those who look after customers: whom to talk to first, and about what.",
            f"Asked about: {churn.says}. As one would type it: `{churn!r}`.",
        ],
    )


def _learned(model: Any) -> Part:
    about, parts = model.learned_from_, model.blend_.weights
    shares = ", ".join(f"{name} {weight:.0%}" for name, weight in parts.items())
    return Part(
        "What it learned from",
        [
            f"{about.rows:,} rows (customers at cut-offs) from {about.first[:10]} to {about.last[:10]}, whose outcomes were "
            f"known by {about.until[:10]}; {model.base_rate_:.1%} churned.",
            f"{len(model.features_.says_):,} features of {len({says.driver for says in model.features_.says_})} families; "
            f"{model.classifier_.n_rounds_:,} trees, blended in log-odds: {shares}.",
            f'Bands: "high" from {model.bands_.high:.1%}, "medium" from {model.bands_.medium:.1%}.',
        ],
    )


def _quality(evaluation: Evaluation, model: Any, evaluated: Any) -> Part:
    summary = evaluation.summary().set_index("model")
    rows = [[METRIC_WORDS[metric], *summary[metric].tolist()] for metric in SUMMARY_METRICS]
    whose = (
        []
        if evaluated is model
        else [
            f"Judged was model {evaluated.version_}, told to learn alike, from cut-offs up to"
            f" {evaluated.learned_from_.last[:10]}."
        ]
    )
    return Part(
        "How good",
        [f"On later cut-offs than it learned from: {evaluation.headline()}. In brackets: 95 % intervals.", *whose],
        table=Sheet(["", *map(str, summary.index)], rows, frozenset(range(len(summary) + 1))),
    )


def _by_cutoff(evaluation: Evaluation) -> Sheet:
    model = str(evaluation.metrics["model"].iloc[0])
    inside = evaluation.metrics[(evaluation.metrics["model"] == model) & (evaluation.metrics["metric"] == "roc_auc")]
    groups = evaluation.predictions.groupby("group", sort=True)
    table = groups.agg(rows=("churned", "size"), churned=("churned", "mean"), promised=(model, "mean")).reset_index()
    table = table.assign(roc_auc=table["group"].map(inside.set_index("cutoff")["value"]))
    columns: Columns = {
        "group": ("cut-off", str),
        "rows": ("rows", whole),
        "promised": ("promised", percent),
        "churned": ("observed", percent),
        "roc_auc": ("ROC AUC", number),
    }
    return sheet(table, columns)


def _segments(evaluation: Evaluation, explanation: Any) -> Sheet | None:
    found = _segments_of(evaluation, explanation)
    if not found:
        return None
    model = str(evaluation.metrics["model"].iloc[0])
    table = by_segment(evaluation.predictions["churned"], evaluation.predictions[model], found)
    table["interval"] = [f"{low:.1%} to {high:.1%}" for low, high in table[["low", "high"]].itertuples(index=False)]
    columns: Columns = {
        "segment": ("segment", str),
        "value": ("", str),
        "rows": ("rows", whole),
        "mean_probability": ("promised", percent),
        "observed_rate": ("observed", percent),
        "interval": ("95 % interval", str),
        "roc_auc": ("ROC AUC", number),
    }
    return sheet(table, columns)


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
        found["at the cut-off"] = np.where(rows["already_silent"], "already silent", "still here")
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
    columns: Columns = {
        "driver": ("driver", str),
        "share": ("share", percent),
        "raises": ("towards leaving", number),
        "lowers": ("towards staying", number),
    }
    said = "What moves the probabilities, by mean size of the contributions (SHAP, in log-odds)."
    return Part("Drivers", [said], table=sheet(explanation.drivers().head(_DRIVERS), columns))


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
    return f'<!doctype html><html lang="en"><head>{head}</head><body><h1>{escape(title)}</h1>{body}</body></html>\n'


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
