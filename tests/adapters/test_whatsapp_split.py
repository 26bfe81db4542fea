"""Batches into items: the right keys and lanes, and nothing lost, whatever the body looks like."""

import hashlib
import json
from pathlib import Path

import pytest

from adapters.whatsapp.channel import WhatsAppChannel
from adapters.whatsapp.split import UNPARSED_LANE, split
from bot.domain.message import Event

FOLDER = Path(__file__).parent / "payloads" / "whatsapp"
NUMBER = "100000000000001"


def recorded(name: str) -> bytes:
    return (FOLDER / f"{name}.json").read_bytes()


def keys(name: str) -> list[str]:
    return [item.key for item in split(recorded(name))]


def lanes(name: str) -> list[str]:
    return [item.lane for item in split(recorded(name))]


def test_a_message_is_known_by_its_wamid() -> None:
    assert keys("batch_two_people") == ["m:wamid.BATCH1", "m:wamid.BATCH2", "m:wamid.BATCH3"]


@pytest.mark.parametrize("name", ["batch_two_people", "button_reply_without_phone", "image_caption", "location"])
def test_the_lane_of_a_message_is_one_of_those_its_person_is_heard_by(name: str) -> None:
    channel = WhatsAppChannel("token", NUMBER)
    for item in split(recorded(name)):
        said = channel.parse(item.raw)
        assert isinstance(said, Event)
        assert item.lane in channel.lanes(said.author.keys)


def test_a_status_is_known_by_its_wamid_and_name() -> None:
    assert keys("batch_messages_and_statuses") == [
        "m:wamid.BATCH1",
        "s:wamid.OUT1:sent",
        "s:wamid.OUT1:delivered",
        "s:wamid.OUT2:failed",
    ]


def test_a_failure_told_again_with_another_code_is_the_same_failure() -> None:
    first = recorded("status_failed_window")
    assert split(first)[0].key == split(first.replace(b"131047", b"131026"))[0].key


def test_a_rebatched_redelivery_yields_the_same_items() -> None:
    batch = json.loads(recorded("batch_two_people"))
    value = batch["entry"][0]["changes"][0]["value"]
    alone = [
        {"entry": [{"changes": [{"field": "messages", "value": value | {"messages": [message]}}]}]}
        for message in value["messages"]
    ]
    again = [item.key for body in alone for item in split(json.dumps(body).encode())]
    assert again == keys("batch_two_people")


def test_each_person_has_a_lane_under_the_best_id() -> None:
    assert lanes("batch_two_people") == [
        f"wa:{NUMBER}:TR.90000000000000001",
        f"wa:{NUMBER}:TR.90000000000000002",
        f"wa:{NUMBER}:TR.90000000000000001",
    ]
    assert lanes("text_phone_only") == [f"wa:{NUMBER}:905550000001"]
    assert lanes("text_user_id_only") == [f"wa:{NUMBER}:TR.90000000000000001"]


def test_receipts_wait_for_no_persons_lane() -> None:
    assert lanes("batch_messages_and_statuses")[1:] == [
        f"wa:{NUMBER}:status:wamid.OUT1",
        f"wa:{NUMBER}:status:wamid.OUT1",
        f"wa:{NUMBER}:status:wamid.OUT2",
    ]


def test_words_under_a_new_id_wait_for_the_news_of_it() -> None:
    moved = f"wa:{NUMBER}:TR.90000000000000009"
    assert lanes("system_number_changed") == [moved]
    assert lanes("user_id_update") == [moved]


def test_other_changes_are_known_by_their_content_and_time() -> None:
    (first,) = split(recorded("account_deleted"))
    (later,) = split(recorded("account_deleted").replace(b"1764000000", b"1764000099"))
    assert first.key == "x:" + hashlib.sha256(first.raw).hexdigest()
    assert first.lane == "wa::changes"
    assert first.key != later.key


def test_an_item_is_self_contained() -> None:
    part = json.loads(split(recorded("batch_two_people"))[1].raw)
    assert part["field"] == "messages"
    assert part["metadata"]["phone_number_id"] == NUMBER
    assert part["contact"]["profile"]["name"] == "Mehmet Demir"
    assert part["message"]["text"] == {"body": "iki"}


def test_nobody_speaks_under_another_persons_name() -> None:
    part = json.loads(split(recorded("batch_stranger_without_contact"))[1].raw)
    assert part["contact"] is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"7",
        b'"entry"',
        b"{}",
        b'{"entry": null}',
        b'{"entry": {}}',
        b'{"entry": [',
        b"\xff\xfe\xfd{}",
        b'{"entry": ["\xc3\x28"]}',
        b"[" * 100_000 + b"]" * 100_000,
        b'{"entry": ' + b'[{"changes":' * 5_000 + b"1" + b"}]" * 5_000 + b"}",
        b'{"entry": ' + b"9" * 5_000 + b"}",
    ],
)
def test_an_unreadable_body_is_one_item_of_its_bytes(body: bytes) -> None:
    (item,) = split(body)
    assert (item.channel, item.lane, item.raw) == ("whatsapp", UNPARSED_LANE, body)
    assert item.key == "x:" + hashlib.sha256(body).hexdigest()


@pytest.mark.parametrize("part", ["null", "7", "[]", '"x"', "NaN", "{}", '{"value": 1}', '{"value": []}'])
def test_an_odd_change_is_one_item(part: str) -> None:
    (item,) = split(f'{{"entry": [{{"changes": [{part}]}}]}}'.encode())
    assert item.key.startswith("x:")
    assert item.lane == UNPARSED_LANE


@pytest.mark.parametrize("message", ["null", "NaN", "[]", '"x"', "{}", '{"id": null}', '{"id": []}', '{"id": {}}'])
def test_an_odd_message_is_one_item(message: str) -> None:
    (item,) = split(f'{{"entry": [{{"changes": [{{"value": {{"messages": [{message}]}}}}]}}]}}'.encode())
    assert item.key.startswith("x:")
    assert item.lane == "wa::nobody"


def test_of_a_doubled_field_the_last_one_counts() -> None:
    body = recorded("text").replace(b'"type": "text"', b'"type": "image", "type": "text"')
    assert body != recorded("text")
    assert split(body) == split(recorded("text"))


def test_an_id_that_would_burst_a_column_is_hashed() -> None:
    body = recorded("text").replace(b"wamid.HBgM", b"wamid." + b"A" * 10_000)
    (item,) = split(body)
    assert len(item.key) == len("m:") + 64
    assert len(item.key) < len(json.loads(item.raw)["message"]["id"])


def test_a_batch_of_a_thousand_keeps_its_order() -> None:
    batch = json.loads(recorded("batch_two_people"))
    value = batch["entry"][0]["changes"][0]["value"]
    value["messages"] = [value["messages"][0] | {"id": f"wamid.{number}"} for number in range(1000)]
    items = split(json.dumps(batch).encode())
    assert [item.key for item in items] == [f"m:wamid.{number}" for number in range(1000)]
