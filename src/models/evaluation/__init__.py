"""What `evaluate` and `crossval` alone need."""
