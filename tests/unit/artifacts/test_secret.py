"""A secret shows itself to nobody who does not ask for it by name."""

import copy
import json
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
import pytest

from jumpcf.artifacts.codec import canonical
from jumpcf.artifacts.secret import Secret

TEXT = "Zq7-not-to-be-seen"


@dataclass(frozen=True)
class Record:
    secret: Secret


@pytest.mark.parametrize(
    "way",
    [
        str,
        bytes,
        list,
        len,
        "{}".format,
        lambda secret: f"{secret}",
        lambda secret: "%s" % secret,  # noqa: UP031
        lambda secret: f"{secret:>40}",
        lambda secret: secret == TEXT,
        hash,
        pickle.dumps,
        copy.copy,
        copy.deepcopy,
        json.dumps,
        orjson.dumps,
        canonical,
        lambda secret: canonical(Record(secret)),
        lambda secret: canonical({"one": [secret]}),
        vars,
    ],
)
def test_no_other_way_leads_to_its_characters(way: Callable[[Any], Any]) -> None:
    with pytest.raises(TypeError) as refused:
        way(Secret(TEXT))
    assert TEXT not in str(refused.value)


def test_a_traceback_or_a_debugger_sees_that_there_is_one_and_no_part_of_it() -> None:
    for shown in (repr(Secret(TEXT)), repr(Record(Secret(TEXT))), repr([Secret(TEXT)])):
        assert "Secret(hidden)" in shown
        assert TEXT[:3] not in shown


def test_whoever_asks_gets_it_and_the_words_of_others_can_be_cleaned_of_it() -> None:
    secret = Secret(TEXT)
    assert secret.reveal() == TEXT
    assert secret.within(f"value: {TEXT}, type") == "value: (hidden), type"
    assert Secret("").within("nothing") == "nothing"
