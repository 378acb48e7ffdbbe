import pytest

from src.common.errors import InputError
from src.config.sections import Split
from src.data.merge import join
from src.data.split import split_samples, summarise
from src.data.splitting.published_split import (
    TEST_MD5,
    TRAIN_MD5,
    is_published,
    names_md5,
    published_digits,
    published_names,
    published_split,
)
from src.data.tables.table import make_table
from tests.data.sample_rows import collected, mnist, row

LETTERS = """
a 0-19; b 0-19; v 0-18; h 0-19; g 0-19; d 0-19; e 0-19; d 20-39; ye 0-19; zh 0-39; z 0-19; y 0-17; i 0-19; yi 0-19
j 0-19; k 0-19; l 0-19; m 0-18; n 0-17; o 0-17; p 0-17; r 0-19; s 0-18; t 0-18; u 0-19; f 0-17; kh 0-19; p 18-18
ts 0-0 2-2 4-13; ch 0-10 13-19; sh 0-9 12-18; shch 0-0 2-19; soft_sign 0-17; yu 0-19; ya 0-7 9-19; ts 14-19; v 19-19
y 18-19; m 19-19; n 19-19; p 19-19; o 19-19; s 19-19; f 18-19
a 21-40; b 21-60; v 21-59; h 21-60; d 41-60; e 21-40; ye 21-39; zh 41-60; z 21-39; i 21-40; yi 21-40; j 21-39; k 21-40
l 21-40; n 20-39; o 20-39; a 41-59
"""
"""The files of upstream's glyphs.csv in its order, as runs of numbers; from the last but one line on in uppercase."""

TRANSLITERATED = {
    **dict(zip("abvhgdeziyjklmnoprstuf", "абвгґдезіийклмнопрстуф", strict=True)),
    "ye": "є",
    "zh": "ж",
    "yi": "ї",
    "kh": "х",
    "ts": "ц",
    "ch": "ч",
    "sh": "ш",
    "shch": "щ",
    "soft_sign": "ь",
    "yu": "ю",
    "ya": "я",
}
PARAMS = Split(mode="published", test_size=0.2, val_size=0.1, seed=1)


def upstream_letters() -> list[dict[str, object]]:
    rows = []
    lines = LETTERS.strip().splitlines()
    for number, line in enumerate(lines):
        for part in line.split("; "):
            prefix, *runs = part.split()
            for run in runs:
                first, last = map(int, run.split("-"))
                label, is_uppercase = TRANSLITERATED[prefix], number >= len(lines) - 2
                rows += [
                    row(label, f"glyphs/{prefix}-{index}.png", is_uppercase=is_uppercase)
                    for index in range(first, last + 1)
                ]
    return rows


def test_published_split_is_reproduced_name_by_name() -> None:
    letters = make_table(upstream_letters())
    assert (len(letters), int(letters["is_uppercase"].sum())) == (1081, 395)
    merged = join(letters, published_digits(mnist(train=1, test=60)), collected(0))
    split = split_samples(merged, PARAMS)
    train, test = published_names(split)
    assert (len(train), len(test)) == (1281, 300)
    assert names_md5(train) == TRAIN_MD5 == "537a80af26d6302bdf2f96885c212871"
    assert names_md5(test) == TEST_MD5 == "a6ea3a1b00f95ef4aacaa0e667af7974"
    assert summarise(split, "published")["published"] is True
    assert (split["split"] == "val").sum() == 158


def test_another_corpus_is_not_called_published() -> None:
    letters = make_table(upstream_letters()[1:])
    split = split_samples(join(letters, published_digits(mnist(train=1, test=60)), collected(0)), PARAMS)
    assert (split["split"] == "test").sum() == 300
    assert summarise(split, "published")["published"] is False


def test_digits_are_the_first_fifty_of_the_test_file_digit_by_digit() -> None:
    table = mnist(train=60, test=60)
    digits = published_digits(table)
    assert digits["filename"].tolist() == [
        f"glyphs/{digit}-{number}.png" for digit in range(10) for number in range(50)
    ]
    assert set(digits["source"]) == {"mnist_test"}
    # The helper's files hold the digits in turn: digit 7's picture number 3 is row 37 of the test file.
    assert digits["group"].iloc[7 * 50 + 3] == "mnist_test/00037"


def test_too_few_digits_name_the_class() -> None:
    table = mnist(train=60, test=50)
    with pytest.raises(InputError, match="digit 4: MNIST's test file has 49"):
        published_digits(table.drop(table.index[(table["label"] == "4") & (table["source"] == "mnist_test")][:1]))


def test_names_are_hashed_one_a_line_each_ended() -> None:
    assert names_md5(["a", "b"]) == "dd8c6a395b5dd36c56d23275028f526c"


def test_too_few_rows_for_the_published_split_are_refused() -> None:
    with pytest.raises(InputError, match=r"split\.mode published: 300 rows"):
        split_samples(mnist(train=1, test=30).tail(300), PARAMS)


@pytest.mark.parametrize(("part", "count"), [("train", 1281), ("test", 300)])
def test_a_split_of_which_one_part_is_another_is_not_called_published(part: str, count: int) -> None:
    merged = join(make_table(upstream_letters()), published_digits(mnist(train=1, test=60)), collected(0))
    split = split_samples(merged, PARAMS)
    assert is_published(split)
    is_test = split["split"] == "test"
    changed = split.index[is_test if part == "test" else ~is_test]
    assert len(changed) == count
    assert not is_published(split.assign(filename=split["filename"].where(split.index != changed[0], "another.png")))


def test_where_rows_are_too_few_the_cure_is_told() -> None:
    with pytest.raises(InputError, match=r"split\.mode to stratified in params\.yaml, or data\.source to upstream$"):
        published_digits(mnist(train=60, test=49))
    with pytest.raises(
        InputError, match=r"300 of them would be tested on; set split\.mode to stratified in params\.yaml$"
    ):
        published_split(300)
    assert len(published_split(301)[0]) == 1
