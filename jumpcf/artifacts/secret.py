"""A secret as a value: it can be handed on, and is neither shown, formatted, stored nor compared by accident."""

from typing import Any, NoReturn

_HIDDEN = "Secret(hidden)"


class Secret:
    """Holds a text that only `reveal` gives.  Every other way to its characters raises TypeError; `repr` alone
    answers, with no part of it, because tracebacks and debuggers ask for it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def within(self, text: str) -> str:
        """The text with the secret in it taken out, for what others say of a call that carried it."""
        return text.replace(self._text, "(hidden)") if self._text else text

    def __repr__(self) -> str:
        return _HIDDEN

    def _refuse(self, *_: Any) -> NoReturn:
        raise TypeError("a secret is not shown, stored or compared; reveal() gives it")

    __str__ = __format__ = __iter__ = __len__ = __eq__ = __reduce_ex__ = __getstate__ = _refuse
    __hash__ = None  # type: ignore[assignment]
