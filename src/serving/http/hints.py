"""What somebody seems to have sent in place of a picture, and how to send one."""

_BASE64 = (b"iVBORw0KGgo", b"/9j/", b"UklGR", b"R0lGOD", b"SUkqA", b"TU0AKg", b"Qk0")
"""How the files of the formats that are read begin in base64."""
_OTHERS = {
    b"%PDF": "a PDF", b"<svg": "an SVG", b"<?xml": "XML", b"<!doctype": "HTML", b"<html": "HTML",
    b"PK\x03\x04": "a zip archive",
}  # fmt: skip
_BOXES = {b"heic": "HEIC", b"heix": "HEIC", b"mif1": "HEIF", b"avif": "AVIF"}
_SEEN = 64
_RAW = "send the picture's own bytes as the body (curl --data-binary @letter.png), or as the one file of a form"


def hint_of(content: bytes, content_type: str) -> str:
    """Return a line for who has sent no picture, empty where nothing is recognised.

    Args:
        content: Of the request.
        content_type: As it was said.
    """
    start = bytes(content[:_SEEN]).lstrip(b"\xef\xbb\xbf \t\r\n")
    kind = content_type.partition(";")[0].strip().lower()
    if start.strip(b"\"'").startswith(b"data:"):
        return f"this is a data URL; decode its base64 and {_RAW}"
    if kind.endswith("json") or start[:1] in {b"{", b"["}:
        return f"this is JSON; {_RAW}"
    if start.strip(b"\"'").startswith(_BASE64):
        return f"this is base64; decode it and {_RAW}"
    if kind == "application/x-www-form-urlencoded":
        return f"this is a form of texts, and a picture does not survive in one; {_RAW}"
    box = start[4:8] == b"ftyp" and _BOXES.get(start[8:12])
    other = box or next((name for begin, name in _OTHERS.items() if start.lower().startswith(begin.lower())), None)
    return f"this is {other}; give PNG, JPEG, BMP, WebP, TIFF or GIF" if other else ""
