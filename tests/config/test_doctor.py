"""`gise check` against servers that speak the Bot API and the Graph API."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Unpack

import pytest
from aiohttp import ClientSession, web

from adapters.sandbox.changes import Changes
from adapters.sandbox.clock import SandboxClock
from adapters.sandbox.telegram import TelegramServer
from adapters.sandbox.telegram.server import Options
from adapters.sandbox.whatsapp import WhatsAppServer
from adapters.servertime import server_time
from config import findings
from config.doctor import examine
from config.findings import Mark
from config.policies import SHIPPED
from config.settings import load_settings
from store.upgrade import known_migrations

LATEST = known_migrations()[-1].version


class Practice:
    """Two servers, a data folder, and the doctor who looks at them."""

    def __init__(self, folder: Path) -> None:
        self.clock = SandboxClock(folder / "offset")
        self.changes = Changes()
        self.telegram = TelegramServer(self.clock, self.changes)
        self.whatsapp = WhatsAppServer(self.clock, self.changes)
        self.data = folder / "data"
        self.data.mkdir()

    async def start(self) -> None:
        await self.telegram.start()
        await self.whatsapp.start()

    async def stop(self) -> None:
        await self.telegram.stop()
        await self.whatsapp.stop()

    async def have(self, **options: Unpack[Options]) -> None:
        """Put another Bot API server in place of the first."""
        await self.telegram.stop()
        self.telegram = TelegramServer(self.clock, self.changes, **options)
        await self.telegram.start()

    @property
    def telegram_only(self) -> dict[str, str]:
        return {
            "GISE_TELEGRAM__TOKEN": self.telegram.token,
            "GISE_TELEGRAM__AGENT_GROUP_ID": str(self.telegram.group_id),
            "GISE_TELEGRAM__API_BASE": self.telegram.base_url,
            "GISE_DATA_DIR": str(self.data),
        }

    @property
    def both(self) -> dict[str, str]:
        return self.telegram_only | {
            "GISE_WHATSAPP__TOKEN": self.whatsapp.token,
            "GISE_WHATSAPP__PHONE_NUMBER_ID": "100000000000001",
            "GISE_WHATSAPP__BUSINESS_ACCOUNT_ID": self.whatsapp.business_account_id,
            "GISE_WHATSAPP__APP_SECRET": self.whatsapp.app_secret,
            "GISE_WHATSAPP__VERIFY_TOKEN": self.whatsapp.verify_token,
            "GISE_WHATSAPP__API_BASE": self.whatsapp.base_url,
        }

    async def found(self, usual: dict[str, str] | None = None, /, **variables: str) -> list[str]:
        """The doctor's lines, with these variables on top of the usual ones (default: of Telegram only)."""
        settings = load_settings((usual or self.telegram_only) | variables, env_file=None)
        lines = [str(finding) for finding in await examine(settings)]
        assert not [line for line in lines for secret in settings.secrets if secret in line]
        return lines

    async def troubles(self, usual: dict[str, str] | None = None, /, **variables: str) -> list[str]:
        return [line for line in await self.found(usual, **variables) if not line.startswith(Mark.GOOD)]


@pytest.fixture
async def practice(tmp_path: Path) -> AsyncIterator[Practice]:
    practice = Practice(tmp_path)
    await practice.start()
    yield practice
    await practice.stop()


async def test_a_healthy_installation_is_all_good(practice: Practice) -> None:
    lines = await practice.found(practice.both)
    assert all(line.startswith(Mark.GOOD) for line in lines)
    about = " ".join(lines)
    for subject in (
        "the bot is @",
        "topics",
        "polling works",
        "WhatsApp: the token",
        "templates",
        "Clock",
        "Files",
        "Database",
    ):
        assert subject in about


async def test_a_mistake_in_the_operators_files_is_named_with_its_line(practice: Practice, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    shipped = (SHIPPED / "sla.toml").read_text(encoding="utf-8")
    last = 2 + len(shipped.splitlines())
    (own / "sla.toml").write_text(f'{shipped}\n[teams.fatura]\ncalendar = "office"\n', encoding="utf-8")
    [team] = await practice.troubles(GISE_CONFIG__DIR=str(own))
    assert team.startswith(f"{Mark.BAD} Files: {own / 'sla.toml'}, line {last}: teams, fatura: expected: a team of")
    billing = {"GISE_TELEGRAM__MORE_GROUPS": '[{"id": -1001000000002, "team": "Fatura"}]'}
    assert not [line for line in await practice.troubles(GISE_CONFIG__DIR=str(own), **billing) if "Files" in line]
    (own / "intake.toml").write_text("[[field]]", encoding="utf-8")
    assert "intake.toml" in next(
        line for line in await practice.troubles(GISE_CONFIG__DIR=str(own), **billing) if "Files" in line
    )


async def test_whatsapp_may_be_left_out(practice: Practice) -> None:
    lines = await practice.found()
    assert all(line.startswith(Mark.GOOD) for line in lines)
    assert [line for line in lines if "WhatsApp" in line] == [f"{Mark.GOOD} WhatsApp: left out"]


async def test_a_refused_token_is_named_for_each_platform(practice: Practice) -> None:
    lines = await practice.troubles(practice.both, GISE_TELEGRAM__TOKEN="1:wrong", GISE_WHATSAPP__TOKEN="wrong")
    assert [line[0] for line in lines] == [Mark.BAD, Mark.BAD]
    assert "GISE_TELEGRAM__TOKEN" in lines[0]
    assert "GISE_WHATSAPP__TOKEN" in lines[1]


async def test_a_platform_that_cannot_be_reached_is_named_with_its_base(practice: Practice) -> None:
    await practice.telegram.stop()
    lines = await practice.troubles()
    assert lines[0].startswith(f"{Mark.BAD} Telegram: {practice.telegram.base_url} cannot be reached")
    assert "GISE_TELEGRAM__API_BASE" in lines[0]
    assert lines[1].startswith(f"{Mark.ODD} Clock: Telegram")
    assert len(lines) == 2


async def test_a_group_the_bot_is_not_in_is_a_fault(practice: Practice) -> None:
    [line] = await practice.troubles(GISE_TELEGRAM__AGENT_GROUP_ID="-1009999999999")
    assert line.startswith(f"{Mark.BAD} Agents' group -1009999999999: the bot is not in it")
    assert "GISE_TELEGRAM__AGENT_GROUP_ID" in line


async def test_a_bot_that_is_a_plain_member_cannot_open_topics(practice: Practice) -> None:
    await practice.have(bot_is_admin=False)
    topics, member = await practice.troubles()
    assert topics.startswith(Mark.BAD)
    assert "Manage Topics" in topics
    assert member.startswith(Mark.ODD)


async def test_privacy_mode_hides_messages_from_a_plain_member(practice: Practice) -> None:
    await practice.have(privacy=True, bot_is_admin=False)
    assert any(line.startswith(Mark.BAD) and "/setprivacy" in line for line in await practice.troubles())


async def test_privacy_mode_does_not_matter_to_an_administrator(practice: Practice) -> None:
    await practice.have(privacy=True)
    assert not await practice.troubles()


async def test_a_group_without_topics_works_and_is_pointed_out(practice: Practice) -> None:
    await practice.have(forum=False)
    [line] = await practice.troubles()
    assert line.startswith(Mark.ODD)
    assert "Topics" in line


async def test_a_webhook_that_is_set_starves_polling(practice: Practice) -> None:
    await set_webhook(practice, "http://127.0.0.1:9/secret-path")
    [line] = await practice.troubles()
    assert line.startswith(f"{Mark.BAD} Telegram: updates go to a webhook at 127.0.0.1")
    assert "deleteWebhook" in line
    assert "secret-path" not in line


async def test_webhook_mode_without_a_webhook_says_how_to_set_it(practice: Practice) -> None:
    mode = {"GISE_TELEGRAM__MODE": "webhook", "GISE_TELEGRAM__WEBHOOK_SECRET": "s" * 32}
    [line] = await practice.troubles(**mode)
    assert line.startswith(f"{Mark.BAD} Telegram: no webhook is set")
    assert "setWebhook" in line
    await set_webhook(practice, "http://127.0.0.1:9/webhooks/telegram")
    assert not await practice.troubles(**mode)


async def test_a_webhook_that_the_next_start_will_set_is_pointed_out(practice: Practice) -> None:
    mode = {
        "GISE_TELEGRAM__MODE": "webhook",
        "GISE_TELEGRAM__WEBHOOK_SECRET": "s" * 32,
        "GISE_TELEGRAM__WEBHOOK_URL": "http://127.0.0.1:9/webhooks/telegram",
    }
    [line] = await practice.troubles(**mode)
    assert line.startswith(f"{Mark.ODD} Telegram: no webhook is set")
    await set_webhook(practice, "http://127.0.0.1:8/other")
    [line] = await practice.troubles(**mode)
    assert line.startswith(f"{Mark.ODD} Telegram: the webhook leads to 127.0.0.1, not to GISE_TELEGRAM__WEBHOOK_URL")
    await set_webhook(practice, mode["GISE_TELEGRAM__WEBHOOK_URL"])
    assert not await practice.troubles(**mode)


async def test_an_account_whose_webhooks_nobody_gets_is_a_fault(practice: Practice) -> None:
    practice.whatsapp.subscribed = False
    [line] = await practice.troubles(practice.both)
    assert line.startswith(f"{Mark.BAD} WhatsApp: no app gets the webhooks")
    assert "/webhooks/whatsapp" in line


async def test_without_the_business_account_webhooks_and_templates_stay_unexamined(practice: Practice) -> None:
    [line] = await practice.troubles(practice.both, GISE_WHATSAPP__BUSINESS_ACCOUNT_ID="")
    assert line.startswith(Mark.ODD)
    assert "GISE_WHATSAPP__BUSINESS_ACCOUNT_ID" in line


NAMED = {
    "GISE_WHATSAPP__TEMPLATE_ANSWER": "gise_answer_waiting",
    "GISE_WHATSAPP__TEMPLATE_REMINDER": "gise_reminder",
    "GISE_WHATSAPP__TEMPLATE_CLOSED": "gise_closed",
    "GISE_WHATSAPP__TEMPLATE_NO_NEWS": "gise_no_news",
}


async def test_each_configured_template_is_examined_in_each_language(practice: Practice) -> None:
    lines = await practice.found(practice.both, **NAMED)
    assert all(line.startswith(Mark.GOOD) for line in lines)
    assert sum("is approved and fits" in line for line in lines) == 2 * len(NAMED)


@pytest.mark.parametrize(
    ("status", "words", "advice"),
    [
        ("PAUSED", "is paused", "wording"),
        ("DISABLED", "is disabled", "another name"),
        ("REJECTED", "was rejected", "appeal"),
        ("IN_APPEAL", "is being reviewed", "wait"),
        ("PENDING", "is being reviewed", "wait"),
        ("ARCHIVED", "does not exist", "category Utility"),
    ],
)
async def test_a_template_that_cannot_be_sent_is_a_fault_with_advice(
    practice: Practice, status: str, words: str, advice: str
) -> None:
    practice.whatsapp.set_template("gise_reminder", "en", status=status)
    [line] = await practice.troubles(practice.both, **NAMED)
    assert line.startswith(f"{Mark.BAD} WhatsApp: GISE_WHATSAPP__TEMPLATE_REMINDER=gise_reminder (en) {words}")
    assert advice in line


async def test_a_template_that_does_not_fit_is_a_fault(practice: Practice) -> None:
    practice.whatsapp.add_template("gise_answer_waiting", "tr", "{{1}} için yanıtımız var")
    practice.whatsapp.add_template("gise_closed", "tr", "Kapandı")
    button, variables = await practice.troubles(practice.both, **NAMED)
    assert "quick reply" in button
    assert "{{1}}" in variables


async def test_a_language_without_a_template_is_pointed_out_and_a_near_one_named(practice: Practice) -> None:
    practice.whatsapp.templates.remove("gise_closed", "en")
    practice.whatsapp.add_template("gise_closed", "en_US", "{{1}} is closed.")
    [line] = await practice.troubles(practice.both, **NAMED)
    assert line.startswith(f"{Mark.ODD} WhatsApp: GISE_WHATSAPP__TEMPLATE_CLOSED=gise_closed (en) does not exist")
    assert "en_US" in line
    [line] = await practice.troubles(practice.both, **NAMED, GISE_DEFAULT_LOCALE="en")
    assert line.startswith(Mark.BAD), "the desk's own language is a must"


async def test_bad_ratings_are_pointed_out(practice: Practice) -> None:
    practice.whatsapp.set_number(quality="RED", status="FLAGGED")
    practice.whatsapp.set_template("gise_closed", "tr", quality="YELLOW")
    practice.whatsapp.add_template("gise_reminder", "tr", "{{1}}", category="MARKETING")
    lines = await practice.troubles(practice.both, **NAMED)
    assert [line[0] for line in lines] == [Mark.ODD] * 4
    for line, words in zip(lines, ("FLAGGED", "rates the number RED", "MARKETING", "YELLOW"), strict=True):
        assert words in line


async def test_the_servers_clock_is_read_from_its_answers() -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(headers={"Date": "Sat, 01 Jan 2022 00:00:00 GMT"})

    app = web.Application()
    app.router.add_route("*", "/", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    assert await server_time(url) == 1_640_995_200
    await runner.cleanup()
    assert await server_time(url) is None


@pytest.mark.parametrize(
    ("skew", "mark", "words"),
    [
        (59.0, Mark.GOOD, "within"),
        (61.0, Mark.BAD, "61 s ahead"),
        (-3600.0, Mark.BAD, "3600 s behind"),
        (None, Mark.ODD, "did not tell"),
    ],
)
def test_a_clock_that_is_more_than_a_minute_off_is_a_fault(skew: float | None, mark: Mark, words: str) -> None:
    finding = findings.clock("Telegram", skew)
    assert finding.mark is mark
    assert words in finding.what


async def test_a_data_folder_that_is_a_file_is_a_fault(practice: Practice) -> None:
    file = practice.data / "file"
    file.touch()
    [line] = await practice.troubles(GISE_DATA_DIR=str(file), GISE_DATABASE__URL=f"sqlite://{practice.data}/db")
    assert line.startswith(f"{Mark.BAD} Data folder: {file} is not writable")
    assert "GISE_DATA_DIR" in line


async def test_a_data_folder_that_is_not_there_yet_is_fine_and_is_not_made(practice: Practice) -> None:
    folder = practice.data / "later" / "gise"
    assert not await practice.troubles(GISE_DATA_DIR=str(folder))
    assert not folder.parent.exists()


@pytest.mark.parametrize(
    ("version", "mark", "words"),
    [
        (LATEST, Mark.GOOD, "current version"),
        (LATEST + 1, Mark.BAD, "newer program"),
        (LATEST - 1, Mark.ODD, "upgrades"),
        (None, Mark.BAD, "cannot be read"),
    ],
)
async def test_the_databases_version_is_compared_with_the_programs(
    practice: Practice, version: int | None, mark: Mark, words: str
) -> None:
    file = practice.data / "gise.sqlite3"
    await asyncio.to_thread(make_database, file, version)
    [line] = [line for line in await practice.found() if "Database" in line]
    assert line.startswith(mark)
    assert words in line


def make_database(file: Path, version: int | None) -> None:
    """A file of this schema version; `None`: a file that is no database."""
    if version is None:
        file.write_bytes(b"not a database at all" * 100)
        return
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE schema_version (version INTEGER PRIMARY KEY, name TEXT NOT NULL)")
        connection.execute("INSERT INTO schema_version VALUES (?, 'step')", (version,))


async def set_webhook(practice: Practice, url: str) -> None:
    async with (
        ClientSession() as http,
        http.post(f"{practice.telegram.base_url}/bot{practice.telegram.token}/setWebhook", data={"url": url}) as answer,
    ):
        assert (await answer.json())["ok"]


async def test_every_group_and_every_helping_bot_is_looked_at(practice: Practice) -> None:
    second = -1001000000002
    await practice.have(more_tokens=["43:HELPER", "44:HELPER"])
    practice.telegram.add_group(second, "Fatura", forum=True, bot_status="administrator")
    usual = practice.telegram_only | {
        "GISE_TELEGRAM__MORE_GROUPS": f'[{{"id": {second}, "team": "fatura"}}]',
        "GISE_TELEGRAM__DESK_TOKENS": '["43:HELPER", "44:HELPER"]',
    }
    lines = await practice.found(usual)
    assert not [line for line in lines if not line.startswith(Mark.GOOD)]
    assert len([line for line in lines if line.startswith(f"{Mark.GOOD} Helper bot @gise_4")]) == 2
    practice.telegram.add_user(9, "Deniz")
    practice.telegram.set_bot_status("kicked", by=9, chat_id=second)
    practice.telegram.set_bot_status("left", by=9, chat_id=second, bot_id=43)
    practice.telegram.revoke(44)
    group, stranger, revoked = await practice.troubles(usual)
    assert "GISE_TELEGRAM__MORE_GROUPS" in group
    assert str(second) in stranger
    assert ("bot 44" in revoked, "GISE_TELEGRAM__DESK_TOKENS" in revoked) == (True, True)
