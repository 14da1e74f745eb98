"""Run a reader of PDF or RTF in a process of its own, within limits on time, memory and output.

A malformed file can make such a reader loop, eat the memory, or crash. A process can be ended from
outside, whatever it does, and on every system. One process serves many files, since starting it
takes as long as reading some ten pages; it ends when it is idle, and with this process.

Memory is limited by the system on Linux, and by a thread of that process on Linux and macOS. On
Windows only the input, the time and the output are limited.
"""

from __future__ import annotations

import atexit
import io
import os
import pickle
import pkgutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import IO, Any, TypeVar

from corpus.errors import LoadError
from corpus.loaders.source import Source

SECONDS = 120.0
"""Maximum time for one file; a PDF of 500 pages takes some 10 s."""

MAX_MEMORY = 2_000_000_000
"""Maximum memory of the process in bytes."""

MAX_OUTPUT = 100_000_000
"""Maximum size in bytes of what a reader returns."""

IDLE_SECONDS = 20.0
_LENGTH_BYTES = 8
_SERVE = f"from {__name__} import serve; serve()"

T = TypeVar("T")

_lock = threading.Lock()
_idle: list[_Worker] = []


def run_limited(
    reader: Callable[[Source, bytes], T], source: Source, data: bytes, *, seconds: float = SECONDS
) -> T:
    """Call ``reader(source, data)`` in a process of its own.

    Args:
        reader: a function of a module of corpus. It gets a source that has only the name, and
            returns plain values and data classes of corpus.
        source: the file; used in errors.
        data: its bytes.
        seconds: how long it may take.

    Raises:
        LoadError: the reader raised it, failed otherwise, crashed, or went beyond a limit.
    """
    request = pickle.dumps((f"{reader.__module__}:{reader.__qualname__}", source.name, data))
    with _lock:
        while True:
            reused = bool(_idle)
            worker = _idle.pop() if reused else _Worker()
            try:
                answer = worker.ask(request, seconds)
            except BaseException:  # Ctrl-C
                worker.stop()
                raise
            if answer is not None:
                _idle.append(worker)
                break
            worker.stop()
            if worker.late:
                raise _refuse(source, f"a file that takes more than {seconds:.0f} s to read")
            if not reused:  # one that was idle may have ended by itself
                raise _refuse(source, "a file that crashes its reader or takes too much memory")
    try:
        kind, said = _Answer(io.BytesIO(answer)).load()
    except pickle.UnpicklingError as error:
        raise _refuse(source, f"a file that confuses its reader ({error})") from None
    if kind == "refused":
        raise LoadError(source.name, **said)
    if kind == "failed":
        raise _refuse(source, f"a broken file ({said})")
    result: T = said
    return result


def _refuse(source: Source, found: str) -> LoadError:
    return source.error(
        found=found,
        expected="a file that other programs can open",
        remedy="download it again, or paste its text",
    )


@atexit.register
def _stop_idle() -> None:
    while _idle:
        _idle.pop().stop()


if hasattr(os, "register_at_fork"):  # a forked process must not use this one's pipes
    os.register_at_fork(after_in_child=_idle.clear)


class _Answer(pickle.Unpickler):
    """Reads answers; the process has read files of strangers, so only corpus's types are made."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - as the base class
        found = super().find_class(module, name) if module.startswith("corpus.") else None
        if "." in name or not isinstance(found, type):
            raise pickle.UnpicklingError(f"{module}.{name} is no type of corpus")
        return found


class _Worker:
    """The process, seen from this one."""

    def __init__(self) -> None:
        self.late = False
        self._process = subprocess.Popen(
            [sys.executable, "-c", _SERVE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )

    def ask(self, request: bytes, seconds: float) -> bytes | None:
        """The answer; None if the process ended, or broke a limit."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        timer = threading.Timer(seconds, self._expire)
        timer.start()
        try:
            _write(self._process.stdin, request)
            return _read(self._process.stdout) or None
        except OSError:  # it ended before it had read everything
            return None
        finally:
            timer.cancel()

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            try:
                assert stream is not None
                stream.close()
            except OSError:  # what was not written is lost
                pass

    def _expire(self) -> None:
        self.late = True
        self._process.kill()


def serve() -> None:
    """Answer requests on standard input until it ends, or until none comes for a while."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # for whatever a reader prints
    guard = _Guard()
    while request := _read(sys.stdin.buffer):
        guard.busy = True
        _write(answers, pickle.dumps(_call(*pickle.loads(request))))
        guard.busy = False


def _call(reader: str, name: str, data: bytes) -> tuple[str, object]:
    try:
        return "read", pkgutil.resolve_name(reader)(Source.of(b"", name=name), data)
    except LoadError as error:
        return "refused", {
            "found": error.found,
            "expected": error.expected,
            "remedy": error.remedy,
        }
    except MemoryError:
        os._exit(1)
    except Exception as error:  # noqa: BLE001 - broken files raise anything
        return "failed", " ".join(str(error).split())[:200] or type(error).__name__


class _Guard(threading.Thread):
    """Ends this process when it is idle, or uses too much memory."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.busy = False
        _limit_memory()
        self.start()

    def run(self) -> None:
        active = time.monotonic()
        # At first this is what the parent process used, if that was more.
        most = max(MAX_MEMORY, _measure_memory())
        while _measure_memory() <= most and time.monotonic() - active < IDLE_SECONDS:
            time.sleep(0.2)
            if self.busy:
                active = time.monotonic()
        os._exit(1)


def _limit_memory() -> None:
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))


def _measure_memory() -> int:
    """The most memory that this process has used, in bytes; 0 where the system does not say.

    Linux carries over what the parent process had used when it started this one.
    """
    if sys.platform == "win32":
        return 0
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _write(stream: IO[bytes], block: bytes) -> None:
    stream.write(len(block).to_bytes(_LENGTH_BYTES, "big") + block)
    stream.flush()


def _read(stream: IO[bytes]) -> bytes:
    """The next block; empty at the stream's end, or if it is longer than an answer may be."""
    length = int.from_bytes(stream.read(_LENGTH_BYTES), "big")
    block = stream.read(length) if length <= MAX_OUTPUT else b""
    return block if len(block) == length else b""
