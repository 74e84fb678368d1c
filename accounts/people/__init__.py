"""The menu "People" of the Wagtail admin: who there is, and what administrators may do for them."""
