"""Several tickets at once share the group's twenty writes a minute: words in order, never a 429, answers at once."""

from adapters.sandbox.faults import delay
from adapters.sandbox.page.cast import AYSE, ELIF
from adapters.sandbox.players import Phone, Topic, topics
from adapters.sandbox.world import World
from config.app import App
from tests.journeys.agents_desk import opened_ticket

PATIENCE = 55.0
"""Seconds; less than the minute after which the budget would be full again."""


def crowd(world: World, size: int) -> dict[str, str]:
    """So many more customers on WhatsApp: number to name."""
    people = {f"9055500002{number:02d}": f"Müşteri{number:02d} Soyadı" for number in range(size)}
    for number, name in people.items():
        world.whatsapp.add_contact(number, name)
    return people


def words_in(desk: Topic) -> str:
    return "\n".join(one["text"] for one in desk.messages if "👤" in one["text"])


async def test_five_tickets_at_once_arrive_whole_and_in_order(world: World, app: App) -> None:
    ayse = Phone(world, AYSE.key)
    desk = await opened_ticket(world, ayse)
    # Slow topics: everybody's first card is under way at the same time.
    world.telegram.faults.add("createForumTopic", delay(0.5), times=4)
    people = crowd(world, 4)
    for turn in range(4):
        for number in people:
            world.whatsapp.say(number, f"{number} söz {turn}.")
    desk.writes(ELIF.user_id, "Siz beklemeyin")
    await ayse.hears("Siz beklemeyin")

    def arrived() -> bool:
        desks = [Topic(world, name) for name in people.values()]
        return len(topics(world)) == 5 and all("söz 3." in words_in(desk) for desk in desks)

    await world.changes.wait_for(arrived, PATIENCE, what="five topics with everybody's words")
    for number, name in people.items():
        said = words_in(Topic(world, name))
        places = [said.index(f"{number} söz {turn}.") for turn in range(4)]
        assert places == sorted(places)
        assert not any(other in said for other in people if other != number)
    assert world.telegram.breaches == 0
