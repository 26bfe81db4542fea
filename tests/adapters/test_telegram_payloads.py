"""Every recorded update, as Telegram publishes or sends it today (and tomorrow), becomes the event it should."""

from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.telegram.parse import Parser
from bot.domain.errors import Unparsable
from bot.domain.message import Content, Edited, Event, Ignored, Inbound, Said

PAYLOADS = Path(__file__).parent / "payloads" / "telegram"
NOW = 1_790_000_000_000
GROUP, TOPIC, PLAIN_GROUP = "-1001000000001", "-1001000000001/57", "-4000000004"
AYSE, CAN, EFE = "tg:700001", "tg:700002", "tg:700003"
PLAIN = ("reply_to", "album", "emoji", "token", "message_id", "title", "reachable", "present", "new_chat")

Facts = dict[str, object]


def parser() -> Parser:
    return Parser(bot_id=4242, groups=(GROUP, PLAIN_GROUP), now=lambda: NOW, username="gise_bot")


def facts(event: Inbound) -> Facts:
    """What is worth knowing of an event, flat; what is empty or usual is left out."""
    if isinstance(event, Ignored):
        return {"is": "Ignored", "why": event.why}
    assert isinstance(event, Event)
    found: Facts = {"is": type(event).__name__, "who": event.author.keys[0]}
    if isinstance(event, Said | Edited):
        found |= _content(event.content)
    found |= {name: value for name in PLAIN if (value := getattr(event, name, None)) not in (None, "")}
    if getattr(event, "own_words", True) is False:
        found["own_words"] = False
    if event.desk is not None:
        found["desk"] = "/".join(filter(None, (event.desk.chat, event.desk.thread)))
    return found


def _content(content: Content) -> Facts:
    file, place = content.attachment, content.location
    found: Facts = {
        "kind": content.kind.value,
        "text": content.text,
        "placeholder": content.placeholder,
        "detail": content.detail,
        "file": file and " ".join(filter(None, (file.ref, file.mime, file.name))),
        "place": place and (place.latitude, place.longitude, place.title, place.address),
        "contacts": [(card.name, *card.phones) for card in content.contacts],
    }
    return {name: value for name, value in found.items() if value}


def _event(name: str) -> Callable[..., Facts]:
    return lambda who=AYSE, **expected: {"is": name, "who": who} | expected


def ignored(why: str) -> Facts:
    return {"is": "Ignored", "why": why}


def unparsable(why: str) -> Facts:
    return {"is": "Unparsable", "why": why}


said, edited, pressed, reacted = map(_event, ("Said", "Edited", "Pressed", "Reacted"))
reachable, member, moved = map(_event, ("Reachable", "MemberChanged", "DeskMoved"))

EXPECTED: dict[str, Facts] = {
    "album_first": said(kind="photo", text="iki fotoğraf", file="AgAD-photo-l image/jpeg", album="13900000000000001"),
    "album_second": said(kind="video", file="AgAD-video2 video/mp4", album="13900000000000001"),
    "animation": said(kind="animation", file="AgAD-gif video/mp4 dans.mp4"),
    "anonymous_admin": said(who="tg:-1001000000001", kind="text", text="/close spam", own_words=False, desk=TOPIC),
    "audio": said(kind="audio", file="AgAD-audio audio/mpeg deneme.mp3"),
    "blocked": reachable(reachable=False),
    "bot_promoted_in_group": ignored("our own membership"),
    "bot_removed_from_group": ignored("our own membership"),
    "business_connection": ignored("update kind business_connection"),
    "business_message": ignored("update kind business_message"),
    "channel_as_sender": said(who="tg:-1002000000002", kind="text", text="kanaldan", own_words=False, desk=TOPIC),
    "channel_message": ignored("a foreign chat"),
    "channel_post": ignored("update kind channel_post"),
    "chat_boost": ignored("update kind chat_boost"),
    "chat_id_is_text": unparsable("no chat id"),
    "chat_join_request": ignored("update kind chat_join_request"),
    "chat_shared": said(kind="other", placeholder="chat-shared", detail="Ekip"),
    "checklist": said(kind="other", placeholder="checklist", detail="Taşınma · Kablolar / Modem"),
    "chosen_inline_result": ignored("update kind chosen_inline_result"),
    "contact": said(kind="contact", contacts=[("Deniz Deneme", "+905550000001")]),
    "deleted_business_messages": ignored("update kind deleted_business_messages"),
    "dice": said(kind="other", placeholder="dice", detail="🎲 5"),
    "document": said(kind="document", text="fatura", file="AgAD-doc application/pdf fatura 2026.pdf"),
    "document_path_name": said(kind="document", file="AgAD-doc2 text/plain gizli.txt"),
    "edited_caption": edited(kind="photo", text="düzeltildi", file="AgAD-photo-l image/jpeg"),
    "edited_channel_post": ignored("update kind edited_channel_post"),
    "edited_foreign_group": ignored("a foreign chat"),
    "edited_live_location": ignored("a live location moved"),
    "edited_live_location_stopped": edited(kind="location", place=(39.9, 32.8, "", "")),
    "edited_text": edited(kind="text", text="Merhaba, yazıcı ve tarayıcı çalışmıyor"),
    "edited_topic_text": edited(who=CAN, kind="text", text="Bakıyorum efendim", desk=TOPIC),
    "empty_update": unparsable("an update without content"),
    "foreign_group": ignored("a foreign chat"),
    "foreign_group_without_type": ignored("a foreign chat"),
    "forward_channel": said(kind="text", text="ilet", own_words=False),
    "forward_chat": said(kind="text", text="ilet", own_words=False),
    "forward_hidden_user": said(kind="text", text="/new", own_words=False),
    "forward_legacy": said(kind="text", text="ilet", own_words=False),
    "forward_unknown_origin": said(kind="text", text="ilet", own_words=False),
    "forward_user": said(kind="text", text="ilet", own_words=False),
    "game": said(kind="other", placeholder="game", detail="Yılan"),
    "general_reply_thread": said(who=CAN, kind="text", text="dizi", reply_to="-1001000000001:88", desk=GROUP),
    "general_text": said(who=CAN, kind="text", text="herkese günaydın", desk=GROUP),
    "gift": said(kind="other", placeholder="gift", detail="Teşekkürler"),
    "giveaway": said(kind="other", placeholder="giveaway", detail="Kupa"),
    "giveaway_winners": said(kind="other", placeholder="giveaway-winners"),
    "guest_message": ignored("update kind guest_message"),
    "inline_query": ignored("update kind inline_query"),
    "invoice": said(kind="other", placeholder="invoice", detail="Bakım"),
    "kind_of_tomorrow": said(kind="other", placeholder="unsupported", detail="hologram"),
    "left_chat_member": member(who=EFE, present=False, desk=GROUP),
    "left_chat_member_us": ignored("service message left_chat_member"),
    "linked_channel": said(who="tg:-1002000000002", kind="text", text="duyuru", own_words=False, desk=GROUP),
    "live_photo": said(kind="photo", file="AgAD-photo-l image/jpeg"),
    "location": said(kind="location", place=(41.008238, 28.978359, "", "")),
    "location_live": said(kind="location", place=(39.92077, 32.85411, "", "")),
    "location_zero": said(kind="location", place=(0.0, 0.0, "", "")),
    "lone_surrogate": said(kind="text", text="yarım � emoji"),
    "managed_bot": ignored("update kind managed_bot"),
    "member_banned": member(who=EFE, present=False, desk=GROUP),
    "member_bot_joined": ignored("membership of a bot or outside the agents' groups"),
    "member_foreign_group": ignored("a foreign chat"),
    "member_joined": member(who=EFE, present=True, desk=GROUP),
    "member_left": member(who=EFE, present=False, desk=GROUP),
    "member_promoted": ignored("membership unchanged"),
    "member_restricted_inside": member(who=EFE, present=True, desk=GROUP),
    "member_restricted_outside": member(who=EFE, present=False, desk=GROUP),
    "message_is_a_list": unparsable("message is not an object"),
    "message_without_chat": unparsable("no chat id"),
    "message_without_id": unparsable("no message id"),
    "message_without_sender_or_date": said(kind="text", text="kim?"),
    "migrate_from": moved(who="tg:-1004000000004", new_chat="-1004000000004", desk=PLAIN_GROUP),
    "migrate_to": moved(who=CAN, new_chat="-1004000000004", desk=PLAIN_GROUP),
    "new_chat_members": member(who=EFE, present=True, desk=GROUP),
    "new_chat_members_bot": ignored("service message new_chat_members"),
    "not_an_object": unparsable("not a JSON object"),
    "not_json": unparsable("not JSON: JSONDecodeError"),
    "nothing_inside": said(kind="other", placeholder="unsupported"),
    "other_bot_message": ignored("a bot's message"),
    "our_status_unknown": ignored("our status sleeping"),
    "own_bot_message": ignored("a bot's message"),
    "paid_media": said(kind="other", text="özel", placeholder="paid-media", detail="⭐ 25"),
    "passport_data": said(kind="other", placeholder="passport-data"),
    "photo": said(kind="photo", file="AgAD-photo-l image/jpeg"),
    "photo_caption": said(kind="photo", text="hata ekranı", file="AgAD-photo-l image/jpeg"),
    "photo_without_file": said(kind="other", placeholder="photo"),
    "plain_group_text": said(who=CAN, kind="text", text="yanıt", reply_to="-4000000004:2", desk=PLAIN_GROUP),
    "poll": said(kind="other", placeholder="poll", detail="Öğle yemeği? · Mantı / Pide"),
    "poll_answer": ignored("update kind poll_answer"),
    "poll_update": ignored("update kind poll"),
    "pre_checkout_query": ignored("update kind pre_checkout_query"),
    "press_foreign_group": ignored("a foreign chat"),
    "press_game": ignored("a press without data"),
    "press_inaccessible_group": pressed(who=CAN, token="k1.b", message_id="-1001000000001:58", desk=GROUP),
    "press_inaccessible_private": pressed(token="k1.b", message_id="700001:70"),
    "press_inline": pressed(token="k1.b"),
    "press_private": pressed(token="k1.b", message_id="700001:70", title="Arıza"),
    "press_topic": pressed(who=CAN, token="k1.a", message_id="-1001000000001:58", title="Soru", desk=TOPIC),
    "press_unknown_token": pressed(token="eski", message_id="700001:70"),
    "press_without_message": pressed(token="k1.b"),
    "press_without_sender": unparsable("a sender without an id"),
    "purchased_paid_media": ignored("update kind purchased_paid_media"),
    "quiz": said(kind="other", placeholder="poll", detail="2+2? · 4 / 5"),
    "reaction_added": reacted(emoji="👍"),
    "reaction_anonymous": reacted(who="tg:-1001000000001", emoji="👀", desk=GROUP),
    "reaction_changed": reacted(emoji="❤"),
    "reaction_count": ignored("update kind message_reaction_count"),
    "reaction_custom_emoji": ignored("a reaction without a plain emoji"),
    "reaction_foreign_group": ignored("a foreign chat"),
    "reaction_group": reacted(who=CAN, emoji="👀", desk=GROUP),
    "reaction_paid": ignored("a reaction without a plain emoji"),
    "reaction_plain_to_custom": reacted(),
    "reaction_removed": reacted(),
    "reaction_second_added": reacted(emoji="🔥"),
    "reaction_unknown_type": ignored("a reaction without a plain emoji"),
    "reaction_without_actor": unparsable("a sender without an id"),
    "removed_chat_boost": ignored("update kind removed_chat_boost"),
    "rich_message": said(
        kind="text",
        text="Sorun\nYazıcı çalışmıyor, bkz. kılavuz (https://example.org/kilavuz)🙂\naçtım\nkapattım\nA\nB",
    ),
    "rich_message_media": said(
        kind="photo", placeholder="rich-message", detail="photo, video, map", file="AgAD-photo-l image/jpeg"
    ),
    "rich_message_photo": said(kind="photo", text="Ekran\nhata kodu", file="AgAD-photo-l image/jpeg"),
    "service_boost_added": ignored("service message boost_added"),
    "service_chat_background_set": ignored("service message chat_background_set"),
    "service_chat_owner_changed": ignored("service message chat_owner_changed"),
    "service_checklist_tasks_done": ignored("service message checklist_tasks_done"),
    "service_community_chat_added": ignored("service message community_chat_added"),
    "service_delete_chat_photo": ignored("service message delete_chat_photo"),
    "service_forum_topic_closed": ignored("service message forum_topic_closed"),
    "service_forum_topic_created": ignored("service message forum_topic_created"),
    "service_forum_topic_edited": ignored("service message forum_topic_edited"),
    "service_forum_topic_reopened": ignored("service message forum_topic_reopened"),
    "service_general_forum_topic_hidden": ignored("service message general_forum_topic_hidden"),
    "service_general_forum_topic_unhidden": ignored("service message general_forum_topic_unhidden"),
    "service_giveaway_created": ignored("service message giveaway_created"),
    "service_message_auto_delete_timer_changed": ignored("service message message_auto_delete_timer_changed"),
    "service_new_chat_photo": ignored("service message new_chat_photo"),
    "service_new_chat_title": ignored("service message new_chat_title"),
    "service_paid_message_price_changed": ignored("service message paid_message_price_changed"),
    "service_pinned_message": ignored("service message pinned_message"),
    "service_poll_option_added": ignored("service message poll_option_added"),
    "service_proximity_alert": ignored("service message proximity_alert_triggered"),
    "service_suggested_post_declined": ignored("service message suggested_post_declined"),
    "service_supergroup_chat_created": ignored("service message supergroup_chat_created"),
    "service_video_chat_ended": ignored("service message video_chat_ended"),
    "service_video_chat_participants_invited": ignored("service message video_chat_participants_invited"),
    "service_video_chat_scheduled": ignored("service message video_chat_scheduled"),
    "service_video_chat_started": ignored("service message video_chat_started"),
    "service_write_access_allowed": ignored("service message write_access_allowed"),
    "shipping_query": ignored("update kind shipping_query"),
    "sticker_animated": said(kind="sticker", detail="🎉", file="AgAD-sta application/x-tgsticker"),
    "sticker_custom_emoji": said(kind="sticker", file="AgAD-stc image/webp"),
    "sticker_static": said(kind="sticker", detail="😀", file="AgAD-st image/webp"),
    "sticker_video": said(kind="sticker", detail="👍", file="AgAD-stv video/webm"),
    "story": said(kind="other", placeholder="story", own_words=False),
    "subscription": ignored("update kind subscription"),
    "successful_payment": said(kind="other", placeholder="successful-payment"),
    "text": said(kind="text", text="Merhaba, yazıcı çalışmıyor 🖨️"),
    "text_command_start": said(kind="text", text="/start ref42"),
    "text_entities": said(
        kind="text", text="Buraya baktım: kılavuz (https://example.org/kilavuz) ve @ayse_ornek, kod 42"
    ),
    "text_external_reply": said(kind="text", text="bakar mısınız"),
    "text_link_preview": said(kind="text", text="https://example.org/x"),
    "text_no_language": said(who=EFE, kind="text", text="hi"),
    "text_of_wrong_type": said(kind="other", placeholder="unsupported"),
    "text_private_topic": said(kind="text", text="konuda yazıyorum"),
    "text_quote": said(kind="text", text="bu hâlâ geçerli mi?", reply_to="700001:90"),
    "text_reply_to_story": said(kind="text", text="hikâyeye yanıt"),
    "text_unknown_fields": said(kind="text", text="selam"),
    "topic_command": said(who=CAN, kind="text", text="/take", desk=TOPIC),
    "topic_command_other_bot": ignored("another bot's command"),
    "topic_photo": said(who=CAN, kind="photo", text="/note iç not", file="AgAD-photo-l image/jpeg", desk=TOPIC),
    "topic_reply": said(who=CAN, kind="text", text="şuna yanıt", reply_to="-1001000000001:61", desk=TOPIC),
    "topic_reply_to_creation_id": said(who=CAN, kind="text", text="örtük yanıt", desk=TOPIC),
    "topic_text": said(who=CAN, kind="text", text="Hemen bakıyorum", desk=TOPIC),
    "unblocked": reachable(reachable=True),
    "unique_gift": said(kind="other", placeholder="unique-gift"),
    "update_kind_of_tomorrow": ignored("update kind telepathy"),
    "users_shared": said(kind="other", placeholder="users-shared"),
    "venue": said(kind="location", place=(41.025658, 28.974155, "Örnek Kule", "Örnek Sokak 1")),
    "via_bot": said(kind="text", text="/status", own_words=False),
    "video": said(kind="video", text="kayıt", file="AgAD-video video/mp4 ekran.mp4"),
    "video_note": said(kind="video_note", file="AgAD-note video/mp4"),
    "voice": said(kind="voice", file="AgAD-voice audio/ogg"),
    "web_app_data": said(kind="other", placeholder="web-app-data", detail="Form"),
}


def test_every_recorded_payload_has_an_expectation() -> None:
    assert sorted(path.stem for path in PAYLOADS.glob("*.json")) == sorted(EXPECTED)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_recorded_payload_becomes_the_expected_event(name: str) -> None:
    raw = (PAYLOADS / f"{name}.json").read_bytes()
    expected = EXPECTED[name]
    if expected["is"] == "Unparsable":
        with pytest.raises(Unparsable, match=str(expected["why"])):
            parser().parse(raw)
    else:
        assert facts(parser().parse(raw)) == expected
