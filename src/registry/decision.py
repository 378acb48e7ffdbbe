"""Why a version became champion, or did not: a document for programs and a line for people."""

import json
from dataclasses import asdict, dataclass
from typing import Literal

from src.registry.mcnemar import Pairs, p_value


@dataclass(frozen=True)
class Stamp:
    """Who decided when: an ISO 8601 time with its zone, and a user's name."""

    at: str
    by: str


@dataclass(frozen=True)
class Decision:
    """What was decided of `version`, against `champion`; without a test `pairs`, `p_value` and `alpha` are None.

    pairs: How many of the rows out of fold both models answer rightly (label and case), only `version`, only
        `champion`, and neither.
    """

    action: Literal["promoted", "refused", "rolled back"]
    version: str
    champion: str | None
    reason: str
    stamp: Stamp
    pairs: Pairs | None = None
    p_value: float | None = None
    alpha: float | None = None

    def as_json(self) -> str:
        """Return all of it, with the two scores."""
        document = asdict(self)
        pairs = self.pairs
        if pairs is not None:
            document["pairs"] = pairs._asdict()
            document["scores"] = {
                "version": {"right": pairs.challenger_right, "n": pairs.rows},
                "champion": {"right": pairs.champion_right, "n": pairs.rows},
            }
        return json.dumps(document, ensure_ascii=False)

    def in_words(self) -> str:
        """Return it as one line."""
        return f"{self.stamp.at}, {self.stamp.by}: version {self.version} {self.action}: {self.reason}"


def decide(version: str, champion: str, pairs: Pairs, alpha: float, stamp: Stamp) -> Decision:
    """Promote a version that is right more often than the champion, by more than chance at level `alpha`."""
    p = p_value(pairs)
    better = pairs.challenger_only > pairs.champion_only
    counted = (
        f"right on {pairs.challenger_right} of {pairs.rows} rows, version {champion} on {pairs.champion_right}; "
        f"alone right on {pairs.challenger_only}, version {champion} on {pairs.champion_only}; "
        f"McNemar's exact p = {p:.3g}"
    )
    if better and p < alpha:
        return Decision("promoted", version, champion, f"{counted} < {alpha:g}", stamp, pairs, p, alpha)
    why = f"not less than {alpha:g}: it may be chance" if better else "it is not better"
    return Decision("refused", version, champion, f"{counted}; {why}", stamp, pairs, p, alpha)
