"""The JSON of webhooks and their messages."""

from typing import Any

from rest_framework import serializers

from partners.outcomes.serializers import OneOf, Strict
from partners.webhooks import rules
from partners.webhooks.states import EndpointState, MessageState, Topic


class NewEndpointSerializer(Strict):
    """Where messages go, and about what."""

    url = serializers.RegexField(rf"^[!-~]{{1,{rules.LONGEST_URL}}}$", help_text="https, on the public internet.")
    topics = serializers.ListField(child=OneOf(choices=Topic.choices), min_length=1, max_length=len(Topic.values))


class EndpointSerializer(serializers.Serializer[Any]):
    """A webhook. It is `off` when its address failed for five days or answered 410."""

    name = serializers.CharField()
    url = serializers.CharField()
    topics = serializers.ListField(child=serializers.ChoiceField(choices=Topic.choices))
    state = serializers.ChoiceField(choices=EndpointState.choices)
    made_on = serializers.DateField()


class EndpointsSerializer(serializers.Serializer[Any]):
    """All webhooks of a platform."""

    webhooks = EndpointSerializer(many=True)


class MadeEndpointSerializer(EndpointSerializer):
    """A new webhook, with the secret that its messages are signed with. It is shown this once."""

    secret = serializers.CharField()


class MessageSerializer(serializers.Serializer[Any]):
    """A message. `name` is its `webhook-id`, the same at every try and replay; `answer` the last status it met."""

    name = serializers.CharField()
    topic = serializers.CharField()
    state = serializers.ChoiceField(choices=MessageState.choices)
    tries = serializers.IntegerField()
    answer = serializers.IntegerField(allow_null=True)
    made_at = serializers.DateTimeField()
    body = serializers.CharField()


class MessagesSerializer(serializers.Serializer[Any]):
    """The newest messages to one webhook, newest first."""

    messages = MessageSerializer(many=True)


class ReplaySerializer(Strict):
    """From when on messages are sent again."""

    since = serializers.DateTimeField()


class ReplayedSerializer(serializers.Serializer[Any]):
    """How many messages are sent again."""

    count = serializers.IntegerField()
