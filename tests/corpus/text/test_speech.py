"""Quotations are paired, kept with their speakers, and turns of interviews are told apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import find_quotations, is_only_quoted, split_sentences, split_turns
from corpus.text.speech import is_attribution


def quoted(text: str) -> list[str]:
    return [text[start:end] for start, end in find_quotations(text)]


@pytest.mark.parametrize(
    ("text", "quotations"),
    [
        ("“It leaks,” she said. “Badly.”", ["“It leaks,”", "“Badly.”"]),
        ('"It leaks," she said. "Badly."', ['"It leaks,"', '"Badly."']),
        ("‘It doesn’t leak,’ she said.", ["‘It doesn’t leak,’"]),
        ("'It doesn't leak,' she said.", ["'It doesn't leak,'"]),
        ("„Es leckt“, sagte sie. „Sehr.“", ["„Es leckt“", "„Sehr.“"]),
        ("„Przecieka” – powiedziała.", ["„Przecieka”"]),
        ("»Es leckt«, sagte sie.", ["»Es leckt«"]),
        ("« Elle fuit ! », dit-elle.", ["« Elle fuit ! »"]),
        ("”Den läcker”, sa hon.", ["”Den läcker”"]),
        ("「漏れています」と彼女は言った。", ["「漏れています」"]),
        ("“She said ‘never’ twice,” he said.", ["“She said ‘never’ twice,”"]),
        ("“She said “never” twice,” he said.", ["“She said “never” twice,”"]),
        ("The ships' crews didn't sign in the '90s.", []),
        ('A plank of 6" broke.', []),
        ("It “never ended. “Then it did.”", ["“Then it did.”"]),
    ],
)
def test_quotation_marks_are_paired_as_each_language_uses_them(
    text: str, quotations: list[str]
) -> None:
    assert quoted(text) == quotations


@given(st.text(st.sampled_from("ab .,!?“”\"'’‘«»„「」"), max_size=40))
def test_quotations_are_in_order_and_do_not_overlap(text: str) -> None:
    edges = [edge for span in find_quotations(text) for edge in span]
    assert edges == sorted(edges)
    assert not edges or edges[-1] <= len(text)


@pytest.mark.parametrize(
    "sentences",
    [
        ['"Who pays for the dyke?" Ada Rehn asked the minister.', '"You do," he replied.'],
        ["“Not again!” the harbour master shouted.", "Nobody moved."],
        ["“Not again!”", "Nobody moved."],
        ["“Is it safe?” Eva Lind, who owns the mill, asked on Friday.", "It was not."],
        ["« Qui paie ? », demanda la maire.", "« Vous ! »", "Elle sortit."],
        ["„Wer zahlt?“, fragte Ada Rehn.", "„Ihr!“", "Sie ging."],
        ["»Wer zahlt?« fragte sie.", "»Ihr!«", "Sie ging."],
        ["‘Who pays?’ Ada Rehn asked.", "‘You do!’ he said."],
        ["“I saw it. It was black. It sank,” Moe said.", "“I ran.”"],
        ["Moe said: “I saw it. It sank.”", "Then he left."],
        ["“He asked me, ‘Who pays?’ and left,” she said.", "That was all."],
        ["“Did he say ‘never’?” Dr. E. Lund asked.", "No one knew."],
        ["“No.”", "Rehn said that the dyke would hold."],
        ["“Really?”", "Rehn answered: “Yes.”"],
    ],
)
def test_speech_stays_with_its_speaker(sentences: list[str]) -> None:
    text = " ".join(sentences)
    assert [text[one.start : one.end] for one in split_sentences(text)] == sentences


def test_a_long_quotation_is_split_into_its_sentences() -> None:
    text = "“" + "We never saw a letter from the county. " * 12 + "It sank,” Moe said."
    assert len(split_sentences(text)) == 13


@pytest.mark.parametrize("text", ["Ada Rehn asked", "The old harbour master finally said."])
def test_a_name_and_a_verb_of_speech_attribute(text: str) -> None:
    assert is_attribution(text)


@pytest.mark.parametrize(
    "text", ["The ship sank.", "Rehn argued that it sank.", "Rehn replied: “No.”", "asked"]
)
def test_other_sentences_do_not_attribute(text: str) -> None:
    assert not is_attribution(text)


def test_what_is_quoted_as_a_whole_names_nobody() -> None:
    assert is_only_quoted("“It sank.” – “No!”")
    assert not is_only_quoted("“It sank,” she said.")
    assert not is_only_quoted("It sank.")


def turns(text: str) -> list[tuple[str, str]]:
    """The opening of what is asked before each turn, and of the turn."""
    return [
        (text[turn.question : turn.start][:12].strip(), text[turn.start : turn.end][:12])
        for turn in split_turns(text)
    ]


@pytest.mark.parametrize(
    ("speakers", "ask", "answer"),
    [
        (("Q: ", "A: "), "Q: What sank", "A: The ferry"),
        (("Q. ", "A. "), "Q. What sank", "A. The ferry"),
        (("ORRIN POST: ", "EVA LIND: "), "ORRIN POST:", "EVA LIND: Th"),
        (("Orrin Post: ", "Dr. Eva Lind (by phone): "), "Orrin Post:", "Dr. Eva Lind"),
        (("[00:01:10] HOST: ", "[00:01:15] LIND: "), "[00:01:10] H", "[00:01:15] L"),
        (("OP: ", "EL: "), "OP: What san", "EL: The ferr"),
    ],
)
def test_an_answer_knows_its_question(speakers: tuple[str, str], ask: str, answer: str) -> None:
    asker, speaker = speakers
    text = (
        f"Eva Lind spoke to us on Monday.\n\n{asker}What sank?\n\n{speaker}The ferry sank.\n\n"
        f"{asker}Why?\n\n{speaker}I do not know.\n\nPerhaps a seal was worn."
    )
    found = turns(text)
    assert found[1] == (ask, answer)
    assert len(found) == 4
    assert text[split_turns(text)[1].start :].startswith(f"{speaker}The ferry")


def test_an_interview_without_names_is_known_by_its_questions() -> None:
    text = (
        "Eva Lind owns the mill.\n\nWhat did you see?\n\nI saw a black ship.\n\n"
        "And what did you do?\n\n"
        "I ran.\n\nI ran far.\n\nWould you do it again?\n\nNo."
    )
    assert [text[turn.start : turn.end].split("\n")[0] for turn in split_turns(text)] == [
        "What did you see?",
        "And what did you do?",
        "Would you do it again?",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The ferry sank.\n\nWhat happened?\n\nA seal was worn.\n\nWhat now?\n\nNobody knows.",
        "Price: 30 crowns\n\nPlace: Orrin\n\nTime: noon\n\nThe fair opens on Monday.",
        "Editor's note: This was corrected.\n\nThe ferry sank.",
    ],
)
def test_other_texts_have_no_turns(text: str) -> None:
    assert split_turns(text) == ()
