"""Templates: listing with pages, sending with parameters, and what Meta refuses."""

from typing import Any

import orjson
import pytest
from pywa_async.client import WhatsApp
from pywa_async.errors import TemplateNotExists, TemplateParamCountMismatch, TemplatePaused, WhatsAppError
from pywa_async.types.others import Pagination
from pywa_async.types.templates import BodyText, QuickReplyButton, TemplateLanguage, TemplateStatus

from adapters.sandbox.whatsapp import WhatsAppServer
from adapters.sandbox.whatsapp.templates import Template
from tests.adapters.sandbox.whatsapp.conftest import Receiver

TURKISH = TemplateLanguage.TURKISH


def body(*texts: str) -> list[Any]:
    parameters = [{"type": "text", "text": text} for text in texts]
    return [{"type": "body", "parameters": parameters}] if texts else []


async def test_a_template_shows_filled_in_on_the_phone(server: WhatsAppServer, wa: WhatsApp, ayse: str) -> None:
    button = QuickReplyButton.params(callback_data="show:7", index=0)
    sent = await wa.send_template(ayse, "gise_answer_waiting", TURKISH, [*body("#2026-000007"), button])
    shown = server.messages(ayse)[-1]["template"]
    assert sent.status is not None
    assert sent.status.value == "accepted"
    assert "#2026-000007 numaralı" in shown["body"]
    assert shown["buttons"] == [{"type": "QUICK_REPLY", "text": "Yanıtı göster", "payload": "show:7"}]


async def test_named_parameters_are_filled_by_name(server: WhatsAppServer, wa: WhatsApp, ayse: str) -> None:
    server.add_template("greeting", "tr", "Merhaba {{who}}, {{what}} hazır. {{who}}!")
    await wa.send_template(ayse, "greeting", TURKISH, [BodyText.params(what="yanıt", who="Ayşe")])
    assert server.messages(ayse)[-1]["template"]["body"] == "Merhaba Ayşe, yanıt hazır. Ayşe!"
    with pytest.raises(WhatsAppError) as refused:
        await wa.send_template(ayse, "greeting", TURKISH, [BodyText.params(what="a", whom="b")])
    assert refused.value.code == 100


@pytest.mark.parametrize("texts", [(), ("a", "b")])
async def test_a_wrong_number_of_parameters_is_refused(
    server: WhatsAppServer, wa: WhatsApp, ayse: str, texts: tuple[str, ...]
) -> None:
    with pytest.raises(TemplateParamCountMismatch) as refused:
        await wa.send_template(ayse, "gise_closed", TURKISH, body(*texts))
    assert f"({len(texts)}) does not match the expected number of params (1)" in str(refused.value.details)
    assert len(server.messages(ayse)) == 1


@pytest.mark.parametrize(("text", "code"), [("a\nb", 132018), ("a     b", 132018), ("x" * 1025, 132005)])
async def test_an_unfit_parameter_is_refused(wa: WhatsApp, ayse: str, text: str, code: int) -> None:
    with pytest.raises(WhatsAppError) as refused:
        await wa.send_template(ayse, "gise_closed", TURKISH, body(text))
    assert refused.value.code == code


async def test_a_component_the_template_lacks_is_refused(wa: WhatsApp, ayse: str) -> None:
    with pytest.raises(TemplateParamCountMismatch):
        await wa.send_template(ayse, "gise_closed", TURKISH, [*body("1"), {"type": "header"}])


async def test_a_payload_for_a_button_that_is_not_there_is_refused(wa: WhatsApp, ayse: str) -> None:
    button = QuickReplyButton.params(callback_data="x", index=1)
    with pytest.raises(TemplateParamCountMismatch):
        await wa.send_template(ayse, "gise_answer_waiting", TURKISH, [*body("1"), button])


@pytest.mark.parametrize(
    ("name", "language", "status", "refusal"),
    [
        ("nowhere", TURKISH, "APPROVED", TemplateNotExists),
        ("mine", TemplateLanguage.GERMAN, "APPROVED", TemplateNotExists),
        ("mine", TURKISH, "PENDING", TemplateNotExists),
        ("mine", TURKISH, "PAUSED", TemplatePaused),
    ],
)
async def test_only_approved_templates_are_sent(
    server: WhatsAppServer,
    wa: WhatsApp,
    ayse: str,
    name: str,
    language: TemplateLanguage,
    status: str,
    refusal: type[WhatsAppError],
) -> None:
    server.add_template("mine", "tr", "Merhaba", status=status)
    with pytest.raises(refusal):
        await wa.send_template(ayse, name, language)


async def test_templates_are_listed_in_pages_and_by_status(server: WhatsAppServer, wa: WhatsApp) -> None:
    server.add_template("sleepy", "tr", "Merhaba", status="PAUSED")
    approved = [TemplateStatus.APPROVED]
    first = await wa.get_templates(statuses=approved, pagination=Pagination(limit=4))
    rest = Pagination(limit=4, after=first.after)
    second = await wa.get_templates(statuses=approved, pagination=rest)
    names = [template.name for template in (*first, *second)]
    assert (len(first), len(second), first.total_count) == (4, 4, 8)
    assert "sleepy" not in names
    assert {template.language.value for template in first} == {"tr", "en"}
    assert (first.has_next, second.has_next) == (True, False)


async def test_the_number_and_its_app_can_be_asked_for(server: WhatsAppServer, wa: WhatsApp) -> None:
    number = await wa.get_business_phone_number()
    assert (number.id, number.quality_rating) == (server.phone_number_id, "GREEN")
    assert [n.display_phone_number for n in await wa.get_business_phone_numbers()] == ["+90 850 000 00 01"]
    assert (await wa.api.get_waba_subscribed_apps(server.business_account_id))["data"]


async def test_a_pause_is_told_by_a_webhook_and_refuses_the_template(
    server: WhatsAppServer, wa: WhatsApp, receiver: Receiver, ayse: str
) -> None:
    server.set_template("gise_closed", "tr", status="PAUSED")
    await server.settle()
    [told] = receiver.values("message_template_name")
    assert (told["event"], told["message_template_name"], told["message_template_language"]) == (
        "PAUSED",
        "gise_closed",
        "tr",
    )
    assert told["other_info"]["title"] == "FIRST_PAUSE"
    entry = orjson.loads(receiver.posts[-1][0])["entry"][0]
    assert (entry["changes"][0]["field"], entry["time"]) == ("message_template_status_update", int(server.clock.now()))
    with pytest.raises(TemplatePaused):
        await wa.send_template(ayse, "gise_closed", TURKISH, body("1"))
    server.set_template("gise_closed", "tr", status="APPROVED", tell=False)
    await wa.send_template(ayse, "gise_closed", TURKISH, body("1"))
    assert len(receiver.values("message_template_name")) == 1


async def test_quality_and_limits_are_told_and_listed(server: WhatsAppServer, wa: WhatsApp, receiver: Receiver) -> None:
    server.set_template("gise_closed", "tr", quality="RED")
    server.set_number(quality="YELLOW", limit="TIER_10K")
    server.restrict("ACCOUNT_RESTRICTION", restriction_info=[])
    await server.settle()
    [scored] = receiver.values("new_quality_score")
    assert (scored["previous_quality_score"], scored["new_quality_score"]) == ("UNKNOWN", "RED")
    assert receiver.values("current_limit")[0]["current_limit"] == "TIER_10K"
    assert receiver.values("restriction_info")[0]["event"] == "ACCOUNT_RESTRICTION"
    listed = await wa.get_templates(name="gise_closed")
    scores = {one.language.value: one.quality_score.score.value for one in listed if one.quality_score}
    assert scores == {"tr": "RED", "en": "UNKNOWN"}
    assert (await wa.get_business_phone_number()).quality_rating == "YELLOW"


async def test_only_the_fields_that_are_asked_for_are_listed(server: WhatsAppServer, wa: WhatsApp) -> None:
    answer = await wa.api.get_templates(server.business_account_id, ("name", "status"), pagination={"limit": 1})
    assert set(answer["data"][0]) == {"id", "name", "status"}


async def test_a_header_with_a_variable_wants_its_own_parameter(
    server: WhatsAppServer, wa: WhatsApp, ayse: str
) -> None:
    server.templates.add(Template("headed", "tr", "{{1}}", header="{{1}}"))
    with pytest.raises(TemplateParamCountMismatch):
        await wa.send_template(ayse, "headed", TURKISH, body("1"))


async def test_what_meta_would_never_have_is_refused(server: WhatsAppServer) -> None:
    with pytest.raises(ValueError, match="PURPLE"):
        server.set_template("gise_closed", "tr", quality="PURPLE")
    with pytest.raises(LookupError):
        server.set_template("nowhere", "tr", status="PAUSED")
