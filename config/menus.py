"""The command menus Telegram shows, made from the two tables that also dispatch and explain the commands."""

from adapters.telegram.menus import Menu
from bot.commands import COMMANDS
from bot.services.selfservice import MENU
from bot.texts import Texts


def menus(texts: Texts) -> list[Menu]:
    """One menu per audience and language; everybody else sees the default language."""
    return [
        Menu(audience=audience, language=language, commands=commands(texts, audience, language or texts.default))
        for audience in ("customers", "agents")
        for language in ("", *texts.locales)
    ]


def commands(texts: Texts, audience: str, locale: str) -> list[tuple[str, str]]:
    """Official names with their descriptions; aliases stay typed only."""
    if audience == "customers":
        return [(name, texts.text(locale, f"menu-{name}")) for name in MENU]
    return [(command.name, texts.text(locale, f"command-{command.name}")) for command in COMMANDS]
