"""What is counted, for `/metrics`: no label ever holds a person's words or identity."""

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

REGISTRY = CollectorRegistry()

INBOX_ITEMS = Counter(
    "gise_inbox_items", "Raw updates worked off, by channel and outcome.", ("channel", "outcome"), registry=REGISTRY
)
ERRANDS = Counter(
    "gise_errands",
    "Calls to the platforms, by channel, kind and result.",
    ("channel", "op", "state"),
    registry=REGISTRY,
)
WAITING = Gauge("gise_waiting_rows", "Rows that wait now, by door.", ("door",), registry=REGISTRY)
PARKED = Gauge("gise_parked_rows", "Rows kept aside for a person, by door.", ("door",), registry=REGISTRY)
OLDEST = Gauge("gise_oldest_waiting_seconds", "Age of the oldest due row, by door.", ("door",), registry=REGISTRY)
TICKETS = Gauge("gise_tickets", "Tickets by status.", ("status",), registry=REGISTRY)


def exposition() -> bytes:
    """Prometheus's text format."""
    return generate_latest(REGISTRY)
