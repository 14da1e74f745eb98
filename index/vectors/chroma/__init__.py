"""Where Chroma keeps its vectors: in files beside the store, or on a server."""
