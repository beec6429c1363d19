"""`Secret`: a text that goes from the keychain to the keystroke and nowhere else."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any, NoReturn

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from agent.core.errors import CredentialRefused

if TYPE_CHECKING:
    from agent.core.binding import Asker, Seal

MASK = "•••"


class Secret:
    """A text that never prints and never serialises; `reveal()` is the one way to it.

    Only three kinds of place call `reveal()`: a keyboard backend, the TOTP generator, and the redactor that
    looks for the text in order to hide it.

    What the vault hands to an action is sealed: with a binding there is no text to be had from it, by nobody. Typing
    (`Context.input.type_text`) first opens it for the window that asks, and this is where the binding is checked. So an
    action cannot forget the check, whoever has written it.
    """

    __slots__ = ("__seal", "__value")

    def __init__(self, value: str, seal: Seal | None = None) -> None:
        self.__value = value
        self.__seal = seal

    def reveal(self) -> str:
        """The text itself. Never keep it, log it or put it into a message. Raises CredentialRefused when bound."""
        if self.__seal is not None and self.__seal.binding:
            raise CredentialRefused(
                "The credential {credential} is bound to {binding}, so it is only typed, and only there.",
                "Type it with “Type a secret” or “Sign in”.",
                credential=self.__seal.credential,
                binding=self.__seal.binding,
            )
        return self.__value

    def opened_for(self, asker: Asker) -> Secret:
        """The same secret without its seal, for the keyboard. Raises CredentialRefused, which says what asked."""
        if self.__seal is not None:
            self.__seal.binding.check(self.__seal.credential, asker)
        return Secret(self.__value)

    def after(self, typed: int) -> Secret:
        """What is left to type after so many characters, under the same seal; a line end is one character."""
        return Secret(one_line_end(self.__value)[typed:], self.__seal)

    @property
    def seal(self) -> Seal | None:
        """Where it comes from; None for one that was not handed out by the vault."""
        return self.__seal

    @property
    def shown(self) -> bool:
        """Whether people may see it on the screen and in records, as most user names."""
        return self.__seal is not None and self.__seal.shown

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

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "format": "password"}  # as it is written: dots


def one_line_end(text: str) -> str:
    """The text as it is typed: with every line end as ``\\n``."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
