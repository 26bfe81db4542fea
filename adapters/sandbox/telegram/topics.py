"""The Bot API's forum topic methods (core.telegram.org/bots/api#createforumtopic)."""

from adapters.sandbox.telegram.chats import Chat, Topic
from adapters.sandbox.telegram.cloud import Cloud
from adapters.sandbox.telegram.errors import Json, bad_request
from adapters.sandbox.telegram.params import Params
from adapters.sandbox.telegram.sending import Method

MAX_NAME = 128
ICON_COLORS = (0x6FB9F0, 0xFFD67E, 0xCB86DB, 0x8EEE98, 0xFF93B2, 0xFB6F5F)


def _forum(cloud: Cloud, params: Params, what: str) -> Chat:
    chat = cloud.chat_named(params)
    if not chat.forum:
        raise bad_request("the chat is not a forum")
    if not chat.is_admin(cloud.bot_id):
        raise bad_request(f"not enough rights to {what} a topic")
    return chat


def _name(params: Params) -> str:
    name = params.text("name").strip()
    if not name:
        raise bad_request("TOPIC_TITLE_EMPTY")
    if len(name) > MAX_NAME:
        raise bad_request("TOPIC_TITLE_INVALID")
    return name


def create_forum_topic(cloud: Cloud, params: Params) -> Json:
    """createForumTopic: the topic's id is its creating service message's id."""
    chat = _forum(cloud, params, "create")
    name, color = _name(params), params.number("icon_color") or ICON_COLORS[0]
    if color not in ICON_COLORS:
        raise bad_request("invalid icon color specified")
    cloud.limits.spend(chat.id)
    return open_topic(cloud, chat, cloud.bot, Topic(0, name, color, params.text("icon_custom_emoji_id")))


def open_topic(cloud: Cloud, chat: Chat, creator: Json, topic: Topic) -> Json:
    """Open a topic on behalf of a bot or a person; returns the ForumTopic object."""
    about: Json = {"name": topic.name, "icon_color": topic.icon_color}
    if topic.icon_custom_emoji_id:
        about["icon_custom_emoji_id"] = topic.icon_custom_emoji_id
    topic.thread_id = chat.last_id + 1
    chat.topics[topic.thread_id] = topic
    cloud.post_service(chat, creator, {"forum_topic_created": about}, topic.thread_id)
    return {"message_thread_id": topic.thread_id} | about


def _topic(cloud: Cloud, params: Params, what: str) -> tuple[Chat, Topic]:
    chat = _forum(cloud, params, what)
    thread_id = params.number("message_thread_id")
    if thread_id is None:
        raise bad_request("message thread identifier is not specified")
    return chat, chat.topic(thread_id)


def edit_forum_topic(cloud: Cloud, params: Params) -> bool:
    """editForumTopic: what is left out stays as it is."""
    chat, topic = _topic(cloud, params, "edit")
    fresh: Json = {}
    if "name" in params.fields and _name(params) != topic.name:
        fresh["name"] = _name(params)
    icon = params.text("icon_custom_emoji_id")
    if "icon_custom_emoji_id" in params.fields and icon != topic.icon_custom_emoji_id:
        fresh["icon_custom_emoji_id"] = icon
    if not fresh:
        raise bad_request("TOPIC_NOT_MODIFIED")
    cloud.limits.spend(chat.id)
    topic.name = fresh.get("name", topic.name)
    topic.icon_custom_emoji_id = fresh.get("icon_custom_emoji_id", topic.icon_custom_emoji_id)
    cloud.post_service(chat, cloud.bot, {"forum_topic_edited": fresh}, topic.thread_id)
    return True


def close_forum_topic(cloud: Cloud, params: Params) -> bool:
    """closeForumTopic."""
    return _switch(cloud, params, "close", closed=True)


def reopen_forum_topic(cloud: Cloud, params: Params) -> bool:
    """reopenForumTopic."""
    return _switch(cloud, params, "reopen", closed=False)


def _switch(cloud: Cloud, params: Params, what: str, *, closed: bool) -> bool:
    chat, topic = _topic(cloud, params, what)
    if topic.closed == closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    cloud.limits.spend(chat.id)
    topic.closed = closed
    service = "forum_topic_closed" if closed else "forum_topic_reopened"
    cloud.post_service(chat, cloud.bot, {service: {}}, topic.thread_id)
    return True


def delete_forum_topic(cloud: Cloud, params: Params) -> bool:
    """deleteForumTopic: the topic and every message in it."""
    chat, topic = _topic(cloud, params, "delete")
    cloud.limits.spend(chat.id)
    remove_topic(chat, topic)
    return True


def remove_topic(chat: Chat, topic: Topic) -> None:
    """Take a topic and its messages out of a chat."""
    del chat.topics[topic.thread_id]
    gone = [
        at
        for at, message in chat.messages.items()
        if message.get("is_topic_message") and message["message_thread_id"] == topic.thread_id
    ]
    for message_id in gone:
        del chat.messages[message_id]


METHODS: dict[str, Method] = {
    "createForumTopic": create_forum_topic,
    "editForumTopic": edit_forum_topic,
    "closeForumTopic": close_forum_topic,
    "reopenForumTopic": reopen_forum_topic,
    "deleteForumTopic": delete_forum_topic,
}
