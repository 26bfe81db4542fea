"""What a call carries, whichever of the Bot API's four ways it came: query, form, multipart or JSON."""

from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import BodyPartReader, web

from adapters.sandbox.telegram.errors import ApiError, Json, bad_request

MAX_UPLOAD = 50 * 2**20
"""Bytes a bot may upload in one file (core.telegram.org/bots/api#sending-files)."""

_STRUCTURES = frozenset(
    {
        "reply_markup",
        "reply_parameters",
        "entities",
        "caption_entities",
        "media",
        "reaction",
        "commands",
        "scope",
        "allowed_updates",
        "link_preview_options",
    }
)
_NUMBERS = frozenset(
    {"chat_id", "message_id", "message_thread_id", "from_chat_id", "user_id", "offset", "limit", "timeout"}
)


@dataclass(frozen=True)
class Upload:
    """A file as it arrived."""

    name: str
    mime: str
    data: bytes


class Params:
    """Typed access to the fields of one call; anything malformed is a 400."""

    def __init__(self, fields: Json, uploads: dict[str, Upload]) -> None:
        self.fields = fields
        self.uploads = uploads

    def has(self, name: str) -> bool:
        """Was the field given, and not empty?"""
        value = self.fields.get(name)
        return value is not None and value != ""

    def text(self, name: str) -> str:
        """The field as text; "" when it is absent."""
        value = self.fields.get(name)
        if value is None:
            return ""
        return value if isinstance(value, str) else orjson.dumps(value).decode()

    def number(self, name: str) -> int | None:
        """The field as an integer; None when it is absent."""
        if not self.has(name):
            return None
        try:
            return int(self.text(name))
        except ValueError:
            raise bad_request(f'parameter "{name}" must be an integer') from None

    def decimal(self, name: str) -> float:
        """The field as a float; it must be there."""
        try:
            return float(self.text(name))
        except ValueError:
            raise bad_request(f'parameter "{name}" must be a number') from None

    def flag(self, name: str) -> bool:
        """The field as a boolean; False when it is absent."""
        return self.text(name).lower() in {"true", "1", "yes", "y", "t"}

    def mapping(self, name: str) -> Json | None:
        """The field decoded from JSON as an object; None when it is absent."""
        value = self._decoded(name)
        if value is not None and not isinstance(value, dict):
            raise bad_request(f"object expected as {name.replace('_', ' ')}")
        return value

    def array(self, name: str) -> list[Any] | None:
        """The field decoded from JSON as an array; None when it is absent."""
        value = self._decoded(name)
        if value is not None and not isinstance(value, list):
            raise bad_request(f"array expected as {name.replace('_', ' ')}")
        return value

    def objects(self, name: str) -> list[Json]:
        """The field decoded from JSON as an array of objects; empty when it is absent."""
        items = self.array(name) or []
        if not all(isinstance(item, dict) for item in items):
            raise bad_request(f"array of objects expected as {name.replace('_', ' ')}")
        return items

    def _decoded(self, name: str) -> object:
        value = self.fields.get(name) if self.has(name) else None
        if not isinstance(value, str):
            return value
        try:
            decoded: object = orjson.loads(value)
        except orjson.JSONDecodeError:
            raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from None
        return decoded

    def for_log(self) -> Json:
        """The fields as a reader wants them: JSON decoded, ids as integers, files as name and size."""
        readable: Json = {name: self._readable(name) for name in self.fields}
        for name, upload in self.uploads.items():
            readable[name] = {"name": upload.name, "mime": upload.mime, "size": len(upload.data)}
        return readable

    def _readable(self, name: str) -> object:
        try:
            if name in _STRUCTURES:
                return self._decoded(name)
            if name in _NUMBERS:
                return self.number(name)
        except ApiError:
            pass
        return self.fields[name]


async def read_params(request: web.Request) -> Params:
    """Read query and body; a file over 50 MB is a 413, a body that is not what it claims a 400."""
    params = Params(dict(request.query), {})
    if request.content_type == "application/json":
        params.fields |= _json_object(await request.read())
    elif request.content_type == "multipart/form-data":
        await _read_parts(request, params)
    else:
        params.fields |= {name: str(value) for name, value in (await request.post()).items()}
    return params


def _json_object(raw: bytes) -> Json:
    try:
        decoded = orjson.loads(raw or b"{}")
    except orjson.JSONDecodeError:
        raise bad_request("can't parse JSON object") from None
    if not isinstance(decoded, dict):
        raise bad_request("object expected as a request")
    return decoded


async def _read_parts(request: web.Request, params: Params) -> None:
    too_large = False
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            continue
        if part.filename is None:
            params.fields[part.name] = await part.text()
            continue
        # The rest of an oversize file is read and dropped, so that the client lives to see the refusal.
        kept = bytearray()
        while chunk := await part.read_chunk(2**18):
            if len(kept) <= MAX_UPLOAD:
                kept += chunk
        too_large = too_large or len(kept) > MAX_UPLOAD
        mime = part.headers.get("Content-Type", "application/octet-stream")
        params.uploads[part.name] = Upload(part.filename, mime, bytes(kept))
    if too_large:
        raise ApiError(413, "Request Entity Too Large")
