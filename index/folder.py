"""The names of what lies in a library's folder."""

from __future__ import annotations

from corpus import LIBRARY_FILE

DATABASE = LIBRARY_FILE
"""SQLite's file, which holds everything; all else can be made again."""
LOG = f"{DATABASE}-wal"
"""SQLite's write-ahead log: what was committed last."""
SHARED_MEMORY = f"{DATABASE}-shm"
MARK = "library.mark"
"""Tells when what was committed last is gone."""
LOCK = "LOCK"
"""Held by the process that writes to Chroma."""
CHROMA_FOLDER = "chroma"
"""The folder of Chroma's own files."""
BLOCK = "vectors.bin"
"""A large library's vectors in one block."""
DAMAGED = "damaged"
"""Where ``repair`` puts what it could not use."""
