"""What who mistypes a parameter may rely on: it is not ignored in silence."""

import httpx
import pytest

from tests.prediction.drawings import drawn, encoded

PICTURE = encoded(drawn("ж"))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("knd=digit", "kind is meant"), ("Kind=digit", "kind is meant"), ("relative-height=0.5", "relative_height is"),
        ("images=true", "image is meant"), ("qwertyuiop=1", "there are task, kind, top, relative_height, image"),
        ("kind=digit&kind=letter", "more than once"), (f"{'a' * 9000}=1", "no such parameter"),
    ],
)  # fmt: skip
def test_an_unknown_or_repeated_parameter_is_told_with_the_one_that_is_meant(
    client: httpx.Client, query: str, said: str
) -> None:
    answer = client.post(f"/predict?{query}", content=PICTURE)
    detail = answer.json()["detail"]
    assert (answer.status_code, said in detail, len(detail) < 200) == (422, True, True)


@pytest.mark.parametrize("path", ["/model?tsk=a", "/tasks?task=a"])
def test_other_routes_refuse_unknown_parameters_too(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 422


def test_samples_refuse_them_too(client: httpx.Client) -> None:
    assert client.post("/samples?kind=letter", json={}).status_code == 422
    assert client.delete(f"/samples/{'0' * 64}?writer=abcdefgh&wrter=a").status_code == 422


@pytest.mark.parametrize("path", ["/?from=a", "/healthz?a=b", "/readyz?a=b"])
def test_pages_and_probes_mind_none(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 200
