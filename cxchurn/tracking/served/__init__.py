"""A model as MLflow serves it: the raw interactions of some customers in, one row a customer out."""

from cxchurn.tracking.served._example import example_of
from cxchurn.tracking.served._loading import load_served
from cxchurn.tracking.served._model import ServedModel
from cxchurn.tracking.served._package import DATA, package
from cxchurn.tracking.served._signature import signature_of

__all__ = ["DATA", "ServedModel", "example_of", "load_served", "package", "signature_of"]
