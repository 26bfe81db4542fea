"""Who comes and goes, and the messages Telegram writes itself."""

from collections.abc import Collection

from adapters.telegram.fields import Json, child, children, flag, text, whole
from adapters.telegram.people import author, person
from bot.domain.message import DeskMoved, DeskPlace, Ignored, MemberChanged, Reachable

_PRESENT = frozenset(("creator", "administrator", "member"))
# What Telegram itself reports in a chat, without anybody having said something.
_NOTICES = """
    new_chat_members new_chat_member new_chat_participant left_chat_member left_chat_participant
    chat_owner_left chat_owner_changed new_chat_title
    new_chat_photo delete_chat_photo group_chat_created supergroup_chat_created channel_chat_created
    message_auto_delete_timer_changed migrate_to_chat_id migrate_from_chat_id pinned_message
    refunded_payment connected_website write_access_allowed proximity_alert_triggered boost_added
    chat_background_set checklist_tasks_done checklist_tasks_added direct_message_price_changed
    forum_topic_created forum_topic_edited forum_topic_closed forum_topic_reopened
    general_forum_topic_hidden general_forum_topic_unhidden giveaway_created giveaway_completed
    managed_bot_created paid_message_price_changed poll_option_added poll_option_deleted
    suggested_post_approved suggested_post_approval_failed suggested_post_declined suggested_post_paid
    suggested_post_refunded video_chat_scheduled video_chat_started video_chat_ended
    video_chat_participants_invited community_chat_added community_chat_removed
    community_chat_joined
"""
_SERVICE = frozenset(_NOTICES.split())


def service(message: Json) -> Ignored | None:
    """Telegram's own notices, by the field that marks them."""
    for name in message:
        if name in _SERVICE:
            return Ignored(why=f"service message {name}")
    return None


def moved(message: Json, groups: Collection[str], at: int) -> DeskMoved | None:
    """A group of the agents got a new id; both the old and the new chat tell it, either may come first."""
    here = str(whole(child(message, "chat"), "id"))
    to, origin = whole(message, "migrate_to_chat_id"), whole(message, "migrate_from_chat_id")
    if to is not None and here in groups:
        return DeskMoved(author=author(message), at=at, desk=DeskPlace(chat=here), new_chat=str(to))
    if origin is not None and str(origin) in groups:
        return DeskMoved(author=author(message), at=at, desk=DeskPlace(chat=str(origin)), new_chat=here)
    return None


def joined_or_left(message: Json, desk: DeskPlace | None, at: int) -> MemberChanged | None:
    """The notice in the chat, which comes even where the bot is no administrator; `chat_member` may say it again.

    Several people added at once are one notice; the first of them is told, the others show by writing.
    """
    if desk is None:
        return None
    joined = children(message, "new_chat_members")
    for user in (*joined, child(message, "left_chat_member")):
        if whole(user, "id") is not None and not flag(user, "is_bot"):
            return MemberChanged(author=person(user), at=at, desk=desk, present=user in joined)
    return None


def changed(change: Json, desk: DeskPlace | None, at: int) -> MemberChanged | Ignored:
    """`chat_member` in an agents' group; a promotion changes nothing here."""
    new = child(change, "new_chat_member")
    present = _is_present(new)
    if desk is None or flag(child(new, "user"), "is_bot"):
        return Ignored(why="membership of a bot or outside the agents' groups")
    if present == _is_present(child(change, "old_chat_member")):
        return Ignored(why="membership unchanged")
    return MemberChanged(author=person(child(new, "user")), at=at, desk=desk, present=present)


def reachable(change: Json, at: int) -> Reachable | Ignored:
    """`my_chat_member` in a private chat: `kicked` means blocked, `member` unblocked or started."""
    status = text(child(change, "new_chat_member"), "status")
    if status not in ("kicked", "member"):
        return Ignored(why=f"our status {status[:20]}")
    return Reachable(author=author(change), at=at, reachable=status == "member")


def _is_present(member: Json) -> bool:
    status = text(member, "status")
    return status in _PRESENT or (status == "restricted" and flag(member, "is_member"))
