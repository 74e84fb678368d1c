"""The name by which viewsets ask to stand in the menu "People"."""

PEOPLE_MENU = "register_people_menu_item"
