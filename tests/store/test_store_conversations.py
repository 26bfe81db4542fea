"""Meeting people: one conversation per person, found by any of the keys."""

import asyncio
from dataclasses import replace
from functools import partial

import pytest

from bot.domain.message import Person
from bot.domain.people import Conversation
from bot.domain.ticket import Ticket
from store import conversations
from store.errors import Conflict
from store.sql import rows
from tests.store.perseverance import at_last

pytestmark = pytest.mark.usefixtures("database")


async def _meet(*keys: str, channel: str = "whatsapp", **facts: str) -> tuple[Conversation, bool]:
    return await conversations.resolve(channel, Person(keys=keys, **facts), 10, "tr")


async def test_a_stranger_becomes_a_conversation() -> None:
    met, new = await _meet("bsuid:TR.1", "phone:1", name="Ayşe", username="ayse", phone="1", locale="en-GB")
    assert new
    assert met.keys == ("bsuid:TR.1", "phone:1")
    assert (met.requester.name, met.requester.username, met.requester.phone) == ("Ayşe", "ayse", "1")
    assert (met.locale, met.ticket_id, met.reachable, met.awaiting) == ("en", None, True, "")
    assert await conversations.get(met.id) == met
    assert await conversations.get(met.id + 1) is None


@pytest.mark.parametrize(("spoken", "locale"), [("tr-TR", "tr"), ("EN", "en"), ("de", "tr"), ("", "tr")])
async def test_the_language_is_theirs_if_we_speak_it(spoken: str, locale: str) -> None:
    met, _ = await _meet("tg:1", locale=spoken)
    assert met.locale == locale


async def test_a_known_person_is_found_by_any_key_and_new_keys_are_learnt() -> None:
    met, _ = await _meet("phone:1", name="Ayşe")
    again, new = await _meet("bsuid:TR.1", "phone:1")
    assert not new
    assert (again.id, again.keys, again.requester.name) == (met.id, ("bsuid:TR.1", "phone:1"), "Ayşe")
    by_new_key, _ = await _meet("bsuid:TR.1", name="Ayşe Yılmaz")
    assert (by_new_key.id, by_new_key.keys) == (met.id, ("bsuid:TR.1", "phone:1"))
    assert by_new_key.requester.name == "Ayşe Yılmaz"
    assert await conversations.get(met.id) == by_new_key


async def test_the_language_someone_chose_survives_their_next_message() -> None:
    met, _ = await _meet("tg:1", locale="tr")
    await conversations.set_locale(met.requester.id, "en")
    again, _ = await _meet("tg:1", locale="tr")
    assert again.locale == "en"


async def test_the_same_key_on_another_channel_is_another_conversation() -> None:
    here, _ = await _meet("7")
    there, new = await _meet("7", channel="telegram")
    assert new
    assert here.id != there.id


async def test_keys_of_two_conversations_are_not_moved_and_the_best_key_decides() -> None:
    by_phone, _ = await _meet("phone:1")
    by_account, _ = await _meet("bsuid:TR.1")
    met, new = await _meet("bsuid:TR.1", "phone:1")
    assert not new
    assert met == by_account
    other_way_round, _ = await _meet("phone:1", "bsuid:TR.1")
    assert other_way_round == by_phone


async def test_ten_first_messages_at_once_make_one_conversation() -> None:
    meetings = [partial(_meet, "bsuid:TR.1", f"phone:{number}") for number in range(10)]
    met = await asyncio.gather(*map(at_last, meetings))
    assert len({conversation.id for conversation, _ in met}) == 1
    assert [new for _, new in met].count(True) == 1
    assert (await rows("SELECT count(*) AS amount FROM requester"))[0]["amount"] == 1


async def test_a_person_without_keys_is_refused() -> None:
    with pytest.raises(ValueError, match="keys"):
        await _meet()


async def test_a_key_given_twice_counts_once() -> None:
    met, _ = await _meet("phone:1", "phone:1")
    assert met.keys == ("phone:1",)


async def test_looking_for_somebody_makes_nobody() -> None:
    assert await conversations.find("whatsapp", Person(keys=("phone:1",))) is None
    met, _ = await _meet("phone:1")
    assert await conversations.find("whatsapp", Person(keys=("phone:2", "phone:1"), name="Other")) == met


async def test_a_changed_number_leads_to_the_old_conversation_and_frees_the_old_number() -> None:
    met, _ = await _meet("bsuid:TR.1", "phone:1", phone="1")
    person = Person(keys=("bsuid:TR.2", "phone:2"), phone="2")
    moved = await conversations.relink("whatsapp", ("bsuid:TR.1", "phone:1"), person, 20)
    assert moved is not None
    assert (moved.id, moved.keys, moved.requester.phone) == (met.id, ("bsuid:TR.2", "phone:2"), "2")
    stranger, new = await _meet("phone:1")
    assert new
    assert stranger.id != met.id


async def test_a_new_user_id_frees_the_old_number_too() -> None:
    """WhatsApp gives a new one only with a new number, and may give the old number to a stranger."""
    met, _ = await _meet("bsuid:TR.1", "phone:1", phone="1")
    moved = await conversations.relink("whatsapp", ("bsuid:TR.1",), Person(keys=("bsuid:TR.2",)), 20)
    assert moved is not None
    assert (moved.id, moved.keys) == (met.id, ("bsuid:TR.2",))
    stranger, new = await _meet("bsuid:TR.3", "phone:1")
    assert new
    assert stranger.id != met.id


async def test_a_new_number_alone_leaves_the_user_id() -> None:
    met, _ = await _meet("bsuid:TR.1", "phone:1")
    moved = await conversations.relink("whatsapp", ("phone:1",), Person(keys=("phone:2",)), 20)
    assert moved is not None
    assert (moved.id, moved.keys) == (met.id, ("phone:2", "bsuid:TR.1"))


async def test_a_change_that_was_seen_already_changes_nothing() -> None:
    met, _ = await _meet("phone:2")
    assert await conversations.relink("whatsapp", ("phone:1",), Person(keys=("phone:2",)), 20) == met


async def test_a_change_of_somebody_unknown_makes_nobody() -> None:
    assert await conversations.relink("whatsapp", ("phone:1",), Person(keys=("phone:2",)), 20) is None
    assert await rows("SELECT * FROM identity") == []


async def test_a_conversation_is_saved(conversation: Conversation, ticket: Ticket) -> None:
    changed = replace(conversation, ticket_id=ticket.id, last_inbound_at=99, awaiting="reason:1", reachable=False)
    await conversations.save(changed)
    assert await conversations.get(conversation.id) == changed


async def test_a_ticket_is_current_in_one_conversation_only(conversation: Conversation, ticket: Ticket) -> None:
    await conversations.save(replace(conversation, ticket_id=ticket.id))
    other, _ = await _meet("phone:5")
    with pytest.raises(Conflict):
        await conversations.save(replace(other, ticket_id=ticket.id))
    with pytest.raises(Conflict):
        await conversations.save(replace(other, ticket_id=999))


async def test_a_ban_is_kept(conversation: Conversation) -> None:
    await conversations.set_banned(conversation.requester.id, True)
    met = await conversations.get(conversation.id)
    assert met is not None
    assert met.requester.banned


async def test_who_is_a_vip_is_kept_and_taken_back(conversation: Conversation) -> None:
    for vip in (True, False):
        await conversations.set_vip(conversation.requester.id, vip)
        met = await conversations.get(conversation.id)
        assert met is not None
        assert met.requester.vip is vip
