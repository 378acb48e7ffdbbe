"""What `evaluate` tells MLflow."""
