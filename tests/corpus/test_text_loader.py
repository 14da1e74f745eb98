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


CENTRAL = {
    "pl": "Burmistrz powiedział, że most w Żarach będzie gotów dopiero w październiku. Źle.",
    "cs": "Starosta řekl, že most bude hotov až v říjnu. Lidé zatím jezdí přes Žďár.",
    "hu": "A polgármester szerint a híd csak októberben készül el. Addig Győr felé kell kerülni.",
    "hr": "Gradonačelnik je rekao da će most biti gotov tek u listopadu. Do tada preko Križevaca.",
    "ro": "Primarul a spus că podul va fi gata abia în octombrie. Până atunci e închis.",
}
BALTIC = {
    "lv": "Mērs sacīja, ka tilts būs gatavs tikai oktobrī. Līdz tam jābrauc pa Ķekavas ceļu.",
    "lt": "Meras sakė, kad tiltas bus baigtas tik spalį. Iki tol teks važiuoti per Šiaulius.",
}
WESTERN = {
    "de": "Der Bürgermeister sagte, die Brücke werde erst im Oktober fertig. Große Lkw warten.",
    "sv": "Borgmästaren sade att bron blir färdig först i oktober. Åkare får vänta.",
    "fi": "Pormestari sanoi, että silta valmistuu vasta lokakuussa. Väylä pysyy suljettuna.",
    "es": "El alcalde dijo que el puente no estará listo hasta octubre. ¿Mañana? No, señor.",
}


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *((text, name) for text in CENTRAL.values() for name in ("cp1250", "iso8859-2")),
        *((text, name) for text in BALTIC.values() for name in ("cp1257", "iso8859-13")),
        *((text, name) for text in WESTERN.values() for name in ("cp1252", "latin-1", "mac_roman")),
        (CENTRAL["pl"], "cp852"),
    ],
)
def test_encodings_of_latin_script_are_told_by_their_words(text: str, encoding: str) -> None:
    assert load(text.encode(encoding)) == text


def test_a_foreign_name_does_not_change_the_encoding() -> None:
    text = (
        "Anaïs Brontë paid €30 for it, the café’s owner said – “a bargain”, Zoë Søndergård agreed."
    )
    assert load(text.encode("cp1252")) == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [TURKISH, FRENCH, RUSSIAN, f"大臣は述べた。\n{RUSSIAN}"])
def test_utf16_without_a_mark_is_known_by_its_spaces(text: str, encoding: str) -> None:
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
