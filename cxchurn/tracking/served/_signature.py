"""The signature of a served model: which columns come in, which go out, which parameters there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxchurn.model import ChurnModel
from cxchurn.scoring import score_columns
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
    types = {
        "id": DataType.long if model.ids_ == "integer" else DataType.string,
        "number": DataType.double,
        "label": DataType.string,
        "text": DataType.string,
        "yes/no": DataType.boolean,
        "instant": DataType.datetime,
    }
    # a request may ask for fewer reasons, and a number may be missing
    outputs = [
        ColSpec(types[kind], name=name, required=kind not in ("number", "text"))
        for name, kind in score_columns(_REASONS).items()
    ]
    params = [ParamSpec("at", DataType.string, None), ParamSpec("reasons", DataType.long, _REASONS)]
    return ModelSignature(inputs=Schema(inputs), outputs=Schema(outputs), params=ParamSchema(params))
