"""The addresses of proposals."""

from django.urls import path

from portal.proposals import views

app_name = "proposals"
urlpatterns = [
    path("", views.proposals, name="proposals"),
    path("platform/", views.platform, name="platform"),
    path("export/", views.export, name="export"),
    path("<str:reference>/take/", views.take, name="take"),
]
