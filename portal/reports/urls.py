"""The reporter's addresses. None says anything about the person or the report."""

from django.urls import path

from portal.reports import views

app_name = "reports"

urlpatterns = [
    path("", views.landing, name="landing"),
    path("start/", views.start, name="start"),
    path("practise/", views.practise, name="practise"),
    path("start/send", views.Send.as_view(), name="send"),
    path("return/", views.read, name="read"),
    path("return/withdraw/", views.withdraw, name="withdraw"),
]
