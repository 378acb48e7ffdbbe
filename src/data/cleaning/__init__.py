"""The checks and repairs of `clean`."""
