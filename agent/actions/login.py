"""The action that signs in to an application, from the first field to the certainty that it worked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, Field

from agent.actions.keyboard import clear_field, click_field, fresh_code, press_enter, type_secret
from agent.actions.place import find_field, find_place, to_front, within
from agent.actions.waiting import Watched, wait_for
from agent.core.action import Action
from agent.core.context import Context
from agent.core.errors import ActionError, LoginFailed, TargetNotFound, WindowNotFound, WrongWindow
from agent.core.secret import Secret
from agent.core.target import Match, Target, Window, WindowInfo

Answer = Literal["success", "failure", "code"]
T = TypeVar("T")

_ANYWHERE = Watched(every_s=0.5)
"""The answer may be another window; and an old failure message becomes an answer without any change."""
_STALE_S = 2.0
"""How long a failure message that was there before may stay after the next try before it counts as the answer."""


class Login(
    Action,
    id="login.fill",
    label="Sign in",
    icon="login",
    category="Credentials",
    uses={"desktop"},
    effect="once",
    keywords=("log in to application", "login", "logon", "anmelden", "einloggen", "Anmeldung", "2FA", "Zwei-Faktor"),
):
    """Sign in to an application with a credential from the keychain, and make sure that it worked.

    Types user name and password into their fields, presses the button (or Enter), answers the question for a
    one-time code if there is one, and waits until the application shows that you are in, or that it refuses.
    Every character is bound to the window, and a credential that is bound goes only where it may; a secret is never
    seen in logs, records or screenshots. When you are signed in already, nothing is typed.
    """

    credential: str = Field(title="Credential", description="Its name in the keychain.", min_length=1, max_length=100)
    user: Target | None = Field(
        None, title="User field", description="Where the user name goes. Empty: it is not asked for."
    )
    password: Target = Field(title="Password field", description="Where the password goes.")
    code: Target | None = Field(
        None, title="Code field", description="Where the one-time code goes, on the same page or the next."
    )
    submit: Target | None = Field(
        None, title="Button", description="What to click when all is filled in. Empty: Enter."
    )
    success: Target = Field(title="Signed in", description="What is on the screen only once you are signed in.")
    failure: Target | None = Field(
        None, title="Refused", description="What the application shows when it refuses; the text is put into the error."
    )
    window: Window | None = Field(
        None,
        title="Window",
        description="The window of the application. Recommended: then nothing is typed into any other.",
    )
    wait_s: float = Field(15.0, title="Wait (s)", description="For the application's answer.", gt=0, le=3600)

    class Result(BaseModel):
        logged_in: bool = Field(True, title="Signed in", description="True; otherwise the step fails.")
        reason: str = Field(title="Reason", description="“signed in”, or “already signed in”.")

    def run(self, context: Context) -> Result:
        form = _Form(self, context)
        if form.is_past():
            return self.Result(reason="already signed in")

        # All secrets first: with a locked keychain the form stays untouched.
        user = context.secret(self.credential, "user") if self.user is not None else None
        password = context.secret(self.credential, "password")
        refused_before = form.sees(self.failure)

        if self.user is not None and user is not None:
            form.fill(self.user, user)
        form.fill(self.password, password)
        code_at_once = form.fill_code_if_asked()
        form.submit()

        answer = form.answer(code_may_come=not code_at_once, stale=refused_before)
        if answer == "code":
            form.fill_code_if_asked()
            form.submit_code()
            answer = form.answer(code_may_come=False, stale=False)

        if answer == "success":
            return self.Result(reason="signed in")
        raise form.refused() if answer == "failure" else form.unanswered()

    def happened(self, context: Context) -> bool | None:
        """True when success is to be seen; otherwise nobody can tell whether the application has counted a try."""
        return _Form(self, context).sees(self.success) or None


class _Form:
    """The form on the screen while it is filled in. Everything it does stays in the windows of one program."""

    def __init__(self, login: Login, context: Context) -> None:
        self._login = login
        self._context = context
        self._window: WindowInfo | None = None
        """The window of the field that was filled last."""

    def is_past(self) -> bool:
        """Wait for the form, which may still be opening; tells whether there is success to be seen instead."""
        if self._login.window is not None:
            to_front(self._context, self._login.window)

        def look() -> tuple[bool, bool] | None:
            seen = self.sees(self._login.password), self.sees(self._login.success)
            return seen if any(seen) else None

        # Neither of them: then filling in the first field says what is wrong.
        form, success = self._wait_for(look) or (True, False)
        if form and success:
            raise ActionError(
                "{success} is on the screen beside {password}, so it cannot show that the sign-in worked.",
                "For “Signed in”, choose something that is there only afterwards. Nothing was typed yet.",
                success=self._login.success,
                password=self._login.password,
            )
        return success

    def sees(self, target: Target | None) -> bool:
        """Whether the target is in the window now, once or more often."""
        return target is not None and bool(self._look(target))

    def fill(self, target: Target, secret: Secret | None = None) -> None:
        """Click the field, empty it (the last user's name may be there), type. None is a one-time code."""
        place, window = find_field(self._context, within(target, self._login.window))
        self._check_same_program(target, window)
        if secret is not None:
            self._context.check_may_type(secret, window)
        # When the person comes in between before anything was sent, it is filled in anew from the start.
        with self._context.repeatable():
            click_field(self._context, place, window)
            clear_field(self._context, window)
            if secret is None:
                secret = fresh_code(self._context, self._login.credential)
            type_secret(self._context, secret, place, window)
        self._window = window

    def fill_code_if_asked(self) -> bool:
        """Type a one-time code into its field when that is there; tells whether it was."""
        code = self._login.code
        if code is None or not self.sees(code):
            return False
        self.fill(code)
        return True

    def submit(self) -> None:
        """Click the button, or press Enter where none was named."""
        if self._login.submit is not None:
            target = within(self._login.submit, self._login.window)
            place = find_place(self._context, target)
            self._check_same_program(target, place.window)
            into = place.window.id if place.window is not None else None
            self._context.input.click(place.point, into=into)
        elif self._window is not None:
            press_enter(self._context, self._window)

    def submit_code(self) -> None:
        """Send the second page: it may have another button, or none because it goes on after the last digit."""
        if self.sees(self._login.submit):
            self.submit()
        elif self.sees(self._login.code) and self._window is not None:
            press_enter(self._context, self._window)

    def answer(self, *, code_may_come: bool, stale: bool) -> Answer | None:
        """What the application says within the wait; None when it says nothing.

        With `stale`, a failure message that was there before is believed only after some time.
        """
        sent = self._context.now()

        def look() -> Answer | None:
            if self.sees(self._login.success) or self._signed_in_elsewhere():
                return "success"
            if (not stale or self._context.now() - sent > _STALE_S) and self.sees(self._login.failure):
                return "failure"
            return "code" if code_may_come and self.sees(self._login.code) else None

        return self._wait_for(look)

    def refused(self) -> LoginFailed:
        """The error with the application's own words."""
        return LoginFailed(
            "The application refused the sign-in: {text}",
            "Check the credential {credential} in the keychain. It is not tried again by itself, "
            "so that the account is not locked.",
            text=self._words_of_refusal(),
            credential=self._login.credential,
        )

    def unanswered(self) -> LoginFailed:
        """The error when neither success nor failure was seen; its hint is what finding the success target says."""
        hint, values = "Correct the target that shows the success, or wait longer.", dict[str, Any]()
        try:
            self._context.find(within(self._login.success, self._login.window))
        except (TargetNotFound, WindowNotFound) as error:
            hint, values = error.hint or hint, error.values
        return LoginFailed(
            "The application did not say whether the sign-in worked: {success} did not appear within {seconds} s.",
            hint,
            **(values | {"success": self._login.success, "seconds": self._login.wait_s}),
        )

    def _wait_for(self, look: Callable[[], T | None]) -> T | None:
        return wait_for(self._context, look, most_s=self._login.wait_s, watched=_ANYWHERE)

    def _look(self, target: Target) -> tuple[Match, ...]:
        try:
            found = self._context.find_all(within(target, self._login.window))
        except WindowNotFound:
            return ()
        return tuple(match for match in found if not self._is_covered(match))

    def _is_covered(self, match: Match) -> bool:
        """Whether what was seen belongs to another window that lies over the application's."""
        top = self._context.windows.at(match.rect.center)
        return match.window_id != 0 and top is not None and top.id != match.window_id

    def _signed_in_elsewhere(self) -> bool:
        """Whether the sign-in window is gone and success is to be seen somewhere else, as in a main window."""
        query = self._login.window
        gone = query is not None and self._context.window(query) is None
        return gone and bool(self._context.find_all(self._login.success))

    def _check_same_program(self, target: Target, window: WindowInfo | None) -> None:
        first = self._window
        if first is None or (window is not None and (window.id == first.id or 0 != window.pid == first.pid)):
            return
        raise WrongWindow(
            "{target} is in {found}, which does not belong to {window}, so nothing more was typed.",
            "Name the window of the application in the step.",
            target=target,
            found=window or "no window",
            window=first,
        )

    def _words_of_refusal(self) -> str:
        """The whole line at the failure target; its match only, where a secret might be in the line."""
        match = next(iter(self._look(self._login.failure) if self._login.failure is not None else ()), None)
        if match is None:
            return str(self._login.failure)
        windows = self._context.windows.list()
        hidden = self._context.masks.regions(windows)
        area = next((window.region for window in windows if window.id == match.window_id), match.rect)
        for line in self._context.read(area).lines:
            in_it = line.rect.contains(match.rect.center)
            if in_it and all(line.rect.intersection(mask).is_empty for mask in hidden):
                return line.text
        return match.text or str(self._login.failure)
