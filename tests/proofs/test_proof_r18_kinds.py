"""R18: the corpus leaves no kind out, of those the platforms name today."""

import pytest
from aiogram.enums import ContentType
from aiogram.types import Update
from pywa.types.others import MessageType

from tests.proofs.corpus import changes, parts, telegram, whatsapp
from tests.proofs.proof import Proof

pytestmark = pytest.mark.proof("R18")

# aiogram's words for "whatever it is" and for what it does not know; neither is a field of Telegram's.
NO_KINDS = {ContentType.ANY, ContentType.UNKNOWN}
# Meta's reference (webhooks/reference/messages) and the fields an app can subscribe to, beyond what the library knows.
META_MESSAGES = {"text", "image", "video", "document", "audio", "sticker", "reaction", "location", "contacts", "order"}
META_MESSAGES |= {"unsupported", "interactive", "button", "request_welcome", "system", "edit", "revoke", "ephemeral"}
META_STATUSES = {"sent", "delivered", "read", "played", "failed", "warning"}
META_CHOICES = {"button_reply", "list_reply", "nfm_reply", "call_permission_reply"}
META_FIELDS = """
    messages account_update account_alerts account_review_update business_capability_update calls flows
    group_lifecycle_update history message_template_components_update message_template_quality_update
    message_template_status_update phone_number_name_update phone_number_quality_update security
    smb_app_state_sync smb_message_echoes template_category_update user_id_update user_preferences
"""


def test_telegrams_kinds_are_all_there(proof: Proof) -> None:
    documents = [sample.document for sample in telegram() if isinstance(sample.document, dict)]
    updates = {name for document in documents for name in document}
    fields = {name for document in documents for part in document.values() if isinstance(part, dict) for name in part}
    kinds = {kind.value for kind in ContentType if kind not in NO_KINDS}
    assert kinds - fields == set()
    assert set(Update.model_fields) - updates == set()
    assert {"hologram", "telepathy"} <= fields | updates, "and kinds that Telegram does not know either"
    proof.tell(telegram_samples=len(list(telegram())), message_kinds=len(kinds), update_kinds=len(Update.model_fields))


def test_metas_kinds_are_all_there(proof: Proof) -> None:
    samples = list(whatsapp())
    messages = [message for sample in samples for message, _ in parts(sample, "messages")]
    kinds = {message.get("type") for message in messages}
    statuses = {status.get("status") for sample in samples for status, _ in parts(sample, "statuses")}
    named = {kind.value for kind in MessageType} | META_MESSAGES
    chosen = [message["interactive"] for message in messages if isinstance(message.get("interactive"), dict)]
    assert named - kinds == set()
    assert META_STATUSES - statuses == set()
    assert META_CHOICES - {choice.get("type") for choice in chosen} == set()
    fields = {change.get("field") for sample in samples for change in changes(sample)}
    assert set(META_FIELDS.split()) - fields == set()
    assert kinds - named - {None}, "and one that Meta does not know either"
    proof.tell(whatsapp_samples=len(samples), whatsapp_kinds=len(named), statuses=len(META_STATUSES))
