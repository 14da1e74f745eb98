"""Adding articles to a library, and keeping it intact."""
