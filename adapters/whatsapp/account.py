"""Reading our own account at Meta: the number and how it is rated, who gets its webhooks, its templates."""

import re

from adapters.whatsapp.graph import Graph
from adapters.whatsapp.loose import Json, mapping, sequence, text
from bot.domain.account import AccountReport, TemplateReport

_NUMBER_FIELDS = (
    "display_phone_number",
    "verified_name",
    "quality_rating",
    "status",
    "whatsapp_business_manager_messaging_limit",
)
_TEMPLATE_FIELDS = ("name", "language", "status", "category", "quality_score", "parameter_format", "components")
_PAGE_SIZE = "100"
_MOST_PAGES = 20
_PLACE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_HEADERS_TO_FILL = frozenset({"IMAGE", "VIDEO", "DOCUMENT", "LOCATION"})
_BUTTONS_TO_FILL = frozenset({"COPY_CODE", "FLOW", "OTP", "MPM", "CATALOG"})


async def inspect_account(graph: Graph, phone_number_id: str, business_account_id: str) -> AccountReport:
    """Ask Graph; raises `SendError` (a wrong token, a wrong id, no connection)."""
    api = graph.api
    number = await graph.call(lambda: api.get_business_phone_number(phone_number_id, _NUMBER_FIELDS))
    apps: Json = {}
    templates: list[TemplateReport] = []
    if business_account_id:
        apps = await graph.call(lambda: api.get_waba_subscribed_apps(business_account_id))
        templates = await _templates(graph, business_account_id)
    return AccountReport(
        phone=text(number.get("display_phone_number")),
        verified_name=text(number.get("verified_name")),
        quality=text(number.get("quality_rating")),
        status=text(number.get("status")),
        limit=text(number.get("whatsapp_business_manager_messaging_limit")),
        examined=bool(business_account_id),
        apps=tuple(_app_name(mapping(each)) for each in sequence(apps.get("data"))),
        templates=tuple(templates),
    )


async def subscribers(graph: Graph, phone_number_id: str, business_account_id: str) -> tuple[str, ...]:
    """The apps that get the account's webhooks, or our number's id where no business account is configured."""
    if not business_account_id:
        number = await graph.call(lambda: graph.api.get_business_phone_number(phone_number_id, ("id",)))
        return (text(number.get("id")),)
    apps = await graph.call(lambda: graph.api.get_waba_subscribed_apps(business_account_id))
    return tuple(_app_name(mapping(each)) for each in sequence(apps.get("data")))


async def _templates(graph: Graph, business_account_id: str) -> list[TemplateReport]:
    """All pages of the account's templates, in every status."""
    found: list[TemplateReport] = []
    page = {"limit": _PAGE_SIZE}
    for _ in range(_MOST_PAGES):
        answer = await _page(graph, business_account_id, page)
        found += [described(mapping(each)) for each in sequence(answer.get("data"))]
        paging = mapping(answer.get("paging"))
        after = text(mapping(paging.get("cursors")).get("after"))
        if not paging.get("next") or not after:
            break
        page = {"limit": _PAGE_SIZE, "after": after}
    return found


async def _page(graph: Graph, business_account_id: str, page: Json) -> Json:
    return await graph.call(lambda: graph.api.get_templates(business_account_id, _TEMPLATE_FIELDS, pagination=page))


def described(template: Json) -> TemplateReport:
    """One item of GET /{business account}/message_templates."""
    parts = [mapping(each) for each in sequence(template.get("components"))]
    body = "".join(text(part.get("text")) for part in parts if _is(part, "BODY"))
    places = set(_PLACE.findall(body))
    buttons = [mapping(each) for part in parts if _is(part, "BUTTONS") for each in sequence(part.get("buttons"))]
    return TemplateReport(
        name=text(template.get("name")),
        language=text(template.get("language")),
        status=text(template.get("status")),
        quality=text(mapping(template.get("quality_score")).get("score")),
        category=text(template.get("category")),
        parameters=len(places),
        positional=text(template.get("parameter_format")) != "NAMED" and all(place.isdigit() for place in places),
        quick_replies=_leading_quick_replies(buttons),
        wants_more=any(map(_header_to_fill, parts)) or any(map(_button_to_fill, buttons)),
    )


def _leading_quick_replies(buttons: list[Json]) -> int:
    """We address buttons by their place from the beginning, so one behind a link does not count."""
    count = 0
    while count < len(buttons) and _is(buttons[count], "QUICK_REPLY"):
        count += 1
    return count


def _header_to_fill(part: Json) -> bool:
    wanted = text(part.get("format")).upper() in _HEADERS_TO_FILL or bool(_PLACE.search(text(part.get("text"))))
    return _is(part, "HEADER") and wanted


def _button_to_fill(button: Json) -> bool:
    kind = text(button.get("type")).upper()
    return kind in _BUTTONS_TO_FILL or (kind == "URL" and bool(_PLACE.search(text(button.get("url")))))


def _is(part: Json, kind: str) -> bool:
    return text(part.get("type")).upper() == kind


def _app_name(app: Json) -> str:
    described_app = mapping(app.get("whatsapp_business_api_data"))
    return text(described_app.get("name")) or text(described_app.get("id"))
