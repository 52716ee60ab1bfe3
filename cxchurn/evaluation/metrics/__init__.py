"""How good predictions are, in numbers with intervals: metrics, curves, differences, profit."""
