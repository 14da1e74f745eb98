from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from llama_index.core import Document
from llama_index.core.ingestion import IngestionPipeline
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.schema import MetadataMode, NodeRelationship, TextNode

from corpus import Article
from index import Library
from index.encoding.encoder import load_encoder
from index.encoding.passages import passage_input, split_article
from index.llama import DatelineNodeParser, DatelineRetriever, article_document
from tests.fakes import WordEncoder

QUESTION = "Who bought the ferry?"
REFRAIN = "The port stayed closed. Nobody knew for how long."
FERRY = Article(
    id="ferry",
    title="Ferry sold",
    text="The ferry was bought by Norvia Lines for 3 million dollars. The town had not been asked.",
    outlet="Lurin Herald",
    published=date(2024, 5, 6),
)
BREAD = Article(
    id="bread", title="Prize for bread", text="A baker in Lyon won a prize for her rye bread."
)
LONG = Article(
    id="long",
    title="A long wait",
    text="\n\n".join(
        f"{REFRAIN} On day {day}, families went to the quay and asked. {REFRAIN}"
        for day in range(60)
    ),
    outlet="Lurin Herald",
)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path, encoder=WordEncoder()) as library:
        library.add([FERRY, BREAD])
        yield library


def parse(*documents: Document) -> list[TextNode]:
    nodes = IngestionPipeline(transformations=[DatelineNodeParser()]).run(documents=list(documents))
    assert all(isinstance(node, TextNode) for node in nodes)
    return [node for node in nodes if isinstance(node, TextNode)]


def test_an_ingestion_pipeline_gets_our_passages_with_exact_offsets() -> None:
    encoder = load_encoder()
    nodes = parse(article_document(LONG))
    passages = split_article(LONG, "any", encoder.count_tokens, encoder.max_tokens)
    assert len(passages) > 2
    assert [(node.start_char_idx, node.end_char_idx, node.text) for node in nodes] == [
        (passage.start, passage.end, passage.text) for passage in passages
    ]


def test_offsets_are_exact_where_the_same_words_come_again() -> None:
    document = Document(text=f"{REFRAIN} " * 40)
    for node in parse(document):
        assert document.text[node.start_char_idx : node.end_char_idx] == node.text
    spans = [(node.start_char_idx, node.end_char_idx) for node in parse(document)]
    assert spans == sorted(set(spans))
    assert spans[-1][1] == len(document.text.rstrip())


def test_nodes_say_where_they_are_from() -> None:
    (node,) = parse(article_document(FERRY))
    assert node.metadata == {
        "title": "Ferry sold",
        "outlet": "Lurin Herald",
        "published": "2024-05-06",
    }
    assert node.ref_doc_id == "ferry"


def test_neighbours_are_linked() -> None:
    first, second, *_ = parse(article_document(LONG))
    assert first.relationships[NodeRelationship.NEXT].node_id == second.node_id  # type: ignore[union-attr]  # one, not a list


def test_llama_index_embeds_what_we_encode() -> None:
    encoder = load_encoder()
    nodes = parse(article_document(LONG))
    passages = split_article(LONG, "any", encoder.count_tokens, encoder.max_tokens)
    embedded = [node.get_content(MetadataMode.EMBED) for node in nodes]
    assert embedded == [passage_input(LONG, passage) for passage in passages]


def test_what_llama_index_embeds_fits_the_encoder_whatever_the_title() -> None:
    encoder = load_encoder()
    nodes = parse(Document(text=LONG.text, metadata={"title": "word " * 300, "path": "x" * 500}))
    assert (
        max(encoder.count_tokens([node.get_content(MetadataMode.EMBED) for node in nodes]))
        <= encoder.max_tokens
    )


def test_documents_without_words_give_no_nodes() -> None:
    assert parse(Document(text=" \n"), Document(text="")) == []


def test_the_parser_takes_documents_of_any_reader_and_runs_beside_an_event_loop() -> None:
    document = Document(text="The ferry was sold.", metadata={"file_name": "ferry.txt"})
    (node,) = asyncio.run(DatelineNodeParser(WordEncoder()).acall([document]))
    assert node.metadata == {"file_name": "ferry.txt"}


def test_a_query_engine_answers_from_our_search(library: Library) -> None:
    engine = RetrieverQueryEngine.from_args(DatelineRetriever(library, limit=1), llm=MockLLM())
    response = engine.query(QUESTION)
    assert "Norvia Lines" in str(response)
    (found,) = response.source_nodes
    assert found.node.metadata["outlet"] == "Lurin Herald"


def test_the_retriever_returns_the_library_s_hits_in_its_order(library: Library) -> None:
    nodes = DatelineRetriever(library).retrieve(QUESTION)
    hits = library.search(QUESTION)
    assert [(node.node.node_id, node.score) for node in nodes] == [
        (hit.passage.id, hit.score) for hit in hits
    ]
    node = nodes[0].node
    assert isinstance(node, TextNode)
    assert FERRY.text[node.start_char_idx : node.end_char_idx] == node.text
    assert node.ref_doc_id == "ferry"


def test_the_retriever_filters_as_search_does(library: Library) -> None:
    assert {
        found.node.ref_doc_id
        for found in DatelineRetriever(library, since=date(2024, 1, 1)).retrieve(QUESTION)
    } == {"ferry"}
    assert DatelineRetriever(library, outlets=["Another"]).retrieve(QUESTION) == []


def test_the_retriever_works_beside_an_event_loop(library: Library) -> None:
    nodes = asyncio.run(DatelineRetriever(library).aretrieve(QUESTION))
    assert nodes[0].node.ref_doc_id == "ferry"
