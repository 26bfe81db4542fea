"""An operator's own questions: fifty sources, a choice, a free text and a number."""

from pathlib import Path

import pytest

from adapters.sandbox.page.cast import DENIZ
from adapters.sandbox.players import General, Phone
from adapters.sandbox.world import World
from tests.journeys.customers_phone import NUMBER, offers, opened

FIELDS = """
[[field]]
id = "branch"
kind = "choice"
only_for = ["fault"]
label = { tr = "Şube", en = "Branch" }
ask = { tr = "Hangi şubemizdesiniz?", en = "Which branch are you at?" }

[[field.option]]
id = "ankara"
title = { tr = "Ankara" }

[[field.option]]
id = "izmir"
title = { tr = "İzmir" }
words = ["karşıyaka"]

[[field]]
id = "serial"
kind = "text"
label = { tr = "Seri no" }
ask = { tr = "Cihazın seri numarası nedir?" }

[[field]]
id = "people"
kind = "number"
label = { tr = "Kişi" }
ask = { tr = "Kaç kişi etkileniyor?" }
"""


@pytest.fixture
def extra(tmp_path: Path) -> dict[str, str]:
    folder = tmp_path / "own"
    folder.mkdir()
    sources = (f'[[source]]\nid = "part_{n}"\ntitle = {{ tr = "Bölüm {n}" }}\n' for n in range(1, 51))
    (folder / "intake.toml").write_text("\n".join(sources) + FIELDS, encoding="utf-8")
    return {"GISE_CONFIG__DIR": str(folder)}


async def test_own_questions_follow_the_built_in_ones(world: World, zeynep: Phone) -> None:
    desk = await opened(world, zeynep)
    zeynep.says("arıza")
    await zeynep.hears("hangi konuda")
    zeynep.says("50")
    await zeynep.hears("herkeste mi")
    zeynep.says("herkeste")
    await zeynep.hears("her seferinde")
    zeynep.presses("Hayır")
    await zeynep.hears("Hangi şubemizdesiniz?")
    zeynep.says("İZMİR")
    await zeynep.hears("seri numarası")
    zeynep.says("SN-42 / B")
    await desk.shows("👤", "SN-42 / B")
    await zeynep.hears("Kaç kişi")
    zeynep.says("12 kişi")
    await zeynep.hears(NUMBER, "Kaynak: Bölüm 50", "Şube: İzmir", "Seri no: SN-42 / B", "Kişi: 12")


async def test_a_question_for_faults_is_not_asked_about_ideas(world: World, ayse: Phone) -> None:
    desk = await opened(world, ayse)
    ayse.presses("Öneri")
    await ayse.hears("seri numarası")
    ayse.says("geç")
    await ayse.hears("Kaç kişi")
    ayse.says("henüz saymadık")
    await desk.shows("👤", "henüz saymadık")
    ayse.says("3")
    await ayse.hears(NUMBER, "Kişi: 3")


async def test_fifty_sources_have_a_way_on_and_a_way_back_on_every_page(world: World, emre: Phone) -> None:
    await opened(world, emre)
    emre.presses("Arıza")
    await emre.hears("hangi konuda")
    seen = await offers(world, emre, "Bölüm 1")
    size = sum(title.startswith("Bölüm") for title in seen)
    for first in range(1 + size, 51, size):
        emre.presses("Devamı")
        page = await offers(world, emre, f"Bölüm {first}")
        assert "Önceki" in page
        seen += page
    assert [title for title in seen if title.startswith("Bölüm")] == [f"Bölüm {n}" for n in range(1, 51)]


async def test_new_questions_hold_after_a_reload_even_in_the_middle_of_the_old_ones(
    world: World, tmp_path: Path, ayse: Phone, zeynep: Phone
) -> None:
    await opened(world, zeynep)
    zeynep.presses("Öneri")
    await zeynep.hears("seri numarası")
    people = FIELDS[FIELDS.rindex("[[field]]") :]
    general = General(world)
    (tmp_path / "own" / "intake.toml").write_text(people.replace('"number"', '"numara"'), encoding="utf-8")
    general.writes(DENIZ.user_id, "/reload")
    await general.shows("Hiçbir şey değişmedi", "intake.toml, line 3", "field 1, kind")
    (tmp_path / "own" / "intake.toml").write_text(people, encoding="utf-8")
    general.writes(DENIZ.user_id, "/yenidenoku")
    await general.shows("✅", "sorular yeniden okundu")
    zeynep.says("Etiketi okunmuyor ki")
    await zeynep.hears("Kaç kişi")
    zeynep.says("5")
    await zeynep.hears(NUMBER, "Kişi: 5")
    await opened(world, ayse, "Bir önerim var", "#2026-000002")
    ayse.presses("Öneri")
    await ayse.hears("Kaç kişi")
