"""Files that came with messages: where they lie at the channel, and where on our disk."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.domain.message import Attachment, Kind
from bot.domain.outgoing import FetchedFile
from store import fetch
from store.models import FileRecord
from store.sql import rows

_KEEP: Final = """
INSERT INTO file (message_id, source, ref, kind, name, mime, size) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (message_id) DO UPDATE
SET source = CASE WHEN excluded.source = '' THEN file.source ELSE excluded.source END, ref = excluded.ref,
    kind = excluded.kind, name = excluded.name, mime = excluded.mime, size = excluded.size, path = '', sha256 = '',
    state = 'remote', error = ''
WHERE file.ref <> excluded.ref RETURNING id"""

_OF_MESSAGE: Final = "SELECT * FROM file WHERE message_id = ?"
_RETRY: Final = """
UPDATE file SET state = CASE WHEN path = '' THEN 'remote' ELSE 'stored' END, error = ''
WHERE message_id = ? AND state = 'failed' RETURNING id"""


class FileState(StrEnum):
    REMOTE = "remote"
    STORED = "stored"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """A message's file. `source` is the channel that knows `ref`; `path` lies on our disk once it is `stored`."""

    id: int
    message_id: int
    source: str
    ref: str
    kind: Kind
    name: str
    mime: str
    size: int | None
    path: str
    sha256: str
    state: FileState
    error: str


async def keep_attachment(message_id: int, attachment: Attachment | None, source: str) -> None:
    """Remember the file of a message; another `ref` than before means another file, to be fetched again."""
    if attachment is None:
        return
    described = (attachment.ref, attachment.kind.value, attachment.name, attachment.mime, attachment.size)
    await rows(_KEEP, message_id, source, *described)


async def file_of(message_id: int) -> FileRow | None:
    row = await fetch.one(FileRecord, _OF_MESSAGE, message_id)
    if row is None:
        return None
    return FileRow(
        id=row.id,
        message_id=row.message_id,
        source=row.source,
        ref=row.ref,
        kind=row.kind,
        name=row.name,
        mime=row.mime,
        size=row.size,
        path=row.path,
        sha256=row.sha256,
        state=FileState(row.state),
        error=row.error,
    )


async def file_stored(file_id: int, fetched: FetchedFile) -> None:
    """The file lies on our disk; a sniffed type is truer than the claimed one."""
    values = {"path": str(fetched.path), "size": fetched.size, "sha256": fetched.sha256, "error": ""}
    if fetched.mime:
        values["mime"] = fetched.mime
    await FileRecord.filter(id=file_id).update(**values, state=FileState.STORED.value)


async def retry_file(message_id: int) -> bool:
    """A file that was given up is wanted again; false when it is here, on its way, or not a file at all."""
    return bool(await rows(_RETRY, message_id))


async def file_failed(file_id: int, error: str) -> None:
    """It cannot be had, or not be shown; what lies on our disk stays there."""
    await FileRecord.filter(id=file_id).update(state=FileState.FAILED.value, error=error)
