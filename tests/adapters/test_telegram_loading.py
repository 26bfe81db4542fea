"""aiogram's types are built at their first use, and are then what they always were."""

import hashlib
import json
import subprocess
import sys

import pytest
from aiogram.methods import SendMessage
from aiogram.types import Chat, Message, Update

MODELS = """
import json, warnings
import aiogram.methods, aiogram.types
from pydantic import BaseModel

def models():
    for module in (aiogram.types, aiogram.methods):
        for name in module.__all__:
            one = getattr(module, name)
            if isinstance(one, type) and issubclass(one, BaseModel):
                yield one
"""
HOW_MANY = """
built = [one for one in models() if one.__pydantic_complete__]
print(json.dumps([len(built), len(list(models())), aiogram.types.Message in built]))
"""
EACH = """
warnings.simplefilter("ignore")
for one in (aiogram.types.Update, *(one for one in models() if one.__module__.startswith("aiogram.methods."))):
    try:
        schema = json.dumps(one.model_json_schema(), sort_keys=True)
    except Exception as error:
        schema = str(error)
    print(one.__name__, schema)
"""


def told(*lines: str) -> str:
    """What a fresh process prints that runs these lines."""
    done = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, check=True, text=True)
    return done.stdout


def test_loading_leaves_most_types_unbuilt_and_pydantic_as_it_was() -> None:
    lines = ("from pydantic import BaseModel as Base", "before = vars(Base)['model_rebuild']")
    after = ("assert vars(Base)['model_rebuild'] is before",)
    built, known, has_message = json.loads(told(*lines, "import adapters.telegram.loading", *after, MODELS, HOW_MANY))
    assert known > 500
    assert built < known / 2
    assert not has_message


def test_a_type_is_built_when_it_is_needed_with_all_it_refers_to() -> None:
    chat = {"id": 7, "type": "private", "first_name": "Ayşe"}
    said = {"message_id": 2, "date": 1_780_000_000, "chat": chat, "text": "Merhaba"}
    update = Update.model_validate({"update_id": 1, "message": {**said, "reply_to_message": {**said, "message_id": 1}}})
    assert isinstance(update.message, Message)
    assert isinstance(update.message.reply_to_message, Message)
    assert isinstance(update.message.reply_to_message.chat, Chat)


@pytest.mark.parametrize("wrong", [{"chat_id": 7}, {"chat_id": 7, "text": "x", "reply_markup": "none"}])
def test_a_type_that_was_left_alone_refuses_what_does_not_fit(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="SendMessage"):
        SendMessage.model_validate(wrong)


@pytest.mark.slow
def test_all_that_comes_and_goes_is_what_the_ordinary_import_makes_of_it() -> None:
    ours, theirs = told("import adapters.telegram.loading", MODELS, EACH), told(MODELS, EACH)
    assert ours.count("\n") > 150
    assert hashlib.sha256(ours.encode()).hexdigest() == hashlib.sha256(theirs.encode()).hexdigest()
