"""The table of commands: complete, described in both languages, told by `/help`, and fit for Telegram's menu."""

import re
from pathlib import Path

import pytest

from bot.commands import COMMANDS, Command, help_text
from bot.domain.message import DeskPlace
from bot.domain.people import Agent, Role, may
from bot.domain.words import fold
from bot.services.call import Call
from bot.services.selfservice import MENU, SERVICES, find
from config.menus import menus
from tests.builders import GROUP, House, house, shipped_texts

README = Path(__file__).parents[1] / "README.md"
LOCALES = ("tr", "en")
PROMISED = {"take", "assign", "ask", "propose", "postpone", "dev", "resume", "note", "reply", "priority", "category"}
PROMISED |= {"tag", "untag", "away", "back", "set", "history", "tickets", "status", "close", "reopen", "role", "help"}
PROMISED |= {"merge", "link"}
ABOVE_AGENTS = {
    "close": Role.LEAD,
    "closed": Role.LEAD,
    "agents": Role.LEAD,
    "autoclose": Role.LEAD,
    "reload": Role.ADMIN,
    "ban": Role.LEAD,
    "unban": Role.LEAD,
    "vip": Role.LEAD,
    "unvip": Role.LEAD,
    "role": Role.ADMIN,
}
NAMES = [(command, name) for command in COMMANDS for name in command.names]


@pytest.fixture
def quiet_house(tmp_path: Path) -> House:
    """A help desk that needs no database as long as nobody is looked up."""
    return house(tmp_path)


def told(quiet_house: House, role: Role) -> Call:
    del quiet_house
    return Call(agent=Agent(id=1, name="Elif"), role=role, place=DeskPlace(chat=GROUP))


def test_every_promised_command_is_there() -> None:
    assert {command.name for command in COMMANDS} >= PROMISED


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_demands_the_role_it_should(command: Command) -> None:
    assert command.needs is ABOVE_AGENTS.get(command.name, Role.AGENT)


def test_no_name_means_two_commands() -> None:
    folded = [fold(name) for _, name in NAMES]
    assert len(folded) == len(set(folded))


@pytest.mark.parametrize(("command", "name"), NAMES)
def test_a_name_is_one_word_that_the_dispatcher_takes_for_a_command(command: Command, name: str) -> None:
    assert name[0].isalpha(), command
    assert len(name.split()) == 1


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_is_described(command: Command, locale: str) -> None:
    described = shipped_texts().text(locale, f"command-{command.name}")
    assert 0 < len(described) <= 60
    assert described != shipped_texts().text("en" if locale == "tr" else "tr", f"command-{command.name}")


@pytest.mark.parametrize("role", list(Role))
async def test_help_lists_what_the_caller_may_and_nothing_else(quiet_house: House, role: Role) -> None:
    lines = (await help_text(quiet_house.helpdesk, told(quiet_house, role))).splitlines()
    listed = {match[1] for line in lines if (match := re.match(r"/(\w+)", line))}
    assert listed == {command.name for command in COMMANDS if may(role, command.needs)}


async def test_help_shows_usage_and_description(quiet_house: House) -> None:
    text = await help_text(quiet_house.helpdesk, told(quiet_house, Role.AGENT))
    assert "/postpone WHEN [REASON] — ertele" in text
    assert "//" in text.splitlines()[0], "how to write a note comes first"


async def test_help_fits_into_one_message(quiet_house: House) -> None:
    assert len(await help_text(quiet_house.helpdesk, told(quiet_house, Role.ADMIN))) <= 4096


def test_telegrams_menus_keep_its_limits() -> None:
    """Bot API, setMyCommands: 1-32 of a-z, 0-9 and _; descriptions of 1-256 characters; at most 100 commands."""
    made = menus(shipped_texts())
    assert {(menu.audience, menu.language) for menu in made} == {
        (audience, language) for audience in ("customers", "agents") for language in ("", *LOCALES)
    }
    for menu in made:
        assert 1 <= len(menu.commands) <= 100
        assert len({name for name, _ in menu.commands}) == len(menu.commands)
        for name, description in menu.commands:
            assert re.fullmatch(r"[a-z0-9_]{1,32}", name)
            assert 1 <= len(description) <= 256


def test_the_agents_menu_is_the_table() -> None:
    agents = next(menu for menu in menus(shipped_texts()) if menu.audience == "agents" and menu.language == "en")
    assert [name for name, _ in agents.commands] == [command.name for command in COMMANDS]


def test_the_customers_menu_offers_what_there_is() -> None:
    assert {"new", "tickets", "status", "language", "help"} == set(MENU)
    for name in MENU:
        service = find(name)
        assert service is not None
        assert service.name == name


def test_customers_names_mean_one_service_each() -> None:
    names = [fold(name) for service in SERVICES for name in {fold(name) for name in service.names}]
    assert len(names) == len(set(names))


def commands_section() -> str:
    """README's chapter about commands, without which there is nothing to check."""
    text = README.read_text(encoding="utf-8")
    found = re.search(r"^## (?:Commands|Komutlar)\b(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, "README.md needs a section `## Commands`"
    return found[1]


def test_the_readme_names_every_command() -> None:
    section = commands_section()
    written = set(re.findall(r"/([a-z]+)", section))
    missing = {command.name for command in COMMANDS} | set(MENU)
    assert missing - written == set()
