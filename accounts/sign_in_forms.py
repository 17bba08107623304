"""The forms of the sign-in package, so that what they do passes our services.

The package's views call `save()` on its forms; these hand over to a service there, and nowhere else.
"""

from typing import Any

from allauth.account import forms as account
from allauth.core import context
from allauth.mfa.base import forms as mfa
from django.core.exceptions import ValidationError
from django.utils.translation import ngettext

from accounts import selectors, services
from accounts.adapters import AccountAdapter
from common.forms import YesNoField


class ChangePasswordForm(account.ChangePasswordForm):
    """Offers to revoke the person's keys, where there are any."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
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


class ResetPasswordKeyForm(account.ResetPasswordKeyForm):
    def save(self) -> None:
        services.reset_password(user=self.user, password=self.cleaned_data["password1"])


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


class AuthenticateForm(_RecordsFailures, mfa.AuthenticateForm):
    pass


class ReauthenticateForm(_RecordsFailures, mfa.ReauthenticateForm):
    pass
