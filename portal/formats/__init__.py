"""How each language writes dates and times; named in `settings.FORMAT_MODULE_PATH`.

A template names one of these instead of a pattern: ``{{ task.due_on|date:"FULL_DAY" }}``.
"""
