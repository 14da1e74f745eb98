"""Decode bytes to text."""

from __future__ import annotations

import codecs
import unicodedata

from corpus.cleaning.cleaning import replace_unstorable
from corpus.errors import LoadError
from corpus.kinds import find_foreign, guess_utf16
from corpus.text.language import rate_language, rate_words

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # starts with UTF-16's mark, so it is checked first
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LATIN = {
    "cp1252": 0,
    "cp1254": -1,
    "cp1250": -1,
    "iso8859-2": -1,
    "cp1257": -2,
    "mac_roman": -2,
    "cp852": -2,
}
"""Encodings of Latin script, and what is added to the log-probability of a text: a rarer encoding
must fit clearly better. Windows's encodings cover the letters of their ISO 8859 counterparts, but
for cp1250 and ISO 8859-2."""

_WIDE = [f"utf_{bits}{order}" for bits in (16, 32) for order in ("", "_be", "_le")]
"""Never guessed: files without a byte order mark hardly ever use them, and any short text can be
read as Chinese in them."""

_GUESSED_BYTES = 50_000
_RATED_WORDS, _RATED_CHARACTERS = 60, 10_000
_MISFIT = 3.0
_AFTER_LETTERS = "’”“‘»›…–—\xa0\xad°·"
_HEAD_BYTES = 8_192


def load_text(data: bytes, *, location: str) -> str:
    """Decode a text file; line ends become LF; NUL, lone surrogates and broken bytes become U+FFFD.

    A byte order mark decides the encoding. Without one, valid UTF-8, and UTF-8 with a few broken
    bytes, is read as UTF-8. Otherwise the encoding is guessed from the bytes.

    Args:
        data: the file's bytes.
        location: the file as the user named it; used in errors.

    Raises:
        LoadError: the bytes are not text.
    """
    if foreign := find_foreign(data[:_HEAD_BYTES]):
        raise LoadError(
            location,
            found=foreign,
            expected="text",
            remedy="save or export the article as text, HTML or PDF",
        )
    text = _decode(data)
    return replace_unstorable(text.replace("\r\n", "\n").replace("\r", "\n"))


def _decode(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    if order := guess_utf16(data[:_HEAD_BYTES]):
        return data.decode(order, "replace")
    try:
        return data.decode("utf-8", "surrogatepass")  # a lone surrogate is still UTF-8
    except UnicodeDecodeError:
        return data.decode(choose_encoding(data), "replace")


def choose_encoding(data: bytes) -> str:
    """The likeliest encoding of bytes that are not valid UTF-8.

    It is still UTF-8 if only a few of the bytes are broken.
    """
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd") - data.count(b"\xef\xbf\xbd")
    foreign = sum(character > "\x7f" for character in text) - broken
    return "utf-8" if broken * 10 <= foreign else _guess_encoding(data)


def _guess_encoding(data: bytes) -> str:
    """The likeliest encoding of bytes that are not UTF-8.

    charset_normalizer tells scripts apart, but mistakes Turkish for Czech. So for Latin script, the
    encoding is chosen in which the words beyond ASCII look most like the text's language.
    """
    from charset_normalizer import from_bytes

    data = data[:_GUESSED_BYTES]
    best = from_bytes(data, cp_exclusion=_WIDE).best()
    letters = [
        character
        for character in str(best or "")
        if character > "\x7f" and unicodedata.category(character) in ("Lu", "Ll", "Lo")
    ][:1_000]
    latin = sum(unicodedata.name(letter, "LATIN").startswith("LATIN") for letter in letters)
    if best and latin < len(letters) / 2:
        return best.encoding
    return max(_LATIN, key=lambda name: _LATIN[name] + _rate(data.decode(name, "replace")))


def _rate(text: str) -> float:
    """How much the words beyond ASCII look like words of the language that the text is in."""
    words = {word: None for word in text.split() if not word.isascii()}
    language, _ = rate_language(text)
    return rate_words(list(words)[:_RATED_WORDS], language) - _MISFIT * _count_misfits(text)


def _count_misfits(text: str) -> int:
    """Count characters that words do not have: controls, signs in a word, capitals inside a word.

    A control and a sign between two letters count twice.
    """
    text = text[:_RATED_CHARACTERS]
    count = 0
    for before, character, after in zip(f" {text}", text, f"{text[1:]} ", strict=False):
        if character.isascii():
            continue
        category = unicodedata.category(character)
        if category in ("Cc", "Cn", "Co") or character == "\ufffd":
            count += 2
        elif category[0] != "L" and before.isalpha() and character not in _AFTER_LETTERS:
            count += 1 + after.isalpha()
        elif character.isupper() and before.islower():
            count += 1
    return count
