"""Linden Court's projects and tasks, as data. Days and hours count from the day of loading."""

from typing import Any

PEOPLE = (
    ("Amara", "Okafor"),
    ("Jonas", "Lindqvist"),
    ("Priya", "Raman"),
    ("Tomasz", "Zielinski"),
    ("Helen", "Whitcombe"),
    ("Luis", "Ferreira"),
    ("Mei-Ling", "Chan"),
)
PROJECT_FIELDS = ("name", "hue", "visibility", "description")
PROJECTS: tuple[dict[str, Any], ...] = (
    {
        "key": "REP",
        "name": "Repairs",
        "hue": "red",
        "visibility": "public",
        "description": "What breaks in the three houses, from the first report to the last screw.",
        "members": {
            "Amara": "manager",
            "Helen": "manager",
            "Tomasz": "member",
            "Luis": "member",
            "Jonas": "member",
            "Mei-Ling": "member",
        },
    },
    {
        "key": "ROOF",
        "name": "Roof and solar",
        "hue": "amber",
        "visibility": "public",
        "description": "New tiles on Rowan House, and 64 panels on top of them.",
        "members": {
            "Helen": "manager",
            "Amara": "contributor",
            "Jonas": "contributor",
            "Tomasz": "member",
        },
    },
    {
        "key": "YARD",
        "name": "Courtyard garden",
        "hue": "green",
        "visibility": "public",
        "description": "Beds, benches and the compost.",
        "members": {"Helen": "manager", "Luis": "contributor", "Amara": "contributor"},
    },
    {
        "key": "AGM",
        "name": "Annual meeting",
        "hue": "violet",
        "visibility": "public",
        "description": "Everything the meeting in February needs.",
        "members": {
            "Helen": "manager",
            "Priya": "contributor",
            "Amara": "contributor",
            "Jonas": "contributor",
        },
    },
    {
        "key": "MEM",
        "name": "New members",
        "hue": "blue",
        "visibility": "members",
        "description": "From the first question to the keys.",
        "members": {"Helen": "manager", "Priya": "contributor", "Amara": "contributor"},
    },
)
# Who gives the tasks of a project their owner and date.
ACCEPTS = {"REP": "Amara", "ROOF": "Helen", "YARD": "Luis", "AGM": "Priya", "MEM": "Priya"}


def _task(
    key: str,
    title: str,
    status: str,
    priority: str,
    owner: str | None,
    due: int | None,
    hours: float,
    *,
    asker: str = "Helen",
    **more: Any,
) -> dict[str, Any]:
    """``due`` in days from today, ``hours`` since the last change; ``more``: body, comments, request."""
    return {
        "key": key,
        "title": title,
        "status": status,
        "priority": priority,
        "owner": owner,
        "due": due,
        "hours": hours,
        "asker": asker,
        **more,
    }


PUMP = """\
The pump in the Alder cellar has been loud since Friday and stopped twice on Sunday night. Nine flats on the second and third floor had no hot water until it was restarted by hand.

Harbury Heating deliver a **Magna 32-80** on Thursday. Hot water is off from 09:00 to 12:00; heating keeps running on the second loop. Please **do not open the bypass valve** on your own: the seal is worn."""

# In the order of their numbers within each project, so that the next new task goes on from there.
TASKS = (
    _task("REP-117", "Unblock the gutter above Alder 31", "Done", "normal", "Tomasz", -5, 116),
    _task("REP-118", "Service the smoke vents", "Done", "high", "Mei-Ling", -4, 92),
    _task("REP-121", "Repaint the bin store gate", "Done", "low", "Luis", -1, 22, asker="Amara"),
    _task(
        "REP-123", "Loose handrail on the Rowan cellar steps", "In progress", "high", "Luis", 1, 90
    ),
    _task(
        "REP-124", "Test the emergency lights, Lime House", "In review", "high", "Mei-Ling", 1, 88
    ),
    _task("REP-126", "Label the stopcocks in every cellar", "To do", "low", None, None, 66),
    _task("REP-127", "Balance the radiators in Alder House", "To do", "normal", "Tomasz", 12, 44),
    _task(
        "REP-128",
        "Damp patch on the bedroom ceiling, Rowan 7",
        "In progress",
        "high",
        "Tomasz",
        7,
        48,
        comments=[("Tomasz", "The gutter above was blocked. Measuring the damp once a week.")],
    ),
    _task("REP-129", "Tell the nine flats by letter", "Done", "normal", "Mei-Ling", -3, 68),
    _task("REP-130", "Clear the cellar passage", "To do", "normal", "Luis", 1, 60),
    _task("REP-131", "Lift inspection: book the December visit", "To do", "high", "Amara", 6, 47),
    _task("REP-132", "Insulate the new pipe", "To do", "normal", None, 6, 58),
    _task(
        "REP-134",
        "Insurance claim: storm damage to the fence",
        "Waiting",
        "normal",
        "Jonas",
        10,
        26,
        asker="Amara",
    ),
    _task(
        "REP-135",
        "Quote for the stair lighting in Rowan House",
        "In review",
        "normal",
        "Amara",
        2,
        25,
    ),
    _task(
        "REP-137",
        "Bike store door does not close",
        "To do",
        "normal",
        "Luis",
        3,
        24,
        asker="Mei-Ling",
    ),
    _task(
        "REP-139",
        "Leak under the kitchen sink, Lime 14",
        "Waiting",
        "high",
        "Amara",
        -3,
        2,
        comments=[
            ("Amara", "The plumber has ordered the trap, it arrives with the next delivery."),
            ("Helen", "A bucket is under it. The neighbours below have seen nothing so far."),
        ],
    ),
    _task(
        "REP-140",
        "Read the water meters in all three houses",
        "In progress",
        "normal",
        "Amara",
        0,
        1,
    ),
    _task(
        "REP-141",
        "Entry phone is silent in Alder 22",
        "New request",
        "normal",
        None,
        None,
        0.7,
        body="When somebody rings downstairs I see the light, but hear nothing.",
        request={
            "name": "Samir Haddad",
            "email": "samir.haddad@mail.example",
            "form_title": "Report a repair",
            "answers": [
                {"label": "House", "value": "Alder House"},
                {"label": "Flat", "value": "22"},
                {"label": "When are you at home?", "value": "Weekdays after 17:00"},
            ],
        },
    ),
    _task(
        "REP-142",
        "Replace the circulation pump in Alder House",
        "In progress",
        "urgent",
        "Tomasz",
        2,
        0.2,
        asker="Amara",
        body=PUMP,
        comments=[
            (
                "Tomasz",
                "Bearings are gone. I can keep it turning until Thursday if I look in every "
                "evening. @Amara, please order the 32-80, the 25-60 is too small for four floors.",
            ),
            (
                "Amara",
                "Ordered, order number HH-20931. They come on Thursday at nine. I have put the "
                "notice on the home page.",
            ),
        ],
    ),
    _task("ROOF-41", "Choose the installer", "Done", "normal", "Helen", -58, 1392),
    _task("ROOF-44", "Insurance for the building time", "Done", "normal", "Jonas", -51, 1224),
    _task("ROOF-47", "New tiles on the north side", "Done", "normal", "Tomasz", -37, 888),
    _task("ROOF-49", "Cable run from roof to cellar", "Done", "normal", "Tomasz", -30, 720),
    _task("ROOF-52", "Scaffold up, Rowan House", "Done", "normal", "Tomasz", -17, 408),
    _task("ROOF-55", "Roof inspection with the surveyor", "Done", "normal", "Amara", -10, 240),
    _task("ROOF-56", "Panels go live", "Done", "normal", "Jonas", -3, 72),
    _task("ROOF-58", "Sign off the scaffold handover", "In review", "normal", "Tomasz", 3, 30),
    _task("ROOF-61", "Compare the three inverter quotes", "In progress", "high", "Amara", 0, 16),
    _task(
        "ROOF-63",
        "Ask the grid operator for the second meter",
        "To do",
        "high",
        "Jonas",
        6,
        40,
        asker="Amara",
    ),
    _task("YARD-24", "Measure the beds", "Done", "normal", "Luis", -44, 1056),
    _task("YARD-26", "Ask the neighbours about the compost", "Done", "normal", "Luis", -33, 792),
    _task("YARD-28", "Leaf day", "Done", "normal", "Luis", -14, 336),
    _task("YARD-31", "Prune the two lindens", "Done", "normal", "Luis", -8, 192),
    _task("YARD-32", "Order earth for the raised beds", "Done", "normal", "Luis", -4, 96),
    _task(
        "YARD-33",
        "Order the timber for the raised beds",
        "To do",
        "normal",
        "Amara",
        3,
        50,
        asker="Luis",
    ),
    _task("AGM-8", "Approve the spending for November", "Done", "normal", "Helen", -9, 210),
    _task(
        "AGM-12",
        "Send the first notice to all members",
        "To do",
        "high",
        "Amara",
        -1,
        3,
        asker="Priya",
    ),
    _task("AGM-15", "Book the common room and the interpreter", "To do", "normal", "Amara", 4, 70),
    _task(
        "MEM-20",
        "Invite three members to the interview panel",
        "To do",
        "normal",
        "Amara",
        0,
        28,
        asker="Priya",
    ),
)
