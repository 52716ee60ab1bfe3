"""What `mlflow.pyfunc.load_model` gives: a model that takes raw interactions."""

from __future__ import annotations

import sys
from typing import Any

import pandas as pd

from cxchurn._core import CxchurnError, UsageError
from cxchurn.model import ChurnModel
from cxchurn.scoring import score, score_columns
from cxchurn.tracking.served._error import RequestError
from cxchurn.tracking.served._request import Asked, asked_of, read_request
from cxchurn.tracking.served._unknown import refuse_unknown, unknown_are_refused

_KINDS = {"number": "float64", "label": "str", "text": "str", "yes/no": "bool", "instant": "datetime64[us]"}


class ServedModel:
    """A model that takes the raw interactions of some customers and answers with one row a customer.

    Parameters
    ----------
    model : ChurnModel
    """

    def __init__(self, model: ChurnModel) -> None:
        _refuse_inside_spark()
        self.model = model
        # each request is a log of its own, over which the features are copied: what they ask is recorded once for all
        model.features_.plan()
        refuse_unknown()

    def predict(self, model_input: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
        """Tell for every customer of a request how likely they are to leave.

        Parameters
        ----------
        model_input : DataFrame
            One row an interaction, in the columns of the log that the model learned from. Customers' attributes are columns
            that begin with ``customers.``.
        params : dict, optional
            ``at``: the cut-off, text such as ``"2025-01-01"``; default the end of the day of the last interaction.
            ``reasons``: how many, 0 to 20; default 3.

        Returns
        -------
        DataFrame
            As `cxchurn.score` returns it, with None for a number that there is not: the probability of who is not asked about,
            the points of a reason that there is not.

        Raises
        ------
        RequestError
        """
        _refuse_inside_spark()
        try:
            asked = asked_of(params)
            if asked.at is None and not unknown_are_refused():
                raise _at_is_needed()
            frame = _frame(model_input)
            return _empty(self.model, asked) if not len(frame) else self._scored(frame, asked)
        except CxchurnError as error:
            raise RequestError(error.found, allowed=error.allowed, hint=error.hint) from error

    def _scored(self, frame: pd.DataFrame, asked: Asked) -> pd.DataFrame:
        log = read_request(self.model, frame, asked.at)
        scores = score(self.model, log, at=asked.at, reasons=asked.reasons)
        # JSON knows no NaN
        for name, numbers in scores.select_dtypes("float").items():
            if numbers.isna().any():
                scores[name] = numbers.astype(object).where(numbers.notna(), None)
        return scores


def _frame(given: Any) -> pd.DataFrame:
    if not isinstance(given, pd.DataFrame):
        raise UsageError(
            f"the request is a {type(given).__name__}.",
            allowed="a pandas frame: one row an interaction",
            hint="frame.to_pandas(), pd.DataFrame(records)",
        )
    return given.reset_index(drop=True)


def _empty(model: ChurnModel, asked: Asked) -> pd.DataFrame:
    """Return the answer about nobody, with the columns of every answer."""
    kinds = {**_KINDS, "id": "int64" if model.ids_ == "integer" else "object"}
    columns = score_columns(asked.reasons)
    return pd.DataFrame({name: pd.Series(dtype=kinds[kind]) for name, kind in columns.items()})


def _at_is_needed() -> UsageError:
    return UsageError(
        "the request says no date (at), and MLflow drops parameters that it does not know without a word here: at may have"
        " been misspelt.",
        allowed="requests that say at",
        hint="params={'at': '2025-01-01'}, or let MLflow's logger 'mlflow.models.utils' warn.",
    )


def _refuse_inside_spark() -> None:
    """Refuse to be a function of Spark's rows: it hands over batches in which a customer's interactions are not together."""
    spark = sys.modules.get("pyspark")
    if spark is not None and spark.TaskContext.get() is not None:
        raise RequestError(
            "mlflow.pyfunc.spark_udf hands over batches of rows in which a customer's interactions are not together.",
            allowed="all interactions of a customer in one request",
            hint="cx.score_spark(cx.load_model(...), events, at=...) shuffles by customer and gives the same scores.",
        )
