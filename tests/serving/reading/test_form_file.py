"""What who sends a form may rely on: its one file is found, and otherwise it is said what is wrong."""

import httpx
import pytest

from src.serving.reading.form_file import MAX_FIELDS, FilesError, FormError, file_of


def _form(*parts: tuple[str, tuple[str | None, bytes]]) -> tuple[bytes, str]:
    sent_as = "multipart/form-data; boundary=8f5b1c"  # by default at random, and so would the tests' names be
    request = httpx.Request("POST", "http://a", files=list(parts), headers={"Content-Type": sent_as})
    return request.read(), sent_as


def test_the_one_file_is_found_among_fields_whatever_its_bytes() -> None:
    picture = bytes(range(256)) * 9000 + b"\r\n--"
    content, sent_as = _form(("note", (None, b"text")), ("a", ("\r\nж.png", picture)), ("b", (None, b"")))
    assert file_of(content, sent_as) == picture


def test_of_several_files_none_is_taken_in_silence() -> None:
    with pytest.raises(FilesError, match="2 files"):
        file_of(*_form(("a", ("x", b"1")), ("b", ("y", b"2"))))


def test_a_form_of_texts_has_no_file() -> None:
    with pytest.raises(FilesError, match="no file"):
        file_of(*_form(("a", (None, b"data:image/png;base64,AAAA"))))


@pytest.mark.parametrize(
    ("content", "sent_as"),
    [
        (b"--x", "multipart/form-data"),
        (b"--x", "multipart/form-data; boundary="),
        (b"--x", f"multipart/form-data; boundary={'x' * 500}"),
        (b"x", "multipart/form-data; boundary=x"),
        (b"--x\r\nContent-Disposition: form-data\r\n\r\n\r\n--x--\r\n", "multipart/form-data; boundary=x"),
        (b"--x\r\n\r\n\r\n--x--\r\n", "multipart/form-data; boundary=x"),
        (_form(*[("a", (None, b"b"))] * (MAX_FIELDS + 1))),
    ],
)
def test_what_is_no_form_is_refused_in_one_line(content: bytes, sent_as: str) -> None:
    with pytest.raises((FormError, FilesError)) as told:
        file_of(content, sent_as)
    assert "\n" not in str(told.value)


def test_a_field_in_which_no_file_is_chosen_is_no_file() -> None:
    part = b'--edge\r\nContent-Disposition: form-data; name="one"; filename="%s"\r\n\r\n%s\r\n'
    form = "multipart/form-data; boundary=edge"
    assert file_of(part % (b"", b"") + part % (b"a.png", b"bytes") + b"--edge--\r\n", form) == b"bytes"
    with pytest.raises(FilesError, match="no file"):
        file_of(part % (b"", b"") + b"--edge--\r\n", form)
    with pytest.raises(FilesError, match="more than"):
        file_of(part % (b"a.png", b"bytes") * 5000 + b"--edge--\r\n", form)


_PART = b'--x\r\nContent-Disposition: form-data; name="one"; %s\r\n\r\nbytes'
_END = b"\r\n--x--"


@pytest.mark.parametrize("kept", [0, 40, -8, -6, -5, -2, -1])
@pytest.mark.parametrize("before", [b"", _PART % b'filename="b.png"' + b"\r\n"])
def test_a_form_that_is_cut_off_is_not_taken_for_a_whole_one(kept: int, before: bytes) -> None:
    content = before + (_PART % b'filename="a.png"' + _END)[:kept]
    with pytest.raises(FormError, match="cut off: its final boundary is missing"):
        file_of(content, "multipart/form-data; boundary=x")


@pytest.mark.parametrize("after", [b"", b"\r", b"\r\n", b"\r\nan epilogue"])
def test_a_form_ends_with_its_final_boundary_whatever_follows(after: bytes) -> None:
    content = _PART % b'filename="a.png"' + _END + after
    assert file_of(content, "multipart/form-data; boundary=x") == b"bytes"


def test_a_name_that_forms_have_not_is_told_of() -> None:
    sent_as = "multipart/form-data; boundary=x"
    with pytest.raises(FilesError, match=r"filename\* alone"):
        file_of(_PART % b"filename*=UTF-8''a.png" + _END, sent_as)
    assert file_of(_PART % b"filename*=UTF-8''a.png; filename=a.png" + _END, sent_as) == b"bytes"
