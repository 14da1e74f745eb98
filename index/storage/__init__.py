"""SQLite storage of articles, passages, vectors and the word index."""
