"""What holds for every request, whoever sends it."""
