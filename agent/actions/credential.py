"""Actions on the credentials in the keychain. None gives a plain value."""

from __future__ import annotations

import time

from pydantic import BaseModel, Field

from agent.actions.keyboard import fresh_code, seconds_left
from agent.core.action import Action
from agent.core.context import Context
from agent.core.errors import CredentialNotFound
from agent.core.secret import Secret


class GetCredential(
    Action,
    id="credential.get",
    label="Get a credential",
    icon="credential",
    category="Credentials",
    effect="pure",
    keywords=("password store", "vault", "asset", "keychain", "Zugangsdaten", "Tresor", "Schlüsselbund", "Kennwort"),
):
    """Make sure that a credential is in the keychain, and hand its name on to the steps that sign in with it.

    What it gives is a handle: the name, what is stored under it and where it may be used, never a value. Put it first
    in a workflow, and a credential that is missing on this machine is told before anything has been done.
    """

    name: str = Field(title="Credential", description="Its name in the keychain.", min_length=1, max_length=100)
    parts: tuple[str, ...] = Field(
        (), title="Parts", description="What must be stored, such as user, password and totp.", max_length=20
    )

    class Result(BaseModel):
        credential: str = Field(title="Credential", description="The name, for “Sign in” and “Type a secret”.")
        parts: tuple[str, ...] = Field(title="Parts", description="What is stored, such as user and password.")
        only_for: str = Field(title="Only for", description="Where it may be used; empty for everywhere.")

    def run(self, context: Context) -> Result:
        found = context.credential(self.name)
        for part in self.parts:
            if part not in found.fields:
                raise CredentialNotFound(
                    "The credential {credential} has no {field}, only {fields}.",
                    "Store it with: tla credential set {credential}",
                    credential=found.name,
                    field=part,
                    fields=", ".join(found.fields),
                )
        return self.Result(credential=found.name, parts=found.fields, only_for=str(found.binding))


class OneTimeCode(
    Action,
    id="credential.totp",
    label="One-time code",
    icon="code",
    category="Credentials",
    effect="idempotent",
    keywords=("OTP", "TOTP", "2FA", "MFA", "authenticator", "Einmalcode", "Zwei-Faktor", "Bestätigungscode"),
):
    """Make the one-time code of this moment, and make sure that it is good for some seconds more.

    The code is a secret: steps and records see dots. To type it, use “Type a secret” with the part totp, or the code
    field of “Sign in”; both make a fresh one just before.
    """

    name: str = Field(title="Credential", description="Its name in the keychain.", min_length=1, max_length=100)

    class Result(BaseModel):
        code: Secret = Field(title="Code", description="The code, as dots.")
        valid_s: float = Field(title="Valid (s)", description="How long it is good, at least.")

    def run(self, context: Context) -> Result:
        code = fresh_code(context, self.name)
        return self.Result(code=code, valid_s=round(seconds_left(time.time()), 1))
