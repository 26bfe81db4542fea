"""S4: the name of a file is words and nothing else: never a place on our disk, and shown without its tricks."""

import json
import re
import unicodedata
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapters.telegram.capabilities import CAPABILITIES
from bot.domain.message import Attachment, Said
from bot.domain.outgoing import Address, FetchedFile, LocalFile, Part
from bot.ports import Channel
from tests.proofs import hostile
from tests.proofs.hostile import INVISIBLE
from tests.proofs.platforms import AYSE, TO_AYSE, ZEYNEP, Platforms, platforms
from tests.proofs.proof import Proof

pytestmark = pytest.mark.proof("S4")

DATA = b"%PDF-1.4 rapor"
LONGEST = 120
OURS = re.compile(r"[0-9a-f]{32}")


@pytest.fixture
async def there(tmp_path: Path) -> AsyncIterator[Platforms]:
    async with platforms(tmp_path) as made:
        yield made


def from_whatsapp(there: Platforms, name: str) -> Attachment:
    """What our parser makes of a customer's document of that name."""
    media_id = there.whatsapp.media.receive(DATA, "application/pdf", name)
    document = {"id": media_id, "filename": name, "mime_type": "application/pdf"}
    message = {"id": "wamid.1", "from": AYSE, "timestamp": "1780000000", "type": "document", "document": document}
    return attached(there.to_whatsapp, {"message": message, "contact": {"wa_id": AYSE}})


def from_telegram(there: Platforms, name: str) -> Attachment:
    """The same on Telegram."""
    sent: dict[str, Any] = there.telegram.send_file(ZEYNEP, "document", DATA, name="x", mime="application/pdf")
    document = sent["document"] | {"file_name": name}
    return attached(there.to_telegram, {"update_id": 1, "message": sent | {"document": document}})


def attached(channel: Channel, update: dict[str, Any]) -> Attachment:
    event = channel.parse(json.dumps(update).encode())
    assert isinstance(event, Said)
    assert event.content.attachment
    return event.content.attachment


def tree(folder: Path) -> set[Path]:
    """Every file under a folder."""
    return {path for path in folder.rglob("*") if path.is_file()}


async def passed_on(to: Channel, where: Address, fetched: FetchedFile, attachment: Attachment) -> None:
    file = LocalFile(kind=attachment.kind, name=attachment.name, mime="application/pdf", path=fetched.path)
    await to.send(where, Part(attachment=attachment), file=file)


def is_fit_to_be_shown(name: str) -> bool:
    """One short line without folders, control characters, or marks that nobody sees."""
    hidden = any(
        letter in INVISIBLE or unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for letter in name
    )
    return len(name) <= LONGEST and not hidden and not {"/", "\\"} & set(name) and name == name.strip()


async def test_no_name_of_a_file_is_used_or_believed(there: Platforms, proof: Proof, tmp_path: Path) -> None:
    dice, amount = proof.draw(), proof.size(40, 1_000)
    folder = tmp_path / "srv" / "gise" / "data" / "files"
    folder.mkdir(parents=True)
    outside = tree(tmp_path)
    names: list[str] = []
    shown: list[str] = []
    ways = ((from_whatsapp, there.to_whatsapp), (from_telegram, there.to_telegram))
    for number in range(amount):
        name = hostile.file_name(dice)
        names.append(name)
        received, channel = ways[number % 2]
        attachment = received(there, name)
        fetched = await channel.fetch(attachment, folder, CAPABILITIES.download)
        assert fetched.path.parent == folder
        assert OURS.fullmatch(fetched.path.name)
        assert fetched.path.read_bytes() == DATA
        if channel is there.to_whatsapp:
            await passed_on(there.to_telegram, Address(chat=there.group), fetched, attachment)
            shown += [attachment.name, there.results(-1)[0]["document"]["file_name"]]
        else:
            await passed_on(there.to_whatsapp, TO_AYSE, fetched, attachment)
            shown += [attachment.name, there.whatsapp.messages(AYSE)[-1]["document"].get("filename", "")]
    assert len(tree(folder)) == amount
    assert tree(tmp_path) - tree(folder) == outside, "nothing was written elsewhere"
    assert there.refused() == []
    assert sum(not is_fit_to_be_shown(name) for name in names) > amount / 3, (
        "the names are as hostile as they should be"
    )
    assert [name for name in shown if not is_fit_to_be_shown(name)] == []
    proof.tell(names=amount, written_elsewhere=0, names_used_on_disk=0, longest_shown=max(map(len, shown)))


async def test_an_honest_name_stays_as_it_is(there: Platforms, proof: Proof) -> None:
    honest = [
        "rapor.pdf",
        "Yazıcı arızası (2).jpg",
        "2026-06 fatura — kopya.xlsx",
        "çok.noktalı.ad.tar.gz",
        "日本語.txt",
    ]
    assert [from_whatsapp(there, name).name for name in honest] == honest
    assert [from_telegram(there, name).name for name in honest] == honest
    proof.tell(honest_names=len(honest))
