"""The native list, and the public face of the logs."""

from django.urls import path

from partners.feed import views

app_name = "feed"
urlpatterns = [
    path("api/v1/changes", views.Changes.as_view(), name="changes"),
    path("api/v1/snapshots", views.Snapshots.as_view(), name="snapshots"),
    path("api/v1/snapshots/<int:size>", views.SnapshotFile.as_view(), name="snapshot"),
    path("api/v1/entries/<str:reference>/fingerprints/tmk_pdqf", views.Features.as_view(), name="features"),
    path("log/<str:name>/checkpoint", views.checkpoint, name="checkpoint"),
    path("log/<str:name>/key", views.key, name="key"),
    path("log/<str:name>/tile/<int:level>/<path:place>", views.tile, name="tile"),
    path("log/<str:name>/inclusion", views.inclusion, name="inclusion"),
    path("log/<str:name>/consistency", views.consistency, name="consistency"),
]
