"""Loaders, one file per format or source: they read bytes and produce articles."""
