"""`Secret`: a text that goes from the keychain to the keystroke and nowhere else."""

from __future__ import annotations

import hmac
from typing import Any, NoReturn

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

MASK = "•••"


class Secret:
    """A text that never prints and never serialises; `reveal()` is the one way to it.

    Only three kinds of place call `reveal()`: a keyboard backend, the TOTP generator, and the redactor that
    looks for the text in order to hide it.
    """

    __slots__ = ("__value",)

    def __init__(self, value: str) -> None:
        self.__value = value

    def reveal(self) -> str:
        """The text itself. Never keep it, log it or put it into a message."""
        return self.__value

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return MASK

    def __bool__(self) -> bool:
        return bool(self.__value)

    def __eq__(self, other: object) -> bool:
        # Constant time, so that comparing cannot be used to guess it character by character.
        return isinstance(other, Secret) and hmac.compare_digest(self.__value.encode(), other.__value.encode())

    __hash__ = None  # type: ignore[assignment]  # a secret is no key: a dict would keep it alive and printable

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Secret:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("A secret cannot be pickled.")

    def __getstate__(self) -> NoReturn:
        raise TypeError("A secret cannot be serialised.")

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        # Only a Secret is taken (a plain text in a workflow file is no secret), and it is written as dots.
        return core_schema.is_instance_schema(cls, serialization=core_schema.plain_serializer_function_ser_schema(str))
