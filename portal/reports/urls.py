"""The reporter's addresses. None says anything about the person or the report."""

from django.urls import path

from portal.reports import views

app_name = "reports"

urlpatterns = [
    path("", views.landing, name="landing"),
    path("start/", views.start, name="start"),
    path("practise/", views.practise, name="practise"),
    path("start/send", views.Send.as_view(), name="send"),
    path("start/add", views.Add.as_view(), name="add"),
    path("return/", views.read, name="read"),
    path("return/withdraw/", views.withdraw, name="withdraw"),
    path("return/pause/", views.pause, name="pause"),
    path("return/resume/", views.resume, name="resume"),
    path("return/expiry/", views.set_expiry, name="set_expiry"),
    path("return/reader/", views.allow_reader, name="allow_reader"),
    path("return/mail/", views.forget_mail, name="forget_mail"),
    path("return/went/", views.rate, name="rate"),
    path("return/message/", views.write, name="write"),
    path("staff/links/", views.links, name="links"),
    path("staff/links/<int:number>/settle/", views.settle_link, name="settle_link"),
]
