"""From a program's registers to where its columns belong."""

from __future__ import annotations

from cxchurn._core.running._compiled import compiled


@compiled
def scattered(answers, registers, places, rows, out):
    """Write answers where their columns and rows are, in whatever floats are kept there. Costs 1 a number."""
    for k in range(registers.size):
        register, place = registers[k], places[k]
        for r in range(rows.size):
            out[place, rows[r]] = answers[register, r]
