"""The user interfaces: the web chat and the ``dateline`` command."""
