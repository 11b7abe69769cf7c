"""Django's admin as a reading room: every table can be searched and read, and nothing changed or deleted."""

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.contrib.admin import AdminSite, ModelAdmin
from django.db.models import BinaryField, Field, Model
from django.http import HttpRequest
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET

from registry.access import doors
from registry.access.actors import Role

READERS = (Role.AUDITOR, Role.ADMINISTRATOR)
ROOMS = ("registry.", "partners.", "portal.")
MASKED = {"digest", "payload_hash"}
"""Columns of which the page says only that they are there."""
SECRET = {"password"}
SEARCHED = ("reference", "name", "email", "subject", "entry_reference", "key_name", "holder", "contact_email")
ELSEWHERE = {"log.Leaf", "log.SignedCheckpoint", "log.Node"}
"""Tables whose key is made of several columns, which the admin does not take: the log's own pages show them."""


class Records(AdminSite):
    """The site. Its views stand behind the staff door like any other, and there are no others."""

    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - the door has let them in
        """Whoever came through the door may read."""
        return True

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:  # noqa: ARG002 - Django's signature
        """Give no side bar."""
        return []

    def index(self, request: HttpRequest, extra_context: Any = None) -> Any:  # noqa: ARG002 - Django's signature
        """Show the tables, by the app they belong to."""
        by_app: dict[str, list[tuple[str, str]]] = {}
        for model in self._registry:
            opts = model._meta  # noqa: SLF001 - Django's own API
            line = (str(opts.verbose_name), reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist"))
            by_app.setdefault(str(opts.app_config.verbose_name), []).append(line)
        context = {"section": "records", "apps": sorted(by_app.items())}
        return render(request, "records/index.html", context)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Tell each page which part of the staff site it is."""
        return super().each_context(request) | {"section": "records"}

    def get_urls(self) -> list[Any]:
        """Give an index, and for each table a list and a page a row. No sign-in, no shortcut, no script of theirs."""
        patterns: list[Any] = [path("", behind_the_door(self.index), name="index")]
        for registered in self._registry.values():
            patterns += registered.get_urls()
        return patterns


class Record(ModelAdmin):  # type: ignore[type-arg]  # takes a type only while types are checked
    """One table, to read."""

    change_list_template = "records/table.html"
    change_form_template = "records/record.html"
    list_per_page = 50
    show_full_result_count = False
    actions = None

    def get_urls(self) -> list[URLPattern]:
        """Give the list and the page of a row."""
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        here = f"{self.opts.app_label}/{self.opts.model_name}/"
        return [
            path(here, behind_the_door(self.changelist_view), name=f"{name}_changelist"),
            path(f"{here}<path:object_id>/", behind_the_door(self.change_view), name=f"{name}_change"),
        ]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        """Everybody behind the door reads."""
        return True

    def has_module_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        """Every room is shown."""
        return True

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        """Nothing is added here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        """Nothing is changed here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        """Nothing is deleted here."""
        return False

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        """Let the address ask by what there is a filter for, and never by a fingerprint."""
        return lookup.partition("__")[0] in self.list_filter

    def masked(self, _row: Model) -> str:
        """Stand for what is not shown."""
        return "••••••••"


def behind_the_door(view: Callable[..., Any]) -> Callable[..., Any]:
    """Put one of the admin's views behind the staff door, for reading alone."""

    def read(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return view(request, *args, **kwargs)

    return doors.staff(*READERS)(require_GET(read))


def is_shown(field: "Field[Any, Any]") -> bool:
    """Tell whether a column is for people: not what is sealed, hashed or secret."""
    return not isinstance(field, BinaryField) and field.name not in SECRET


def columns_of(model: type[Model]) -> dict[str, Any]:
    """Give what of a table is shown, searched, filtered and ordered by, as the admin has it."""
    fields = [field for field in model._meta.concrete_fields if is_shown(field)]  # noqa: SLF001 - Django's own API
    names = ["masked" if field.name in MASKED else field.name for field in fields]
    filtered = [f.name for f in fields if f.choices or f.get_internal_type() == "BooleanField"]
    return {
        "fields": names,
        "readonly_fields": names,
        "list_display": names[:7],
        "search_fields": [field.name for field in fields if field.name in SEARCHED],
        "list_filter": filtered,
        "ordering": ["-pk"],
    }


def every_table() -> list[type[Model]]:
    """Give the tables of this project that the admin can show."""
    ours = [config for config in apps.get_app_configs() if config.name.startswith(ROOMS)]
    tables = [(f"{config.label}.{model.__name__}", model) for config in ours for model in config.get_models()]
    return [model for label, model in tables if label not in ELSEWHERE]


records = Records(name="admin")
for table in every_table():
    records.register(table, type(f"{table.__name__}Record", (Record,), columns_of(table)))
