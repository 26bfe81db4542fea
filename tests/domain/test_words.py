from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import words

THANKS = """
teşekkürler | sağ ol | çok teşekkür ederim 🙏 | eyvallah | 👍 | 👍🏽👍🏽 | ❤️ | thanks! | ok | tamam | TAMAM
Tamaaam :) | TEŞEKKÜRLER | tesekkurler | teşekkürlerrr | İYİ GÜNLER | iyi günler | OKKK | tmm
süper, teşekkürler | Thank you so much! | Teşekkürler Ayşe Hanım, elinize sağlık | çok sağolun iyi çalışmalar
Sağ olun, ilginiz için teşekkür ederim. | thx a lot | sorun çözüldü teşekkürler | artık çalışıyor, teşekkürler
tamam teşekkürler 😊 | you're welcome | Kolay gelsin | 🙏🏻
"""
NO_THANKS = """
teşekkürler ama hâlâ olmuyor | tamam ama yazıcı hâlâ bozuk | teşekkürler? | tamam mı | ok? | 👎 | 🤔 | yine oldu
?👍 | tamam değil | merhaba | ... | teşekkürler :( | thanks but no | teşekkürler, bir sorum daha var | 2
tekrar oldu | 👍😡 | çok teşekkürler yarın tekrar arar mısınız | ok but the printer is down
teşekkürler, bu arada yazıcıyı da soracaktım
"""
ACCEPT = """
kabul | KABUL | Kabul | kabul! | Kabul ediyorum | evet | EVET! | evettt | onaylıyorum | ONAYLIYORUM | accept
ACCEPT | Yes | evet, teşekkürler | kabul 👍 | evet çözüldü teşekkür ederim | it works now, thanks | I accept.
tamam, kabul ediyorum
"""
NO_ACCEPT = """
tamam | ok | 👍 | kabul etmiyorum | kabul değil | evet ama olmuyor | evet? | hayır | 1 | evet hayır | no
teşekkürler | kabul ediyorum ama hâlâ olmuyor | yarın bakarım | evet :( | not accepted | kabul edersem ne olur
"""
REJECT = """
hayır | HAYIR | hayir | reddet | red | Reddediyorum. | no | Nope | kabul etmiyorum | olmadı | hayır olmadı
not fixed | hayır, hâlâ çalışmıyor | hayır teşekkürler | it still doesn't work | REJECT
"""
NO_REJECT = """
evet | kabul | hayırlı işler | tamam | hayır çünkü yazıcı açılmıyor ve ekran karanlık | nothing | hayır?
kırmızı | reddetmiyorum | no problem
"""
FAILING = """
hâlâ olmuyor | hala olmuyor | HÂLÂ OLMUYOR | yine aynı hata | düzelmedi | DÜZELMEDİ | çalışmıyor | Çalışmıyor!!
calismiyo | still not working | same error | kabul ama hâlâ hata veriyor | sorun devam ediyor | işe yaramadı
it doesn't work | it’s not fixed | keeps crashing | açılmıyor | giremiyorum | aynı sorun var | artık çalışmıyor
sorun çözülmedi | yine oldu | hata yok ama çalışmıyor | no luck | değişen bir şey yok | hata var, olmuyor
still the same | it crashed again | Teşekkürler ama olmadı | now it is not working | sorun hâlâ devam ediyor
tarayıcı çalışmıyor ama yazıcı çalışıyor
"""
NOT_FAILING = """
artık çalışıyor | artık hata vermiyor | sorun kalmadı | sorun yok | no more errors
önce olmadı, şimdi oldu teşekkürler | no longer crashes | çalışmıyordu, düzeldi | bilmiyorum | teşekkürler
kabul | hata almıyorum artık | sorun devam etmiyor | it works now | I don't get the error anymore
olmuyorsa yazarım | evet | aynı hatayı bir daha almadım | sorun olmadı | başka bir şey istemiyorum
hâlâ buradayım | yazıcıyı yeniden başlattım
"""
MENU = "menü | MENÜ | menu | Menu! | menü 🙂 | ana menü | MENU | Ana Menü"
NO_MENU = "menüde sorun var | menü? | menüler | bugünkü menü ne"
SKIP = "geç | GEÇ | gec | atla | ATLA | skip | Skip! | Pas | pas geç | bilmiyorum"
NO_SKIP = "geç kaldım | şimdi geç oldu | geç? | pasaport | atlas"

RECOGNISERS: list[tuple[Callable[[str], bool], str, str]] = [
    (words.is_thanks, THANKS, NO_THANKS),
    (words.is_accept, ACCEPT, NO_ACCEPT),
    (words.is_reject, REJECT, NO_REJECT),
    (words.still_failing, FAILING, NOT_FAILING),
    (words.is_menu, MENU, NO_MENU),
    (words.is_skip, SKIP, NO_SKIP),
]


def phrases(listing: str) -> list[str]:
    return [phrase.strip() for line in listing.strip().splitlines() for phrase in line.split("|") if phrase.strip()]


@pytest.mark.parametrize(
    ("recognise", "text"),
    [pytest.param(f, text, id=f"{f.__name__}-{text}") for f, yes, _ in RECOGNISERS for text in phrases(yes)],
)
def test_typed_words_are_recognised(recognise: Callable[[str], bool], text: str) -> None:
    assert recognise(text)


@pytest.mark.parametrize(
    ("recognise", "text"),
    [pytest.param(f, text, id=f"{f.__name__}-{text}") for f, _, no in RECOGNISERS for text in phrases(no)],
)
def test_other_words_are_left_alone(recognise: Callable[[str], bool], text: str) -> None:
    assert not recognise(text)


@pytest.mark.parametrize("recognise", [f for f, _, _ in RECOGNISERS])
@pytest.mark.parametrize("text", ["", "   ", "\n", "\u200b", "!!!"])
def test_nothing_is_recognised_in_nothing(recognise: Callable[[str], bool], text: str) -> None:
    assert not recognise(text)


@pytest.mark.parametrize("recognise", [f for f, _, _ in RECOGNISERS])
def test_a_very_long_text_is_no_short_answer_and_takes_no_time(recognise: Callable[[str], bool]) -> None:
    assert not recognise("evet tamam hata " * 5000)


def test_a_complaint_in_a_later_line_is_heard() -> None:
    assert words.still_failing("Kabul ediyorum.\nAma hâlâ olmuyor.")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("KABUL", "kabul"),
        ("Iıİi", "iiii"),
        ("İPTAL", "iptal"),
        ("ISLAK", "ıslak"),
        ("ＫＡＢＵＬ", "kabul"),
        ("ÇALIŞMIYOR", "calismiyor"),
        ("Hâlâ", "hala"),
        ("i\u0307stanbul", "İSTANBUL"),
        ("ka\u200bbul\u202e", "kabul"),
        ("  iyi \n günler ", "iyi gunler"),
    ],
)
def test_folding_makes_spellings_equal(one: str, other: str) -> None:
    assert words.fold(one) == words.fold(other)


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert words.fold(words.fold(text)) == words.fold(text)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("#2026-000123", ["2026-000123"]),
        ("2026-000123 ne oldu?", ["2026-000123"]),
        ("# 2026-000123", ["2026-000123"]),
        ("#2026-123", ["2026-000123"]),
        ("#123", ["123"]),
        ("#00123", ["123"]),
        ("#2026-000002, sonra #2026-000001 ve yine #2026-000002", ["2026-000002", "2026-000001"]),
        ("(#2026‑000123)", ["2026-000123"]),
        ("＃２０２６－０００１２５", ["2026-000125"]),
        ("tarih 2026-12-01, saat 10:00", []),
        ("0555-2026-000999", []),
        ("2026-0001234", []),
        ("#1234567", []),
        ("123", []),
        ("", []),
    ],
)
def test_ticket_numbers_are_found(text: str, numbers: list[str]) -> None:
    assert words.ticket_numbers(text) == numbers


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("Ayşe Yılmaz", "Ayşe Yılmaz"),
        ("  Ayşe \n\t Yılmaz ", "Ayşe Yılmaz"),
        ("A\u202eyşe\u200b \u2066Y\u2069", "Ayşe Y"),
        ("Ays\u0327e", "Ayşe"),
        ("\u3164\u200f\u2800", ""),
        ("a" + "\u0301" * 50, "á\u0301\u0301"),
        ("x\x00y\x1bz", "xyz"),
        ("Zeynep 🌸", "Zeynep 🌸"),
    ],
)
def test_names_are_made_fit_to_show(given_name: str, shown: str) -> None:
    assert words.clean_name(given_name) == shown


@given(st.text(max_size=300), st.integers(min_value=1, max_value=150))
def test_a_shown_name_is_one_clean_line_within_the_limit(text: str, limit: int) -> None:
    shown = words.clean_name(text, limit)
    assert len(shown) <= limit
    assert shown == " ".join(shown.split())
    assert shown.isprintable()
