"""Every kind of webhook body Meta sends today, from the bytes to the events it stands for."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.whatsapp.parse import parse
from adapters.whatsapp.split import split
from bot.domain.errors import Unparsable
from bot.domain.message import (
    AccountChanged,
    Attachment,
    ContactCard,
    Content,
    Edited,
    IdentityChanged,
    Ignored,
    Inbound,
    Kind,
    Location,
    Person,
    Pressed,
    Reacted,
    Receipt,
    ReceiptStatus,
    Revoked,
    Said,
)

FOLDER = Path(__file__).parent / "payloads" / "whatsapp"
NUMBER = "100000000000001"
AT = 1_764_000_000_000
IN = "wamid.HBgMOTA1NTUwMDAwMDAxFQIAEhgUM0EwMDAwMDAwMDAwMDAwMDAwMDEA"
OURS = "wamid.HBgMOTA1NTUwMDAwMDAxFQIAERgSM0IwMDAwMDAwMDAwMDAwMDAxAA=="
WORDS = "Merhaba, yazıcı çalışmıyor"

AYSE = Person(keys=("bsuid:TR.90000000000000001", "phone:905550000001"), name="Ayşe Yılmaz", phone="+905550000001")
BY_PHONE = replace(AYSE, keys=("phone:905550000001",))
BY_USER_ID = replace(AYSE, keys=("bsuid:TR.90000000000000001",), username="ayse.yilmaz", phone="")
NAMELESS = replace(AYSE, name="")
MEHMET = Person(keys=("bsuid:TR.90000000000000002", "phone:905550000002"), name="Mehmet Demir", phone="+905550000002")
MOVED = Person(keys=("bsuid:TR.90000000000000009", "phone:905550000009"), phone="+905550000009")
ANA = Person(keys=("phone:55119900000001", "phone:5511900000001"), name="Ana", phone="+55119900000001")
WINDOW = (
    "Re-engagement message: Message failed to send because more than 24 hours have passed "
    "since the customer last replied to this number."
)

FIRST = Said(author=AYSE, at=AT, external_id=IN, content=Content(text=WORDS))
PRESSED = Pressed(author=AYSE, at=AT, token="t:4f2a", title="Arıza", message_id=OURS)
REACTED = Reacted(author=AYSE, at=AT, external_id=OURS, emoji="👍")
OF_TEMPLATE = AccountChanged(at=AT, template="answer_waiting", language="tr")
RECEIPT = Receipt(external_id=OURS, status=ReceiptStatus.SENT, at=AT, tracker="outbox:17")


def said(text: str = "", **fields: Any) -> Said:
    return replace(FIRST, content=replace(Content(text=text), **fields))


def media(kind: Kind, ref: str, mime: str, text: str = "", name: str = "") -> Said:
    return said(text, attachment=Attachment(kind=kind, ref=ref, mime=mime, name=name))


def lost(detail: str, text: str = "") -> Said:
    return said(text, placeholder="unsupported", detail=detail)


def batched(number: int, author: Person, text: str) -> Said:
    return Said(author=author, at=AT, external_id=f"wamid.BATCH{number}", content=Content(text=text))


def receipt(status: ReceiptStatus, cost_class: str = "", **fields: Any) -> Receipt:
    return replace(RECEIPT, status=status, cost_class=cost_class, **fields)


def failed(code: str, detail: str) -> Receipt:
    return receipt(ReceiptStatus.FAILED, error_code=code, error_detail=detail)


def sent_out(number: int, status: ReceiptStatus, code: str = "", detail: str = "") -> Receipt:
    ids = {"external_id": f"wamid.OUT{number}", "tracker": f"outbox:{number}"}
    return receipt(status, error_code=code, error_detail=detail, **ids)


def ignored(why: str) -> Ignored:
    return Ignored(why=why)


def field(name: str) -> Ignored:
    return Ignored(why=f"field: {name}")


def identity(author: Person, *old_keys: str) -> IdentityChanged:
    return IdentityChanged(author=author, at=AT, old_keys=old_keys)


PARKED = "parked"
JPEG = Attachment(kind=Kind.PHOTO, ref="700000000000001", mime="image/jpeg")
CARDS = (
    ContactCard(name="Deniz Kaya", phones=("+90 555 000 00 03", "+90 212 000 00 03")),
    ContactCard(name="Ece"),
    ContactCard(name="Örnek Ltd", phones=("905550000004",)),
)
DEPOT = Location(latitude=41.0082, longitude=28.9784, title="Depo", address="Örnek Sokak 1, İstanbul")
S = ReceiptStatus
SAME_AS_TEXT = ("parent_user_id", "from_ad", "identity_hash", "timestamp_number", "ids_as_numbers")
NO_REACTION = ("taken_back", "without_emoji", "null_emoji")

EXPECTED: dict[str, list[Inbound | str]] = {
    "text": [FIRST],
    **{f"text_{same}": [FIRST] for same in SAME_AS_TEXT},
    "text_phone_only": [replace(FIRST, author=BY_PHONE)],
    "text_user_id_only": [replace(FIRST, author=BY_USER_ID)],
    "text_user_id_with_letters": [replace(FIRST, author=replace(BY_USER_ID, keys=("bsuid:TR.9f3kQ2x7Lm0",)))],
    "text_without_contacts": [replace(FIRST, author=NAMELESS)],
    "text_empty_profile": [replace(FIRST, author=NAMELESS)],
    "text_emoji_and_arabic": [said("👩‍👩‍👧 مرحبا\nİkinci satır")],
    "text_escaped_unicode": [said("İşte 👍")],
    "text_lone_surrogate": [said("kırık ? emoji")],
    "text_quoted": [replace(FIRST, reply_to=OURS)],
    "text_forwarded": [replace(FIRST, own_words=False)],
    "text_forwarded_often": [replace(FIRST, own_words=False)],
    "text_about_product": [replace(FIRST, reply_to=OURS)],
    "text_timestamp_garbage": [replace(FIRST, at=0)],
    "text_empty_body": [lost("text")],
    "text_brazilian_number": [replace(FIRST, author=ANA)],
    "image_caption": [said("Ekran böyle", attachment=JPEG)],
    "image": [said(attachment=JPEG)],
    "video_caption": [media(Kind.VIDEO, "700000000000002", "video/mp4", "Ses de var")],
    "audio_file": [media(Kind.AUDIO, "700000000000003", "audio/mpeg")],
    "voice_message": [media(Kind.VOICE, "700000000000004", "audio/ogg; codecs=opus")],
    "document": [media(Kind.DOCUMENT, "700000000000005", "application/pdf", "Fatura", "fatura ekim.pdf")],
    "document_hostile_name": [media(Kind.DOCUMENT, "700000000000005", "application/pdf", name="passwd")],
    "document_without_name": [media(Kind.DOCUMENT, "700000000000006", "text/plain")],
    "sticker": [media(Kind.STICKER, "700000000000007", "image/webp")],
    "sticker_animated": [media(Kind.STICKER, "700000000000008", "image/webp")],
    "image_forwarded_quoted": [
        replace(media(Kind.PHOTO, "700000000000009", "image/png"), reply_to=OURS, own_words=False)
    ],
    "image_not_downloaded": [lost("Media download error", "Ekran")],
    "video_too_large": [lost("Media download error")],
    "location": [said(location=Location(latitude=41.0082, longitude=28.9784))],
    "location_named": [said(location=DEPOT)],
    "location_impossible": [lost("location")],
    "contacts": [said(contacts=CARDS)],
    "contacts_by_request": [
        replace(said(contacts=(ContactCard(name="+905550000001", phones=("+905550000001",)),)), author=BY_USER_ID)
    ],
    "button_reply": [PRESSED],
    "list_reply": [replace(PRESSED, token="t:9c01", title="Yazıcı")],
    "list_reply_description": [replace(PRESSED, token="t:9c02", title="Ağ")],
    "button_reply_without_phone": [replace(PRESSED, author=BY_USER_ID)],
    "button_reply_without_id": [replace(said("Arıza"), reply_to=OURS)],
    "flow_reply": [replace(said(placeholder="form", detail="bölüm: Muhasebe, kişi: 3"), reply_to=OURS)],
    "flow_reply_unreadable": [replace(said(placeholder="form", detail="Sent"), reply_to=OURS)],
    "call_permission_reply": [replace(lost("call_permission_reply"), reply_to=OURS)],
    "interactive_without_content": [
        replace(lost("interactive"), reply_to=OURS),
        ignored("account error: Something went wrong"),
    ],
    "template_button": [replace(PRESSED, token="t:show", title="Cevabı göster")],
    "template_button_without_context": [replace(PRESSED, token="t:show", title="Cevabı göster", message_id=None)],
    "reaction": [REACTED],
    **{f"reaction_{none}": [replace(REACTED, emoji="")] for none in NO_REACTION},
    "reaction_without_target": [PARKED],
    "order": [said("Acele lütfen", placeholder="order", detail="2 × TONER-12, 5 × KAGIT-A4")],
    "system_number_changed": [identity(MOVED, "phone:905550000001")],
    "system_number_changed_before_2026": [identity(replace(MOVED, keys=("phone:905550000009",)), "phone:905550000001")],
    "system_number_changed_v11": [identity(replace(MOVED, keys=("phone:905550000009",)), "phone:905550000001")],
    "system_user_id_changed": [identity(Person(keys=("bsuid:TR.90000000000000009",)), "bsuid:TR.90000000000000001")],
    "system_user_id_changed_by_impostor": [ignored("identity change without the old or the new id")],
    "system_identity_changed": [ignored("system: customer_identity_changed")],
    "edit_text": [
        Edited(author=AYSE, at=AT, external_id="wamid.ORIGINAL", content=Content(text="Yazıcı hâlâ çalışmıyor"))
    ],
    "edit_image_caption": [
        Edited(author=AYSE, at=AT, external_id="wamid.ORIGINAL", content=Content(text="Yeni açıklama", attachment=JPEG))
    ],
    "edit_without_target": [replace(said("Düzeltme"), external_id="wamid.EDIT")],
    "edit_as_unsupported": [lost("Message type unknown (edit)")],
    "revoke": [Revoked(author=AYSE, at=AT, external_id="wamid.ORIGINAL")],
    "revoke_without_target": [PARKED],
    "request_welcome": [ignored("chat opened")],
    "unsupported": [lost("Message type unknown")],
    "unsupported_poll": [lost("Message type unknown (poll_creation)")],
    "unsupported_unavailable": [lost("This message is currently unavailable.")],
    "ephemeral": [lost("Unsupported message type")],
    "unknown_type": [lost("hologram", "3D")],
    "unknown_type_without_payload": [lost("unknown")],
    "message_without_type": [lost("")],
    "message_without_sender": [PARKED],
    "message_without_id": [PARKED],
    "group_text": [ignored("group")],
    "other_number_text": [ignored("another phone number")],
    "other_number_status": [ignored("another phone number")],
    "status_sent": [receipt(S.SENT, "service")],
    "status_sent_before_v24": [receipt(S.SENT, "service")],
    "status_sent_template": [receipt(S.SENT, "utility")],
    "status_sent_free_entry_point": [receipt(S.SENT, "referral_conversion")],
    "status_delivered": [receipt(S.DELIVERED, "service")],
    "status_delivered_to_user_id": [receipt(S.DELIVERED, "service")],
    "status_read": [receipt(S.READ)],
    "status_read_null_fields": [receipt(S.READ)],
    "status_played": [receipt(S.READ)],
    "status_without_tracker": [receipt(S.DELIVERED, tracker="")],
    "status_failed_window": [failed("131047", WINDOW)],
    "status_failed_undeliverable": [failed("131026", "Message undeliverable: Message Undeliverable.")],
    "status_failed_to_user_id": [failed("131053", "Media upload error: The media type does not fit.")],
    "status_failed_with_contacts": [
        failed(
            "130472",
            "User's number is part of an experiment: "
            "Failed to send message because this user's phone number is part of an experiment",
        )
    ],
    "status_failed_without_errors": [failed("", "")],
    "status_failed_title_only": [failed("131000", "Something went wrong")],
    "status_group": [ignored("group")],
    "status_warning": [ignored("status: warning")],
    "status_payment": [ignored("status: captured")],
    "status_of_nothing": [PARKED],
    "batch_two_people": [batched(1, AYSE, "bir"), batched(2, MEHMET, "iki"), batched(3, AYSE, "üç")],
    "batch_stranger_without_contact": [batched(1, AYSE, "bir"), batched(2, replace(MEHMET, name=""), "iki")],
    "batch_entries": [batched(1, AYSE, "bir"), batched(2, MEHMET, "iki")],
    "batch_changes": [
        batched(1, AYSE, "bir"),
        sent_out(2, S.DELIVERED),
        AccountChanged(at=0, restriction="ACCOUNT_DELETED"),
        batched(3, MEHMET, "üç"),
    ],
    "batch_messages_and_statuses": [
        batched(1, AYSE, "bir"),
        sent_out(1, S.SENT),
        sent_out(1, S.DELIVERED),
        sent_out(2, S.FAILED, "131047", WINDOW),
    ],
    "batch_with_a_broken_part": [batched(1, AYSE, "bir"), PARKED, batched(2, AYSE, "iki"), PARKED, PARKED],
    "batch_two_numbers": [batched(1, AYSE, "bir"), ignored("another phone number")],
    "value_errors": [ignored("account error: Rate limit hit")],
    "value_unknown_shape": [PARKED],
    "value_messages_as_object": [PARKED],
    "value_metadata_only": [PARKED],
    "empty_entries": [],
    "empty_messages": [],
    "entry_without_changes": [PARKED],
    "field_missing": [batched(1, AYSE, "bir")],
    "user_id_update": [identity(replace(MOVED, name="Ayşe Yılmaz"), "bsuid:TR.90000000000000001")],
    "user_id_update_without_phone": [
        identity(Person(keys=("bsuid:TR.90000000000000009",)), "bsuid:TR.90000000000000001"),
        identity(Person(keys=("bsuid:TR.2",)), "bsuid:TR.1"),
        ignored("identity change without the old or the new id"),
    ],
    "user_id_update_of_other_shape": [ignored("identity change without the old or the new id")],
    "user_preferences": [field("user_preferences")],
    "template_status_approved": [replace(OF_TEMPLATE, status="APPROVED")],
    "template_status_paused": [replace(OF_TEMPLATE, status="PAUSED")],
    "template_status_rejected": [replace(OF_TEMPLATE, status="REJECTED")],
    "template_quality": [OF_TEMPLATE],
    "template_category": [OF_TEMPLATE],
    "template_components": [OF_TEMPLATE],
    "account_restricted": [AccountChanged(at=AT, restriction="ACCOUNT_RESTRICTION")],
    "account_partner": [ignored("account: PARTNER_ADDED")],
    "account_deleted": [AccountChanged(at=AT, restriction="ACCOUNT_DELETED")],
    "account_alert": [field("account_alerts")],
    "account_review": [field("account_review_update")],
    "number_quality": [AccountChanged(at=AT)],
    "number_name": [field("phone_number_name_update")],
    "capability": [field("business_capability_update")],
    "security_pin": [field("security")],
    "call_connect": [field("calls")],
    "call_terminate": [field("calls")],
    "call_status": [field("calls")],
    "echo_text": [field("smb_message_echoes")],
    "echo_edit": [field("smb_message_echoes")],
    "history": [field("history")],
    "app_state_sync": [field("smb_app_state_sync")],
    "group_created": [field("group_lifecycle_update")],
    "flow_status": [field("flows")],
    "unknown_field": [field("teleport_update")],
}


def told(body: bytes) -> list[Inbound | str]:
    return [parsed_or_parked(item.raw) for item in split(body)]


def parsed_or_parked(raw: bytes) -> Inbound | str:
    try:
        return parse(raw, NUMBER)
    except Unparsable:
        return PARKED


@pytest.mark.parametrize("name", EXPECTED)
def test_a_body_tells_what_it_stands_for(name: str) -> None:
    assert told((FOLDER / f"{name}.json").read_bytes()) == EXPECTED[name]


def test_every_recorded_body_has_its_row() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(EXPECTED)
