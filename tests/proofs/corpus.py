"""Every kind of update there is: the recorded payloads, and kinds nobody has recorded yet, each from its own person."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.proofs.doors import recorded

Json = dict[str, Any]

ROUND = 1_000
"""Further rounds of the corpus come from further people; a round has room for so many samples."""
_TELEGRAM_YEAR = re.compile(rb'("(?:edit_|forward_)?date":\s*)178\d')
_META_YEAR = re.compile(rb'("timestamp":\s*"?)1764')
_JUNE_2026 = rb"\g<1>1781"

_NOTICES = """
    channel_chat_created chat_owner_left checklist_tasks_added community_chat_joined community_chat_removed
    connected_website direct_message_price_changed giveaway_completed group_chat_created managed_bot_created
    poll_option_deleted refunded_payment suggested_post_approval_failed suggested_post_approved suggested_post_paid
    suggested_post_refunded
"""
# Messages of Telegram that nobody recorded: the field that makes the kind, and something to stand in it.
MADE_MESSAGES: Mapping[str, object] = {
    "gift_upgrade_sent": {"text": "Yükseltme"},
    "user_shared": {"request_id": 1, "user_id": 700_009},
    **{notice: {} for notice in _NOTICES.split()},
}
MADE_UPDATES: Mapping[str, object] = {
    "stopped_message_generation": {"user": {"id": 700_001, "is_bot": False, "first_name": "Ayşe"}},
    "edited_business_message": {"business_connection_id": "b", "message_id": 1, "date": 1_785_000_000, "text": "x"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One delivery."""

    channel: str
    name: str
    body: bytes

    @property
    def document(self) -> Any:
        """The body as JSON, `None` where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


def telegram(nth_round: int = 0) -> Iterator[Sample]:
    """Each update from a person of its own and with a number of its own."""
    for nth, (name, raw) in enumerate(_telegram_bodies(), start=nth_round * ROUND):
        person = 710_000 + nth
        body = _TELEGRAM_YEAR.sub(_JUNE_2026, raw.replace(b"700001", b"%d" % person))
        sample = Sample(channel="telegram", name=name, body=body)
        update = sample.document
        if isinstance(update, dict) and "update_id" in update:
            numbered = json.dumps({**update, "update_id": 900_000 + nth}).encode()
            sample = Sample(channel="telegram", name=name, body=numbered)
        yield sample


def _telegram_bodies() -> Iterator[tuple[str, bytes]]:
    yield from recorded("telegram").items()
    plain = json.loads(recorded("telegram")["text"])
    for name, content in MADE_MESSAGES.items():
        message = {field: value for field, value in plain["message"].items() if field != "text"}
        yield f"made_{name}", json.dumps({**plain, "message": {**message, name: content}}).encode()
    for name, content in MADE_UPDATES.items():
        yield f"made_{name}", json.dumps({"update_id": plain["update_id"], name: content}).encode()


def whatsapp(nth_round: int = 0) -> Iterator[Sample]:
    """Each webhook with messages and people of its own."""
    for nth, (name, raw) in enumerate(recorded("whatsapp").items(), start=nth_round * ROUND):
        body = _META_YEAR.sub(_JUNE_2026, raw.replace(b"wamid.", b"wamid.F%d" % nth))
        body = body.replace(b"9055500000", b"90555%05d" % nth).replace(b"TR.9000000000", b"TR.9%09d" % nth)
        yield Sample(channel="whatsapp", name=name, body=body)


def parts(sample: Sample, kind: str) -> Iterator[tuple[Json, Json]]:
    """The `messages` or `statuses` of a webhook, each with the value it stands in."""
    for change in changes(sample):
        value = change.get("value")
        if isinstance(value, dict):
            found = value.get(kind)
            yield from ((part, value) for part in found if isinstance(part, dict)) if isinstance(found, list) else ()


def changes(sample: Sample) -> Iterator[Json]:
    """The changes of a webhook."""
    document = sample.document
    entries = document.get("entry") if isinstance(document, dict) else None
    for entry in entries if isinstance(entries, list) else []:
        found = entry.get("changes") if isinstance(entry, dict) else None
        yield from (change for change in found if isinstance(change, dict)) if isinstance(found, list) else ()
