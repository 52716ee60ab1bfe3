"""Scores, features and training data where the events are too many for one machine: on a Spark cluster."""

from cxchurn.scoring.spark._features import features_spark
from cxchurn.scoring.spark._panel import panel_spark, sample_spark
from cxchurn.scoring.spark._score import score_spark

__all__ = ["features_spark", "panel_spark", "sample_spark", "score_spark"]
