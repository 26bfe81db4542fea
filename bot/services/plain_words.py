"""The commonest thing of all, many at a time: words that only go into a live ticket and on to its agents.

Here is no rule of its own: whatever could mean more than words (a command, an answer, a new name, a file …) is left to
`requests.received`, and what is done here is what it would do, in a few statements for all.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.ledger import Topic
from bot.domain.message import Kind, Said
from bot.domain.people import Conversation
from bot.domain.ticket import Status, Ticket
from bot.domain.words import ticket_numbers
from bot.helpdesk import HelpDesk
from bot.services import errands, lanes, questions, relay, selfservice, windows
from store import conversations, desk, gestures, messages, outbox, tickets
from store.messages import Post

_NOTHING_CHANGES = frozenset({Status.NEW, Status.OPEN, Status.IN_DEVELOPMENT})


@dataclass(frozen=True, slots=True)
class Heard:
    """What somebody said on a channel."""

    channel: str
    said: Said

    @property
    def who(self) -> tuple[str, str]:
        """Channel and best key."""
        return self.channel, self.said.author.keys[0]

    @property
    def message(self) -> tuple[str, str]:
        """Channel and external id."""
        return self.channel, self.said.external_id


@dataclass(frozen=True, slots=True)
class _Scene:
    """All that the words meet."""

    conversation: Conversation
    ticket: Ticket
    home: Topic


def look_plain(said: Said) -> bool:
    """Whether the words by themselves may be no more than words."""
    content = said.content
    return (
        said.desk is None
        and not said.reply_to
        and not said.album
        and content.kind is Kind.TEXT
        and bool(content.text.strip() and said.author.keys)
        and not (said.own_words and selfservice.is_meant(content))
        and not ticket_numbers(content.text)
    )


async def taken_in(helpdesk: HelpDesk, streams: Sequence[Sequence[Heard]]) -> list[int]:
    """Take in, in the caller's transaction, the streams that are plain from first to last where they are said.

    Returns their places in `streams`; of the others nothing was touched. Raises `Conflict`.
    """
    heard = [one for stream in streams for one in stream]
    scenes = await _scenes(heard)
    known = await _known(heard, scenes)

    def is_plain(one: Heard) -> bool:
        scene = scenes.get(one.who)
        return scene is not None and one.message not in known and _changes_nothing(helpdesk, scene, one.said)

    plain = [place for place, stream in enumerate(streams) if all(map(is_plain, stream))]
    await _write(helpdesk, [one for place in plain for one in streams[place]], scenes)
    return plain


async def _scenes(heard: Sequence[Heard]) -> dict[tuple[str, str], _Scene]:
    """Conversation, current ticket and its home of everybody who has all three."""
    known: dict[tuple[str, str], Conversation] = {}
    for channel in {one.channel for one in heard}:
        keys = sorted({one.said.author.keys[0] for one in heard if one.channel == channel})
        found = await conversations.by_best_key(channel, keys)
        known |= {(channel, key): conversation for key, conversation in found.items()}
    current = {conversation.ticket_id for conversation in known.values() if conversation.ticket_id is not None}
    at_work, homes = await tickets.get_many(current), await desk.topics(current)
    parked = await outbox.parked_among({conversation.id for conversation in known.values()})
    return {
        who: _Scene(conversation, at_work[conversation.ticket_id], homes[conversation.ticket_id])
        for who, conversation in known.items()
        if conversation.id not in parked and conversation.ticket_id in at_work and conversation.ticket_id in homes
    }


async def _known(heard: Sequence[Heard], scenes: Mapping[tuple[str, str], _Scene]) -> set[tuple[str, str]]:
    """Which messages we have already, have twice, or heard something about before they came."""
    places = {}
    for one in heard:
        if one.who in scenes:
            places[one.message] = (lanes.customer_place(scenes[one.who].conversation), one.said.external_id)
    in_the_map = await messages.posted(list(places.values()))
    found = {message for message, place in places.items() if place in in_the_map}
    found |= {message for message, amount in Counter(one.message for one in heard).items() if amount > 1}
    for channel in {channel for channel, _ in places}:
        ids = [external_id for of, external_id in places if of == channel]
        found |= {(channel, external_id) for external_id in await gestures.early_ones(channel, ids)}
    return found


def _changes_nothing(helpdesk: HelpDesk, scene: _Scene, said: Said) -> bool:
    """Whether nothing but the ledger and the topic changes by these words."""
    conversation, ticket = scene.conversation, scene.ticket
    return (
        not conversation.requester.banned
        and not conversation.awaiting
        and conversations.teaches_nothing(conversation, said.author)
        and ticket.status in _NOTHING_CHANGES
        and ticket.waiting_since is None
        and not questions.is_overtaken(helpdesk, ticket)
        and questions.understood(helpdesk, ticket, said.content.text.strip()) is None
    )


async def _write(helpdesk: HelpDesk, plain: Sequence[Heard], scenes: Mapping[tuple[str, str], _Scene]) -> None:
    """The ledger, the message map, the errands to the topics and the window."""
    if not plain:
        return
    told = [scenes[one.who] for one in plain]
    words = [
        relay.as_message(helpdesk, scene.conversation, scene.ticket, one.said)
        for one, scene in zip(plain, told, strict=True)
    ]
    posts, leaving = [], []
    for one, scene, message, new in zip(plain, told, words, await messages.add_texts(words), strict=True):
        place = lanes.customer_place(scene.conversation)
        posts.append(Post(place=place, external_id=one.said.external_id, message_id=new, ticket_id=message.ticket_id))
        leaving += errands.topic_posts(helpdesk, scene.home, relay.shown(helpdesk, message), message_id=new)
    await messages.post_new(posts)
    await outbox.add(leaving)
    spoken = _spoken_at(helpdesk, plain, scenes)
    await conversations.spoke(spoken)
    heard = {scene.conversation.id: scene.conversation for scene in told}
    await windows.redraw(helpdesk, [one for one, at in spoken.items() if windows.moves(helpdesk, heard[one], at)])


def _spoken_at(helpdesk: HelpDesk, plain: Sequence[Heard], scenes: Mapping[tuple[str, str], _Scene]) -> dict[int, int]:
    """When each conversation was last heard of; the provider's clock may run ahead of ours.

    That is written where it is no news, too: whoever closes the ticket meanwhile meets it, or is met.
    """
    now = helpdesk.now()
    latest: dict[int, int] = {}
    for one in plain:
        conversation = scenes[one.who].conversation
        at = min(one.said.at or now, now)
        latest[conversation.id] = max(at, latest.get(conversation.id, 0), conversation.last_inbound_at or 0)
    return latest
