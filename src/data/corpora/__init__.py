"""The raw formats of each corpus."""
