"""When customers are looked at: instants of the calendar, or of each customer's own past."""
