"""Search of the store's vectors: exact, with a file that holds them in one block, or by Chroma."""
