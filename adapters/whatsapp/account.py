"""The doctor's look at the account: what is set up at Meta, in words an operator knows."""

from dataclasses import dataclass

from adapters.whatsapp.graph import Graph
from adapters.whatsapp.loose import Json, mapping, sequence, text

_NUMBER_FIELDS = ("display_phone_number", "verified_name", "quality_rating")
_TEMPLATE_FIELDS = ("name", "language", "status")
_APPROVED = {"status": "APPROVED"}
_PAGE = {"limit": "250"}  # as many as an account without a verified business may have


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountReport:
    """`quality` is Meta's GREEN, YELLOW or RED. `apps` get our webhooks; `templates` are the approved (name, language).

    `apps` and `templates` are empty when no business account id is configured.
    """

    phone: str
    verified_name: str
    quality: str
    apps: tuple[str, ...]
    templates: tuple[tuple[str, str], ...]


async def inspect_account(graph: Graph, phone_number_id: str, business_account_id: str) -> AccountReport:
    """Ask Graph; raises `SendError` (a wrong token, a wrong id, no connection)."""
    api = graph.api
    number = await graph.call(lambda: api.get_business_phone_number(phone_number_id, _NUMBER_FIELDS))
    apps: Json = {}
    templates: Json = {}
    if business_account_id:
        apps = await graph.call(lambda: api.get_waba_subscribed_apps(business_account_id))
        templates = await graph.call(
            lambda: api.get_templates(business_account_id, _TEMPLATE_FIELDS, _APPROVED, pagination=_PAGE)
        )
    return AccountReport(
        phone=text(number.get("display_phone_number")),
        verified_name=text(number.get("verified_name")),
        quality=text(number.get("quality_rating")),
        apps=tuple(_app_name(mapping(each)) for each in sequence(apps.get("data"))),
        templates=tuple(
            (text(template.get("name")), text(template.get("language")))
            for template in map(mapping, sequence(templates.get("data")))
            if template.get("status") == "APPROVED"
        ),
    )


def _app_name(app: Json) -> str:
    described = mapping(app.get("whatsapp_business_api_data"))
    return text(described.get("name")) or text(described.get("id"))
