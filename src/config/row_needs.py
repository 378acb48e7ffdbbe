"""Whether params leave each stage the rows that it needs: counted before the first stage runs, not after the last.

How many rows the corpora have is known: upstream's are always the same, and params say how many the sample has. What
is refused here would be refused by a stage; a stage may still refuse what is let through here.
"""

from typing import TYPE_CHECKING, NamedTuple

from src.common.errors import InputError

if TYPE_CHECKING:
    from src.config.params import Params

_DIGITS = 10
_PUBLISHED_DIGITS, _PUBLISHED_TEST = 500, 300
_PER_SHEET = 4
"""Pictures that the embedded sample of Cyrillic-MNIST has of one hand, which are kept together."""


class _Rows(NamedTuple):
    """So many rows or, where they are kept together, groups; of so many kinds of label and case; most of one kind."""

    rows: int
    kinds: int
    most: int


_UPSTREAM = {"letters": _Rows(1081, 49, 40), "mnist": _Rows(60000, 10, 6742), "cmnist": _Rows(993, 57, 40)}
_RAREST_DIGITS = (5421, 892)
"""Upstream's digits of each class in MNIST's two files, of the rarest class."""


def check_rows(params: "Params") -> None:
    """Make sure that no stage will lack rows.

    Raises:
        InputError: One will; the message names the param.
    """
    _check_pretraining(params)
    if params.split.mode == "published":
        _check_published(params)
    else:
        _check_stratified(params)


def _check_pretraining(params: "Params") -> None:
    names = params.pretrain.corpora
    if len(set(names)) < len(names):
        raise InputError("params.yaml: pretrain.corpora: a corpus is named twice; take one out")
    corpora = [_corpus(params, name) for name in names if name != "fill"]
    if not corpora:
        raise InputError("params.yaml: pretrain.corpora: only made letters; add mnist or cmnist")
    rows, kinds = sum(each.rows for each in corpora), sum(each.kinds for each in corpora)
    _check_share("pretrain.val_size", params.pretrain.val_size * rows, rows, kinds)


def _check_published(params: "Params") -> None:
    if params.data.source == "sample":
        raise InputError("params.yaml: split.mode: the embedded sample has no published rows; set it to stratified, "
                         "or data.source to upstream")  # fmt: skip
    letters = _UPSTREAM["letters"]
    rows, kinds = letters.rows + _PUBLISHED_DIGITS, letters.kinds + _DIGITS
    _check_share("split.val_size", params.split.val_size * rows, rows - _PUBLISHED_TEST, kinds)
    _check_calibrate(params, rows - _PUBLISHED_TEST, kinds, letters.most)


def _check_stratified(params: "Params") -> None:
    split, letters = params.split, _corpus(params, "letters")
    if split.test_size + split.val_size >= 1:
        raise InputError("params.yaml: split.test_size and split.val_size leave no rows to train on; lower one")
    digits, of_test = params.merge.digits_per_class, _digits_of_test(params)
    for wanted, there in zip((digits - of_test, of_test), _rarest_digits(params), strict=True):
        if wanted > there:
            raise InputError(f"params.yaml: merge.digits_per_class: {wanted} digits of each class of one of MNIST's "
                             f"files, which has {there}; lower it")  # fmt: skip
    test = round(split.test_size * letters.rows)
    _check_share("split.test_size", split.test_size * letters.rows, letters.rows, letters.kinds)
    _check_share("split.val_size", split.val_size * letters.rows, letters.rows - test, letters.kinds)
    _check_share("split.val_size", split.val_size * _DIGITS * digits, _DIGITS * (digits - of_test), _DIGITS, "digit")
    left = letters.rows - test + _DIGITS * (digits - of_test)
    most = max(letters.most - int(split.test_size * letters.most), digits - of_test)
    _check_calibrate(params, left, letters.kinds + _DIGITS, most)


def _check_calibrate(params: "Params", rows: int, kinds: int, most: int) -> None:
    """Check what `calibrate` does with the rows of train and val: it holds a fold back, and of the rest val rows."""
    folds = params.calibrate.folds
    if most < folds:
        raise InputError(f"params.yaml: calibrate.folds: {folds} folds, and no label and case has more than {most} "
                         "rows; lower it")  # fmt: skip
    rest = rows - rows // folds
    _check_share("split.val_size", params.split.val_size * rows, rest, kinds, "label and case in calibrate's folds")


def _check_share(what: str, size: float, rows: int, kinds: int, of: str = "label and case") -> None:
    """Raise InputError where `size` of some rows cannot be chosen so that each kind has one in and one out."""
    if kinds == 0:
        raise InputError(f"params.yaml: {what}: no {of} has two groups of rows, of which one could be taken; add data")
    count = round(size)
    if not kinds <= count <= rows - kinds:
        cure = "enlarge it" if count < kinds else "lower it"
        raise InputError(f"params.yaml: {what}: {count} of {rows} rows for {kinds} kinds of {of}, of which each "
                         f"needs one in and one out; {cure}")  # fmt: skip


def _corpus(params: "Params", name: str) -> _Rows:
    if params.data.source == "upstream":
        return _UPSTREAM[name]
    sample = params.sample
    if name == "mnist":
        return _Rows(sample.train_digits, min(_DIGITS, sample.train_digits), -(-sample.train_digits // _DIGITS))
    if name == "letters":
        most = sample.letters_per_class
        return _Rows(66 * most, 66 if most > 1 else 0, most)
    sheets = -(-sample.cmnist_per_class // _PER_SHEET)
    kinds = 59 if sheets > 1 else 0  # a kind with one sheet is never held back
    return _Rows(59 * sheets, kinds, sheets)


def _rarest_digits(params: "Params") -> tuple[int, int]:
    """Return how many digits of each class MNIST's training file has, and its test file."""
    if params.data.source == "upstream":
        return _RAREST_DIGITS
    sample = params.sample
    return -(-sample.train_digits // _DIGITS), -(-sample.test_digits // _DIGITS)


def _digits_of_test(params: "Params") -> int:
    """Return how many of the digits of a class come from MNIST's test file, as `merge` draws them."""
    per_class = params.merge.digits_per_class
    return min(max(round(per_class * params.split.test_size), 1), per_class - 1)
