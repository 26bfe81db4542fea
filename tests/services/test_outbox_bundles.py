"""Many words in one post: they stay together when nobody knows whether the post arrived, and wait for no files."""

from pathlib import Path

from bot.domain.channel import TextUnit
from bot.domain.message import Attachment, Content, Kind
from bot.domain.split import measure
from bot.outbox.bundling import A_FLOOD
from store import outbox
from tests.builders import GROUP, House
from tests.proofs.delivering import on_stage
from tests.proofs.troubles import server_error

MARK = "🔁"
LATE, FILES = "📎 dosya yolda", 10
WORDS = [f"söz {number:02}" for number in range(3 * A_FLOOD)]


async def many_words(house: House) -> None:
    for words in WORDS:
        await house.customer(words)


def posts(house: House, before: int) -> list[str]:
    """What was posted about these words since."""
    return [words for words in house.telegram.said(GROUP)[before:] if "söz" in words]


async def test_a_post_that_nobody_knows_of_is_repeated_as_one_under_one_mark(desk_house: House) -> None:
    await desk_house.opened()
    before = len(desk_house.telegram.said(GROUP))
    await many_words(desk_house)
    desk_house.telegram.unknown.add(GROUP)
    await desk_house.deliver()
    desk_house.telegram.unknown.clear()
    await desk_house.customer("söz sonra")
    await desk_house.settles()
    tried, again, new = posts(desk_house, before)
    assert [words in again for words in WORDS] == [True] * len(WORDS)
    assert (again.count(MARK), MARK in tried, MARK in new, "sonra" in again) == (1, False, False, False)


async def test_what_a_dead_process_was_posting_as_one_is_repeated_as_one(desk_house: House) -> None:
    await desk_house.opened()
    before = len(desk_house.telegram.said(GROUP))
    await many_words(desk_house)
    now = desk_house.clock.now()
    [head] = [errand for errand in await outbox.claim("dead-process", now, 60_000, 10) if errand.ticket_id]
    followers = [errand.id for errand in await outbox.waiting_behind(head, len(WORDS))]
    await outbox.claim_too(followers[:-1], "dead-process", now, 60_000)
    desk_house.clock.move(61)
    await desk_house.outbox.recover()
    await desk_house.settles()
    again, last = posts(desk_house, before)
    assert (again.count(MARK), again.count("söz"), MARK in last) == (1, len(WORDS) - 1, False)


async def test_a_marked_post_is_no_longer_than_any_other(desk_house: House) -> None:
    await desk_house.opened()
    before = len(desk_house.telegram.said(GROUP))
    room = desk_house.telegram.capabilities.text - measure("👤 Ayşe", TextUnit.UTF16)
    words = ["söz".ljust(room // 6 - 1, str(number)) for number in range(5)]
    words.append("söz".ljust(room - sum(len(word) + 1 for word in words) - 1, "5"))
    for word in words:
        await desk_house.customer(word)
    desk_house.telegram.unknown.add(GROUP)
    await desk_house.deliver()
    desk_house.telegram.unknown.clear()
    await desk_house.settles()
    tried, *again = posts(desk_house, before)
    assert measure(tried, TextUnit.UTF16) == desk_house.telegram.capabilities.text
    assert max(measure(post, TextUnit.UTF16) for post in again) <= desk_house.telegram.capabilities.text
    assert [sum(word in post for post in again) for word in words] == [1] * len(words)


async def test_words_behind_many_slow_files_wait_for_one_of_them_at_most(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        house, slow = stage.house, True
        stage.whatsapp.fetching = lambda _: server_error("whatsapp") if slow else None
        await house.opened()
        await stage.settles()
        stage.clock.move(60)
        before = len(stage.telegram.said(GROUP))
        for number in range(FILES):
            file = Attachment(kind=Kind.PHOTO, ref=f"media-{number}", mime="image/jpeg")
            await house.customer(Content(text=f"fotoğraf {number}", attachment=file))
        await house.customer("Bunlar yeter mi?")
        await house.deliver()
        [post] = stage.telegram.said(GROUP)[before:]
        assert (post.count(LATE), post.endswith("Bunlar yeter mi?")) == (FILES, True)
        slow = False
        await stage.settles()
        shown = [call.words for call in stage.telegram.sent if call.files]
        assert sorted(shown) == [f"👤 Ayşe\nfotoğraf {number}" for number in range(FILES)]
