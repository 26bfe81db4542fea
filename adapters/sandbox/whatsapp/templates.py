"""Message templates: the approved texts that may be sent outside the 24 h window."""

import re
import zlib
from dataclasses import dataclass, replace

from adapters.sandbox.whatsapp.checks import length_between, objects_param
from adapters.sandbox.whatsapp.errors import GraphError
from adapters.sandbox.whatsapp.json_types import Json

PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
# Code 132018: no line breaks, no tabs, no more than four spaces in a row inside a parameter.
UNTIDY = re.compile(r"[\n\t]| {5,}")
BODY_LENGTH = 1024
BUTTON_LENGTH = 25
MOST_BUTTONS = 10
PAYLOAD_LENGTH = 256
STATUSES = ("APPROVED", "PENDING", "REJECTED", "PAUSED", "DISABLED", "IN_APPEAL", "ARCHIVED", "PENDING_DELETION")
QUALITIES = ("GREEN", "YELLOW", "RED", "UNKNOWN")
REFUSALS = {"PAUSED": 132015, "DISABLED": 132016}


@dataclass(frozen=True)
class Template:
    """One language of a template; `buttons` are the titles of its quick replies, `header` is a line of text above."""

    name: str
    language: str
    body: str
    category: str = "UTILITY"
    status: str = "APPROVED"
    buttons: tuple[str, ...] = ()
    quality: str = "UNKNOWN"
    header: str = ""

    @property
    def id(self) -> str:
        """A stable numeric id."""
        return str(10**14 + zlib.crc32(f"{self.name}:{self.language}".encode()))

    @property
    def parameters(self) -> list[str]:
        """The placeholders in order of appearance, each once: ["1", "2"] or names."""
        return list(dict.fromkeys(PLACEHOLDER.findall(self.body)))

    @property
    def named(self) -> bool:
        """Whether placeholders are names rather than numbers."""
        return any(not parameter.isdigit() for parameter in self.parameters)

    def describe(self) -> Json:
        """The template as GET /{waba}/message_templates lists it."""
        body: Json = {"type": "BODY", "text": self.body}
        if self.named:
            samples = [{"param_name": name, "example": "sample"} for name in self.parameters]
            body["example"] = {"body_text_named_params": samples}
        elif self.parameters:
            body["example"] = {"body_text": [["sample"] * len(self.parameters)]}
        components: list[Json] = [{"type": "HEADER", "format": "TEXT", "text": self.header}] if self.header else []
        components.append(body)
        if self.buttons:
            items = [{"type": "QUICK_REPLY", "text": title} for title in self.buttons]
            components.append({"type": "BUTTONS", "buttons": items})
        return {
            "name": self.name,
            "parameter_format": "NAMED" if self.named else "POSITIONAL",
            "components": components,
            "language": self.language,
            "status": self.status,
            "category": self.category,
            "quality_score": {"score": self.quality, "date": 0},
            "id": self.id,
        }

    def filled(self, components: list[Json]) -> Json:
        """What the customer's phone shows; GraphError 132000, 132005, 132018 or 100 for wrong parameters."""
        for part in components:
            if not (_is(part, "type", "body") or _is_quick_reply(part)):
                given = f"{part.get('type')}/{part.get('sub_type')}"
                raise GraphError(132000, f"component {given} does not exist in this template")
        if PLACEHOLDER.search(self.header):
            raise GraphError(132000, "header: number of localizable_params (0) does not match the expected number")
        values = self._values(components)
        text = PLACEHOLDER.sub(lambda found: values[found.group(1)], self.body)
        if len(text) > BODY_LENGTH:
            raise GraphError(132005, f"body: text length {len(text)} exceeds {BODY_LENGTH}")
        payloads = _payloads(components, len(self.buttons))
        buttons = [
            {"type": "QUICK_REPLY", "text": title, "payload": payloads.get(nth, title)}
            for nth, title in enumerate(self.buttons)
        ]
        named = {"name": self.name, "language": self.language, "category": self.category}
        return named | {"body": text, "buttons": buttons}

    def _values(self, components: list[Json]) -> dict[str, str]:
        where = "template['components']['parameters']"
        bodies = [part for part in components if _is(part, "type", "body") and part.get("parameters")]
        given = [p for part in bodies for p in objects_param(part, "parameters", where)]
        expected = self.parameters
        if len(given) != len(expected):
            raise GraphError(
                132000,
                f"body: number of localizable_params ({len(given)}) does not match the expected number of "
                f"params ({len(expected)})",
            )
        names = [p.get("parameter_name") for p in given] if self.named else sorted(expected, key=int)
        if set(names) != set(expected):
            raise GraphError(100, message="(#100) Invalid parameter", details="Parameter name is missing")
        return {str(name): _tidy(p) for name, p in zip(names, given, strict=True)}


def _is(component: Json, key: str, value: str) -> bool:
    return str(component.get(key, "")).lower() == value


def _is_quick_reply(component: Json) -> bool:
    return _is(component, "type", "button") and _is(component, "sub_type", "quick_reply")


def _tidy(parameter: Json) -> str:
    text = parameter.get("text")
    if not _is(parameter, "type", "text") or not isinstance(text, str) or not text:
        raise GraphError(100, message="(#100) Param template['components'] needs parameters with text.")
    if UNTIDY.search(text):
        raise GraphError(132018, "Param text cannot have new-line/tab characters or more than 4 consecutive spaces")
    return text


def _payloads(components: list[Json], buttons: int) -> dict[int, str]:
    """The payloads given for quick replies, by the button's place; others answer with their title."""
    payloads: dict[int, str] = {}
    for part in components:
        if not _is_quick_reply(part):
            continue
        nth = str(part.get("index", ""))
        if not nth.isdigit() or int(nth) >= buttons:
            raise GraphError(132000, f"buttons: Button at index {nth} of type QuickReply does not exist")
        first = objects_param(part, "parameters", "template['components']['parameters']")[0]
        payloads[int(nth)] = length_between(first.get("payload"), "Button payload", PAYLOAD_LENGTH)
    return payloads


DEFAULT_TEMPLATES = (
    Template(
        "gise_answer_waiting",
        "tr",
        "{{1}} numaralı talebinize bir yanıtımız var. Görmek için aşağıdaki düğmeye dokunun.",
        buttons=("Yanıtı göster",),
    ),
    Template(
        "gise_answer_waiting",
        "en",
        "We have an answer to your request {{1}}. Tap the button below to read it.",
        buttons=("Show answer",),
    ),
    Template("gise_reminder", "tr", "{{1}} numaralı talebiniz yanıtınızı bekliyor. 24 saat içinde kapanacak."),
    Template("gise_reminder", "en", "Your request {{1}} is waiting for your answer. It closes in 24 hours."),
    Template("gise_closed", "tr", "{{1}} numaralı talebiniz kapatıldı."),
    Template("gise_closed", "en", "Your request {{1}} has been closed."),
    Template("gise_no_news", "tr", "{{1}} numaralı talebiniz üzerinde çalışıyoruz, henüz yeni bir bilgi yok."),
    Template("gise_no_news", "en", "We are working on your request {{1}}; there is no news yet."),
)


class Templates:
    """The business account's templates by name and language."""

    def __init__(self) -> None:
        self._templates = {(t.name, t.language): t for t in DEFAULT_TEMPLATES}

    def add(self, template: Template) -> None:
        """Add or replace; ValueError for what Meta would never approve."""
        if template.status not in STATUSES or template.quality not in QUALITIES:
            given = f"{template.status!r} and {template.quality!r}"
            raise ValueError(f"a template has one of {STATUSES} and {QUALITIES}, not {given}")
        if len(template.buttons) > MOST_BUTTONS or any(len(b) > BUTTON_LENGTH for b in template.buttons):
            raise ValueError(f"a template has at most {MOST_BUTTONS} buttons of {BUTTON_LENGTH} characters")
        self._templates[template.name, template.language] = template

    def change(self, name: str, language: str, *, status: str = "", quality: str = "") -> Template:
        """Give a template another status or quality; LookupError when there is none."""
        found = self.find(name, language)
        self.add(replace(found, status=status or found.status, quality=quality or found.quality))
        return self.find(name, language)

    def find(self, name: str, language: str) -> Template:
        """The template, whatever its status; LookupError when there is none."""
        if (name, language) not in self._templates:
            raise LookupError(f"no template {name} in {language}")
        return self._templates[name, language]

    def remove(self, name: str, language: str) -> None:
        """Forget a template, as if somebody had deleted it in WhatsApp Manager."""
        del self._templates[name, language]

    def sendable(self, name: str, language: str) -> Template:
        """The approved template; GraphError 132001, 132015 or 132016 otherwise."""
        template = self._templates.get((name, language))
        if template is not None and template.status in REFUSALS:
            raise GraphError(REFUSALS[template.status])
        if template is None or template.status != "APPROVED":
            raise GraphError(132001, f"template name ({name}) does not exist in {language}")
        return template

    def listed(self, filters: dict[str, str]) -> list[Template]:
        """Templates that pass Graph's filters: name (part of it), status, category, language (comma lists)."""
        kept = []
        for template in self._templates.values():
            fits = [filters.get("name", "") in template.name]
            for key in ("status", "category", "language"):
                wanted = filters.get(key)
                fits.append(not wanted or getattr(template, key) in wanted.split(","))
            if all(fits):
                kept.append(template)
        return kept
