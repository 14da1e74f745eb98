"""Where the store's vectors are searched: exactly, in one block of a file, and by Chroma."""
