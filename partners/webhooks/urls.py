"""Webhooks, in the native API and as a page."""

from django.urls import path

from partners.webhooks import views

app_name = "webhooks"
urlpatterns = [
    path("api/v1/webhooks", views.Webhooks.as_view(), name="api_webhooks"),
    path("api/v1/webhooks/<str:name>", views.Webhook.as_view(), name="api_webhook"),
    path("api/v1/webhooks/<str:name>/messages", views.Messages.as_view(), name="api_messages"),
    path("api/v1/webhooks/<str:name>/test", views.Test.as_view(), name="api_test"),
    path("api/v1/webhooks/<str:name>/replay", views.Replay.as_view(), name="api_replay"),
    path("platforms/webhooks/", views.webhooks, name="webhooks"),
    path("platforms/webhooks/add/", views.add, name="add"),
    path("platforms/webhooks/<str:name>/remove/", views.remove, name="remove"),
    path("platforms/webhooks/<str:name>/test/", views.test, name="test"),
    path("platforms/webhooks/<str:name>/switch-on/", views.switch_on, name="switch_on"),
    path("platforms/webhooks/<str:name>/replay/", views.replay, name="replay"),
]
