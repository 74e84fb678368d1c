"""The questions of the demo's form, "Report a repair"."""

from typing import Any


def answer(label: str, icon: str = "", hint: str = "", priority: str = "") -> dict[str, str]:
    return {"label": label, "icon": icon, "hint": hint, "priority": priority}


INTRO = "For homes, stairs, cellars and the courtyard. Three minutes, no sign-in."
THANK_YOU = "Thank you. Amara reads your report within one working day."
SMALL_PRINT = (
    "<p>We keep your details for as long as the repair is open, then for 12 months. "
    '<a linktype="page" id="{privacy}">Privacy notice</a></p>'
)
URGENT, NORMAL, LOW = "1", "3", "4"  # the values of a task's priority

QUESTIONS: list[dict[str, Any]] = [
    {"label": "About the problem", "kind": "heading", "required": False},
    {
        "label": "What is it about?",
        "kind": "radio",
        "missing_text": "Choose what the repair is about",
        "answers": [
            answer("Water or drains", "drop"),
            answer("Heating or hot water", "flame"),
            answer("Lights or power", "bolt"),
            answer("Doors, locks or keys", "key"),
            answer("Walls, roof or windows", "home"),
            answer("Something else", "more"),
        ],
    },
    {
        "label": "House",
        "kind": "dropdown",
        "becomes": "title",
        "missing_text": "Choose a house",
        "answers": [
            answer("Lime House"),
            answer("Alder House"),
            answer("Rowan House"),
            answer("Courtyard or cellar"),
        ],
    },
    {
        "label": "Flat number",
        "kind": "number",
        "becomes": "title",
        "required": False,
        "maximum": 32,
    },
    {
        "label": "What is wrong?",
        "kind": "text",
        "becomes": "subject",
        "help_text": "Begin with what it is, like “The tap in the kitchen drips”. Then since "
        "when, and what you have tried. Leave out anything private: members can read this.",
        "missing_text": "Say what is wrong",
        "maximum": 1000,
    },
    {
        "label": "Photos",
        "kind": "photos",
        "required": False,
        "help_text": "Up to five, 10 MB each: JPEG, PNG, WebP or HEIC.",
    },
    {
        "label": "How urgent is it?",
        "kind": "radio",
        "becomes": "priority",
        "missing_text": "Choose how urgent it is",
        "answers": [
            answer(
                "Today",
                hint="Water is running, no heating below 5 °C, a door will not lock",
                priority=URGENT,
            ),
            answer(
                "This week",
                hint="It is a nuisance, but it can wait a few days",
                priority=NORMAL,
            ),
            answer(
                "When you come by",
                hint="It could be done together with other work",
                priority=LOW,
            ),
        ],
    },
    {"label": "About you", "kind": "heading", "required": False},
    {"label": "Your name", "kind": "line", "becomes": "name", "missing_text": "Enter your name"},
    {
        "label": "E-mail",
        "kind": "email",
        "becomes": "email",
        "help_text": "We send the reference and each answer here.",
        "missing_text": "Enter your e-mail address",
    },
    {
        "label": "Telephone",
        "kind": "tel",
        "required": False,
        "help_text": "Only for the caretaker, to agree a time.",
    },
    {
        "label": "The caretaker may enter with the house key when I am out",
        "kind": "checkbox",
        "required": False,
    },
]
ASIDE = [
    (
        "notice",
        {
            "tone": "danger",
            "icon": "phone",
            "text": "<p><b>Danger now?</b><br/>Gas, fire, or water you cannot stop: ring "
            '<a href="tel:+441632960144">01632 960144</a>, day or night.</p>',
        },
    ),
    (
        "steps",
        {
            "heading": "What happens next",
            "steps": [
                "<p>You get a reference by e-mail at once.</p>",
                "<p>Your report opens a task in <b>Repairs</b>. Amara reads it within one working "
                "day.</p>",
                "<p>You hear who comes and when. Members can watch the task.</p>",
            ],
        },
    ),
]
