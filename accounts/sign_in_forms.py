"""The forms of the sign-in package, so that what they do passes our services.

The package's views call `save()` on its forms; these hand over to a service there, and nowhere else.
"""

from typing import Any

from allauth.account import forms as account
from allauth.core import context
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import selectors, services
from accounts.adapters import AccountAdapter
from accounts.guessing import Step, count_guess, count_reset_letter
from common.forms import YesNoField


class ChangePasswordForm(account.ChangePasswordForm):
    """Offers to revoke the person's keys, where there are any."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Current password")
        _name_new_password(self)
        number = selectors.number_of_keys(self.user)
        if number:
            self.fields["revoke_keys"] = YesNoField(
                required=False,
                label=ngettext(
                    "Also revoke my API key (%(number)s); the program that uses it stops working",
                    "Also revoke my %(number)s API keys; programs that use them stop working",
                    number,
                )
                % {"number": number},
            )

    def save(self) -> None:
        services.change_password(
            user=self.user,
            password=self.cleaned_data["password1"],
            revokes_keys=bool(self.cleaned_data.get("revoke_keys")),
        )


class ResetPasswordForm(account.ResetPasswordForm):
    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """One letter in some minutes, whoever asks how often; the answer does not tell."""
        email = str(self.cleaned_data["email"])
        if count_reset_letter(request, email=email):
            super().save(request, **kwargs)
        return email


class ResetPasswordKeyForm(account.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_new_password(self)

    def save(self) -> None:
        services.reset_password(user=self.user, password=self.cleaned_data["password1"])


def _name_new_password(form: Form) -> None:
    form.fields["password1"].label = _("New password")
    form.fields["password2"].label = _("New password, once more")


class _CountsGuesses:
    """Codes are guesses that we count, as we count passwords: those of an app and those for recovery."""

    user: Any

    def clean_code(self) -> str:
        guess = count_guess(context.request, email=self.user.email, step=Step.CODE)
        if guess is None:
            raise AccountAdapter().validation_error("too_many_login_attempts")
        code = str(super().clean_code())  # type: ignore[misc]
        guess.was_right()
        return code


class _RecordsFailures:
    """A wrong code after the right password is a failed sign-in too."""

    user: Any

    def clean_code(self) -> str:
        try:
            return str(super().clean_code())  # type: ignore[misc]
        except ValidationError:
            services.record_failed_sign_in(
                email=self.user.email,
                address=AccountAdapter().get_client_ip(context.request),
                step="second_factor",
            )
            raise


class AuthenticateForm(_RecordsFailures, _CountsGuesses, mfa.AuthenticateForm):
    pass


class ReauthenticateForm(_RecordsFailures, _CountsGuesses, mfa.ReauthenticateForm):
    pass


class ActivateTOTPForm(_CountsGuesses, totp.ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code shown by the app")
