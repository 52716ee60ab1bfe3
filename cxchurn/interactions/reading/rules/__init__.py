"""From cells to events: what every row has to keep, what is found and refused, copies, repeats, what came later."""
