"""Logistic regressions beside the trees, and the weights by which both make one sum of log-odds."""
