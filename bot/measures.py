"""What is counted, for `/metrics`: no label ever holds a person's words or identity."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

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

TEMPLATES = Gauge(
    "gise_template_usable",
    "1 where a configured template may be sent, 0 where it is paused, rejected, missing …",
    ("purpose", "language"),
    registry=REGISTRY,
)
MESSAGE_COST = Counter(
    "gise_message_cost", "Messages by what the platform counts them as.", ("class",), registry=REGISTRY
)

TROUBLE = Gauge("gise_trouble", "1 while something is wrong, by name.", ("name",), registry=REGISTRY)
TASKS = Gauge("gise_tasks", "Tasks of the event loop.", registry=REGISTRY)
LOOP_LAG = Histogram(
    "gise_loop_lag_seconds",
    "How late the event loop is.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5),
    registry=REGISTRY,
)


def exposition() -> bytes:
    """Prometheus's text format."""
    return generate_latest(REGISTRY)
