"""Domain values that are kept as JSON, and back."""

from typing import Any

import orjson

from bot.domain.message import Attachment, ContactCard, Content, Kind, Location


def to_json(value: Any) -> str:
    """Mappings, sequences, enums and our dataclasses as JSON text."""
    return orjson.dumps(value, default=_collection, option=orjson.OPT_NON_STR_KEYS).decode()


def _collection(value: Any) -> Any:
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return dict(value)


def mapping_from_json(text: str) -> dict[str, Any]:
    value: dict[str, Any] = orjson.loads(text)
    return value


def list_from_json(text: str) -> list[str]:
    value: list[str] = orjson.loads(text)
    return value


def content_from_json(text: str) -> Content:
    values = mapping_from_json(text)
    return Content(
        text=values["text"],
        attachment=_attachment(values["attachment"]),
        location=Location(**values["location"]) if values["location"] else None,
        contacts=tuple(ContactCard(name=card["name"], phones=tuple(card["phones"])) for card in values["contacts"]),
        placeholder=values["placeholder"],
        detail=values["detail"],
    )


def _attachment(values: dict[str, Any] | None) -> Attachment | None:
    return Attachment(**{**values, "kind": Kind(values["kind"])}) if values else None
