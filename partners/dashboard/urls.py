"""Where a platform's people look at its work."""

from django.urls import path

from partners.dashboard import views

app_name = "dashboard"
urlpatterns = [
    path("", views.home, name="home"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("start/", views.start, name="start"),
    path("<str:name>.csv", views.rows_csv, name="csv"),
]
