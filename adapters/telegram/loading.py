"""Importing this loads aiogram with a quarter of the computing and less than half of the memory.

aiogram declares its types `defer_build`, and yet builds all of its hundreds as the last step of its import; we use a
dozen. Here that step only notes the names that the types refer to each other by, and leaves these names where pydantic
looks for them, so that each type is built at its first use. Whoever imports aiogram without this gets the same types.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Final

from pydantic import BaseModel

_TYPES: Final = "aiogram.types."
_BUILD: Final = "model_rebuild"
_NAMES: Final = "_types_namespace"


@contextmanager
def _postponed() -> Iterator[dict[str, Any]]:
    """Meanwhile none of aiogram's types is built with names it is given; the names are noted instead."""
    noted: dict[str, Any] = {}
    ordinary = vars(BaseModel)[_BUILD]

    def build(cls: type[BaseModel], /, **options: Any) -> bool | None:
        if cls.__module__.startswith(_TYPES) and _NAMES in options:
            noted.update(options[_NAMES])
            return None
        built: bool | None = ordinary.__get__(None, cls)(**options)
        return built

    setattr(BaseModel, _BUILD, classmethod(build))
    try:
        yield noted
    finally:
        setattr(BaseModel, _BUILD, ordinary)


def _load() -> None:
    with _postponed() as names:
        import_module("aiogram")
    for name, module in list(sys.modules.items()):
        if name.startswith(_TYPES):
            vars(module).update({known: value for known, value in names.items() if known not in vars(module)})


if "aiogram" not in sys.modules:
    _load()
