"""Sign-in rules: people join by invitation, or by setting up the first organization."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up by themselves: invitations and the operator's command make accounts."""
        return False
