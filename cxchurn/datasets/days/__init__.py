"""What happens on a simulated day: what the company does, what customers do, and what it is like for them."""
