import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import LoadError
from corpus.loaders.text import load_text

TURKISH = (
    "Sözcü, sistemin başka bir ülkeye verilmesinin gündemde olmadığını söyledi. İstanbul ve "
    "Ağrı'da görüşmeler sürüyor."
)
FRENCH = "Le ministre a déclaré que l’accord était annulé. “C’est fini”, a-t-il répété à l’Élysée."
RUSSIAN = "Министр заявил, что соглашение отменено. Переговоры продолжаются в столице."


def load(data: bytes) -> str:
    return load_text(data, location="page.txt")


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])))
def test_utf8_is_read_as_it_was_written(text: str) -> None:
    assert load(text.encode()) == text.removeprefix("\ufeff")


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ],
)
def test_a_byte_order_mark_decides(mark: bytes, encoding: str) -> None:
    assert load(mark + TURKISH.encode(encoding)) == TURKISH


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (TURKISH, "cp1254"),
        (TURKISH, "iso8859-9"),
        (FRENCH, "cp1252"),
        ("Der Minister erklärte, das Abkommen wäre für immer gelöst.", "latin-1"),
        (RUSSIAN, "cp1251"),
        ("大臣は合意が取り消されたと述べた。交渉は続いている。", "shift_jis"),
        ("部长说协议已被取消。谈判仍在继续。", "gb18030"),
    ],
)
def test_other_encodings_are_guessed(text: str, encoding: str) -> None:
    assert load(text.encode(encoding)) == text


def test_one_broken_byte_does_not_change_the_encoding() -> None:
    assert load(TURKISH.encode() + b"\xff") == TURKISH + "\ufffd"


def test_line_ends_become_lf_and_nul_becomes_the_replacement_character() -> None:
    assert load(b"One line\r\nand two\rand th\x00ree, with enough text around it.") == (
        "One line\nand two\nand th\ufffdree, with enough text around it."
    )


@pytest.mark.parametrize(
    "data", [bytes(range(256)) * 20, b"\x89PNG\r\n\x1a\n" + bytes(100), b"PK\x03\x04" + bytes(60)]
)
def test_a_binary_is_refused(data: bytes) -> None:
    with pytest.raises(LoadError, match=r"^page\.txt: "):
        load(data)


@given(st.binary(max_size=200))
def test_whatever_the_bytes_the_text_can_be_stored(data: bytes) -> None:
    try:
        text = load(data)
    except LoadError:
        return
    assert "\x00" not in text
    text.encode()
