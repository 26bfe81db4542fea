"""Words that somebody might write to fool a parser, a file system or a reader's eyes; all invented."""

import random

BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u180e"
INVISIBLE = frozenset(BIDI + ZERO_WIDTH)
"""Marks that turn the direction of text or take no room: nobody sees them, and readers are fooled by them."""

MARKUP = (
    "<b>kalın</b>",
    "<a href='tg://user?id=8001001'>Deniz</a>",
    '<a href="https://evil.example">banka</a>',
    "<script>alert(1)</script>",
    "</pre></b>",
    "<",
    ">",
    "&lt;b&gt;",
    "&#60;b&#62;",
    "&",
    "*kalın*",
    "__altı çizili__",
    "_eğik_",
    "~üstü çizili~",
    "||gizli||",
    "`kod`",
    "```python\nkod\n```",
    "[banka](https://evil.example)",
    "[Deniz](tg://user?id=8001001)",
    "![🙂](tg://emoji?id=5368324170671202286)",
    "> alıntı",
    "**>alıntı||",
    "\\",
    "\\*",
    "{{1}}",
    "{name}",
    "{ $name }",
    "%s %(name)s",
    "${HOME}",
    "@deniz",
    "@gise_sandbox_bot",
    "/close spam",
    "/take@gise_sandbox_bot",
    "#2026-000001",
    "https://evil.example/?a=b&c=d",
    "tg://resolve?domain=deniz",
    "mailto:biri@evil.example",
)
WORDS = ("Merhaba", "yazıcı", "ÇALIŞMIYOR", "İı", "ok", "fatura", "straße", "日本語", "العربية", "שלום", "हिन्दी", "ไทย")
SIGNS = (
    "👍",
    "👨‍👩‍👧‍👦",
    "🇹🇷",
    "🏳️‍🌈",
    "👩🏽‍🚀",
    "1️⃣",
    "e\u0301",
    "Z\u0351\u036b\u0343\u036a",
    "ﷺ",
    "㌀",
    "𝓪",
    "\U00020000",
    "½",
)
SPACES = (" ", "\n", "\n\n", "\t", "\u00a0", "\u2003", "\u3000", "\r\n", "\u2028", "  ")


def text(dice: random.Random, longest: int = 12) -> str:
    """Something to say: some words, some markup, some signs, some marks that nobody sees, in any order."""
    pieces = []
    for _ in range(dice.randint(1, longest)):
        kind = dice.random()
        source: str | tuple[str, ...] = MARKUP
        if kind > 0.5:
            source = WORDS
        if kind > 0.7:
            source = SIGNS
        if kind > 0.85:
            source = SPACES
        if kind > 0.93:
            source = BIDI + ZERO_WIDTH
        piece = dice.choice(source)
        pieces.append(piece * dice.choice((1, 1, 1, 1, 2, 7)))
    return "".join(pieces)


def long_text(dice: random.Random, length: int) -> str:
    """The same, at least so many characters of it; at times without any place to break."""
    if dice.random() < 0.2:
        return dice.choice((*SIGNS, *WORDS)) * length
    whole = ""
    while len(whole) < length:
        whole += text(dice) + dice.choice(("", " ", "\n"))
    return whole


def inside(dice: random.Random, word: str, marks: str = ZERO_WIDTH) -> str:
    """The word with marks that nobody sees between its letters."""
    return "".join(letter + (dice.choice(marks) if dice.random() < 0.5 else "") for letter in word)


def visible(shown: str) -> str:
    """What is left of a text when white space does not count: platforms trim it, cuts take it away."""
    return "".join(shown.split())


_STEMS = (
    "../../etc/passwd",
    "..\\..\\windows\\system32\\drivers\\etc\\hosts",
    "/etc/cron.d/x",
    "C:\\autoexec.bat",
    "file:///etc/passwd",
    "....//....//x",
    "..%2f..%2fx",
    "%2e%2e/%2e%2e/x",
    "..\u2215..\u2215x",
    "\uff0e\uff0e\uff0fx",
    ".htaccess",
    ".ssh/authorized_keys",
    "CON",
    "NUL.txt",
    "aux.h",
    "COM1:",
    "x.txt:stream",
    "rapor\0.exe",
    "rapor.pdf\n.exe",
    "rapor\r\nX-Evil: 1",
    'rapor"; filename="x.exe',
    "fatura\u202efdp.exe",
    "\u200b.\u200bhtaccess",
    "$(reboot)",
    "`reboot`",
    "; rm -rf ~",
    "| cat /etc/passwd",
    "-rf",
    "~",
    ".",
    "..",
    "",
    " ",
    "\ufeff",
    "e\u0301" * 30,
    "Z\u0351\u036b\u0343\u036a" * 20,
    "👩🏽‍🚀.png",
    "x" * 4096,
    "ş" * 2048,
    "a/" * 2000,
    "a." * 2000,
    "<img src=x onerror=alert(1)>.png",
    "{0.__class__}",
    "%n%n%n",
    "=cmd|' /C calc'!A0",
)


def file_name(dice: random.Random) -> str:
    """The name of a file as somebody without scruples would choose it."""
    name = dice.choice(_STEMS)
    for _ in range(dice.randint(0, 3)):
        mark = dice.choice((*BIDI, *ZERO_WIDTH, "\0", "\x1b[31m", "\x7f", "\u0085", "../", "..\\", "/", "."))
        place = dice.randrange(len(name) + 1)
        name = name[:place] + mark + name[place:]
    return name + dice.choice(("", "", ".pdf", ".exe", ".tar.gz", ".p\u200bhp"))
