"""The queue's addresses."""

from django.urls import path

from portal.reviews import views

app_name = "reviews"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("next/", views.next_review, name="next"),
    path("take/", views.take, name="take"),
    path("many/", views.propose_many, name="propose_many"),
    path("<str:reference>/", views.detail, name="detail"),
    path("<str:reference>/claim/", views.claim, name="claim"),
    path("<str:reference>/release/", views.release, name="release"),
    path("<str:reference>/hand-over/", views.hand_over, name="hand_over"),
    path("<str:reference>/snooze/", views.snooze, name="snooze"),
    path("<str:reference>/wake/", views.wake, name="wake"),
    path("<str:reference>/escalate/", views.escalate, name="escalate"),
    path("<str:reference>/note/", views.note, name="note"),
    path("<str:reference>/decide/", views.decide, name="decide"),
    path("<str:reference>/answer/", views.answer, name="answer"),
    path("<str:reference>/agree/", views.agree, name="agree"),
    path("<str:reference>/decline/", views.decline, name="decline"),
    path("<str:reference>/reopen/", views.reopen, name="reopen"),
    path("<str:reference>/reveal/", views.reveal, name="reveal"),
]
