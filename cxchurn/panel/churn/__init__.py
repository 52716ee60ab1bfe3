"""What churned means, who is asked about, and what ends a customer."""
