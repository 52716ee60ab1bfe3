"""The signature of a served model: which columns come in, which go out, which parameters there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxchurn.model import ChurnModel
from cxchurn.tracking.served._columns import request_columns

if TYPE_CHECKING:
    from mlflow.models import ModelSignature

_REASONS = 3


def signature_of(model: ChurnModel) -> ModelSignature:
    """Return the signature of a model as it is served.

    Columns that come in are of any type: the reader of logs takes times with and without zone, as text or not, ids of both
    kinds, labels as text or categories, and numbers with gaps, where MLflow's own types refuse some of each.

    Parameters
    ----------
    model : ChurnModel
    """
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, DataType, ParamSchema, ParamSpec, Schema
    from mlflow.types.schema import AnyType

    inputs = [ColSpec(AnyType(), name=one.name, required=one.required) for one in request_columns(model)]
    text = [f"reason_{k + 1}" for k in range(_REASONS)]
    outputs = [
        ColSpec(DataType.long if model.ids_ == "integer" else DataType.string, name="customer_id"),
        ColSpec(DataType.double, name="churn_probability", required=False),
        ColSpec(DataType.string, name="band"),
        *(ColSpec(DataType.string, name=name, required=False) for name in text),
        ColSpec(DataType.boolean, name="already_silent"),
        ColSpec(DataType.string, name="not_asked"),
        ColSpec(DataType.datetime, name="as_of"),
        ColSpec(DataType.string, name="model_version"),
        ColSpec(DataType.string, name="references_version"),
    ]
    params = [ParamSpec("at", DataType.string, None), ParamSpec("reasons", DataType.long, _REASONS)]
    return ModelSignature(inputs=Schema(inputs), outputs=Schema(outputs), params=ParamSchema(params))
