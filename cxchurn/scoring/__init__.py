"""Scoring: everybody in a batch."""

from cxchurn.scoring._compile import Compiled, compile_kernels
from cxchurn.scoring._refresh import refresh
from cxchurn.scoring._score import NOT_ELIGIBLE, score
from cxchurn.scoring._write import scores_file, write_scores
from cxchurn.scoring.serve import Limits, serve, serve_app

__all__ = [
    "NOT_ELIGIBLE",
    "Compiled",
    "Limits",
    "compile_kernels",
    "refresh",
    "score",
    "scores_file",
    "serve",
    "serve_app",
    "write_scores",
]
