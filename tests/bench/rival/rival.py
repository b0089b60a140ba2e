"""Do one thing the way django-tenants does it and print the seconds: ``create N`` or ``migrate EXECUTOR``."""

import os
import sys
import time

import django
from django.core.management import call_command


def create(count: int) -> None:
    from companies.models import Company, Domain

    for number in range(count):
        company = Company(schema_name=f"rival{number}", name=f"Rival {number}")
        company.save()
        Domain.objects.create(domain=f"rival{number}.example", tenant=company, is_primary=True)
        company.create_schema(check_if_exists=True, verbosity=0)


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "rival_settings"
    django.setup()
    deed, argument = sys.argv[1:]
    begun = time.perf_counter()
    if deed == "create":
        create(int(argument))
    else:
        call_command("migrate_schemas", tenant=True, executor=argument, verbosity=0)
    print(time.perf_counter() - begun)


if __name__ == "__main__":
    main()
