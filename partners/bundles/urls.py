"""Bundles, in the native API and as a page."""

from django.urls import path

from partners.bundles import views

app_name = "bundles"
urlpatterns = [
    path("api/v1/bundles", views.Bundles.as_view(), name="bundles"),
    path("api/v1/bundles/<str:reference>", views.BundleFile.as_view(), name="bundle"),
    path("platforms/bundles/", views.bundles, name="page"),
    path("platforms/bundles/make/", views.make, name="make"),
    path("platforms/bundles/<str:reference>/", views.download, name="download"),
]
