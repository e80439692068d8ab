"""The encodings that tests write pages in, by Python's codecs and not by iconv, which safi uses."""

# What it is called here: (codec, byte order mark).
ENCODINGS = {
    "windows-1256": ("cp1256", b""),
    "ISO-8859-6": ("iso8859_6", b""),
    "UTF-16LE": ("utf-16-le", b""),
    "UTF-16BE": ("utf-16-be", b""),
    "UTF-16LE with a mark": ("utf-16-le", b"\xff\xfe"),
    "UTF-16BE with a mark": ("utf-16-be", b"\xfe\xff"),
    "UTF-8": ("utf-8", b""),
    "UTF-8 with a mark": ("utf-8", b"\xef\xbb\xbf"),
}


def fit(text, encoding):
    """The text with a question mark for each character that the encoding lacks."""
    codec, _ = ENCODINGS[encoding]
    return text.encode(codec, "replace").decode(codec)


def encode(text, encoding):
    codec, mark = ENCODINGS[encoding]
    return mark + text.encode(codec)
