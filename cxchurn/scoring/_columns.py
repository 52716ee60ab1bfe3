"""The columns of a table of scores: said once for every place that scores go to."""

from __future__ import annotations

from cxchurn.explanation import reason_names

ID, NUMBER, LABEL, TEXT, YES_NO, INSTANT = "id", "number", "label", "text", "yes/no", "instant"


def score_columns(reasons: int, *, intervals: bool = False, values: bool = False) -> dict[str, str]:
    """Return the columns of a table of scores in their order, and of which kind each is.

    Parameters
    ----------
    reasons : int
        How many reasons there are; each has its text, and right behind it its points and its subject.
    intervals : bool, default False
        Whether there are ends of an interval.
    values : bool, default False
        Whether there are customers' values.

    Returns
    -------
    dict of str to {"id", "number", "label", "text", "yes/no", "instant"}
        Numbers are float64, missing for customers who are not asked about; labels are short texts, few of them; text is text
        of any length.

    Examples
    --------
    >>> list(score_columns(1))[:6]
    ['customer_id', 'churn_probability', 'band', 'reason_1', 'points_1', 'subject_1']
    """
    ends = ("probability_low", "probability_high") if intervals else ()
    money = ("value", "expected_loss") if values else ()
    kinds = (TEXT, NUMBER, TEXT)
    of_reasons = {name: kind for names in reason_names(reasons) for name, kind in zip(names, kinds, strict=True)}
    return {
        "customer_id": ID,
        "churn_probability": NUMBER,
        **dict.fromkeys(ends, NUMBER),
        "band": LABEL,
        **dict.fromkeys(money, NUMBER),
        **of_reasons,
        "already_silent": YES_NO,
        "not_asked": LABEL,
        "as_of": INSTANT,
        "model_version": LABEL,
        "references_version": LABEL,
    }
