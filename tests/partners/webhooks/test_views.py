"""Webhooks as an API and as a page; no platform sees or touches another's."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from partners.webhooks.models import Endpoint, Message
from partners.webhooks.states import EndpointState, MessageState
from tests.partners.conftest import MakePartner, Partner
from tests.partners.people import join
from tests.portal.staff.people import post as send_form

ADDRESS = "/api/v1/webhooks"
BODY = {"url": "https://hooks.example.com/tid", "topics": ["list.grew"]}


def post(partner: Partner, path: str = ADDRESS, body: Any = None) -> Any:
    return Client(headers=partner.bearer).post(path, body, content_type="application/json")


def test_a_webhook_is_added_listed_tested_replayed_and_removed(partner: Partner) -> None:
    made = post(partner, body=BODY)
    assert made.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    client, path = Client(headers=partner.bearer), f"{ADDRESS}/{made.json()['name']}"
    shown = {name: value for name, value in made.json().items() if name != "secret"}
    assert client.get(ADDRESS).json() == {"webhooks": [shown]}
    tested = post(partner, f"{path}/test")
    assert (tested.status_code, tested.json()["topic"]) == (202, "test")
    [message] = client.get(f"{path}/messages").json()["messages"]
    assert (message["name"], message["state"]) == (tested.json()["name"], "waiting")
    Message.objects.update(state=MessageState.GIVEN_UP)
    since = (timezone.now() - timedelta(hours=1)).isoformat()
    assert post(partner, f"{path}/replay", {"since": since}).json() == {"count": 1}
    assert client.delete(path).status_code == 204
    assert client.get(ADDRESS).json() == {"webhooks": []}
    assert client.delete(path).status_code == 404


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"url": "ftp://hooks.example.com"}, 422, "url"),
        ({"topics": []}, 400, "topics"),
        ({"topics": ["all"]}, 400, "topics"),
        ({"secret": "mine"}, 400, "secret: There is no such field."),
    ],
)
def test_what_cannot_be_written_to_is_refused(
    partner: Partner, changes: dict[str, Any], status: int, words: str
) -> None:
    answer = post(partner, body=BODY | changes)
    assert (answer.status_code, words in answer.json()["detail"]) == (status, True)


def test_another_platforms_webhook_is_not_there(partner: Partner, make_partner: MakePartner) -> None:
    name, other = post(partner, body=BODY).json()["name"], make_partner("Platform B")
    client = Client(headers=other.bearer)
    assert client.get(ADDRESS).json() == {"webhooks": []}
    assert client.get(f"{ADDRESS}/{name}/messages").status_code == 404
    assert client.delete(f"{ADDRESS}/{name}").status_code == 404
    assert post(other, f"{ADDRESS}/{name}/test").status_code == 404
    assert post(other, f"{ADDRESS}/{name}/replay", {"since": timezone.now().isoformat()}).status_code == 404
    engineer = join(other.organisation, "b@example.org", "engineer").sign_in()
    assert send_form(engineer, f"/platforms/webhooks/{name}/remove/").status_code == 404
    assert Endpoint.objects.count() == 1


def test_an_engineer_manages_webhooks_on_the_page(partner: Partner) -> None:
    engineer = join(partner.organisation, "e@example.org", "engineer").sign_in()
    added = send_form(engineer, "/platforms/webhooks/add/", url=BODY["url"], topics="list.grew")
    assert "whsec_" in added.content.decode()
    endpoint = Endpoint.objects.get()
    page = engineer.get("/platforms/webhooks/").content.decode()
    assert endpoint.url in page
    assert "whsec_" not in page
    send_form(engineer, f"/platforms/webhooks/{endpoint.name}/test/")
    assert Message.objects.get().topic == "test"
    Endpoint.objects.update(state=EndpointState.OFF)
    assert "Switch on" in engineer.get("/platforms/webhooks/").content.decode()
    send_form(engineer, f"/platforms/webhooks/{endpoint.name}/switch-on/")
    assert Endpoint.objects.get().state == EndpointState.ON
    Message.objects.update(state=MessageState.DELIVERED)
    send_form(engineer, f"/platforms/webhooks/{endpoint.name}/replay/")
    assert Message.objects.get().state == MessageState.WAITING
    send_form(engineer, f"/platforms/webhooks/{endpoint.name}/remove/")
    assert not Endpoint.objects.exists()


def test_the_page_says_what_is_wrong_with_an_address(partner: Partner) -> None:
    engineer = join(partner.organisation, "e@example.org", "engineer").sign_in()
    answer = send_form(engineer, "/platforms/webhooks/add/", url="ftp://x", topics="list.grew")
    assert answer.status_code == 400
    assert "Messages are sent by https" in answer.content.decode()


@pytest.mark.parametrize("role", ["analyst", "viewer"])
def test_those_who_only_look_change_nothing(partner: Partner, role: str) -> None:
    colleague = join(partner.organisation, "v@example.org", role).sign_in()
    assert "Add it" not in colleague.get("/platforms/webhooks/").content.decode()
    assert send_form(colleague, "/platforms/webhooks/add/", url=BODY["url"], topics="list.grew").status_code == 403
    assert not Endpoint.objects.exists()
