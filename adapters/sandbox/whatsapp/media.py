"""Uploaded and received files: types, sizes, ids, and download links that live five minutes."""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass

from adapters.sandbox.clock import SandboxClock
from adapters.sandbox.whatsapp.errors import GraphError, missing_object
from adapters.sandbox.whatsapp.json_types import Json

MEGABYTE = 1024 * 1024
LINK_SECONDS = 5 * 60
DAY_SECONDS = 24 * 3600
UPLOADED_DAYS, RECEIVED_DAYS = 30, 7

OFFICE = "application/vnd.openxmlformats-officedocument"
AUDIO = ("audio/aac", "audio/mp4", "audio/mpeg", "audio/amr", "audio/ogg", "audio/opus")
DOCUMENTS = (
    "application/vnd.ms-powerpoint",
    "application/msword",
    f"{OFFICE}.wordprocessingml.document",
    f"{OFFICE}.presentationml.presentation",
    f"{OFFICE}.spreadsheetml.sheet",
    "application/pdf",
    "text/plain",
    "application/vnd.ms-excel",
)
# Which types a message kind may carry (business-phone-numbers/media#supported-media-types).
TYPES: dict[str, tuple[str, ...]] = {
    "audio": AUDIO,
    "document": (*DOCUMENTS, "image/jpeg", "image/png", "video/mp4", "video/3gpp", *AUDIO),
    "image": ("image/jpeg", "image/png"),
    "sticker": ("image/webp",),
    "video": ("video/mp4", "video/3gpp"),
}
UPLOADABLE = (*AUDIO, *DOCUMENTS, *TYPES["image"], *TYPES["sticker"], *TYPES["video"])
LARGEST = {
    "audio": 16 * MEGABYTE,
    "document": 100 * MEGABYTE,
    "image": 5 * MEGABYTE,
    "sticker": 500 * 1024,
    "video": 16 * MEGABYTE,
}


@dataclass(frozen=True)
class StoredFile:
    """One file; `expires` is unix seconds on the sandbox clock (30 days uploaded, 7 days received)."""

    id: str
    data: bytes
    mime_type: str
    name: str
    expires: float


class MediaStore:
    """Files by id; everything about time goes by the sandbox's clock."""

    def __init__(self, clock: SandboxClock) -> None:
        self._clock = clock
        self._files: dict[str, StoredFile] = {}
        self._secret = secrets.token_bytes(16)

    def upload(self, data: bytes, mime_type: str, name: str) -> str:
        """Keep a business's file and return its id; GraphError 100 for a refused type or size."""
        plain = bare_type(mime_type)
        if plain not in UPLOADABLE:
            allowed = ", ".join(UPLOADABLE)
            raise GraphError(
                100,
                message=f"(#100) Param file must be a file with one of the following types: {allowed}. "
                f"Received file of type '{plain}'.",
            )
        largest = next(LARGEST[kind] for kind in _SIZE_ORDER if plain in TYPES[kind])
        if not 0 < len(data) <= largest:
            raise GraphError(100, message=f"(#100) Param file must be between 1 and {largest} bytes, got {len(data)}.")
        return self._keep(data, mime_type, name, UPLOADED_DAYS)

    def receive(self, data: bytes, mime_type: str, name: str) -> str:
        """Keep a file a customer sent and return its id."""
        return self._keep(data, mime_type, name, RECEIVED_DAYS)

    def get(self, media_id: str) -> StoredFile | None:
        """The file, unless it is unknown, deleted or past its days."""
        found = self._files.get(media_id)
        return found if found and self._clock.now() < found.expires else None

    def delete(self, media_id: str) -> None:
        """Forget a file; Graph's missing-object error when there is none."""
        if self.get(media_id) is None:
            raise missing_object("DELETE", media_id)
        del self._files[media_id]

    def link(self, root: str, file: StoredFile, source: str) -> str:
        """A download address under `root` that is good for five minutes from now."""
        expires = int(self._clock.now()) + LINK_SECONDS
        mark = self._mark(file.id, expires)
        return f"{root}/whatsapp_business/attachments/?mid={file.id}&source={source}&ext={expires}&hash={mark}"

    def behind_link(self, media_id: str, expires: str, mark: str) -> StoredFile | None:
        """The file a download address stands for; None when the address is forged, expired or empty."""
        if not expires.isdigit() or not hmac.compare_digest(mark.encode(), self._mark(media_id, int(expires)).encode()):
            return None
        return self.get(media_id) if self._clock.now() < int(expires) else None

    def describe(self, root: str, media_id: str) -> Json:
        """Graph's answer to GET /{media_id}; the digest is hexadecimal here, base64 in webhooks."""
        file = self.get(media_id)
        if file is None:
            raise missing_object("GET", media_id)
        return {
            "url": self.link(root, file, "getMedia"),
            "mime_type": bare_type(file.mime_type),
            "sha256": hashlib.sha256(file.data).hexdigest(),
            "file_size": len(file.data),
            "id": file.id,
            "messaging_product": "whatsapp",
        }

    def webhook_fields(self, root: str, media_id: str) -> Json:
        """What a received message says about its file: id, mime_type, sha256 (base64), url."""
        file = self._files[media_id]
        digest = base64.b64encode(hashlib.sha256(file.data).digest()).decode()
        url = self.link(root, file, "webhook")
        return {"mime_type": file.mime_type, "sha256": digest, "id": media_id, "url": url}

    def _keep(self, data: bytes, mime_type: str, name: str, days: int) -> str:
        media_id = str(10**15 + secrets.randbelow(9 * 10**15))
        expires = self._clock.now() + days * DAY_SECONDS
        self._files[media_id] = StoredFile(media_id, data, mime_type, name, expires)
        return media_id

    def _mark(self, media_id: str, expires: int) -> str:
        text = f"{media_id}:{expires}".encode()
        return hmac.new(self._secret, text, hashlib.sha256).hexdigest()[:32]


# A picture counts as a picture although it may also travel as a document.
_SIZE_ORDER = ("image", "sticker", "video", "audio", "document")


def bare_type(mime_type: str) -> str:
    """The type without parameters: `audio/ogg; codecs=opus` -> `audio/ogg`."""
    return mime_type.split(";", maxsplit=1)[0].strip().lower()
