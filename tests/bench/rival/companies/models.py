"""What django-tenants asks for."""

from django.db import models
from django_tenants.models import DomainMixin, TenantMixin


class Company(TenantMixin):
    """A tenant; its schema is made when the benchmark says so, and not at each save."""

    name = models.CharField(max_length=100)
    auto_create_schema = False


class Domain(DomainMixin):
    """A host of a tenant."""
