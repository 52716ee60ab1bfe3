"""Pages: the report in one self-contained file, and the card of a model."""

from cxchurn.report.page._card import model_card, write_model_card
from cxchurn.report.page._report import write_report

__all__ = ["model_card", "write_model_card", "write_report"]
