"""The HTTP service and its page: they import neither torch, pandas, DVC nor MLflow."""
