"""The published model behind the service that its kind usually gets: FastAPI, a multipart form, Pillow, eager torch.

The other side of `benchmarks/serving.py`: `uvicorn benchmarks.published_service:app`. The network has the published
one's layers and 43 + 1 outputs; its weights are random, which costs the same time.
"""

from io import BytesIO
from typing import Annotated, Any

import torch
from fastapi import FastAPI, File, UploadFile
from PIL import Image
from torch import Tensor, nn
from torchvision import transforms

from benchmarks.published_recipe import make_network
from src.features.labels import LABELS


class TwoHeads(nn.Module):
    """The published encoder under a label head and a case head."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = make_network()[:-1]
        self.label, self.case = nn.Linear(256, len(LABELS)), nn.Linear(256, 1)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Return the logits of (n, 3, 28, 28) pictures."""
        features = self.encoder(image)
        return self.label(features), self.case(features)


app = FastAPI()
torch.manual_seed(0)
network = TwoHeads().eval()
transform = transforms.Compose(
    [transforms.Grayscale(3), transforms.Resize((28, 28)), transforms.ToTensor(),
     transforms.Normalize((0.1307,), (0.3081,))]
)  # fmt: skip


@app.get("/readyz")
def readyz() -> str:
    """Say that the network is loaded."""
    return "ready"


@app.post("/predict")
async def predict(file: Annotated[UploadFile, File()]) -> dict[str, Any]:
    """Say which of 43 characters a picture shows."""
    picture = Image.open(BytesIO(await file.read()))
    with torch.no_grad():
        label, case = network(transform(picture)[None])
    probabilities = label.softmax(dim=1)[0]
    best = int(probabilities.argmax())
    return {"label": LABELS[best], "p": float(probabilities[best]), "uppercase": bool(case[0, 0] > 0)}
