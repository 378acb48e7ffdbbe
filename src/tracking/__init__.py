"""MLflow: runs, stores, and what leads from a run back to the bits."""
