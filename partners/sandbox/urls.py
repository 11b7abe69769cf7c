"""Where people of a platform see what their software has shown."""

from django.urls import path

from partners.sandbox import views

app_name = "sandbox"
urlpatterns = [
    path("", views.page, name="page"),
    path("look/", views.look, name="look"),
    path("withdrawn/", views.name_withdrawn, name="name_withdrawn"),
]
