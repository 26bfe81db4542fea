from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.domain.channel import Capabilities, TextUnit
from bot.domain.fit import TooLarge, fit, window_open
from bot.domain.message import Attachment, ContactCard, Kind, Location
from bot.domain.outgoing import Button, Fitted, Outgoing
from bot.domain.split import clip, measure, split

MB = 1_048_576
PHONE = Capabilities(  # WhatsApp's numbers
    text=4096, caption=1024, text_unit=TextUnit.CHARACTERS, text_with_buttons=1024, text_with_list=4096,
    buttons=3, button_title=20, list_rows=10, row_title=24, row_description=72, token_bytes=200,
    media={Kind.PHOTO: 5 * MB, Kind.VIDEO: 16 * MB, Kind.AUDIO: 16 * MB, Kind.DOCUMENT: 100 * MB},
    captions_on=frozenset({Kind.PHOTO, Kind.VIDEO, Kind.DOCUMENT}), download=100 * MB, window_ms=86_400_000,
    edits=False, reactions=True,
)  # fmt: skip
CHAT = Capabilities(  # Telegram's numbers
    text=4096, caption=1024, text_unit=TextUnit.UTF16, text_with_buttons=4096, text_with_list=0,
    buttons=100, button_title=64, list_rows=0, row_title=0, row_description=0, token_bytes=64,
    media=dict.fromkeys(Kind, 50 * MB), captions_on=frozenset({Kind.PHOTO, Kind.DOCUMENT}), download=20 * MB,
    edits=True, reactions=True,
)  # fmt: skip
LETTER = replace(PHONE, buttons=0, list_rows=0, media={}, captions_on=frozenset(), window_ms=0)  # words only


def rows(*titles: str, skip: str = "") -> tuple[tuple[Button, ...], ...]:
    buttons = [Button(title=title, token=f"t:{number}") for number, title in enumerate(titles)]
    if skip:
        buttons.append(Button(title=skip, token="skip", optional=True))
    return tuple((button,) for button in buttons)


def titles(fitted: Fitted) -> list[str]:
    return [button.title for row in fitted.parts[-1].rows for button in row]


def words(fitted: Fitted) -> str:
    return "".join("".join(part.text for part in fitted.parts).split())


def test_what_fits_is_left_as_it_is() -> None:
    wished = rows("Evet", "Hayır", skip="Geç")
    fitted = fit(Outgoing(text="Hep mi?", rows=wished), PHONE, skip_hint="hint")
    assert [(part.text, part.rows, part.as_list) for part in fitted.parts] == [("Hep mi?", wished, False)]
    assert fitted.downgrades == ()


def test_optional_buttons_give_way_to_a_line_that_says_what_to_type() -> None:
    fitted = fit(Outgoing(text="Tür?", rows=rows("Soru", "Öneri", "Arıza", skip="Geç")), PHONE, skip_hint="“geç” yazın")
    assert fitted.parts[0].text == "Tür?\n“geç” yazın"
    assert (titles(fitted), fitted.parts[0].as_list) == (["Soru", "Öneri", "Arıza"], False)
    assert fitted.downgrades == ("optional-dropped",)


def test_more_buttons_than_allowed_become_a_list_with_a_label() -> None:
    fitted = fit(Outgoing(text="Hangisi?", rows=rows(*"abcde", skip="Geç")), PHONE, choose="Seçin")
    assert (titles(fitted), fitted.parts[0].as_list) == ([*"abcde", "Geç"], True)
    assert (fitted.parts[0].list_title, fitted.downgrades) == ("Seçin", ("buttons-to-list",))


def test_a_list_too_long_by_the_optional_button_drops_it() -> None:
    fitted = fit(Outgoing(text="Hangisi?", rows=rows(*"abcdefghij", skip="Geç")), PHONE, skip_hint="hint")
    assert (titles(fitted), fitted.parts[0].text) == ([*"abcdefghij"], "Hangisi?\nhint")
    assert set(fitted.downgrades) == {"buttons-to-list", "optional-dropped"}


def test_titles_too_wide_for_buttons_become_a_list() -> None:
    fitted = fit(Outgoing(text="?", rows=rows("x" * 24, "y")), PHONE)
    assert (titles(fitted), fitted.downgrades) == (["x" * 24, "y"], ("buttons-to-list",))


def test_titles_too_wide_for_everything_are_shortened_and_written_out_in_the_small_print() -> None:
    wide = "Geçen ayki talebi yeniden açın"
    fitted = fit(Outgoing(text="?", rows=rows(wide, "y")), PHONE)
    first = fitted.parts[0].rows[0][0]
    assert (first.title, first.description) == ("Geçen ayki talebi yenid…", wide)
    assert set(fitted.downgrades) == {"buttons-to-list", "titles-shortened"}


def test_wide_titles_are_shortened_on_buttons_where_there_is_no_list() -> None:
    fitted = fit(Outgoing(text="?", rows=rows("x" * 70, "y")), CHAT)
    assert (titles(fitted), fitted.downgrades) == (["x" * 63 + "…", "y"], ("titles-shortened",))


def test_titles_that_would_look_alike_when_shortened_are_numbered() -> None:
    fitted = fit(Outgoing(text="?", rows=rows("x" * 30 + "1", "x" * 30 + "2")), PHONE)
    assert fitted.parts[0].text == f"?\n1. {'x' * 30}1\n2. {'x' * 30}2"


def test_too_many_choices_become_numbered_text() -> None:
    fitted = fit(Outgoing(text="Hangisi?", rows=rows(*"abcdefghijkl", skip="Geç")), PHONE, skip_hint="“geç” yazın")
    lines = fitted.parts[0].text.splitlines()
    assert (lines[0], lines[1], lines[12], lines[13]) == ("Hangisi?", "1. a", "12. l", "“geç” yazın")
    assert (fitted.parts[0].rows, fitted.downgrades) == ((), ("buttons-to-text",))


def test_a_channel_of_words_gets_numbered_text_with_the_small_print() -> None:
    choice = Button(title="Evet", token="y", description="her seferinde")
    fitted = fit(Outgoing(text="Hep mi?", rows=((choice,),)), LETTER)
    assert fitted.parts[0].text == "Hep mi?\n1. Evet – her seferinde"


def test_small_print_is_named_when_buttons_cannot_show_it() -> None:
    choice = Button(title="Evet", token="y", description="her seferinde")
    fitted = fit(Outgoing(text="Hep mi?", rows=((choice,),)), CHAT)
    assert (fitted.parts[0].rows[0][0].description, fitted.downgrades) == ("", ("descriptions-dropped",))


def test_buttons_alone_get_words_to_stand_under() -> None:
    assert fit(Outgoing(rows=rows("a")), PHONE, choose="Seçin").parts[0].text == "Seçin"


def test_too_long_for_buttons_puts_them_under_a_last_short_part() -> None:
    text = f"{'uzun ' * 250}\n\nÇözüm bu mu?"
    fitted = fit(Outgoing(text=text, rows=rows("Evet", "Hayır")), PHONE)
    assert [part.text for part in fitted.parts] == [("uzun " * 250).strip(), "Çözüm bu mu?"]
    assert [bool(part.rows) for part in fitted.parts] == [False, True]
    assert fitted.downgrades == ("text-split",)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("bir iki.\n\nüç dört beş", ["bir iki.", "üç dört beş"]),
        ("bir iki üç\ndört beş", ["bir iki üç", "dört beş"]),
        ("Bir iki. Üç dört beş", ["Bir iki.", "Üç dört beş"]),
        ("bir iki üç dört", ["bir iki üç", "dört"]),
        ("birikiüçdörtbeşaltı", ["birikiüçdört", "beşaltı"]),
        ("a\n\nbir iki üç dört", ["a\n\nbir iki", "üç dört"]),
    ],
)
def test_long_text_is_cut_where_a_reader_would_pause(text: str, pieces: list[str]) -> None:
    assert split(text, 12, TextUnit.CHARACTERS) == pieces


@pytest.mark.parametrize("cluster", ["👩‍💻", "👍🏽", "e\u0301", "🇹🇷", "❤️"])
def test_no_visible_character_is_torn(cluster: str) -> None:
    for limit in range(measure(cluster, TextUnit.UTF16), 40):
        assert all(
            piece == cluster * (len(piece) // len(cluster)) for piece in split(cluster * 9, limit, TextUnit.UTF16)
        )


def test_telegram_counts_emoji_twice() -> None:
    fitted = fit(Outgoing(text="🙂" * 3000), CHAT)
    assert [measure(part.text, TextUnit.UTF16) for part in fitted.parts] == [4096, 1904]
    assert len(fit(Outgoing(text="🙂" * 3000), PHONE).parts) == 1


@pytest.mark.parametrize(("limit", "clipped"), [(5, "kabul"), (4, "kab…"), (1, "…")])
def test_clipping_ends_in_an_ellipsis(limit: int, clipped: str) -> None:
    assert clip("kabul", limit, TextUnit.CHARACTERS) == clipped


def photo(kind: Kind = Kind.PHOTO, name: str = "", size: int | None = None) -> Attachment:
    return Attachment(kind=kind, ref="r", name=name, size=size)


def test_a_caption_stays_with_its_file() -> None:
    fitted = fit(Outgoing(text="bakın", attachment=photo()), PHONE)
    assert [(part.text, part.attachment) for part in fitted.parts] == [("bakın", photo())]


@pytest.mark.parametrize("message", [
    Outgoing(text="x" * 1025, attachment=photo()),
    Outgoing(text="dinleyin", attachment=photo(kind=Kind.AUDIO)),
    Outgoing(text="oldu mu?", attachment=photo(), rows=rows("Evet", "Hayır")),
])  # fmt: skip
def test_a_text_that_cannot_be_a_caption_follows_the_file(message: Outgoing) -> None:
    fitted = fit(message, PHONE)
    assert [(part.text, part.attachment, part.rows) for part in fitted.parts] == [
        ("", message.attachment, ()),
        (message.text, None, message.rows),
    ]
    assert fitted.downgrades == ("caption-apart",)


def test_a_place_and_contacts_go_before_their_words() -> None:
    place, card = Location(latitude=41.0, longitude=29.0), ContactCard(name="Deniz")
    parts = fit(Outgoing(text="burada", location=place, contacts=(card,)), PHONE).parts
    assert [(part.location, part.contacts, part.text) for part in parts] == [
        (place, (), ""),
        (None, (card,), ""),
        (None, (), "burada"),
    ]


@pytest.mark.parametrize(("kind", "carried"), [
    (Kind.STICKER, Kind.DOCUMENT), (Kind.VIDEO_NOTE, Kind.VIDEO), (Kind.VOICE, Kind.AUDIO), (Kind.PHOTO, Kind.PHOTO),
])  # fmt: skip
def test_a_kind_the_channel_lacks_travels_as_the_next_best(kind: Kind, carried: Kind) -> None:
    fitted = fit(Outgoing(attachment=photo(kind=kind)), PHONE)
    assert fitted.parts[0].attachment == photo(kind=carried)
    assert fitted.downgrades == (() if kind is carried else ("media-kind-changed",))


def test_a_channel_without_files_gets_the_file_named() -> None:
    fitted = fit(Outgoing(text="ekte", attachment=photo(name="fatura.pdf")), LETTER)
    assert [part.text for part in fitted.parts] == ["📎 fatura.pdf", "ekte"]
    assert fitted.downgrades == ("media-to-text",)


def test_a_file_over_the_limit_is_refused_with_both_sizes() -> None:
    with pytest.raises(TooLarge) as refusal:
        fit(Outgoing(attachment=photo(name="tatil.jpg", size=5 * MB + 1)), PHONE)
    assert (refusal.value.key, refusal.value.values) == (
        "too-large",
        {"name": "tatil.jpg", "size_mb": 6, "limit_mb": 5},
    )
    assert fit(Outgoing(attachment=photo(size=5 * MB)), PHONE).parts


@pytest.mark.parametrize(
    ("size", "limit", "told"),
    [(MB, 512_000, (1, "0.5")), (17 * MB, 16 * MB, (17, 16)), (16_000_001, 16_000_000, (17, 16))],
)
def test_the_sizes_of_a_refusal_are_rounded_so_that_they_make_sense(
    size: int, limit: int, told: tuple[int, int | str]
) -> None:
    with pytest.raises(TooLarge) as refusal:
        fit(Outgoing(attachment=photo(size=size)), replace(PHONE, media={Kind.PHOTO: limit}))
    assert (refusal.value.values["size_mb"], refusal.value.values["limit_mb"]) == told


@pytest.mark.parametrize("token", ["", "x" * 65, "ş" * 33])
def test_a_token_the_channel_cannot_carry_is_our_mistake(token: str) -> None:
    with pytest.raises(ValueError, match="button token"):
        fit(Outgoing(text="?", rows=((Button(title="a", token=token),),)), CHAT)


@pytest.mark.parametrize("text", ["", " \n"])
def test_nothing_to_say_is_our_mistake(text: str) -> None:
    with pytest.raises(ValueError, match="without content"):
        fit(Outgoing(text=text), PHONE)


@pytest.mark.parametrize(("last", "now", "is_open"), [
    (None, 5, False), (0, 86_399_999, True), (0, 86_400_000, False), (10, 10, True),
])  # fmt: skip
def test_the_window_is_open_for_a_day_after_the_last_message(last: int | None, now: int, is_open: bool) -> None:
    assert window_open(PHONE, last, now) is is_open


def test_a_channel_without_a_window_is_always_open() -> None:
    assert window_open(CHAT, None, 5)


TEXTS = st.text(st.sampled_from("aş. \n🙂👍🏽\u200d\u0301🇹!?x"), max_size=400) | st.text(max_size=200)
SMALL = st.builds(
    Capabilities,
    text=st.integers(20, 60), caption=st.integers(0, 40), text_unit=st.sampled_from(TextUnit),
    text_with_buttons=st.integers(10, 60), text_with_list=st.integers(10, 60), buttons=st.integers(0, 4),
    button_title=st.integers(1, 12), list_rows=st.integers(0, 6), row_title=st.integers(1, 12),
    row_description=st.integers(0, 12), token_bytes=st.just(64), media=st.just({Kind.PHOTO: MB}),
    captions_on=st.sampled_from([frozenset[Kind](), frozenset({Kind.PHOTO})]), download=st.just(MB),
    edits=st.booleans(), reactions=st.booleans(),
)  # fmt: skip
CHOICES = st.lists(st.tuples(st.text(min_size=1, max_size=20), st.booleans()), max_size=8)


@given(TEXTS, CHOICES, st.booleans(), SMALL)
def test_every_part_is_within_the_limits_and_nothing_is_lost(
    text: str, choices: list[tuple[str, bool]], with_file: bool, caps: Capabilities
) -> None:
    assume(text.strip() or choices or with_file)
    buttons = tuple((Button(title=t, token=f"{i}", optional=o),) for i, (t, o) in enumerate(choices))
    message = Outgoing(text=text, rows=buttons, attachment=photo() if with_file else None)
    fitted = fit(message, caps, choose="Seç")
    assert words(fitted).startswith("".join(text.split()))
    assert sum(part.attachment is not None for part in fitted.parts) == with_file
    assert not any(part.rows for part in fitted.parts[:-1])
    for part in fitted.parts:
        shown = [button for row in part.rows for button in row]
        room = caps.text_with_list if part.as_list else caps.text_with_buttons if shown else caps.text
        assert measure(part.text, caps.text_unit) <= (caps.caption if part.attachment else room)
        assert len(shown) <= (caps.list_rows if part.as_list else caps.buttons)
        width = caps.row_title if part.as_list else caps.button_title
        assert all(measure(button.title, caps.text_unit) <= width for button in shown)
        assert all(measure(button.description, caps.text_unit) <= caps.row_description for button in shown)


@given(TEXTS, st.integers(2, 50), st.sampled_from(TextUnit))
def test_splitting_keeps_every_visible_character_in_order(text: str, limit: int, unit: TextUnit) -> None:
    pieces = split(text, limit, unit)
    assert all(0 < measure(piece, unit) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@given(CHOICES, SMALL)
def test_every_choice_is_shown_or_named_as_dropped(choices: list[tuple[str, bool]], caps: Capabilities) -> None:
    assume(choices)
    buttons = tuple((Button(title=f"{i}{t}", token=f"{i}", optional=o),) for i, (t, o) in enumerate(choices))
    fitted = fit(Outgoing(text="?", rows=buttons), caps, skip_hint="atla")
    shown = [button.token for row in fitted.parts[-1].rows for button in row]
    needed = [button for (button,) in buttons if not button.optional]
    if shown:
        dropped = "optional-dropped" in fitted.downgrades
        assert shown == [button.token for button in (needed if dropped else [b for (b,) in buttons])]
    else:
        lines = "".join(f"{n}.{b.title}" for n, b in enumerate(needed or [b for (b,) in buttons], start=1))
        assert "".join(lines.split()) in words(fitted)
