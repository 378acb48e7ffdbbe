"""Reading pictures with the exported network in onnxruntime: without torch, pandas, DVC or MLflow."""
