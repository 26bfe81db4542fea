"""From the parameters of a call to the text a chat shows, with Telegram's limits."""

from adapters.sandbox.telegram.errors import Json, bad_request
from adapters.sandbox.telegram.markup_html import parse_html
from adapters.sandbox.telegram.markup_markdown import parse_markdown
from adapters.sandbox.telegram.params import Params
from adapters.sandbox.telegram.text import Styled, with_entities

MAX_TEXT = 4096
MAX_CAPTION = 1024


def styled(source: str, parse_mode: str, entities: list[Json]) -> Styled:
    """The text without its markup, trimmed; an explicit list of entities wins over nothing but plain text."""
    mode = parse_mode.lower()
    if mode == "html":
        return parse_html(source).finished()
    if mode == "markdownv2":
        return parse_markdown(source).finished()
    if mode:
        raise bad_request("unsupported parse_mode")
    return with_entities(source, entities).finished()


def message_text(params: Params) -> Json:
    """The fields `text` and `entities` of a message; 1 to 4096 UTF-16 units after parsing."""
    body = styled(params.text("text"), params.text("parse_mode"), params.objects("entities"))
    if not body.text:
        raise bad_request("message text is empty")
    if body.length > MAX_TEXT:
        raise bad_request("message is too long")
    return {"text": body.text} | ({"entities": body.entities} if body.entities else {})


def message_caption(params: Params) -> Json:
    """The fields `caption` and `caption_entities`, or nothing; up to 1024 UTF-16 units after parsing."""
    body = styled(params.text("caption"), params.text("parse_mode"), params.objects("caption_entities"))
    if body.length > MAX_CAPTION:
        raise bad_request("message caption is too long")
    if not body.text:
        return {}
    return {"caption": body.text} | ({"caption_entities": body.entities} if body.entities else {})
