"""What hangs on the tasks of the demo: labels, steps, reviewers, helpers, relations, parts."""

LABELS = {
    "REP": (
        ("Heating", "red"),
        ("Plumbing", "blue"),
        ("Doors and locks", "teal"),
        ("Electrical", "amber"),
        ("Safety", "violet"),
        ("Damp", "green"),
        ("Grounds", "green"),
        ("Money", "grey"),
        ("Alder House", "teal"),
    ),
    "ROOF": (("Money", "grey"), ("Safety", "violet"), ("Electrical", "amber")),
    "YARD": (("Grounds", "green"), ("Money", "grey")),
    "AGM": (("Notice", "violet"),),
    "MEM": (),
}
LIMITS = {"REP": {"In progress": 4}}
ON_TASKS = {
    "REP-117": ("Grounds",),
    "REP-118": ("Safety",),
    "REP-121": ("Grounds",),
    "REP-123": ("Safety",),
    "REP-124": ("Safety", "Electrical"),
    "REP-126": ("Plumbing",),
    "REP-128": ("Damp",),
    "REP-131": ("Safety",),
    "REP-134": ("Money",),
    "REP-135": ("Electrical", "Money"),
    "REP-137": ("Doors and locks",),
    "REP-139": ("Plumbing",),
    "REP-140": ("Plumbing",),
    "REP-142": ("Heating", "Alder House"),
    "ROOF-58": ("Safety",),
    "ROOF-61": ("Money",),
    "ROOF-63": ("Electrical",),
    "YARD-33": ("Grounds",),
    "AGM-12": ("Notice",),
}
STEPS = {
    "REP-142": (
        ("Ask for two quotes", True),
        ("Helen agrees to the cost (£1,140)", True),
        ("Order the pump", True),
        ("Put a notice on the website and in the stairs", True),
        ("Drain the loop", True),
        ("Fit the pump, Thursday 09:00", False),
        ("Measure the return temperature on each floor", False),
        ("Take the old pump to the yard", False),
    ),
    "REP-140": (("Alder House", True), ("Lime House", False), ("Rowan House", False)),
    "REP-135": (
        ("Count the lamps", True),
        ("Ask for three quotes", True),
        ("Compare them", True),
        ("Write it up for Helen", True),
    ),
    "REP-128": (
        ("Clear the gutter", True),
        ("Measure, first week", True),
        ("Measure, second week", False),
        ("Measure, third week", False),
        ("Paint", False),
    ),
    "ROOF-61": (("Quote A", True), ("Quote B", True), ("Quote C", False)),
    "YARD-33": (
        ("Measure the beds", True),
        ("Ask three sawmills", False),
        ("Choose the wood", False),
        ("Order", False),
    ),
}
REVIEWERS = {"REP-135": "Helen", "REP-124": "Amara", "ROOF-58": "Amara"}
HELPERS = {"REP-142": ("Luis",), "ROOF-61": ("Jonas",), "AGM-12": ("Jonas",)}
PARTS = {"REP-142": ("REP-129", "REP-130", "REP-132")}
BLOCKS = (("REP-142", "REP-127"), ("AGM-8", "REP-142"))
