"""The demo's four articles."""

from datetime import date
from typing import Any

ARTICLES: list[dict[str, Any]] = [
    {
        "slug": "solar-roof",
        "cover": "solar-roof",
        "project": "ROOF",
        "fields": {
            "title": "The Rowan House roof now makes its own power",
            "date": date(2026, 11, 20),
            "intro": "The 96 panels went live on Friday. Stair lights, lifts and laundry in Rowan "
            "House run on them first; the rest is shared out on your charges from January.",
            "author": "Jonas Lindqvist",
            "author_role": "treasurer",
            "cover_alt": "Two people in helmets stand behind three rows of solar panels on a flat "
            "roof, the town behind them.",
            "cover_caption": "Priya and the installer at the handover. Illustration: Linden Court",
        },
        "body": [
            (
                "text",
                "<p>At 11:40 on Friday the meter in the Rowan House cellar ran backwards for the "
                "first time. It is a small thing to watch, and about thirty of us came down to see "
                "it.</p><p>The roof carries 96 panels with a peak of 41 kW. Over a year they "
                "should make about 36,000 kWh, which is what our three stairwells, two lifts and "
                "the laundry use between March and October.</p><h2>What changes for you</h2><ul>"
                "<li>The house charge falls by £9.40 a month from January, in all three houses."
                "</li><li>The laundry costs 60p a wash instead of 90p between 11:00 and 15:00, "
                "when the sun pays.</li><li>Nothing changes in your flat. You keep your own "
                "supplier and your own meter.</li></ul>",
            ),
            (
                "quote",
                {
                    "text": "We voted for this in 2023, with four votes to spare. I was one of the "
                    "four who doubted it. I have stopped.",
                    "name": "Helen Whitcombe",
                    "role": "chair",
                },
            ),
            (
                "text",
                "<h2>What it cost</h2><p>The bill was £58,200: £1,800 less than the members’ "
                "meeting allowed. The reserve fund paid half and the regional climate grant the "
                "other half. At today’s prices the roof pays for itself in seven years.</p><ul>"
                "<li>Panels and inverters: £33,150 of £34,000 planned</li><li>Scaffold: £12,300 of "
                "£11,500 planned</li><li>Electrical work: £12,750 of £14,500 planned</li></ul>"
                "<h2>What comes next</h2><p>The scaffold moves to Lime House in March. Before that "
                "we compare three quotes for the inverters; the board decides on 15 December. If "
                "you would like to help with the sums, "
                '<a href="/accounts/sign-in/">sign in and join the project</a>.</p>',
            ),
        ],
    },
    {
        "slug": "annual-meeting",
        "cover": "",
        "project": "AGM",
        "fields": {
            "title": "Annual meeting on 6 February: send us your motions",
            "date": date(2026, 11, 16),
            "intro": "Motions that reach the board by 8 January go on the agenda.",
            "author": "Priya Raman",
            "author_role": "secretary",
        },
        "body": [
            (
                "text",
                "<p>The meeting begins at 14:00 in the common room. A motion needs one member who "
                "moves it, one who seconds it, and a sentence that says what it costs.</p>"
                "<h2>Who can vote</h2><p>One vote for each home. If you cannot come, give a "
                "neighbour a note with your name and flat.</p>",
            )
        ],
    },
    {
        "slug": "garden-beds",
        "cover": "garden",
        "project": "YARD",
        "fields": {
            "title": "Five new beds for the courtyard garden",
            "date": date(2026, 11, 11),
            "intro": "We build them on Saturday 12 December. Tools and soup are provided.",
            "author": "Luis Ferreira",
            "author_role": "garden group",
        },
        "body": [
            (
                "text",
                "<p>The wood is here, the earth comes on Friday. We start at 10:00 by the "
                "glasshouse and stop when it gets dark.</p><p>Three of the five beds go to the "
                "waiting list. Two are for the children of the courtyard.</p>",
            )
        ],
    },
    {
        "slug": "charges-2027",
        "cover": "",
        "project": "",
        "fields": {
            "title": "Charges for 2027 stay where they are",
            "date": date(2026, 11, 3),
            "intro": "Cheaper insurance and the solar roof make up for dearer water.",
            "author": "Jonas Lindqvist",
            "author_role": "treasurer",
        },
        "body": [
            (
                "text",
                "<p>The board has agreed the charges for next year: they do not change. Water "
                "costs us 11% more, insurance 6% less, and the roof brings in the rest.</p>",
            )
        ],
    },
]
