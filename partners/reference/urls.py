"""The reference's addresses, beside the API it describes."""

from django.urls import path

from partners.reference import views

app_name = "reference"
urlpatterns = [
    path("", views.page, name="page"),
    path("openapi.json", views.document, name="document"),
    path("takeitdown-client.zip", views.package, name="package"),
]
