"""Commands take what people type: aliases, any casing, our bot's name; errors say what was expected."""

import pytest

from adapters.sandbox.page.cast import DENIZ, ELIF
from adapters.sandbox.players import General, Phone
from adapters.sandbox.world import World
from tests.journeys.agents_desk import NUMBER, answered, marked, opened_ticket, told, towards_customers


@pytest.fixture
def limits() -> bool:
    return False


BAD_STEPS = {
    "/assign": "Kime? Örneğin: /assign @elif",
    "/ask": "Ne soralım?",
    "/propose   ": "Çözümü yazın",
    "/reply": "Yanıtı yazın",
    "/note": "Notu yazın",
    "/postpone": "Ne zamana?",
    "/postpone birazdan": "“birazdan” ifadesinden bir zaman çıkaramadım",
    "/postpone 01.01.2020": "geçmişte kalıyor",
    "/postpone 01.01.2099": "çok ileri bir tarih",
    "/dev can ABC-1": "Şöyle yazın: /dev MÜHENDİS KAYIT TARİH",
    "/dev can ABC-1 belkibirgün": "bir zaman çıkaramadım",
    "/resume": "“Yeni” durumunda; yeniden ele alınacak bir şey yok",
    "/reopen": "yeniden açmaya gerek yok",
}
BAD_LOOKS = {
    "/priority": "Öncelik: critical",
    "/priority acayip": "Öncelik: critical, high",
    "/category": "Kategoriyi yazın",
    "/set": "Şöyle yazın: /set ALAN DEĞER",
    "/set renk mavi": "“renk” diye bir alan yok. Alanlar: type, source",
    "/set scope mavi": "Seçenekler: Herkeste, Sadece bende",
    "/set scope": "Seçenekler: Herkeste",
    "/tickets mor": "Süzgeç: mine ya da bir durum",
    "/status #2026-999999": "numaralı bir talep yok",
    "/history 42": "42 numaralı bir talep yok",
    "/close": "Nedenini yazın",
    "/role @elif kral": "Roller: agent, lead, admin, owner, none",
    "/dans et": "/dans diye bir komut yok",
}


@pytest.mark.parametrize("bad", [BAD_STEPS, BAD_LOOKS], ids=["steps", "looks"])
async def test_a_bad_argument_is_answered_with_what_was_expected(
    world: World, ayse: Phone, bad: dict[str, str]
) -> None:
    desk = await opened_ticket(world, ayse)
    for typed, expected in bad.items():
        await told(world, desk, desk.writes(DENIZ.user_id, typed), expected)
    await answered(world, ayse, desk)
    assert not any(typed.strip() in towards_customers(world) for typed in bad)
    assert "🆕" in desk.name


async def test_turkish_names_in_any_casing_and_our_bots_name_are_understood(world: World, ayse: Phone) -> None:
    desk = await opened_ticket(world, ayse)
    for typed in (
        "/ÜSTLEN",
        "/Öncelik KRİTİK",
        "/KATEGORİ Fatura İşleri",
        "/not@gise_sandbox_bot yalnız bize",
        "/üstlen@Gise_Sandbox_Bot",
    ):
        desk.writes(ELIF.user_id, typed)
    await desk.shows("zaten Elif üzerinde")
    desk.writes(ELIF.user_id, "/Yanıt Merhaba Ayşe Hanım")
    await ayse.hears("Merhaba Ayşe Hanım")
    desk.writes(ELIF.user_id, "/SOR Hangisi?")
    await ayse.hears("❓ Hangisi?")
    desk.writes(ELIF.user_id, "/devam")
    desk.writes(ELIF.user_id, "/ÇÖZ Bu olsun")
    await ayse.hears("💡 Bu olsun")
    desk.writes(ELIF.user_id, "/Ertele haftaya pazartesi")
    await ayse.hears("ertelendi")
    await desk.is_called("💤", "Fatura İşleri")
    await desk.shows("Öncelik: Kritik", "Kategori: Fatura İşleri")
    assert "yalnız bize" not in towards_customers(world)


async def test_a_command_for_another_bot_is_none_of_ours(world: World, ayse: Phone) -> None:
    desk = await opened_ticket(world, ayse)
    taken = desk.writes(ELIF.user_id, "/take@other_bot")
    await answered(world, ayse, desk)
    assert desk.message(taken)["reactions"] == []
    assert "/take" not in towards_customers(world)


@pytest.mark.parametrize("typed", ["/priority P1", "/priority Yüksek", "/öncelik HIGH"])
async def test_priorities_have_several_names(world: World, ayse: Phone, typed: str) -> None:
    desk = await opened_ticket(world, ayse)
    desk.writes(ELIF.user_id, typed)
    await desk.shows("Öncelik: Yüksek")


async def test_key_data_is_set_by_either_languages_names(world: World, ayse: Phone) -> None:
    desk = await opened_ticket(world, ayse)
    desk.writes(ELIF.user_id, "/set type fault")
    await desk.shows("Tür: Arıza")
    desk.writes(ELIF.user_id, "/set Kapsam sadece bende")
    desk.writes(ELIF.user_id, "/alan tekrarlanabiliyor EVET")
    await desk.shows(NUMBER, "Tür: Arıza", "Kapsam: Sadece bende", "Tekrarlanabiliyor: Evet")


async def test_looking_works_in_general_and_names_the_tickets(world: World, ayse: Phone, zeynep: Phone) -> None:
    desk = await opened_ticket(world, ayse)
    await opened_ticket(world, zeynep, "Fatura gelmedi", "#2026-000002")
    desk.writes(ELIF.user_id, "/take")
    await ayse.hears("inceleniyor")
    general = General(world)
    general.writes(ELIF.user_id, "/tickets")
    await general.shows("#2026-000001 · İnceleniyor · Elif · Yazıcı çalışmıyor", "#2026-000002 · Yeni · kimse")
    general.writes(ELIF.user_id, "/talepler benim")
    mine = await general.shows("#2026-000001 · İnceleniyor")
    general.writes(DENIZ.user_id, "/tickets mine")
    await general.shows("Bu süzgece uyan talep yok")
    general.writes(ELIF.user_id, "/tickets yeni")
    general.writes(ELIF.user_id, "/status")
    await general.shows("Talepler:", "Yeni: 1", "İnceleniyor: 1")
    general.writes(ELIF.user_id, "/durum #2026-000002")
    await general.shows("#2026-000002", "Zeynep Demir", "Fatura gelmedi")
    general.writes(ELIF.user_id, "/history 2026-000001")
    await general.shows("🕘 #2026-000001", "Elif: üstlendi → İnceleniyor", "«Yazıcı çalışmıyor»")
    assert mine["reply_to"]["text"].startswith("/t")


async def test_what_belongs_to_a_ticket_is_refused_in_general(world: World, ayse: Phone) -> None:
    desk = await opened_ticket(world, ayse)
    general = General(world)
    for typed in ("/take", "/ask Ne oldu?", "/close by_lead", "/history"):
        written = general.writes(DENIZ.user_id, typed)
        await told(world, general, written, "talebin konusunda ya da")
        assert general.message(written)["reactions"] == []
    await answered(world, ayse, desk)
    assert "Ne oldu?" not in towards_customers(world)


async def test_help_lists_what_the_caller_may_do(world: World, ayse: Phone) -> None:
    desk = await opened_ticket(world, ayse)
    desk.writes(ELIF.user_id, "/yardım")
    agents = await desk.shows("/propose TEXT — çözüm öner")
    assert "/close" not in agents["text"]
    assert "/role" not in agents["text"]
    general = General(world)
    general.writes(DENIZ.user_id, "/help")
    await general.shows("/close REASON", "/role @who ROLE", "/take — talebi üstlen")


async def test_done_is_a_reaction_and_costs_no_line(world: World, ayse: Phone) -> None:
    desk = await opened_ticket(world, ayse)
    set_ = desk.writes(ELIF.user_id, "/category Donanım")
    await marked(world, desk, set_, "👌")
    await desk.is_called("Donanım")
    assert not any(one.get("reply_to") for one in desk.messages)
