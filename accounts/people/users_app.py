"""Wagtail's users, with our screens and rules in place of its own."""

from wagtail.users.apps import WagtailUsersAppConfig


class PeopleUsersConfig(WagtailUsersAppConfig):
    user_viewset = "accounts.people.users.UserViewSet"
    group_viewset = "accounts.people.groups.PeopleGroupViewSet"

    def ready(self) -> None:
        """Register our policies, where the base class registers Wagtail's."""
        from django.contrib.auth.models import Group
        from wagtail.permissions import register_permission_policy

        from accounts.models import User
        from accounts.people.access import GroupPolicy, PeoplePolicy

        register_permission_policy(User, PeoplePolicy(User))
        register_permission_policy(Group, GroupPolicy(Group))
