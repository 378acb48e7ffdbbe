"""The one file of a multipart form. Parsing one is pure Python, which a made-up form can keep busy for seconds."""

import re

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import (
    Field,
    File,
    FormParser,
    MultipartParser,
    MultipartState,
    parse_options_header,
)

from src.common.errors import InputError

MAX_FIELDS = 8
"""Of a form, besides the picture."""
_IN_MEMORY = {"MAX_MEMORY_FILE_SIZE": float("inf"), "UPLOAD_ERROR_ON_BAD_CTE": True}
_EXTENDED_NAME = re.compile(rb"^content-disposition:[^\r\n]*;[ \t]*filename\*[ \t]*=", re.IGNORECASE | re.MULTILINE)


class FormError(InputError):
    """The form cannot be read."""


class FilesError(InputError):
    """A form has no file, or several."""


def file_of(content: bytes, content_type: str) -> bytes:
    """Return the bytes of the one file in a form.

    Args:
        content: The request's body.
        content_type: The request's, with the boundary.

    Raises:
        FormError: It is no whole form that can be read, or has more than `MAX_FIELDS` other fields.
        FilesError: It has not one file.
    """
    files: list[File] = []
    fields: list[Field] = []

    def add_field(field: Field) -> None:
        fields.append(field)
        if len(fields) > MAX_FIELDS:
            raise FormParserError("too many fields")

    def add_file(file: File) -> None:
        if file.file_name or file.size:  # a browser sends a field in which no file is chosen, too
            files.append(file)
        if len(files) > MAX_FIELDS:
            raise FilesError(f"the form has more than {MAX_FIELDS} files; send one picture")

    boundary = parse_options_header(content_type)[1].get(b"boundary")
    try:
        parser = FormParser("multipart/form-data", add_field, add_file, boundary=boundary, config=_IN_MEMORY)
        parser.write(content)
        parser.finalize()
    except (FormParserError, ValueError, AssertionError):  # the last where the parts are in no order
        raise FormError("the form cannot be read; send the picture's bytes as the body instead") from None
    if not (isinstance(parser.parser, MultipartParser) and parser.parser.state == MultipartState.END):
        raise FormError("the form is cut off: its final boundary is missing; send it whole")
    if not files:
        raise FilesError(_why_none(content))
    if len(files) > 1:
        raise FilesError(f"the form has {len(files)} files; send one picture, and each of the others by itself")
    files[0].file_object.seek(0)
    return files[0].file_object.read()


def _why_none(content: bytes) -> str:
    if _EXTENDED_NAME.search(content):
        return "the form has a file whose name is in filename* alone, which forms have not (RFC 7578); send filename"
    return "the form has no file; send one picture, in any field, with a file name"
