"""The model that answers, exchanged while the service runs."""
