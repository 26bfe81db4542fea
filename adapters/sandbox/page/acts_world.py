"""What the visitor does to the world itself: move the clock, switch faults."""

from typing import Any

from adapters.sandbox.clock import SandboxClock
from adapters.sandbox.page.cast import CUSTOMERS
from adapters.sandbox.page.orders import Order, OrderRefused
from adapters.sandbox.page.switches import TROUBLES, Switches
from adapters.sandbox.whatsapp import WhatsAppServer

DEEDS = frozenset({"clock", "fault"})
LONGEST_STEP_SECONDS = 366 * 24 * 3600


def act(clock: SandboxClock, switches: Switches, whatsapp: WhatsAppServer, order: Order) -> dict[str, Any]:
    """Carry out a `clock` order (`seconds` forward) or a `fault` order (`name`, `on`)."""
    if order.text("do") == "clock":
        return _move(clock, order.real("seconds"))
    name, on = order.text("name"), order.switch("on")
    if name != "shut_window":
        switches.turn(name, on)
    elif on:
        _shut_windows(whatsapp)
    else:
        raise OrderRefused("only a customer's next message opens the window again")
    return {}


def troubles(switches: Switches, whatsapp: WhatsAppServer) -> dict[str, bool]:
    """Which faults are on now, by name."""
    return {name: name in switches.on for name in TROUBLES} | {"shut_window": _windows_shut(whatsapp)}


def _move(clock: SandboxClock, seconds: float) -> dict[str, Any]:
    # Platforms' times never run backwards, and neither does the sandbox.
    if not 0 < seconds <= LONGEST_STEP_SECONDS:
        raise OrderRefused(f"'seconds' must be more than 0 and at most {LONGEST_STEP_SECONDS}")
    clock.move(seconds)
    return {"offset": clock.offset}


def _written(whatsapp: WhatsAppServer) -> list[str]:
    mine = [one.address for one in CUSTOMERS if one.channel == "whatsapp"]
    return [address for address in mine if any(m["from"] == "customer" for m in whatsapp.messages(address))]


def _windows_shut(whatsapp: WhatsAppServer) -> bool:
    written = _written(whatsapp)
    return bool(written) and not any(whatsapp.window_open(address) for address in written)


def _shut_windows(whatsapp: WhatsAppServer) -> None:
    written = _written(whatsapp)
    if not written:
        raise OrderRefused("no window is open yet: let a customer write on WhatsApp first")
    for address in written:
        whatsapp.shut_window(address)
