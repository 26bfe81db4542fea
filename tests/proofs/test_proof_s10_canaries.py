"""S10: numbers, names, words and secrets go where they belong, and never into a log, a metric or a page."""

import asyncio
import json
import logging
import os
import random
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import structlog
from aiohttp import ClientSession

from adapters.sandbox.faults import error, html_502, reset_after, reset_before
from adapters.whatsapp.signature import HEADER, sign
from config.doctor import examine
from config.settings import ConfigurationError, load_settings
from store.sql import rows
from tests.proofs.canaries import ADMIN, Secrets, Somebody, Town, canaries, everything_logged, hits, outside, town
from tests.proofs.proof import Proof

pytestmark = pytest.mark.proof("S10")

ROOT = Path(__file__).parents[2]
GISE = Path(sys.executable).with_name("gise")
CRASH_SECONDS = 120.0
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


async def test_no_canary_is_ever_written_down(proof: Proof, tmp_path: Path) -> None:
    secrets = Secrets.drawn(proof.draw())
    with everything_logged(secrets.all()[:1] + secrets.all()[3:]) as (as_text, as_json):
        async with town(tmp_path, secrets) as there:
            pages = [await pages_of(there)]
            for _ in range(proof.size(1, 10)):
                await ordinary_day(there, there.people)
                await bad_day(there, proof.draw())
                await broken_day(there)
                careless_libraries(there)
            pages.append(await pages_of(there))
            checked = [f"{found.mark} {found.what} {found.advice}" for found in await examine(there.settings)]
            wanted = canaries(there.people, secrets)
            shown = repr(there.settings) + str(there.settings)
    told = {"text": as_text.getvalue(), "json": as_json.getvalue(), "check": "\n".join(checked), "settings": shown}
    told |= {f"page {number}": page for number, page in enumerate(pages)}
    assert {where: hits(text, wanted) for where, text in told.items() if hits(text, wanted)} == {}
    levels = Counter(json.loads(line)["level"] for line in as_json.getvalue().splitlines())
    tracebacks = as_json.getvalue().count("Traceback (most recent call last)")
    assert tracebacks >= 4, "exceptions were forced"
    assert levels["warning"] >= 2
    assert all(mark in as_json.getvalue() for mark in ("[number]", "[secret]", "hidden]", " bytes]"))
    proof.tell(canaries=len(wanted), lines=dict(levels), tracebacks=tracebacks, hits=0)


async def ordinary_day(there: Town, people: tuple[Somebody, ...]) -> None:
    """Everybody writes, somebody sends a file, the agents answer, everybody is answered."""
    for who in people:
        there.says(who, f"{who.words} yazıcı çalışmıyor")
    for who in people:
        await there.group_shows(who.words)
    first = people[0]
    there.whatsapp.send_file(
        first.phone, "document", b"%PDF-1.4", name=f"{people[1].words}.pdf", mime="application/pdf", caption=first.words
    )
    there.telegram.send_file(people[-1].user_id, "photo", PNG, name=f"{people[1].words}.png", caption=people[2].words)
    await there.group_shows(people[2].words, times=2)
    for topic in there.telegram.topics()[:2]:
        where: dict[str, Any] = {"chat_id": there.telegram.group_id, "thread_id": topic["thread_id"]}
        there.telegram.say(ADMIN, f"{first.words} için bakıyoruz", **where)
        there.telegram.say(ADMIN, f"/note {people[3].words} {people[3].phone}", **where)
        there.telegram.say(ADMIN, "/history", **where)
    await there.group_shows("🕘")


async def bad_day(there: Town, dice: random.Random) -> None:
    """The platforms break off, refuse and quote what they were told; strangers knock with odd bodies."""
    who, other = dice.sample(there.people, 2)
    quoting = {"error": {"message": f"{who.phone} {who.name}: {who.words}", "code": 100, "type": "OAuthException"}}
    for outcome in (error(400, quoting), error(500, quoting), html_502(), reset_before(), reset_after()):
        there.whatsapp.faults.add("messages", outcome)
    words = f"Bad Request: can't send to {who.phone}: {who.words} /bot{there.telegram.token}/sendMessage"
    for outcome in (error(400, {"ok": False, "error_code": 400, "description": words}), error(502, words), html_502()):
        there.telegram.faults.add("sendMessage", outcome)
    there.telegram.faults.add("getUpdates", error(500, words))
    for somebody in (there.people[0], there.people[-1], who, other):
        there.says(somebody, "/help")
        there.says(somebody, f"{somebody.words} hâlâ")
    body: dict[str, Any] = {"message_id": 1, "text": who.words, "chat": who.name, "from": {"first_name": who.name}}
    there.telegram.queue_update({"message": body})
    for odd in (
        {"object": "whatsapp_business_account", "entry": [{"changes": [{"value": {"messages": [quoting]}}]}]},
        {"object": who.words, "entry": who.phone},
    ):
        await posted(there, json.dumps(odd).encode())
    await posted(there, f"{who.words} {{".encode())
    await there.group_shows("okunamadı ve saklandı")


async def posted(there: Town, body: bytes, *, signed: bool = True) -> int:
    """A webhook of ours or of a stranger, and Meta's handshake with the word in its address."""
    headers = {HEADER: sign(there.whatsapp.app_secret if signed else "guess", body)}
    asked = {"hub.mode": "subscribe", "hub.verify_token": there.whatsapp.verify_token, "hub.challenge": "1"}
    async with ClientSession() as http:
        async with http.get(f"{there.address}/webhooks/whatsapp", params=asked):
            pass
        async with http.post(f"{there.address}/webhooks/whatsapp", data=body, headers=headers) as answer:
            return answer.status


async def broken_day(there: Town) -> None:
    """Tables vanish in the middle of use cases, at the door, and under the pages: each is an exception of ours."""
    for number, table in enumerate(("message", "outbox", "inbox")):
        who = there.people[number]
        await rows(f"ALTER TABLE {table} RENAME TO {table}_gone")
        try:
            body = json.dumps({"object": "whatsapp_business_account", "entry": [_entry(there, who)]}).encode()
            await posted(there, body)
            there.says(there.people[-1 - number], f"{there.people[-1 - number].words} kayıp")
            await pages_of(there)
            await there.changes.wait_for(lambda: len(there.telegram.unconfirmed) < 3, 5.0, what="a look at the updates")
        finally:
            await rows(f"ALTER TABLE {table}_gone RENAME TO {table}")


def careless_libraries(there: Town) -> None:
    """Whatever they may put into the log, at every level, with and without a traceback."""
    who, library, own = there.people[0], logging.getLogger("library"), structlog.get_logger("bot.somewhere")
    address = f"{there.telegram.base_url}/bot{there.telegram.token}/sendMessage?to=+{who.phone}"
    for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL):
        library.log(level, "POST %s %r", address, {"Authorization": f"Bearer {there.whatsapp.token}"})
    own.error("odd", text=who.words, name=who.name, update={"message": {"text": who.words, "from": who.phone}})
    try:
        raise OSError(f"{address} {there.whatsapp.app_secret} whatsapp:{who.phone}")
    except OSError:
        library.exception("gave up on %s", who.phone)
        own.exception("gave up", phone=who.phone, update=[who.words.encode()])


@pytest.mark.slow
async def test_a_crash_leaves_no_canary_behind(proof: Proof, tmp_path: Path) -> None:
    """A process of its own that dies in the middle of a commit, and what it wrote to the terminal."""
    secrets = Secrets.drawn(proof.draw())
    written = ""
    async with outside(tmp_path, secrets) as there:
        wanted = canaries(there.people, secrets)
        for point in ("inbox.before_commit:2", "outbox.called:2")[: proof.size(1, 2)]:
            extra = {"GISE_CHAOS__CRASH_AT": point, "GISE_LOG__LEVEL": "DEBUG", "PATH": os.environ["PATH"]}
            for who in there.people[-3:]:
                there.says(who, who.words)
            gise = await asyncio.create_subprocess_exec(
                GISE,
                "run",
                cwd=ROOT,
                env=there.environment(tmp_path) | extra,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
            try:
                output, _ = await asyncio.wait_for(gise.communicate(), CRASH_SECONDS)
            except TimeoutError:
                gise.kill()
                raise
            assert gise.returncode == -signal.SIGKILL, "it crashed"
            written += output.decode()
    assert hits(written, wanted) == []
    assert written
    proof.tell(crashes=proof.size(1, 2), lines=len(written.splitlines()), hits=0)


def _entry(there: Town, who: Somebody) -> dict[str, Any]:
    message = {"id": f"wamid.{who.number}", "from": who.phone, "timestamp": "1", "type": "text"}
    value = {
        "metadata": {"phone_number_id": there.whatsapp.phone_number_id},
        "contacts": [{"wa_id": who.phone, "profile": {"name": who.name}}],
        "messages": [message | {"text": {"body": who.words}}],
    }
    return {"id": "1", "changes": [{"field": "messages", "value": value}]}


async def pages_of(there: Town) -> str:
    """What the three pages for machines show."""
    async with ClientSession() as http:
        texts = []
        for page in ("healthz", "readyz", "metrics"):
            async with http.get(f"{there.address}/{page}") as answer:
                texts.append(await answer.text())
    return "\n".join(texts)


def test_a_wrong_configuration_quotes_no_secret(proof: Proof, tmp_path: Path) -> None:
    secrets = Secrets.drawn(proof.draw())
    wrong = {
        "GISE_TELEGRAM__TOKEN": f"no colon in {secrets.app_secret}",
        "GISE_WHATSAPP__TOKEN": secrets.access_token,
        "GISE_WHATSAPP__APP_SECRET": secrets.app_secret,
        "GISE_WHATSAPP__VERIFY_TOKEN": secrets.verify_token,
        "GISE_TELEGRAM__WEBHOOK_SECRET": f"ç{secrets.verify_token}",
        "GISE_TELEGRAM__AGENT_GROUP_ID": "five",
    }
    with pytest.raises(ConfigurationError) as caught:
        load_settings(wrong, None)
    quoted = [secret for secret in secrets.all() if secret in str(caught.value)]
    assert quoted == []
    assert caught.value.__cause__ is None
    assert len(caught.value.problems) >= 3
    proof.tell(problems=len(caught.value.problems), secrets_quoted=0)


# What real secrets look like; the allowed ones are invented and say so.
_DETECTORS = {
    "a bot's token": re.compile(r"\b\d{8,10}:[A-Za-z0-9_-]{35}\b"),
    "Meta's access token": re.compile(r"\bEAA[A-Za-z0-9]{40,}"),
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----"),
    "a cloud key": re.compile(r"\bAKIA[0-9A-Z]{16}\b"),
    "a GitHub token": re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36}\b"),
    "a password in an address": re.compile(r"\b[a-z]+://[^\s/:@'\"{}<>]+:[^\s/:@'\"{}<>$]{6,}@[a-z0-9.-]+\.[a-z]{2,}"),
}


def monotone(secret: str) -> bool:
    """Invented: a handful of different letters, or counted up."""
    letters = re.sub(r"^\d+:|^EAA", "", secret)
    return len(set(letters)) <= 12 or letters in string_of_all()


def string_of_all() -> str:
    return "".join(map(chr, range(33, 127))) * 2


def tracked() -> list[Path]:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("no git tree here")
    listed = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    return [path for name in listed.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


def test_the_tree_holds_no_secret(proof: Proof) -> None:
    found = []
    files = tracked()
    for path in files:
        text = path.read_bytes().decode("utf-8", "replace")
        for what, pattern in _DETECTORS.items():
            found += [(path.relative_to(ROOT).as_posix(), what) for hit in pattern.findall(text) if not monotone(hit)]
    assert found == []
    assert len(files) > 400
    proof.tell(files=len(files), detectors=len(_DETECTORS), secrets=0)


def test_the_detectors_detect(proof: Proof) -> None:
    """Made of pieces, so that this file does not set them off itself."""
    drawn = Secrets.drawn(proof.draw())
    planted = [drawn.bot_token, drawn.access_token, "-----BEGIN " + "PRIVATE KEY-----", "AKIA" + "J7Q2XK4M9RT5ZW8B"]
    for secret in planted:
        assert any(pattern.search(f"x = '{secret}'") for pattern in _DETECTORS.values())
    assert not monotone(drawn.bot_token)
    assert not monotone(drawn.access_token)
    proof.tell(planted=len(planted))
