"""What FastAPI itself takes of an answer's time: it gets the body and reads nothing.

The third side of `benchmarks/serving.py`: `uvicorn benchmarks.empty_service:app`.
"""

from fastapi import FastAPI, Request

app = FastAPI()


@app.post("/predict")
async def predict(request: Request) -> dict[str, int]:
    """Say how long the body is."""
    return {"bytes": len(await request.body())}
