"""The Optuna study of `tune`."""
