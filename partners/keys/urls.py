"""Where people look after their platform's keys."""

from django.urls import path

from partners.keys import views

app_name = "keys"
urlpatterns = [
    path("", views.keys, name="keys"),
    path("issue/", views.issue, name="issue"),
    path("<str:name>/rotate/", views.rotate, name="rotate"),
    path("<str:name>/revoke/", views.revoke, name="revoke"),
]
