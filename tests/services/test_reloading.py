"""`/reload` with another `intake.toml`: taken whole or not at all, by every worker, and in the middle of questions."""

from functools import partial
from pathlib import Path

import pytest

from bot import inbox
from bot.domain.intake import IntakeForm
from bot.domain.message import Said
from bot.domain.sla.policy import Sla
from bot.domain.ticket import Ticket
from bot.helpdesk import Intake
from bot.inbox import Outcome
from bot.services import reloading
from config.policies import PolicyError, load_intake
from store.sql import rows
from tests.builders import AYSE, BOSS, ELIF, GROUP, MEHMET, ZEYNEP, House, content, house, new_id, outgoing

FLOOR = '[[field]]\nid = "floor"\nkind = "number"\nlabel = { tr = "Kat" }\nask = { tr = "Kaçıncı kat?" }\n'
BRANCH = """[[field]]
id = "branch"
kind = "choice"
label = {{ tr = "Şube" }}
ask = {{ tr = "Hangi şube?" }}
option = [{{ id = "{}", title = {{ tr = "{}" }} }}, {{ id = "izmir", title = {{ tr = "İzmir" }} }}]
"""
ANKARA, BURSA = BRANCH.format("ankara", "Ankara"), BRANCH.format("bursa", "Bursa")


@pytest.fixture
def asking(desk_house: House, folder: Path) -> House:
    """A desk that asks for the branch, then for the floor."""
    wrote(folder, ANKARA + FLOOR)
    return reading(desk_house, folder)


def wrote(folder: Path, text: str) -> None:
    (folder / "intake.toml").write_text(text, encoding="utf-8")


def reading(desk_house: House, folder: Path) -> House:
    return house(desk_house.helpdesk.files, intake=Intake(partial(load_intake, folder)))


async def reloads(asking: House, folder: Path, text: str) -> Outcome:
    wrote(folder, text)
    return await asking.agent("/reload", who=BOSS)


async def in_the_middle(asking: House, *answers: str) -> Ticket:
    """A ticket of Ayşe's with these questions answered."""
    await asking.customer("Yazıcı çalışmıyor")
    for answer in ("soru", *answers):
        await asking.customer(answer)
    await asking.settles()
    return await asking.ticket()


async def asked_last(asking: House) -> str:
    await asking.settles()
    return asking.whatsapp.said()[-1]


def ids(form: IntakeForm) -> list[str]:
    return [question.id for question in form.questions]


async def test_new_tickets_are_asked_the_new_questions(asking: House, folder: Path) -> None:
    assert await reloads(asking, folder, FLOOR) is Outcome.DONE
    await asking.settles()
    assert "sorular yeniden okundu" in asking.telegram.said(GROUP)[-1]
    await in_the_middle(asking)
    assert "Kaçıncı kat?" in await asked_last(asking)


async def test_a_mistake_is_told_with_file_line_and_what_was_expected_and_changes_nothing(
    asking: House, folder: Path
) -> None:
    before = asking.helpdesk.form
    wrong = ANKARA + FLOOR.replace('"number"', '"date"')
    assert await reloads(asking, folder, wrong) is Outcome.REFUSED
    await asking.settles()
    line = wrong.splitlines().index('kind = "date"') + 1
    told = asking.telegram.said(GROUP)[-1]
    assert f"{folder / 'intake.toml'}, line {line}: field 2, kind: expected:" in told
    assert "'choice', 'text' or 'number'" in told
    assert asking.helpdesk.form is before
    assert await rows("SELECT 1 FROM audit WHERE action = 'reload'") == []


async def test_a_mistake_in_the_service_levels_keeps_the_old_questions_too(asking: House, folder: Path) -> None:
    before = asking.helpdesk.form

    def broken() -> Sla:
        raise PolicyError(Path("sla.toml"), "resolution", "expected: a length", 7)

    asking.helpdesk.levels.load = broken
    assert await reloads(asking, folder, FLOOR) is Outcome.REFUSED
    assert asking.helpdesk.form is before


async def test_nobody_but_an_admin_may(asking: House, folder: Path) -> None:
    wrote(folder, FLOOR)
    assert await asking.agent("/reload", who=ELIF) is Outcome.REFUSED
    assert "branch" in ids(asking.helpdesk.form)


async def test_another_worker_follows_and_reads_nothing_when_nothing_changed(asking: House, folder: Path) -> None:
    other = reading(asking, folder)
    for worker in (asking, other):
        await reloading.settle(worker.helpdesk)
    form = other.helpdesk.form
    await reloading.keep_up(other.helpdesk)
    assert other.helpdesk.form is form
    await reloads(asking, folder, FLOOR)
    await reloading.keep_up(other.helpdesk)
    assert ids(other.helpdesk.form) == ids(asking.helpdesk.form) == ["type", "scope", "reproducible", "floor"]


async def test_a_worker_whose_file_has_a_mistake_keeps_its_old_questions(asking: House, folder: Path) -> None:
    other = reading(asking, folder)
    await reloads(asking, folder, FLOOR)
    wrote(folder, "[[field]]")
    with pytest.raises(PolicyError):
        await reloading.keep_up(other.helpdesk)
    assert "branch" in ids(other.helpdesk.form)


async def test_a_question_that_is_gone_is_passed_over_with_the_next_words(asking: House, folder: Path) -> None:
    ticket = await in_the_middle(asking)
    assert ticket.intake == "branch"
    await reloads(asking, folder, FLOOR)
    await asking.customer("Ankara")
    assert "Kaçıncı kat?" in await asked_last(asking)
    assert any("Ankara" in words for words in asking.telegram.said(GROUP)), (
        "no answer any more, so it is for the agents"
    )
    await asking.customer("3")
    assert "Kat: 3" in await asked_last(asking)
    assert (await asking.again(ticket)).intake == ""


async def test_a_question_that_is_gone_is_passed_over_when_words_of_many_come_together(
    asking: House, folder: Path
) -> None:
    ticket = await in_the_middle(asking)
    await reloads(asking, folder, FLOOR)
    for who in (AYSE, MEHMET):
        said = Said(author=who, at=asking.clock.now(), content=content("Ankara"), external_id=new_id("c"))
        await inbox.accept(asking.helpdesk, [asking.whatsapp.stage(said, lane=who.name)])
    await inbox.drain(asking.helpdesk)
    assert (await asking.again(ticket)).intake == "floor"


async def test_the_button_of_a_question_that_is_gone_asks_the_next_one(asking: House, folder: Path) -> None:
    ticket = await in_the_middle(asking)
    await reloads(asking, folder, FLOOR)
    await asking.presses(f"i:{ticket.id}:branch:ankara")
    await asking.settles()
    assert "Kaçıncı kat?" in asking.whatsapp.said()[-2]
    assert "Sorularımız az önce değişti" in asking.whatsapp.said()[-1]
    await asking.presses(f"i:{ticket.id}:branch:ankara")
    assert "artık geçerli değil" in await asked_last(asking)
    assert (await asking.again(ticket)).intake == "floor"


async def test_when_the_last_question_is_gone_what_was_understood_is_confirmed(asking: House, folder: Path) -> None:
    ticket = await in_the_middle(asking, "Ankara")
    assert ticket.intake == "floor"
    await reloads(asking, folder, ANKARA)
    await asking.customer("Bir de ekran kararıyor")
    assert "Şube: Ankara" in await asked_last(asking)
    assert (await asking.again(ticket)).intake == ""


async def test_a_question_whose_options_changed_is_asked_again(asking: House, folder: Path) -> None:
    ticket = await in_the_middle(asking)
    await reloads(asking, folder, BURSA + FLOOR)
    await asking.presses(f"i:{ticket.id}:branch:ankara")
    await asking.settles()
    again = asking.whatsapp.sent[-2].part
    assert [button.title for row in again.rows for button in row][:2] == ["Bursa", "İzmir"]
    assert (await asking.again(ticket)).answers == {"type": "question"}
    await asking.presses(f"i:{ticket.id}:branch:bursa")
    assert (await asking.again(ticket)).answers == {"type": "question", "branch": "bursa"}


async def test_an_answer_to_a_former_question_stays_on_the_card_and_in_the_confirmation(
    asking: House, folder: Path
) -> None:
    ticket = await in_the_middle(asking, "Ankara")
    await reloads(asking, folder, FLOOR)
    await asking.customer("3")
    assert "branch: ankara" in await asked_last(asking)
    await asking.agent("/status", ticket)
    await asking.settles()
    assert "branch: ankara" in asking.telegram.said(GROUP)[-1]


async def test_while_an_agent_waits_for_the_customer_no_question_comes_in_between(asking: House, folder: Path) -> None:
    ticket = await in_the_middle(asking)
    await asking.agent("/ask Hangi model?", ticket)
    await reloads(asking, folder, FLOOR)
    await asking.settles()
    asked = len(asking.whatsapp.said())
    await asking.customer("LaserJet 400")
    await asking.settles()
    assert len(asking.whatsapp.said()) == asked
    await asking.customer("Seri numarası altta yazıyor galiba")
    assert "Kaçıncı kat?" in await asked_last(asking)


async def test_somebody_elses_old_button_moves_nothing(asking: House, folder: Path) -> None:
    ticket = await in_the_middle(asking)
    await reloads(asking, folder, FLOOR)
    before = await asking.again(ticket)
    await asking.presses(f"i:{ticket.id}:branch:ankara", ZEYNEP)
    assert await asking.again(ticket) == before
    told = [row for row in await outgoing(channel="whatsapp") if "Kaçıncı" in row["payload"]]
    assert told == [], f"nothing to {AYSE.name}"
