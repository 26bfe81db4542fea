"""HTML and MarkdownV2 become Telegram's entities; broken markup is refused with the place of the mistake."""

from typing import Any

import pytest

from adapters.sandbox.telegram.errors import ApiError
from adapters.sandbox.telegram.styling import styled


def read(source: str, mode: str) -> tuple[str, list[tuple[Any, ...]]]:
    result = styled(source, mode, [])
    return result.text, [(e["type"], e["offset"], e["length"]) for e in result.entities]


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("a &lt;b&gt; &amp; &quot;c&#33;", 'a <b> & "c!', []),
        ("&nbsp; stays", "&nbsp; stays", []),
        ("1 > 0", "1 > 0", []),
        ("<b>bold <i>both</i></b>", "bold both", [("bold", 0, 9), ("italic", 5, 4)]),
        ("🎫 <STRONG>bilet</strong>", "🎫 bilet", [("bold", 3, 5)]),
        ("  <u>x</u>  ", "x", [("underline", 0, 1)]),
        ("<s>a</s><del>b</del>", "ab", [("strikethrough", 0, 1), ("strikethrough", 1, 1)]),
        ('<span class="tg-spoiler">x</span>', "x", [("spoiler", 0, 1)]),
        ('<a href="https://a.invalid/?q=1&amp;r=2">x</a>', "x", [("text_link", 0, 1)]),
        ("<a href=\"nonsense\">x</a>", "x", []),
        ('<pre><code class="language-python">x</code></pre>', "x", [("pre", 0, 1)]),
        ("<code>x</code>", "x", [("code", 0, 1)]),
        ("<blockquote expandable>x</blockquote>", "x", [("expandable_blockquote", 0, 1)]),
        ("<b></b>x", "x", []),
        ("@ayse_demir /take #acil https://a.invalid/x.", "@ayse_demir /take #acil https://a.invalid/x.",
         [("mention", 0, 11), ("bot_command", 12, 5), ("hashtag", 18, 5), ("url", 24, 19)]),
    ],
)  # fmt: skip
def test_html_is_read(source: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    assert read(source, "HTML") == (text, entities)


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("ş<br>", 'Unsupported start tag "br" at byte offset 2'),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b", "Unclosed tag at byte offset 0"),
        ("</b", "Unclosed tag at byte offset 0"),
        ('<span class="red">a</span>', 'Tag "span" must have class "tg-spoiler"'),
        ("<Ayşe>", "Unsupported start tag"),
    ],
)
def test_broken_html_is_refused(source: str, why: str) -> None:
    with pytest.raises(ApiError, match="can't parse entities: ") as refused:
        styled(source, "HTML", [])
    assert why in refused.value.description


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("1\\. madde \\- \\#5", "1. madde - #5", []),
        ("*bold _both_*", "bold both", [("bold", 0, 9), ("italic", 5, 4)]),
        ("__u__ ~s~ ||p||", "u s p", [("underline", 0, 1), ("strikethrough", 2, 1), ("spoiler", 4, 1)]),
        ("🎫 `a.b!`", "🎫 a.b!", [("code", 3, 4)]),
        ("```python\nx = 1\n```", "x = 1", [("pre", 0, 5)]),
        ("[x](https://a.invalid)", "x", [("text_link", 0, 1)]),
        (">a\n>b\nc", "a\nb\nc", [("blockquote", 0, 4)]),
        ("![👍](tg://emoji?id=5)", "👍", [("custom_emoji", 0, 2)]),
        ("> a >", None, "Character '>' is reserved"),
        ("a.", None, "Character '.' is reserved and must be escaped with the preceding '\\'"),
        ("a_b", None, "Can't find end of Italic entity at byte offset 1"),
        ("*a", None, "Can't find end of Bold entity at byte offset 0"),
        ("[a](b", None, "Can't find end of a URL"),
        ("![a](b)", None, "Custom emoji entity must contain a tg://emoji URL"),
        ("#1", None, "Character '#' is reserved"),
    ],
)
def test_markdown_is_read_or_refused(source: str, text: str | None, entities: list[tuple[str, int, int]] | str) -> None:
    if text is not None:
        assert read(source, "MarkdownV2") == (text, entities)
        return
    with pytest.raises(ApiError, match="can't parse entities: ") as refused:
        styled(source, "MarkdownV2", [])
    assert str(entities) in refused.value.description
