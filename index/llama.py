"""Dateline as LlamaIndex components: its passages as a node parser, its search as a retriever.

    pipeline = IngestionPipeline(transformations=[DatelineNodeParser()])
    engine = RetrieverQueryEngine.from_args(DatelineRetriever(library), llm=llm)

Nothing else in index imports this module, so LlamaIndex is loaded only by those who use it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Any

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.node_parser import NodeParser
from llama_index.core.schema import (
    BaseNode,
    Document,
    MetadataMode,
    NodeRelationship,
    NodeWithScore,
    QueryBundle,
    RelatedNodeInfo,
    TextNode,
)

from corpus import Article
from index.encoding.encoder import Encoder, load_encoder
from index.encoding.passages import TITLE_BYTES, split_article
from index.hit import Hit, Passage
from index.library import Library

TITLE_ONLY = {"metadata_template": "{value}", "text_template": "{metadata_str}\n{content}"}
"""With these templates LlamaIndex embeds our passage input: the title line and the passage."""


def article_document(article: Article) -> Document:
    """An article as a LlamaIndex document.

    Title, outlet, url and publication day become metadata, if known.
    """
    metadata = _metadata(article)
    return Document(
        id_=article.id,
        text=article.text,
        metadata=metadata,
        excluded_embed_metadata_keys=_all_but_title(metadata),
    )


class DatelineNodeParser(NodeParser):
    """Split documents into nodes: runs of whole sentences that fit the encoder with their title.

    Always, ``node.text == document.text[node.start_char_idx : node.end_char_idx]``. Nodes inherit
    the document's metadata; only the title is embedded with them.

    Args:
        encoder: counts the word pieces and sets the limit; the default encoder if None.
    """

    _encoder: Encoder = PrivateAttr()

    def __init__(self, encoder: Encoder | None = None) -> None:
        super().__init__()
        self._encoder = encoder or load_encoder()

    @classmethod
    def class_name(cls) -> str:
        """Name in LlamaIndex's serialised pipelines."""
        return "DatelineNodeParser"

    def _parse_nodes(
        self,
        nodes: Sequence[BaseNode],
        show_progress: bool = False,
        **kwargs: Any,  # noqa: ANN401 - LlamaIndex's signature
    ) -> list[BaseNode]:
        return [passage for node in nodes for passage in self._split(node)]

    def _split(self, node: BaseNode) -> list[TextNode]:
        text = node.get_content(metadata_mode=MetadataMode.NONE)
        if not text.strip():
            return []
        title = str(node.metadata.get("title") or "").strip() or None
        article = Article(id=node.node_id, title=title, text=text)
        passages = split_article(
            article, node.hash[:16], self._encoder.count_tokens, self._encoder.max_tokens
        )
        return [
            _passage_node(passage, node.as_related_node_info(), node.metadata)
            for passage in passages
        ]

    def _postprocess_parsed_nodes(
        self, nodes: list[BaseNode], parent_doc_map: dict[str, Document]
    ) -> list[BaseNode]:
        """Do what LlamaIndex does, but keep our offsets; it looks them up with ``str.find``."""
        offsets = [
            (node.start_char_idx, node.end_char_idx) for node in nodes if isinstance(node, TextNode)
        ]
        nodes = super()._postprocess_parsed_nodes(nodes, parent_doc_map)
        for node, (start, end) in zip(nodes, offsets, strict=True):
            if isinstance(node, TextNode):
                node.start_char_idx, node.end_char_idx = start, end
        return nodes


class DatelineRetriever(BaseRetriever):
    """``Library.search`` as a LlamaIndex retriever; bring your own LLM for the query engine.

    Args:
        library: an open library.
        limit, as_of, outlets, since, until: as in ``Library.search``.
    """

    def __init__(
        self,
        library: Library,
        *,
        limit: int = 10,
        as_of: date | None = None,
        outlets: Sequence[str] | None = None,
        since: date | None = None,
        until: date | None = None,
    ) -> None:
        super().__init__()
        self._library = library
        self._limit = limit
        self._as_of = as_of
        self._outlets = outlets
        self._since = since
        self._until = until

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        hits = self._library.search(
            query_bundle.query_str,
            limit=self._limit,
            as_of=self._as_of,
            outlets=self._outlets,
            since=self._since,
            until=self._until,
        )
        return [NodeWithScore(node=_hit_node(hit), score=hit.score) for hit in hits]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


def _hit_node(hit: Hit) -> TextNode:
    metadata = _metadata(hit.article)
    return _passage_node(
        hit.passage, RelatedNodeInfo(node_id=hit.article.id, metadata=metadata), metadata
    )


def _passage_node(passage: Passage, source: RelatedNodeInfo, metadata: dict[str, Any]) -> TextNode:
    return TextNode(
        id_=passage.id,
        text=passage.text,
        start_char_idx=passage.start,
        end_char_idx=passage.end,
        metadata=dict(metadata),
        excluded_embed_metadata_keys=_all_but_title(metadata),
        relationships={NodeRelationship.SOURCE: source},
        **TITLE_ONLY,
    )


def _metadata(article: Article) -> dict[str, str]:
    published = article.published.isoformat() if article.published else None
    known = {
        "title": article.title,
        "outlet": article.outlet,
        "url": article.url,
        "published": published,
    }
    return {key: value for key, value in known.items() if value}


def _all_but_title(metadata: dict[str, Any]) -> list[str]:
    """Metadata keys not to embed: all but a title short enough that our passage input keeps it."""
    keep = len(str(metadata.get("title", "")).encode()) <= TITLE_BYTES
    return [key for key in metadata if key != "title" or not keep]
