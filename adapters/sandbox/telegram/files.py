"""Files in memory: ids, sizes, and the objects by which messages speak of them."""

import secrets
from dataclasses import dataclass
from pathlib import PurePath

from adapters.sandbox.telegram.errors import Json, bad_request
from adapters.sandbox.telegram.params import Upload

MAX_DOWNLOAD = 20 * 2**20
"""Bytes of the largest file a bot can download (core.telegram.org/bots/api#getfile)."""
MAX_PHOTO = 10 * 2**20

_FOLDERS = {
    "photo": ("photos", ".jpg", "image/jpeg"),
    "video": ("videos", ".mp4", "video/mp4"),
    "audio": ("music", ".mp3", "audio/mpeg"),
    "voice": ("voice", ".oga", "audio/ogg"),
    "document": ("documents", "", "application/octet-stream"),
    "animation": ("animations", ".mp4", "video/mp4"),
    "sticker": ("stickers", ".webp", "image/webp"),
    "video_note": ("video_notes", ".mp4", "video/mp4"),
}
KINDS = frozenset(_FOLDERS)
_SHAPES: dict[str, Json] = {
    "video": {"width": 640, "height": 360, "duration": 3},
    "audio": {"duration": 3},
    "voice": {"duration": 3},
    "animation": {"width": 320, "height": 180, "duration": 2},
    "video_note": {"length": 240, "duration": 3},
    "sticker": {"width": 512, "height": 512, "type": "regular", "is_animated": False, "is_video": False},
}
_NAMED = frozenset({"video", "audio", "document", "animation"})
_PICTURE_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"RIFF", b"BM")


@dataclass(frozen=True)
class StoredFile:
    """One file; a photo's smaller sizes are further ids of the same one."""

    file_id: str
    unique_id: str
    kind: str
    name: str
    mime: str
    data: bytes
    path: str
    thumbnail_id: str


class Files:
    """Everything anybody ever sent."""

    def __init__(self) -> None:
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}

    def add(self, kind: str, upload: Upload) -> StoredFile:
        """Keep a file; its name's last part counts, as with Telegram."""
        folder, ending, mime = _FOLDERS[kind]
        name = PurePath(upload.name.replace("\\", "/")).name
        number = len(self._by_path)
        stored = StoredFile(
            file_id=f"Ag{kind[:2].upper()}{secrets.token_urlsafe(45)}",
            unique_id=f"AQAD{secrets.token_urlsafe(9)}",
            kind=kind,
            name=name,
            mime=upload.mime or mime,
            data=upload.data,
            path=f"{folder}/file_{number}{ending or PurePath(name).suffix}",
            thumbnail_id=f"Ag{kind[:2].upper()}s{secrets.token_urlsafe(44)}",
        )
        self._by_path[stored.path] = self._by_id[stored.file_id] = stored
        if kind == "photo":
            self._by_id[stored.thumbnail_id] = stored
        return stored

    def add_upload(self, kind: str, upload: Upload) -> StoredFile:
        """Keep a bot's upload, which Telegram looks at more closely than at a person's."""
        if not upload.data:
            raise bad_request("file must be non-empty")
        if kind == "photo" and len(upload.data) > MAX_PHOTO:
            size = len(upload.data)
            raise bad_request(
                f"file of size {size} bytes is too big for a photo; the maximum size is {MAX_PHOTO} bytes"
            )
        if kind == "photo" and not upload.data.startswith(_PICTURE_STARTS):
            raise bad_request("IMAGE_PROCESS_FAILED")
        return self.add(kind, upload)

    def known(self, kind: str, file_id: str) -> StoredFile:
        """A file a bot sends again by its id; its kind cannot change."""
        stored = self._by_id.get(file_id)
        if stored is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        if stored.kind != kind:
            had, wanted = (name.replace("_", " ").title() for name in (stored.kind, kind))
            raise bad_request(f"can't use file of type {had} as {wanted}")
        return stored

    def downloadable(self, file_id: str) -> Json:
        """The File object of getFile; 400 for unknown ids and for files over 20 MB."""
        stored = self._by_id.get(file_id)
        if stored is None:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        if len(stored.data) > MAX_DOWNLOAD:
            raise bad_request("file is too big")
        return {
            "file_id": file_id,
            "file_unique_id": stored.unique_id,
            "file_size": len(stored.data),
            "file_path": stored.path,
        }

    def at(self, path: str) -> StoredFile | None:
        """The file behind a download path."""
        return self._by_path.get(path)

    def data(self, file_id: str) -> bytes:
        """The bytes of a file; KeyError for an unknown id."""
        return self._by_id[file_id].data


def media_fields(stored: StoredFile) -> Json:
    """What a message with this file carries; an animation comes as a document, too, as with Telegram."""
    if stored.kind == "photo":
        return {"photo": [_size(stored, stored.thumbnail_id, 90, 1), _size(stored, stored.file_id, 800, 0)]}
    about: Json = {"file_id": stored.file_id, "file_unique_id": stored.unique_id, "file_size": len(stored.data)}
    if stored.kind not in {"sticker", "video_note"}:
        about["mime_type"] = stored.mime
    if stored.kind in _NAMED and stored.name:
        about["file_name"] = stored.name
    fields: Json = {stored.kind: about | _SHAPES.get(stored.kind, {})}
    return fields | ({"document": about} if stored.kind == "animation" else {})


def _size(stored: StoredFile, file_id: str, width: int, smaller: int) -> Json:
    return {
        "file_id": file_id,
        "file_unique_id": stored.unique_id + "s" * smaller,
        "file_size": max(1, len(stored.data) >> (3 * smaller)),
        "width": width,
        "height": width * 3 // 4,
    }
