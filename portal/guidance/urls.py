"""Addresses of guidance, and the way out."""

from django.urls import path

from portal.guidance import views

app_name = "guidance"

urlpatterns = [
    path("exit/", views.leave, name="exit"),
    path("leaving/", views.leaving, name="leaving"),
    path("threatened/", views.threatened, name="threatened"),
    path("guides/", views.guides, name="guides"),
    path("letter/", views.letter, name="letter"),
    path("staff/pages/", views.desk, name="desk"),
    path("staff/pages/lines/new/", views.add_line, name="add_line"),
    path("staff/pages/lines/<int:pk>/", views.change_line, name="change_line"),
    path("staff/pages/lines/<int:pk>/check/", views.check_line, name="check_line"),
    path("staff/pages/lines/<int:pk>/remove/", views.remove_line, name="remove_line"),
    path("staff/pages/platforms/new/", views.add_platform, name="add_platform"),
    path("staff/pages/platforms/<slug:slug>/", views.change_platform, name="change_platform"),
    path("staff/pages/platforms/<slug:slug>/guide/", views.write_guide, name="write_guide"),
    path("staff/pages/words/", views.words, name="words"),
    path("staff/pages/words/<str:language>/<slug:name>/", views.change_words, name="change_words"),
    path("staff/pages/languages/<str:language>/sign/", views.sign, name="sign"),
    path("staff/pages/languages/<str:language>/withhold/", views.withhold, name="withhold"),
]
