"""The four roles exist from the start; each is a group."""

from django.db import migrations

ROLES = ["procurement", "manager", "auditor", "administrator"]


def add_roles(apps, _schema_editor):
    group = apps.get_model("auth", "Group")
    for name in ROLES:
        group.objects.get_or_create(name=name)


def remove_roles(apps, _schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    """Adds the groups that permissions are asked of."""

    dependencies = [
        ("vetting", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [migrations.RunPython(add_roles, remove_roles)]
