"""Webhooks: for people of platforms as a page, for their programs as an API."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from partners.organisations import queries as organisations
from partners.outcomes import forms as bodies
from partners.webhooks import actions, queries, serializers
from partners.webhooks.forms import EndpointForm
from registry.access import doors
from registry.access.actors import PersonRole, Scope
from registry.access.refusals import Refused

KEEPERS = (PersonRole.OWNER, PersonRole.ENGINEER)


@doors.partner(Scope.WEBHOOK_MANAGE)
class Webhooks(APIView):
    """A platform's webhooks."""

    http_method_names = ["get", "head", "post"]

    @extend_schema(operation_id="list_webhooks", responses=serializers.EndpointsSerializer)
    def get(self, request: Request) -> Response:
        """List your webhooks."""
        found = queries.endpoints_of(doors.actor_of(request).platform_id)
        return Response({"webhooks": serializers.EndpointSerializer(found, many=True).data})

    @extend_schema(
        operation_id="add_webhook",
        request=serializers.NewEndpointSerializer,
        responses={201: serializers.MadeEndpointSerializer},
    )
    def post(self, request: Request) -> Response:
        """Have an address told what is new, from now on. The answer holds the secret its messages are signed with.

        Messages follow Standard Webhooks: `webhook-id`, `webhook-timestamp` and `webhook-signature` (v1, HMAC-SHA256).
        They hold no fingerprints: read the list when one arrives.
        """
        serializer = serializers.NewEndpointSerializer(data=bodies.read_json(bodies.read_body(request)))
        serializer.is_valid(raise_exception=True)
        actor, sent = doors.actor_of(request), serializer.validated_data
        organisation = organisations.organisation_of(actor)
        endpoint, secret = actions.add_endpoint(organisation, sent["url"], sent["topics"], actor=actor)
        shown = {**serializers.EndpointSerializer(endpoint).data, "secret": secret}
        return Response(shown, status=status.HTTP_201_CREATED)


@doors.partner(Scope.WEBHOOK_MANAGE)
class Webhook(APIView):
    """One webhook."""

    http_method_names = ["delete"]

    @extend_schema(operation_id="remove_webhook", request=None, responses={204: None})
    def delete(self, request: Request, name: str) -> Response:
        """Stop writing to an address, and forget it, its secret and its messages."""
        actor = doors.actor_of(request)
        actions.remove_endpoint(queries.endpoint_of(actor.platform_id, name), actor=actor)
        return Response(status=status.HTTP_204_NO_CONTENT)


@doors.partner(Scope.WEBHOOK_MANAGE)
class Messages(APIView):
    """The messages to one webhook."""

    http_method_names = ["get", "head"]

    @extend_schema(operation_id="list_messages", responses=serializers.MessagesSerializer)
    def get(self, request: Request, name: str) -> Response:
        """Give the newest 50 messages, and what became of each. They are kept for 30 days."""
        found = queries.messages_of(queries.endpoint_of(doors.actor_of(request).platform_id, name))
        return Response({"messages": serializers.MessageSerializer(found, many=True).data})


@doors.partner(Scope.WEBHOOK_MANAGE)
class Test(APIView):
    """A message by hand."""

    http_method_names = ["post"]

    @extend_schema(operation_id="test_webhook", request=None, responses={202: serializers.MessageSerializer})
    def post(self, request: Request, name: str) -> Response:
        """Send a message that tells nothing, to see whether one arrives and its signature is right."""
        actor = doors.actor_of(request)
        message = actions.send_test(queries.endpoint_of(actor.platform_id, name), actor=actor)
        return Response(serializers.MessageSerializer(message).data, status=status.HTTP_202_ACCEPTED)


@doors.partner(Scope.WEBHOOK_MANAGE)
class Replay(APIView):
    """Messages again."""

    http_method_names = ["post"]

    @extend_schema(
        operation_id="replay_webhook",
        request=serializers.ReplaySerializer,
        responses={202: serializers.ReplayedSerializer},
    )
    def post(self, request: Request, name: str) -> Response:
        """Send the messages made since a time again, 1,000 at most, each under the `webhook-id` it had."""
        serializer = serializers.ReplaySerializer(data=bodies.read_json(bodies.read_body(request)))
        serializer.is_valid(raise_exception=True)
        actor = doors.actor_of(request)
        endpoint = queries.endpoint_of(actor.platform_id, name)
        count = actions.replay(endpoint, serializer.validated_data["since"], actor=actor)
        return Response({"count": count}, status=status.HTTP_202_ACCEPTED)


@doors.person()
@require_GET
def webhooks(request: HttpRequest) -> HttpResponse:
    """Show a platform's webhooks and their newest messages."""
    return _webhooks(request, EndpointForm())


@doors.person(*KEEPERS)
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Add a webhook, and show its secret once."""
    form, actor = EndpointForm(request.POST), doors.actor_of(request)
    if form.is_valid():
        chosen = form.cleaned_data
        try:
            organisation = organisations.organisation_of(actor)
            endpoint, secret = actions.add_endpoint(organisation, chosen["url"], chosen["topics"], actor=actor)
        except Refused as refusal:
            form.add_error("url", refusal.reason.removeprefix("url: "))
        else:
            context = {"section": "webhooks", "endpoint": endpoint, "secret": secret}
            return render(request, "partners/webhook_added.html", context)
    return _webhooks(request, form)


@doors.person(*KEEPERS)
@require_POST
def remove(request: HttpRequest, name: str) -> HttpResponse:
    """Remove a webhook."""
    actor = doors.actor_of(request)
    actions.remove_endpoint(queries.endpoint_of(actor.platform_id, name), actor=actor)
    return redirect("webhooks:webhooks")


@doors.person(*KEEPERS)
@require_POST
def test(request: HttpRequest, name: str) -> HttpResponse:
    """Send a message by hand."""
    actor = doors.actor_of(request)
    actions.send_test(queries.endpoint_of(actor.platform_id, name), actor=actor)
    return redirect("webhooks:webhooks")


@doors.person(*KEEPERS)
@require_POST
def switch_on(request: HttpRequest, name: str) -> HttpResponse:
    """Write to an address again."""
    actor = doors.actor_of(request)
    actions.switch_on(queries.endpoint_of(actor.platform_id, name), actor=actor)
    return redirect("webhooks:webhooks")


@doors.person(*KEEPERS)
@require_POST
def replay(request: HttpRequest, name: str) -> HttpResponse:
    """Send the messages of the last day again."""
    actor = doors.actor_of(request)
    since = timezone.now() - queries.REPLAYED_BY_HAND
    actions.replay(queries.endpoint_of(actor.platform_id, name), since, actor=actor)
    return redirect("webhooks:webhooks")


def _webhooks(request: HttpRequest, form: EndpointForm) -> HttpResponse:
    actor = doors.actor_of(request)
    endpoints: list[dict[str, Any]] = [
        {"endpoint": endpoint, "messages": queries.messages_of(endpoint)[:10]}
        for endpoint in queries.endpoints_of(actor.platform_id)
    ]
    context = {
        "section": "webhooks",
        "endpoints": endpoints,
        "form": form,
        "may_change": actor.person_role in KEEPERS,
    }
    return render(request, "partners/webhooks.html", context, status=400 if form.errors else 200)
