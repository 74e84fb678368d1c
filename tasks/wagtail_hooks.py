"""Tasks in the Wagtail admin: the Task desk, projects, and what belongs to them."""

from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSet, ViewSetGroup

from tasks.admin.desk import TaskDesk
from tasks.admin.labels import LabelViewSet
from tasks.admin.memberships import MembershipViewSet
from tasks.admin.projects import ProjectViewSet
from tasks.admin.role_rules import RoleRuleViewSet
from tasks.admin.statuses import StatusViewSet

task_desk = TaskDesk()
task_desk.register_with_wagtail()


class TasksGroup(ViewSetGroup):
    menu_label = "Tasks"
    menu_icon = "tasks"
    menu_order = 150
    items = (ProjectViewSet, StatusViewSet, LabelViewSet, MembershipViewSet)

    def get_submenu_items(self) -> list:
        registered = [task_desk, *self.registerables]
        return [one.get_menu_item(order=order) for order, one in enumerate(registered, start=1)]


@hooks.register("register_admin_viewset")
def register_tasks() -> list[ViewSet]:
    return [TasksGroup(), RoleRuleViewSet()]  # the second stands in the menu "People"
