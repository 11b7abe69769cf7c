"""The queue's addresses."""

from django.urls import path

from portal.reviews import views

app_name = "reviews"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("next/", views.next_review, name="next"),
    path("<str:reference>/", views.detail, name="detail"),
    path("<str:reference>/claim/", views.claim, name="claim"),
    path("<str:reference>/release/", views.release, name="release"),
    path("<str:reference>/decide/", views.decide, name="decide"),
]
