"""The least a view can do and still keep something: one insert, committed. What intake is measured against."""

import secrets

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone

from portal.challenges.models import SpentChallenge


def insert(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view's signature
    SpentChallenge.objects.create(digest=secrets.token_bytes(32), spent_on=timezone.now().date())
    return HttpResponse(status=201)


urlpatterns = [path("bare", insert)]
