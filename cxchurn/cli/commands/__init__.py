"""What each command does: its options, and the reading, calling and writing behind them."""
