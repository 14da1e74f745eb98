"""Names of the files in a library's folder."""

from __future__ import annotations

from corpus import LIBRARY_FILE

DATABASE = LIBRARY_FILE
"""SQLite's file. It holds everything; all other files can be rebuilt from it."""
LOG = f"{DATABASE}-wal"
"""SQLite's write-ahead log, which holds the latest commits."""
SHARED_MEMORY = f"{DATABASE}-shm"
MARK = "library.mark"
"""Used to detect that the latest commits were lost."""
LOCK = "LOCK"
"""Held by the process that writes to Chroma."""
CHROMA_FOLDER = "chroma"
"""Folder of Chroma's own files."""
BLOCK = "vectors.bin"
"""Copy of a large library's vectors in one block."""
DAMAGED = "damaged"
"""Where ``repair`` puts what it could not repair."""
