"""Role, address and tenant: nobody of one platform sees, or changes, another's rows. Made from the addresses there are."""

import itertools
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db.models import ForeignKey, Model, OneToOneField
from django.forms.models import model_to_dict
from django.test import Client
from django.urls import get_resolver

from partners.bundles import actions as bundles
from partners.organisations import actions as organisations
from partners.organisations.models import Invitation, Organisation
from partners.outcomes import actions as outcomes
from partners.outcomes.rules import ReportedOutcome
from partners.outcomes.states import Decision, Vote
from partners.webhooks import actions as webhooks
from partners.webhooks.states import Topic
from registry.access import doors
from registry.access.actors import PersonRole
from registry.access.doors import Dialect
from tests.architecture.test_doors import addresses
from tests.partners.conftest import DEMONSTRATION, MakeListed, MakePartner, Partner, image
from tests.partners.keys.test_actions import headers
from tests.partners.people import join, post

pytestmark = pytest.mark.django_db

DOORS = [
    (route, door)
    for route, pattern in addresses(get_resolver().url_patterns)
    if (door := doors.door_of(pattern.callback)) and (door.person_roles or door.scope)
]
BODIES = {"application/json": b"{}", "application/x-www-form-urlencoded": b""}


class Tenant:
    """A platform with a row of every kind, and the words that would give them away."""

    def __init__(self, partner: Partner, entry: str) -> None:
        self.partner = partner
        name = partner.organisation.name.lower().replace(" ", "")
        self.people = {role: join(partner.organisation, f"{role}@{name}.example", role) for role in PersonRole}
        organisations.invite_person(partner.organisation, f"new@{name}.example", "viewer", actor=DEMONSTRATION)
        invitation = Invitation.objects.get(email=f"new@{name}.example").reference
        decided = outcomes.timezone.now()
        reported = ReportedOutcome(entry, Decision.NOT_FOUND, decided, None, "")
        outcome = outcomes.report_outcome(reported, actor=partner.actor).reference
        outcomes.submit_feedback(entry, "pdq", Vote.AFFIRM, actor=partner.actor)
        Client(headers=partner.bearer).get("/api/v1/changes?after=-1").getvalue()
        url = f"https://{name}.example/hook"
        endpoint, _ = webhooks.add_endpoint(partner.organisation, url, [Topic.values[0]], actor=DEMONSTRATION)
        today = outcomes.timezone.now().date()
        bundle = bundles.make_bundle(partner.organisation, today, today, actor=DEMONSTRATION)
        self.texts = [partner.key.name, invitation, outcome, endpoint.name, bundle.reference]
        self.accounts = [str(person.account.reference) for person in self.people.values()]
        self.words = [*self.texts, *self.accounts, f"{name}.example", partner.organisation.name]
        self.numbers = [str(partner.organisation.member_id)]

    def rows(self) -> list[Any]:
        """Give everything stored that hangs on this platform, found by the models' own links to it."""
        found = [model_to_dict(Organisation.objects.get(pk=self.partner.organisation.pk))]
        for model in apps.get_models():
            for path in links(model):
                rows = model._base_manager.filter(**{path: self.partner.organisation.pk}).order_by("pk")
                found += [(model.__name__, row) for row in rows.values()]
        return found

    def addresses(self, route: str) -> Iterator[str]:
        """Give the address with each of this platform's own names in it."""
        parts = re.findall(r"<(\w+):\w+>", route)
        kinds = {"str": self.texts, "uuid": self.accounts, "int": self.numbers, "path": ["000"]}
        for values in itertools.product(*(kinds[part] for part in parts)):
            address = route
            for value in values:
                address = re.sub(r"<\w+:\w+>", value, address, count=1)
            yield address


def links(model: type[Model], depth: int = 2) -> Iterator[str]:
    """Give the paths by which a model's rows belong to an organisation."""
    for field in model._meta.fields:
        if isinstance(field, (ForeignKey, OneToOneField)):
            related: Any = field.related_model
            if related is Organisation:
                yield field.name
            elif depth > 1 and related is not model:
                yield from (f"{field.name}__{path}" for path in links(related, depth - 1))


@pytest.fixture
def tenants(partner: Partner, make_partner: MakePartner, make_listed: MakeListed) -> tuple[Tenant, Tenant]:
    [entry] = make_listed(image(1))
    return Tenant(partner, entry.reference), Tenant(make_partner("Harbour"), entry.reference)


def content(answer: Any) -> str:
    body: bytes = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode()


def test_people_see_and_change_their_own_platform_alone(tenants: tuple[Tenant, Tenant]) -> None:
    own, other = tenants
    before = other.rows()
    assert len(before) > 10
    browsers = {role: person.sign_in() for role, person in own.people.items()}
    routes = [(route, door) for route, door in DOORS if door.person_roles and "sign-out" not in route]
    assert len(routes) >= 20
    for (route, door), (role, browser) in itertools.product(routes, browsers.items()):
        for address in other.addresses(route):
            for answer in (browser.get(address), post(browser, address)):
                where = f"{role} {answer.request['REQUEST_METHOD']} {address}"
                if role not in door.person_roles:
                    assert answer.status_code == 403, where
                elif "<" in route:
                    assert answer.status_code in {400, 404, 405}, where
                else:
                    assert answer.status_code in {200, 302, 400, 405}, where
                assert not [word for word in other.words if word in content(answer) and word not in address], where
    assert other.rows() == before


def test_keys_see_and_change_their_own_platform_alone(tenants: tuple[Tenant, Tenant]) -> None:
    own, other = tenants
    before = other.rows()
    for route, door in DOORS:
        if not door.scope:
            continue
        shown = headers(door.dialect or Dialect.NATIVE, own.partner.key.name, own.partner.secret)
        client = Client(headers=shown | {"Idempotency-Key": route})
        for address, method in itertools.product(other.addresses(route), ("GET", "POST", "PUT", "DELETE")):
            answer = client.generic(method, address, b"{}", content_type="application/json")
            where = f"{method} {address}"
            assert answer.status_code < 500, where
            assert not [word for word in other.words if word in content(answer) and word not in address], where
    assert other.rows() == before


def test_every_row_of_a_platform_is_looked_at() -> None:
    """The models that hang on an organisation, found by their links: a new one is in without being named here."""
    found = {model.__name__ for model in apps.get_models() if any(links(model))}
    assert found >= {"Key", "Membership", "Invitation", "Application", "Download", "Outcome", "Feedback", "Endpoint"}
