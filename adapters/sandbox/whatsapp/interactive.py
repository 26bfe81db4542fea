"""Buttons, lists and link buttons: WhatsApp's counts and lengths, and what a press on them says.

Limits: messages/interactive-reply-buttons-messages, messages/interactive-list-messages.
"""

from adapters.sandbox.whatsapp.checks import (
    bad,
    check_media_object,
    length_between,
    object_param,
    objects_param,
)
from adapters.sandbox.whatsapp.errors import GraphError
from adapters.sandbox.whatsapp.json_types import Json

BODY_LENGTHS = {"button": 1024, "list": 4096, "cta_url": 1024, "location_request_message": 1024}
HEADER_LENGTH = FOOTER_LENGTH = 60
MOST_BUTTONS, BUTTON_TITLE, BUTTON_ID = 3, 20, 256
MOST_SECTIONS, MOST_ROWS, SECTION_TITLE = 10, 10, 24
ROW_TITLE, ROW_DESCRIPTION, ROW_ID = 24, 72, 200


def check_interactive(body: Json) -> None:
    """The whole `interactive` object of a message to be sent."""
    interactive = object_param(body, "interactive")
    kind = str(interactive.get("type"))
    if kind not in BODY_LENGTHS:
        raise GraphError(100, message=f"(#100) Param interactive['type'] must be one of {sorted(BODY_LENGTHS)}.")
    length_between(object_param(interactive, "body").get("text"), "Body text", BODY_LENGTHS[kind])
    if "footer" in interactive:
        length_between(object_param(interactive, "footer").get("text"), "Footer text", FOOTER_LENGTH)
    if "header" in interactive:
        _check_header(object_param(interactive, "header"), kind)
    action = object_param(interactive, "action")
    if kind == "button":
        _check_buttons(action)
    elif kind == "list":
        _check_list(action)
    elif kind == "cta_url":
        _check_link(action)


def _check_header(header: Json, kind: str) -> None:
    allowed = ("text",) if kind == "list" else ("text", "image", "video", "document")
    if header.get("type") not in allowed:
        raise bad(f"Header type invalid. Allowed types: {', '.join(allowed)}")
    if header["type"] == "text":
        length_between(header.get("text"), "Header text", HEADER_LENGTH)
    else:
        check_media_object(object_param(header, header["type"]), header["type"])


def _check_buttons(action: Json) -> None:
    buttons = objects_param(action, "buttons", "interactive['action']['buttons']")
    if len(buttons) > MOST_BUTTONS:
        raise bad(f"Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: {MOST_BUTTONS}")
    replies = [object_param(button, "reply") for button in buttons]
    for reply in replies:
        length_between(reply.get("title"), "Button title", BUTTON_TITLE)
        length_between(reply.get("id"), "Button reply id", BUTTON_ID)
    _all_different([reply["title"] for reply in replies], "Button title")
    _all_different([reply["id"] for reply in replies], "Button reply id")


def _check_list(action: Json) -> None:
    length_between(action.get("button"), "Button text", BUTTON_TITLE)
    sections = objects_param(action, "sections", "interactive['action']['sections']")
    if len(sections) > MOST_SECTIONS:
        raise bad(f"Section count invalid. Max allowed sections: {MOST_SECTIONS}")
    rows: list[Json] = []
    for section in sections:
        if len(sections) > 1 or section.get("title"):
            length_between(section.get("title"), "Section title", SECTION_TITLE)
        rows += objects_param(section, "rows", "interactive['action']['sections']['rows']")
    if len(rows) > MOST_ROWS:
        raise bad(f"Total row count exceed max allowed count: {MOST_ROWS}")
    for row in rows:
        length_between(row.get("id"), "Row id", ROW_ID)
        length_between(row.get("title"), "Row title", ROW_TITLE)
        if "description" in row:
            length_between(row["description"], "Row description", ROW_DESCRIPTION)
    _all_different([row["id"] for row in rows], "Row id")


def _check_link(action: Json) -> None:
    parameters = object_param(action, "parameters")
    length_between(parameters.get("display_text"), "Button text", BUTTON_TITLE)
    if not str(parameters.get("url", "")).startswith(("http://", "https://")):
        raise bad("Url is invalid")


def _all_different(values: list[str], what: str) -> None:
    if len(set(values)) != len(values):
        raise bad(f"Duplicated {what.lower()}: each one must be unique")


def choices(message_type: str, content: Json) -> list[Json]:
    """What a person can press on a sent message: items with `title`, `id` and the webhook `answer`."""
    if message_type == "template":
        return [
            {
                "title": button["text"],
                "id": button["payload"],
                "answer": {
                    "type": "button",
                    "button": {"payload": button["payload"], "text": button["text"]},
                },
            }
            for button in content["buttons"]
            if button["type"] == "QUICK_REPLY"
        ]
    if message_type != "interactive":
        return []
    action = content["action"]
    if content["type"] == "button":
        return [_choice("button_reply", button["reply"]) for button in action["buttons"]]
    rows = [row for section in action.get("sections", []) for row in section["rows"]]
    return [_choice("list_reply", row) for row in rows]


def _choice(kind: str, item: Json) -> Json:
    reply = {key: item[key] for key in ("id", "title", "description") if key in item}
    answer = {"type": "interactive", "interactive": {"type": kind, kind: reply}}
    return {"title": item["title"], "id": item["id"], "answer": answer}
