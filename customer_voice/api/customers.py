"""Customer accounts and contacts in the API."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import MemberView
from accounts.choices import Action, Currency
from common.api import strictly_filtered
from common.strict import READ, READ_EACH, KnownFields
from customer_voice import services
from customer_voice.access import account_by_id, accounts_for, contact_by_id, contacts_for
from customer_voice.api import filters
from customer_voice.api.sent_back import SentBack
from customer_voice.choices import Consent, CustomerKind
from customer_voice.filters import AccountFilter, ContactFilter
from customer_voice.importers.customers import ListItem
from customer_voice.models import Contact, CustomerAccount
from customer_voice.models.customers import LONGEST_REFERENCE, LONGEST_TAG

MOST_AT_ONCE = 5_000
MOST_PEOPLE = 2_147_483_647


class CustomerAccountSerializer(serializers.ModelSerializer[CustomerAccount]):
    tags = serializers.SerializerMethodField()

    class Meta:
        model = CustomerAccount
        fields = [
            "id",
            "external_reference",
            "name",
            "segment",
            "yearly_value",
            "currency",
            "started_on",
            "renews_on",
            "left_on",
            "people_total",
            "tags",
            "archived_at",
            "erased_at",
        ]
        read_only_fields = fields

    def get_tags(self, account: CustomerAccount) -> list[str]:
        return [tag.name for tag in account.tags.all()]


class ContactSerializer(serializers.ModelSerializer[Contact]):
    """After an erasure nothing of the person is left, and `erased_at` says when."""

    account: "serializers.SlugRelatedField[Any]" = serializers.SlugRelatedField(
        slug_field="external_reference", read_only=True
    )

    class Meta:
        model = Contact
        fields = [
            "id",
            "external_reference",
            "name",
            "email",
            "account",
            "segment",
            "language",
            "consent",
            "consent_changed_at",
            "archived_at",
            "erased_at",
        ]
        read_only_fields = fields


class AccountValues(KnownFields, serializers.Serializer[Any]):
    """What is named is written; what is not named stays. Null and empty mean that there is none."""

    name = serializers.CharField(max_length=150, required=False, allow_blank=True)
    segment = serializers.CharField(max_length=60, required=False, allow_blank=True)
    yearly_value = serializers.DecimalField(
        max_digits=16, decimal_places=2, required=False, allow_null=True, help_text="Revenue a year."
    )
    currency = serializers.ChoiceField(
        choices=Currency.choices, required=False, allow_blank=True, help_text="Needed with `yearly_value`."
    )
    started_on = serializers.DateField(required=False, allow_null=True)
    renews_on = serializers.DateField(required=False, allow_null=True)
    left_on = serializers.DateField(required=False, allow_null=True, help_text="Null: still a customer.")
    people_total = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=MOST_PEOPLE,
        help_text="People who can be asked, whether they have answered or not.",
    )
    tags = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_TAG), required=False, help_text="All of them."
    )


class AccountCreate(AccountValues):
    external_reference = serializers.CharField(
        max_length=LONGEST_REFERENCE, required=False, allow_blank=True, help_text="Absent: it gets one."
    )


class AccountItem(AccountValues):
    external_reference = serializers.CharField(max_length=LONGEST_REFERENCE)


class ContactValues(KnownFields, serializers.Serializer[Any]):
    """What is named is written; what is not named stays. Who said no to surveys keeps `consent` withdrawn."""

    name = serializers.CharField(max_length=150, required=False, allow_blank=True)
    email = serializers.EmailField(max_length=254, required=False, allow_blank=True)
    account = serializers.CharField(
        max_length=LONGEST_REFERENCE,
        required=False,
        allow_null=True,
        allow_blank=True,
        help_text="Reference of the customer account. Another one is a move: earlier answers stay where they "
        "are.",
    )
    segment = serializers.CharField(max_length=60, required=False, allow_blank=True)
    language = serializers.CharField(max_length=12, required=False, allow_blank=True)
    consent = serializers.ChoiceField(choices=Consent.choices, required=False)


class ContactCreate(ContactValues):
    external_reference = serializers.CharField(
        max_length=LONGEST_REFERENCE, required=False, allow_blank=True, help_text="Absent: it gets one."
    )


class ContactChange(ContactValues):
    corrects_past = serializers.BooleanField(
        required=False,
        help_text="With another `account`: the former one was wrong, and earlier answers go along.",
    )


class ContactItem(ContactValues):
    external_reference = serializers.CharField(max_length=LONGEST_REFERENCE)


class AccountBulk(KnownFields, serializers.Serializer[Any]):
    items = AccountItem(many=True, allow_empty=False)


class ContactBulk(KnownFields, serializers.Serializer[Any]):
    """Accounts that nobody knows are added by their reference."""

    items = ContactItem(many=True, allow_empty=False)


class TakenSerializer(serializers.Serializer[Any]):
    """What became of a lot of accounts or contacts."""

    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    left_out = serializers.IntegerField(help_text="People who said no to surveys and stay out of them.")
    accounts_created = serializers.IntegerField(help_text="Accounts that contacts named and nobody knew.")


class CustomerAccountViewSet(MemberView, GenericViewSet[CustomerAccount]):
    """Customer firms, by name. One is known to other systems by its `external_reference`."""

    serializer_class = CustomerAccountSerializer
    queryset = CustomerAccount.objects.none()
    lookup_value_regex = "[0-9]{1,18}"
    required_actions = {
        "*": Action.IMPORT_FEEDBACK,
        "list": Action.VIEW_FEEDBACK,
        "retrieve": Action.VIEW_FEEDBACK,
    }
    parameters = {"list": list(AccountFilter.base_filters)}

    @extend_schema(parameters=filters.ACCOUNTS, responses=CustomerAccountSerializer(many=True))
    def list(self, request: Request, organization: str) -> Response:
        """Filters as on the screen."""
        rows = accounts_for(self.member).prefetch_related("tags")
        found = AccountFilter(request.query_params, queryset=rows, organization=self.member.organization)
        page = self.paginate_queryset(strictly_filtered(found))
        return self.get_paginated_response(CustomerAccountSerializer(page, many=True).data)

    @extend_schema(responses=CustomerAccountSerializer)
    def retrieve(self, request: Request, organization: str, pk: str) -> Response:
        return Response(CustomerAccountSerializer(account_by_id(self.member, int(pk))).data)

    @extend_schema(request=AccountCreate, responses={201: CustomerAccountSerializer})
    def create(self, request: Request, organization: str) -> Response:
        values = _valid(AccountCreate(data=request.data))
        reference = values.pop("external_reference", "")
        account = services.add_account(by=self.member, values=values, external_reference=reference)
        return Response(CustomerAccountSerializer(account).data, status=201)

    @extend_schema(request=AccountValues, responses=CustomerAccountSerializer)
    def partial_update(self, request: Request, organization: str, pk: str) -> Response:
        account = account_by_id(self.member, int(pk), Action.IMPORT_FEEDBACK)
        context = {READ: CustomerAccountSerializer(account).data}
        values = _valid(AccountValues(data=request.data, partial=True, context=context))
        changed = services.change_account(by=self.member, account=account, values=values)
        return Response(CustomerAccountSerializer(changed).data)

    @extend_schema(request=AccountBulk, responses=TakenSerializer)
    @action(detail=False, methods=["post"], pagination_class=None)
    def bulk(self, request: Request, organization: str) -> Response:
        """Add and change up to 5,000 by reference, all or none. Errors are named "<position>.<field>"."""
        rows = accounts_for(self.member).prefetch_related("tags")
        return _taken(self, CustomerKind.ACCOUNTS, request.data, AccountBulk, AccountItem, rows)


class ContactViewSet(MemberView, GenericViewSet[Contact]):
    """People who are customers, with or without an account; in the order in which they became known."""

    serializer_class = ContactSerializer
    queryset = Contact.objects.none()
    lookup_value_regex = "[0-9]{1,18}"
    required_actions = {
        "*": Action.IMPORT_FEEDBACK,
        "list": Action.VIEW_FEEDBACK,
        "retrieve": Action.VIEW_FEEDBACK,
    }
    parameters = {"list": list(ContactFilter.base_filters)}

    @extend_schema(parameters=filters.CONTACTS, responses=ContactSerializer(many=True))
    def list(self, request: Request, organization: str) -> Response:
        """Filters as on the screen."""
        rows = contacts_for(self.member).order_by("pk")
        found = ContactFilter(request.query_params, queryset=rows, organization=self.member.organization)
        page = self.paginate_queryset(strictly_filtered(found))
        return self.get_paginated_response(ContactSerializer(page, many=True).data)

    @extend_schema(responses=ContactSerializer)
    def retrieve(self, request: Request, organization: str, pk: str) -> Response:
        return Response(ContactSerializer(contact_by_id(self.member, int(pk))).data)

    @extend_schema(request=ContactCreate, responses={201: ContactSerializer})
    def create(self, request: Request, organization: str) -> Response:
        values = self._placed(_valid(ContactCreate(data=request.data)))
        reference = values.pop("external_reference", "")
        contact = services.add_contact(by=self.member, values=values, external_reference=reference)
        return Response(ContactSerializer(contact).data, status=201)

    @extend_schema(request=ContactChange, responses=ContactSerializer)
    def partial_update(self, request: Request, organization: str, pk: str) -> Response:
        contact = contact_by_id(self.member, int(pk), Action.IMPORT_FEEDBACK)
        context = {READ: ContactSerializer(contact).data}
        values = self._placed(_valid(ContactChange(data=request.data, partial=True, context=context)))
        corrects_past = values.pop("corrects_past", False)
        moved = services.change_contact(
            by=self.member, contact=contact, values=values, corrects_past=corrects_past
        )
        return Response(ContactSerializer(moved.contact).data)

    @extend_schema(request=ContactBulk, responses=TakenSerializer)
    @action(detail=False, methods=["post"], pagination_class=None)
    def bulk(self, request: Request, organization: str) -> Response:
        """Add and change up to 5,000 by reference, all or none. Errors are named "<position>.<field>".

        Consent that was withdrawn stays so: it is given again by changing one contact, and by nobody where
        the person unsubscribed.
        """
        rows = contacts_for(self.member)
        return _taken(self, CustomerKind.CONTACTS, request.data, ContactBulk, ContactItem, rows)

    def _placed(self, values: dict[str, Any]) -> dict[str, Any]:
        """The account that is named by its reference, as a row."""
        if "account" not in values:
            return values
        reference = values["account"]
        account = (
            accounts_for(self.member).filter(external_reference=reference).first() if reference else None
        )
        if reference and account is None:
            raise ValidationError({"account": ["There is no account of this reference."]})
        return {**values, "account": account}


def _taken(view: Any, kind: str, data: Any, bulk: Any, item: Any, rows: "QuerySet[Any]") -> Response:
    """Take in a lot of customers, of which `rows` are those that are known."""
    serializer = view.get_serializer_class()

    def read(references: set[str]) -> Mapping[str, Mapping[str, Any]]:
        found = serializer(rows.filter(external_reference__in=references), many=True).data
        return {one["external_reference"]: one for one in found}

    sent = data.get("items") if isinstance(data, Mapping) else None
    read_only = set(serializer().fields) - set(item().fields)
    read_each = SentBack(sent, name="external_reference", read_only=read_only, rows=read)
    lot = bulk(data=data, context={READ_EACH: read_each})
    if not lot.is_valid():
        raise ValidationError(_by_position(lot.errors))
    items: Sequence[Mapping[str, Any]] = lot.validated_data["items"]
    if len(items) > MOST_AT_ONCE:
        raise ValidationError({"items": [f"At most {MOST_AT_ONCE} at once."]})
    plan = services.take_list(
        by=view.member,
        kind=kind,
        items=[ListItem(line=position, values=item) for position, item in enumerate(items)],
    )
    body = {
        "created": len(plan.new),
        "updated": len(plan.changed),
        "unchanged": plan.unchanged,
        "left_out": plan.left_out,
        "accounts_created": len(plan.accounts_new),
    }
    return Response(TakenSerializer(body).data)


def _by_position(errors: Mapping[str, Any]) -> dict[str, Any]:
    """Errors of items named as those of the rules are: "<position>.<field>"."""
    items = errors.get("items")
    if not isinstance(items, (list, Mapping)):
        return dict(errors)
    pairs = items.items() if isinstance(items, Mapping) else enumerate(items)
    named = {
        f"{position}.{name}": reasons
        for position, item in pairs
        if isinstance(item, Mapping)
        for name, reasons in item.items()
    }
    return {**{name: text for name, text in errors.items() if name != "items"}, **named} or dict(errors)


def _valid(serializer: Any) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    values: dict[str, Any] = dict(serializer.validated_data)
    return values
