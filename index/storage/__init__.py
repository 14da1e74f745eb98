"""SQLite, which holds everything: articles, passages, vectors, and the words of all of them."""
