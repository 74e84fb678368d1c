"""What the lists of the menu "People" share."""

PEOPLE_MENU = "register_people_menu_item"  # viewsets with this menu_hook stand in it
WIDE = "ui-admin-wide"  # class of columns that phones leave out
