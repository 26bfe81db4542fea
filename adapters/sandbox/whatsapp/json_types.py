"""What travels over the wire: parsed JSON, as loosely typed as the platform's own documents."""

from typing import Any

Json = dict[str, Any]
