"""Who a webhook speaks of: a business-scoped user id, a phone number, or both."""

from adapters.whatsapp.loose import Json, mapping, text
from bot.domain.message import Person


def person_ids(message: Json, contact: Json) -> list[str]:
    """The sender's ids, best first: the business-scoped one survives where the phone number is withheld."""
    return _distinct(message.get("from_user_id"), contact.get("user_id"), message.get("from"), contact.get("wa_id"))


def keys_of(ids: list[str]) -> tuple[str, ...]:
    """`bsuid:…` and `phone:…` for ids; whatever is no phone number is taken for a business-scoped id."""
    keys = (f"phone:{phone}" if (phone := phone_digits(each)) else f"bsuid:{each}" for each in ids)
    return tuple(dict.fromkeys(keys))


def phone_digits(value: str) -> str:
    """The digits of `+905550000001` or `905550000001`, or nothing when this is no phone number."""
    digits = value.removeprefix("+")
    return digits if digits.isascii() and digits.isdigit() else ""


def person(ids: list[str], contact: Json) -> Person:
    """The person behind `ids`, with the name, user name and phone number that the contact carries."""
    profile = mapping(contact.get("profile"))
    phone = next((digits for each in ids if (digits := phone_digits(each))), "")
    return Person(
        keys=keys_of(ids),
        name=text(profile.get("name")).strip(),
        username=text(profile.get("username")).strip(),
        phone=f"+{phone}" if phone else "",
    )


def new_ids(system: Json) -> list[str]:
    """The ids a `system` message announces, best first."""
    return _distinct(system.get("user_id"), system.get("wa_id"), system.get("new_wa_id"))


def _distinct(*ids: object) -> list[str]:
    found: list[str] = []
    for each in ids:
        if each is not None and (known := text(each)) and known not in found:
            found.append(known)
    return found
