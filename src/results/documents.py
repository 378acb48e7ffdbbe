"""The measured files behind README and the manual, as far as those show them."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A measured document, of which a table shows some keys."""

    model_config = ConfigDict(frozen=True)


class Training(Frozen):
    """One of the two trainings of the benchmark: how long it took, and its accuracy on MNIST's test file."""

    epochs: int
    seconds: float
    right: int
    n: int
    value: float
    low: float
    high: float


class Benchmark(Frozen):
    """Our pretraining and the published recipe, timed in one run of `python -m benchmarks.pretrain`."""

    ours: Training
    published: Training
    machine: str


class Spread(Frozen):
    """The mean of a figure over the repeats of the cross-validation, and their standard deviation."""

    mean: float
    spread: float | None


class Crossval(Frozen):
    """What `make crossval` found: all letters of rukopys, each read by a network that had not learned it."""

    corpus: str
    letters: int
    folds: int
    seeds: list[int]
    label: Spread
    label_kind_known: Spread
    label_top3: Spread
    case_paired: Spread
    label_ece: Spread


class Worth(Frozen):
    """A share, and the points that it is more or less than the default's, with their standard error."""

    value: float
    points: float
    standard_error: float


class AblationRow(Frozen):
    """One change of the default."""

    words: str
    label: Worth
    kind_known: Worth
    case: Worth
    unseen: Worth


class Ablation(Frozen):
    """What `python -m benchmarks.ablation` found."""

    letters: int
    rows: dict[str, AblationRow]


class Service(Frozen):
    """How a service answers: times of one client in ms, the rest with many clients; memory in MB."""

    p50: float
    p99: float
    requests_per_second: float
    first_answer_seconds: float
    memory: float


class Serving(Frozen):
    """Our service, a re-creation of the published one, and one that reads nothing: `python -m benchmarks.serving`."""

    clients: int
    ours: Service
    published: Service
    empty: Service


class MutatedModule(Frozen):
    """How many small faults were made in a module, and how many of them a test found."""

    module: str
    mutants: int
    killed: int


class Survivor(Frozen):
    """A fault that no test found.

    before, after: The line.
    why: It matters to nobody; None where nobody has said so.
    """

    module: str
    line: int
    before: str
    after: str
    why: str | None


class Mutants(Frozen):
    """What `make mutants` found."""

    mutants: int
    killed: int
    modules: list[MutatedModule]
    survivors: list[Survivor]


class OnPaper(Frozen):
    """How letters are read on one kind of paper, and what it costs beside blank paper, in points."""

    right: float
    refused: float
    points: float
    standard_error: float


class Papers(Frozen):
    """The same letters on several kinds of made paper: `python -m benchmarks.paper`."""

    letters: int
    papers: dict[str, OnPaper]


class ManyFiles(Frozen):
    """`pysar predict` on many files beside merely decoding them: `python -m benchmarks.predict_files`."""

    files: int
    predicted_per_second: float
    decoded_per_second: float
    parts: dict[str, float]
    """What each step takes of one core, ms a file."""
