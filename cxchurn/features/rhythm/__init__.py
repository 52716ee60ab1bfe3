"""How often and how lately customers are here: how one can tell that they are leaving."""
