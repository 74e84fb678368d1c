"""Development mail catcher. Start it with ``python -m notifications.catcher``.

It takes every mail that is handed to its SMTP port, sends none on, keeps the last ones in
memory and shows them on a small web page.
"""
