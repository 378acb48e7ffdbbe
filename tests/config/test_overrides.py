import tempfile
from pathlib import Path
from typing import Any

from dvc.utils.hydra import apply_overrides
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from src.config.overrides import setting_overrides

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=8)
WORDS = st.sampled_from(["null", "True", "1e3", "a b", "it's", "\\", "\\'", "[a]", "a,b", "", " a", "a=b:c"])
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    # ruamel, by which DVC writes and reads them, may give a number with an exponent another last digit.
    | st.floats(allow_nan=False, allow_infinity=False).filter(lambda number: "e" not in repr(number))
    | TEXT.filter(lambda text: "${" not in text)  # OmegaConf's interpolation, which no param of ours is
    | WORDS
)
PARAMS = st.dictionaries(st.sampled_from("abc"), LEAVES | st.lists(LEAVES, max_size=3), min_size=1)


@settings(deadline=None, max_examples=60)
@given(PARAMS, PARAMS)
def test_dvc_turns_the_params_of_a_revision_into_those_of_the_model(
    wanted: dict[str, Any], there: dict[str, Any]
) -> None:
    assume(all(value is not None for name, value in there.items() if name not in wanted))  # Hydra cannot take it away
    yaml = YAML(typ="safe", pure=True)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "params.yaml"
        with file.open("w", encoding="utf-8") as stream:
            yaml.dump({"make": there}, stream)
        read = yaml.load(file)["make"]
        settings_there, settings_wanted = ({f"make.{key}": values[key] for key in values} for values in (read, wanted))
        overrides = setting_overrides(settings_wanted, settings_there)
        if overrides:
            apply_overrides(file, overrides)
        assert sorted(map(repr, yaml.load(file)["make"].items())) == sorted(map(repr, wanted.items()))


def test_equal_params_need_no_override_and_an_integer_is_no_float() -> None:
    assert setting_overrides({"a.b": 1, "a.c": [1, "x"]}, {"a.b": 1, "a.c": [1, "x"]}) == []
    assert setting_overrides({"a.b": 1.0}, {"a.b": 1}) == ["a.b=1.0"]
