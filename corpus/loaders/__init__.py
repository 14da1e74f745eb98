"""One small file a kind of location: bytes in, pages and what they say of themselves out."""
