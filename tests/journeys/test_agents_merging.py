"""Two tickets of one customer become one: what the customer hears, and where later words are seen."""

import pytest

from adapters.sandbox.page.cast import ELIF
from adapters.sandbox.players import Phone, topic
from adapters.sandbox.world import World
from tests.journeys.agents_desk import told, towards_customers
from tests.journeys.customers_phone import NUMBER, SECOND, heard, opened, press, proposed, reply_to


@pytest.fixture
def limits() -> bool:
    return False


async def test_a_merged_ticket_goes_on_in_the_other_one(world: World, customer: Phone) -> None:
    kept = await opened(world, customer)
    customer.says("/new Yazıcı hâlâ bozuk")
    await customer.hears(SECOND)
    gone = await topic(world, SECOND)
    await gone.shows("👤", "hâlâ bozuk")
    gone.writes(ELIF.user_id, f"/merge {NUMBER}")
    notice = await customer.hears(SECOND, "aynı", NUMBER)
    here = await kept.shows("🔗", SECOND, "hâlâ bozuk", f"/{gone.drawn['thread_id']}")
    there = await gone.shows("🔗", NUMBER, f"/{kept.drawn['thread_id']}")
    assert "https://t.me/c/" in here["text"]
    assert "https://t.me/c/" in there["text"]
    await gone.is_called("✅", SECOND)
    customer.says("Bir de kâğıt sıkışıyor")
    await kept.shows("👤", "kâğıt sıkışıyor")
    customer.says("Bunun için yazıyorum", reply_to=notice["id"])
    await kept.shows("👤", "Bunun için")
    customer.says(f"{SECOND} ne oldu?")
    await kept.shows("👤", "ne oldu?")
    kept.writes(ELIF.user_id, "Yarın geliyoruz")
    await customer.hears("Yarın geliyoruz")
    lost = gone.writes(ELIF.user_id, "Bu satır kaybolmasın")
    await told(world, gone, lost, "gönderilmedi", NUMBER)
    assert "kaybolmasın" not in towards_customers(world)
    assert len([words for words in heard(customer) if "aynı" in words]) == 1


async def test_a_button_of_a_merged_ticket_says_where_it_went(world: World, customer: Phone) -> None:
    gone = await proposed(world, customer)
    customer.says("/new Faturam nerede")
    await customer.hears(SECOND)
    await topic(world, SECOND)
    gone.writes(ELIF.user_id, f"/merge {SECOND}")
    await customer.hears(NUMBER, "aynı", SECOND)
    answer = await reply_to(world, customer, press(customer, "Kabul"))
    assert f"{NUMBER}, {SECOND} ile birleştirildi" in answer


async def test_an_english_speaker_is_told_in_english(world: World, john: Phone) -> None:
    john.says("The printer is broken")
    await john.hears(NUMBER)
    john.says("/new Still broken")
    await john.hears(SECOND)
    gone = await topic(world, SECOND)
    gone.writes(ELIF.user_id, f"/merge {NUMBER}")
    await john.hears(SECOND, "the same thing", NUMBER)


async def test_tickets_of_different_people_are_linked_and_never_merged(
    world: World, ayse: Phone, zeynep: Phone
) -> None:
    theirs = await opened(world, ayse)
    mine = await opened(world, zeynep, "Bizde de yazıcı bozuk", SECOND)
    refused = mine.writes(ELIF.user_id, f"/merge {NUMBER}")
    await told(world, mine, refused, "ayrı yazışmalara ait", "/link")
    mine.writes(ELIF.user_id, f"/link {NUMBER}")
    await theirs.shows("🔗", SECOND, "Bizde de")
    await mine.shows("🔗", NUMBER)
    zeynep.says("Haber var mı?")
    await mine.shows("👤", "Haber var mı?")
    assert not [words for words in (*heard(ayse), *heard(zeynep)) if "bağla" in words or "birleş" in words]
