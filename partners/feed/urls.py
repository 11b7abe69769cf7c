"""The native list, and the public face of the logs."""

from django.urls import path

from partners.feed import views

app_name = "feed"
urlpatterns = [
    path("api/v1/changes", views.changes, name="changes"),
    path("log/<str:name>/checkpoint", views.checkpoint, name="checkpoint"),
    path("log/<str:name>/key", views.key, name="key"),
]
