"""What `evaluate_emnist` alone needs."""
