"""The words of the demo's website, as StreamField blocks in their raw form."""

from dataclasses import dataclass
from typing import Any

Blocks = list[tuple[str, Any]]


@dataclass(frozen=True)
class Material:
    """Keys of what the pages link to: pictures and pages by name, projects by their key."""

    pictures: dict[str, int]
    projects: dict[str, str]
    pages: dict[str, int]

    def picture(self, name: str, alt: str = "") -> dict[str, Any]:
        return {"image": self.pictures[name], "alt_text": alt, "decorative": not alt}

    def link(self, label: str, page: str) -> dict[str, Any]:
        return {"label": label, "page": self.pages[page], "address": ""}

    def some_projects(self, *keys: str) -> list[str]:
        return [self.projects[key] for key in keys if key in self.projects]


def address(label: str, to: str) -> dict[str, Any]:
    return {"label": label, "page": None, "address": to}


def card(icon: str, heading: str, text: str, to: str = "") -> dict[str, Any]:
    link = {"page": None, "address": to}
    return {"icon": icon, "heading": heading, "text": text, "link": link}


SETTINGS = {
    "organisation": "Linden Court",
    "legal_name": "Linden Court Housing Co-operative",
    "address": "12 Lime Walk, Harbury HB4 2LC",
    "email": "office@lindencourt.example",
    "phone": "01632 960140",
    "urgent_note": "Burst pipe, gas or fire alarm at night:",
    "urgent_phone": "01632 960144",
    "accent": "#1f6b4a",
}
HOME_DESCRIPTION = (
    "Linden Court is a housing co-operative in Harbury: 84 homes around one courtyard, owned and "
    "looked after by the people who live here."
)
NEWS_INTRO = "What has happened at Linden Court, and what comes next."
# name: (slug, title, introduction)
PAGES = {
    "living": (
        "living-here",
        "Living here",
        "Nobody manages Linden Court for us. This page says who does what, what you can expect "
        "from your neighbours, and what they expect from you.",
    ),
    "homes": (
        "our-homes",
        "Our homes",
        "Three houses, built in 1911 and 1934, with 84 homes of one to four rooms.",
    ),
    "privacy": ("privacy", "Privacy", "What we know about you, why, and for how long."),
    "accessibility": (
        "accessibility",
        "Accessibility",
        "Everybody should be able to use this site. Tell us where it falls short.",
    ),
}


def navigation(material: Material) -> list[dict[str, Any]]:
    return [
        material.link("Living here", "living"),
        material.link("Our homes", "homes"),
        material.link("News", "news"),
        address("Questions", "/living-here/#questions"),
        material.link("Report a repair", "repair"),
    ]


def footer(material: Material) -> list[dict[str, Any]]:
    return [
        {
            "heading": "Living here",
            "links": [
                material.link("House rules", "living"),
                address("Common room", "/our-homes/#the-common-room"),
                address("Questions and answers", "/living-here/#questions"),
                material.link("Report a repair", "repair"),
            ],
        },
        {
            "heading": "The co-op",
            "links": [
                material.link("News", "news"),
                address("Apply for a home", "/our-homes/#apply-for-a-home"),
                address("Members’ sign-in", "/accounts/sign-in/"),
            ],
        },
        {
            "heading": "This site",
            "links": [
                material.link("Accessibility", "accessibility"),
                material.link("Privacy", "privacy"),
            ],
        },
    ]


def home_body(material: Material) -> Blocks:
    return [
        (
            "hero",
            {
                "heading": "84 homes around one courtyard.",
                "text": "Linden Court is a housing co-operative in Harbury. The people who live "
                "here own it, look after it and decide together what happens next.",
                "image": material.picture(
                    "courtyard",
                    "The courtyard in the evening: two linden trees in front of Lime House, some "
                    "windows lit.",
                ),
                "buttons": [
                    material.link("Report a repair", "repair"),
                    material.link("How we live together", "living"),
                ],
            },
        ),
        (
            "notice",
            {
                "tone": "warning",
                "icon": "drop",
                "text": "<p><b>No hot water in Alder House</b> on Thursday 26 November, 09:00 to "
                "12:00. We replace the pump.</p>",
            },
        ),
        (
            "cards",
            {
                "heading": "What would you like to do?",
                "cards": [
                    card(
                        "wrench",
                        "Report a repair",
                        "Takes three minutes. You can follow it with a reference.",
                        "/report-a-repair/",
                    ),
                    card(
                        "calendar",
                        "Book the common room",
                        "Free for members, for up to 40 people.",
                        "/our-homes/#the-common-room",
                    ),
                    card(
                        "key",
                        "Apply for a home",
                        "About six homes come free each year.",
                        "/our-homes/#apply-for-a-home",
                    ),
                    card(
                        "help",
                        "Find an answer",
                        "Charges, keys, pets, rubbish, guests.",
                        "/living-here/#questions",
                    ),
                ],
            },
        ),
        ("news", {"heading": "News", "index": material.pages["news"]}),
        (
            "progress",
            {
                "heading": "What we are working on",
                "text": "The figures come straight from the members’ task lists. Nothing is "
                "rounded up.",
                "link": address("Sign in to take part", "/accounts/sign-in/"),
                "projects": material.some_projects("ROOF", "YARD", "REP"),
            },
        ),
        (
            "call_to_action",
            {
                "heading": "Thinking of living here?",
                "text": "Come to an open evening, meet the neighbours and see an empty flat. The "
                "next one is on Wednesday 13 January at 18:30 in the common room.",
                "link": address("Save a place", "mailto:office@lindencourt.example"),
                "image": material.picture("common-room"),
            },
        ),
    ]


def living_body(material: Material) -> Blocks:
    return [
        (
            "cards",
            {
                "heading": "The three things to know",
                "cards": [
                    card(
                        "users",
                        "Everyone does a share",
                        "Four hours a month: stairs, garden, meetings or bookkeeping. You choose "
                        "what suits you and swap when life gets busy.",
                    ),
                    card(
                        "comment",
                        "We decide in the open",
                        "The board meets every second Tuesday at 19:00. Any member may sit in, "
                        "speak and read the minutes the next day.",
                    ),
                    card(
                        "wrench",
                        "Repairs have an owner",
                        "Each report becomes a task with a name beside it. You see who has it, "
                        "what happens next and when it is due.",
                    ),
                ],
            },
        ),
        (
            "media",
            {
                "heading": "A garden that anyone may dig in",
                "image": material.picture(
                    "garden", "Two people by raised beds in front of a brick wall and a glasshouse."
                ),
                "text": "<p>The courtyard belongs to all three houses. There are 14 raised beds, a "
                "glasshouse with heat from the laundry, and a shed whose code you get with your "
                "keys.</p><p>The garden group meets on the first Saturday of the month. It keeps "
                "the waiting list for beds, which is short: most people wait one season.</p>",
                "link": address("Write to the garden group", "mailto:garden@lindencourt.example"),
            },
        ),
        (
            "progress",
            {
                "heading": "Work in progress",
                "text": "Live from the task lists.",
                "link": address("", ""),
                "projects": material.some_projects("YARD", "ROOF", "AGM"),
            },
        ),
        (
            "quote",
            {
                "text": "I had rented for twenty years and never knew a neighbour’s name. Here I "
                "know all of Rowan House, and one of them mends my bicycle.",
                "name": "Mei-Ling Chan",
                "role": "Alder 9, member since 2021",
            },
        ),
        (
            "questions",
            {
                "heading": "Questions",
                "text": "<p>Not here? Write to "
                '<a href="mailto:office@lindencourt.example">office@lindencourt.example</a>. We '
                "answer within two working days.</p>",
                "questions": [
                    {"question": question, "answer": f"<p>{answer}</p>"}
                    for question, answer in ANSWERS
                ],
            },
        ),
        (
            "call_to_action",
            {
                "heading": "Something broken?",
                "text": "Tell us what and where. You get a reference at once and an answer within "
                "one working day.",
                "link": material.link("Report a repair", "repair"),
                "image": {"image": None, "alt_text": "", "decorative": False},
            },
        ),
    ]


ANSWERS = [
    (
        "How much is the monthly charge?",
        "Between £412 for one room and £768 for four. It covers the building, heating, water, "
        "insurance, the laundry and the reserve fund. Your electricity and internet are your own.",
    ),
    (
        "May I keep a pet?",
        "Yes: one dog or two cats without asking. For anything else, ask your stair first.",
    ),
    (
        "I have lost my keys. What now?",
        "Ring the caretaker on 01632 960140 until 20:00. A new front door key costs £18.",
    ),
    (
        "Can a friend stay for a few weeks?",
        "Up to six weeks, after you have told the office their name. Longer stays need the board’s "
        "consent.",
    ),
    (
        "Where do I leave large rubbish?",
        "In the bin store on the last Friday of the month, after 16:00. The council collects on "
        "Saturday.",
    ),
]


def homes_body(material: Material) -> Blocks:
    return [
        (
            "cards",
            {
                "heading": "Three houses",
                "cards": [
                    card("home", "Lime House", "30 homes of two and three rooms, built in 1911."),
                    card("home", "Alder House", "32 homes, most of one or two rooms, with a lift."),
                    card("home", "Rowan House", "22 homes of three and four rooms under the sun."),
                ],
            },
        ),
        (
            "media",
            {
                "heading": "The common room",
                "image": material.picture("common-room", "Six neighbours around a long table."),
                "text": "<p>It seats 40, has a kitchen and a piano, and is free for members. Ring "
                "the office to book it: mornings and afternoons go quickly, evenings are for "
                "everybody until 22:00.</p>",
                "link": address("Write to the office", "mailto:office@lindencourt.example"),
            },
        ),
        (
            "steps",
            {
                "heading": "Apply for a home",
                "steps": [
                    "<p>Come to an open evening. The next one is on Wednesday 13 January at "
                    "18:30.</p>",
                    "<p>Tell us how many rooms you need and what you would like to take on.</p>",
                    "<p>When a home comes free, the stair meets those who have waited longest.</p>",
                ],
            },
        ),
    ]


def privacy_body(material: Material) -> Blocks:
    return [
        (
            "text",
            "<h2>What you send us</h2><p>A report holds what you write, your name, your e-mail and "
            "your photos. Members who look after repairs read it. We remove the place and the "
            "camera from photos before we keep them.</p><h2>How long</h2><p>For as long as the "
            "repair is open, then for 12 months.</p><h2>Cookies</h2><p>One remembers light or "
            "dark, one protects forms, one keeps members signed in. Nothing follows you "
            "around.</p>",
        )
    ]


def accessibility_body(material: Material) -> Blocks:
    return [
        (
            "text",
            "<p>The site can be used with the keyboard alone, works without scripts and follows "
            "the colours of your device. If something stands in your way, write to "
            '<a href="mailto:office@lindencourt.example">office@lindencourt.example</a>: say which '
            "page, and what you were trying to do.</p>",
        )
    ]


BODIES = {
    "living": living_body,
    "homes": homes_body,
    "privacy": privacy_body,
    "accessibility": accessibility_body,
}
