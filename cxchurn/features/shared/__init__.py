"""What families of several themes ask alike: how an event felt, who turned to whom, what was promised."""
