"""What SQLite asks of the disk: every write, truncation, sync and deletion of the database our own code has open.

A shim of the operating system's layer of SQLite ("VFS", sqlite.org/vfs.html), registered as the default one of the very
library that Python's `sqlite3` uses. It only looks: each call goes on to the real layer unchanged.
"""

import _sqlite3
import ctypes
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path
from typing import Any, Final

_OK: Final = 0
_CREATE: Final = 0x4
_LOGS: Final = 0x80800
"""SQLITE_OPEN_MAIN_JOURNAL and SQLITE_OPEN_WAL: files whose folder SQLite syncs once (os_unix.c, UNIXFILE_DIRSYNC)."""
_POINTER: Final = ctypes.c_void_p
_INT: Final = ctypes.c_int
_OPEN: Final = ctypes.CFUNCTYPE(_INT, _POINTER, _POINTER, _POINTER, _INT, _POINTER)
_DELETE: Final = ctypes.CFUNCTYPE(_INT, _POINTER, ctypes.c_char_p, _INT)
_WRITE: Final = ctypes.CFUNCTYPE(_INT, _POINTER, _POINTER, _INT, ctypes.c_int64)
_TRUNCATE: Final = ctypes.CFUNCTYPE(_INT, _POINTER, ctypes.c_int64)
_SYNC: Final = ctypes.CFUNCTYPE(_INT, _POINTER, _INT)

_LATER_VFS_CALLS = (
    "access",
    "full",
    "dl_open",
    "dl_error",
    "dl_sym",
    "dl_close",
    "random",
    "sleep",
    "time",
    "last_error",
)
_NEWER_VFS_CALLS = ("time64", "set_call", "get_call", "next_call")
_LATER_FILE_CALLS = ("size", "lock", "unlock", "reserved", "control", "sector", "traits")
_NEWER_FILE_CALLS = ("shm_map", "shm_lock", "shm_barrier", "shm_unmap", "fetch", "unfetch")


class _Vfs(ctypes.Structure):
    """`sqlite3_vfs` of sqlite3.h."""

    _fields_ = (
        *((name, _INT) for name in ("version", "file_size", "longest_path")),
        ("next", _POINTER),
        ("name", ctypes.c_char_p),
        ("data", _POINTER),
        *((name, _POINTER) for name in ("open", "delete", *_LATER_VFS_CALLS, *_NEWER_VFS_CALLS)),
    )


class _Methods(ctypes.Structure):
    """`sqlite3_io_methods` of sqlite3.h."""

    _fields_ = (
        ("version", _INT),
        *((name, _POINTER) for name in ("close", "read", "write", "truncate", "sync")),
        *((name, _POINTER) for name in (*_LATER_FILE_CALLS, *_NEWER_FILE_CALLS)),
    )


class Kind(Enum):
    """A call of SQLite, by what it means for the disk."""

    WRITE = auto()
    TRUNCATE = auto()
    SYNC = auto()
    SYNC_WITH_FOLDER = auto()
    """The first sync of a new log: its folder is synced after it, and with that what was deleted there."""
    DELETE = auto()
    DELETE_FOR_GOOD = auto()
    """Deleted, and the folder synced after it, with all that was deleted there."""
    ACKNOWLEDGED = auto()
    """Nothing for the disk: from here on somebody relies on what was written before."""


SYNCS: Final = frozenset({Kind.SYNC, Kind.SYNC_WITH_FOLDER})


@dataclass(frozen=True, slots=True)
class Step:
    """One thing asked of the disk. `at` is an offset in bytes, or the new size of a truncation.

    What is acknowledged has its name in `file`.
    """

    kind: Kind
    file: str = ""
    at: int = 0
    data: bytes = b""


@dataclass(slots=True)
class Tape:
    """Everything asked of the disk, in order, for the files of one folder."""

    folder: Path
    steps: list[Step] = field(default_factory=list)

    def acknowledged(self, names: Iterable[str]) -> None:
        """Somebody was told that these are stored."""
        self.steps.extend(Step(Kind.ACKNOWLEDGED, name) for name in names)

    def note(self, kind: Kind, path: str, at: int = 0, data: bytes = b"") -> None:
        if Path(path).parent == self.folder:
            self.steps.append(Step(kind, Path(path).name, at, data))


def reachable() -> bool:
    """Whether SQLite is a library of its own, or at least shows its names."""
    return _library() is not None


def _library() -> ctypes.CDLL | None:
    for where in (getattr(_sqlite3, "__file__", None), None):
        library = ctypes.CDLL(where)
        if hasattr(library, "sqlite3_vfs_find"):
            library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
            library.sqlite3_vfs_find.argtypes = [ctypes.c_char_p]
            return library
    return None


@contextmanager
def recording(folder: Path) -> Iterator[Tape]:
    """Record what databases in this folder do that are opened and closed meanwhile."""
    library = _library()
    if library is None:
        raise LookupError("the SQLite of this Python cannot be reached")
    tape = Tape(folder)
    shim = _Shim(library.sqlite3_vfs_find(None), tape)
    library.sqlite3_vfs_register(ctypes.byref(shim.vfs), 1)
    try:
        yield tape
    finally:
        library.sqlite3_vfs_unregister(ctypes.byref(shim.vfs))


class _Shim:
    """The default layer with five of its calls looked at."""

    def __init__(self, real: Any, tape: Tape) -> None:
        self._tape = tape
        self._real = real
        self._names: dict[int, str] = {}
        self._new: set[int] = set()
        self._methods: dict[int, _Methods] = {}
        self._kept: list[Any] = []
        self.vfs = _Vfs.from_buffer_copy(real.contents)
        self.vfs.name = b"recording"
        self.vfs.open = self._pointer(_OPEN, self._open)
        self.vfs.delete = self._pointer(_DELETE, self._delete)

    def _pointer(self, prototype: Any, function: Callable[..., int]) -> int | None:
        callback = prototype(function)
        self._kept.append(callback)  # SQLite's pointer does not keep it alive
        return ctypes.cast(callback, _POINTER).value

    def _open(self, _vfs: int, name: int | None, file: int, flags: int, out_flags: int | None) -> int:
        result: int = _OPEN(self._real.contents.open)(
            ctypes.addressof(self._real.contents), name, file, flags, out_flags
        )
        if result == _OK and name is not None:
            self._names[file] = ctypes.string_at(name).decode()
            self._new.discard(file)
            if flags & _CREATE and flags & _LOGS:
                self._new.add(file)
            slot = _POINTER.from_address(file)  # a file begins with the pointer to its methods
            slot.value = ctypes.addressof(self._looked_at(slot.value or 0))
        return result

    def _looked_at(self, address: int) -> _Methods:
        if address not in self._methods:
            real = _Methods.from_address(address)
            methods = _Methods.from_buffer_copy(real)
            methods.write = self._pointer(_WRITE, self._writer(_WRITE(real.write)))
            methods.truncate = self._pointer(_TRUNCATE, self._truncater(_TRUNCATE(real.truncate)))
            methods.sync = self._pointer(_SYNC, self._syncer(_SYNC(real.sync)))
            self._methods[address] = methods
        return self._methods[address]

    def _writer(self, real: Callable[..., int]) -> Callable[..., int]:
        def write(file: int, data: int, size: int, at: int) -> int:
            self._tape.note(Kind.WRITE, self._names[file], at, ctypes.string_at(data, size))
            return real(file, data, size, at)

        return write

    def _truncater(self, real: Callable[..., int]) -> Callable[..., int]:
        def truncate(file: int, size: int) -> int:
            self._tape.note(Kind.TRUNCATE, self._names[file], size)
            return real(file, size)

        return truncate

    def _syncer(self, real: Callable[..., int]) -> Callable[..., int]:
        def sync(file: int, flags: int) -> int:
            result = real(file, flags)
            self._tape.note(Kind.SYNC_WITH_FOLDER if file in self._new else Kind.SYNC, self._names[file])
            self._new.discard(file)
            return result

        return sync

    def _delete(self, _vfs: int, name: bytes, sync_folder: int) -> int:
        result: int = _DELETE(self._real.contents.delete)(ctypes.addressof(self._real.contents), name, sync_folder)
        if result == _OK:
            self._tape.note(Kind.DELETE_FOR_GOOD if sync_folder else Kind.DELETE, name.decode())
        return result
