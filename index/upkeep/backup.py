"""Snapshots: ``take_snapshot`` writes a library in use to one file; ``restore`` reads it back.

Neither loses anything: no file is overwritten, a sound library is never replaced, and a damaged one
is set aside.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

from index.errors import LibraryDamagedError, LibraryError, LibraryFormatError, LibraryStorageError
from index.folder import BLOCK, DATABASE, LOCK, LOG, MARK, SHARED_MEMORY
from index.storage.store import Store, library_folder
from index.upkeep.checking import check_store

Progress = Callable[[int, int], None]
_FILES = (LOG, SHARED_MEMORY, MARK, BLOCK, DATABASE)


def take_snapshot(store: Store, path: Path, progress: Progress | None = None) -> None:
    """Write all that is committed now into one file; see ``Library.snapshot``."""
    if path.exists():
        raise LibraryStorageError(
            f"{path}: there is a file already; expected a new one; give another name"
        )
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        part.touch(exist_ok=False)
        store.copy_to(part, progress)
        part.rename(path)
        _settle(path.parent)
    except OSError as error:
        raise LibraryStorageError(
            f"{path}: {error.strerror}; expected to write there; give another place"
        ) from error
    finally:
        part.unlink(missing_ok=True)


def restore(
    path: str | Path, folder: str | Path | None = None, progress: Progress | None = None
) -> int:
    """Make a library from a snapshot after checking every article in it.

    Args:
        path: the file that ``Library.snapshot`` wrote.
        folder: where to make the library; the user's data folder if None. A damaged library in it
            is moved to its subfolder damaged/.
        progress: called with the number of articles checked, and of all.

    Returns:
        The number of articles in the library.

    Raises:
        LibraryStorageError: the folder holds a sound library, another process has it open, or the
            file or the folder cannot be used.
        LibraryFormatError: the file is not a snapshot, or was made by a newer Dateline.
        LibraryDamagedError: the file is not what was written; the folder is unchanged.
    """
    path, folder = Path(path).expanduser(), library_folder(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (
            FileLock(folder / LOCK, timeout=0),
            tempfile.TemporaryDirectory(prefix="restoring-", dir=folder) as made,
        ):
            if _is_sound(folder):
                raise LibraryStorageError(
                    f"{folder}: a sound library is there; expected none, or a damaged one; give"
                    " another folder"
                )
            copy = Path(made) / DATABASE
            shutil.copyfile(path, copy)
            count = _check(copy, path, progress)
            _set_aside(folder)
            copy.replace(folder / DATABASE)
            _settle(folder)
            return count
    except Timeout:
        raise LibraryStorageError(
            f"{folder}: another process has it open; close that process, and restore again"
        ) from None
    except OSError as error:
        named = error.filename or folder
        raise LibraryStorageError(
            f"{named}: {error.strerror}; expected a snapshot to restore into a folder"
        ) from error


def _check(copy: Path, path: Path, progress: Progress | None) -> int:
    """Check every byte of the copy and return its number of articles. Leave it closed, as one file.

    Raises:
        LibraryFormatError: the file is not a snapshot, or was made by a newer Dateline.
        LibraryDamagedError: the file is not what was written.
    """
    if copy.stat().st_size == 0:
        raise LibraryFormatError(
            f"{path}: an empty file; expected one that `dateline snapshot` wrote"
        )
    try:
        store = Store.open(copy.parent, create=False)
    except LibraryError as error:
        raise type(error)(str(error).replace(str(copy), str(path))) from error
    try:
        problems = check_store(store, progress)
        if problems:
            found = problems[0].replace(str(copy), str(path))
            raise LibraryDamagedError(
                f"{path}: {len(problems)} problems, such as: {found}; restore another snapshot"
            )
        with store.reading() as view:
            count = view.count_articles()
        store.fold_log()
        return count
    finally:
        store.close()


def _is_sound(folder: Path) -> bool:
    """Whether the folder holds a library without any problem."""
    path = folder / DATABASE
    if not path.exists() or path.stat().st_size == 0:
        return False
    try:
        store = Store.open(folder, create=False)
    except LibraryError:
        return False
    try:
        return not check_store(store)
    finally:
        store.close()


def _set_aside(folder: Path) -> None:
    """Move a damaged library's files into a folder of their own."""
    found = [folder / name for name in _FILES if (folder / name).exists()]
    if found:
        (folder / "damaged").mkdir(exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix="library-", dir=folder / "damaged"))
        for path in found:
            path.rename(aside / path.name)


def _settle(folder: Path) -> None:
    """Flush a folder's entries to disk, if the system supports it."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
