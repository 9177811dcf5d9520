"""Broken programme files: what is written wrongly, and the sentence that answers it."""

# (what is wrong, the words replaced, what they become, a mark on the line that is named, the sentence after the place)
BROKEN = [
    (
        "unquoted time",
        'offer_not_before: "10:00"',
        "offer_not_before: 19:15",
        "offer_not_before:",
        '19:15 must be quoted: write "19:15".',
    ),
    (
        "unquoted moment of a session",
        'begins: "20:00"',
        "begins: 20:00",
        "quiet_hours:",
        '20:00 must be quoted: write "20:00".',
    ),
    (
        "doubled key",
        "  offer_ttl: PT12H",
        "  admin_reminder: PT6H",
        "  admin_reminder: PT6H",
        'the key "admin_reminder" (column 3) stands on line {first} already; keep one of them.',
    ),
    (
        "missing help line",
        "always_show: [emergency_911, crisis_988, php_bc]",
        "always_show: [emergency_911, crisis_988, php_b]",
        "always_show:",
        (
            'crisis.always_show, item 3: the first screen needs the help line "php_b", which resources.yml does not '
            'have; did you mean "php_bc"?'
        ),
    ),
    (
        "no crisis line on the first screen",
        "always_show: [emergency_911, crisis_988, php_bc]",
        "always_show: [emergency_911, php_bc]",
        "always_show:",
        "crisis.always_show: every first screen must show a crisis line (kind: crisis); add one.",
    ),
    (
        "no help lines at all",
        "always_show: [emergency_911, crisis_988, php_bc]",
        "always_show: []",
        "always_show:",
        "crisis.always_show: this list needs at least one entry; add one.",
    ),
    (
        "redirect to an unknown place",
        "to: [ubc_residents, php_bc]",
        "to: [ubc_resident, php_bc]",
        "to: [ubc_resident,",
        (
            'eligibility.roles, item 2, to, item 1: the role "resident" is redirected to "ubc_resident", which '
            'resources.yml does not have; did you mean "ubc_residents"?'
        ),
    ),
    (
        "redirect to nowhere",
        "      to: [ubc_residents, php_bc]\n",
        "",
        "- id: resident",
        (
            'eligibility.roles, item 2: the role "resident" is redirected to nowhere; add to: [...] with an id of '
            "resources.yml."
        ),
    ),
    (
        "one administrator",
        '["U0ADMINA", "U0ADMINB"]',
        '["U0ADMINA"]',
        "admins:",
        "people.admins: this names one person; name at least two different administrators, so that one can be away.",
    ),
    (
        "the same administrator twice",
        '["U0ADMINA", "U0ADMINB"]',
        '["U0ADMINA", "U0ADMINA"]',
        "admins:",
        "people.admins: the same person stands here twice; name at least two different people.",
    ),
    (
        "placeholder",
        '"U0ADMINB"',
        '"ADMIN-1"',
        "admins:",
        (
            'people.admins, item 2: "ADMIN-1" is not a Slack ID; put the member\'s Slack ID here (it starts with U or '
            "W); docs/running.md shows where to find it."
        ),
    ),
    (
        "missing privacy contact",
        '  privacy_contact: "U0PRIVACY"',
        "  # nobody",
        "people:\n",
        (
            'the key "privacy_contact" under "people" is missing; add the Slack ID of the person who answers questions '
            "about privacy."
        ),
    ),
    (
        "missing channel",
        '  admin_channel: "C0TRIAGE"',
        "  # no channel",
        "people:\n",
        'the key "admin_channel" under "people" is missing; add the Slack ID of the administrators\' private channel.',
    ),
    (
        "unknown key",
        "\npromises:",
        "\npromisses:",
        "promisses:",
        'the key "promisses" is not known; did you mean "promises"?',
    ),
    (
        "unknown key unlike any other",
        "  show_viewer_time: true",
        "  xyzzy: true",
        "xyzzy:",
        'the key "clock.xyzzy" is not known; known here: label, other_zones, show_viewer_time, tz.',
    ),
    (
        "unknown key inside a list",
        "      outcome: eligible",
        "      outcom: eligible",
        "outcom:",
        'the key "eligibility.roles, item 1, outcom" is not known; did you mean "outcome"?',
    ),
    (
        "missing French",
        ', fr: "heure de Vancouver"}',
        "}",
        'label: {en: "Vancouver time"',
        "clock.label: this text is missing in French; add it as fr.",
    ),
    (
        "a text in one language only",
        'label: {en: "Vancouver time", fr: "heure de Vancouver"}',
        'label: "Vancouver time"',
        'label: "Vancouver time"',
        'clock.label: write the text in each language, like {en: "...", fr: "..."}.',
    ),
    (
        "a label too long for Slack",
        'en: "Another role"',
        f'en: "{"e" * 76}"',
        "e" * 76,
        "eligibility.roles, item 6, label: the English text has 76 characters and Slack shows 75 here; shorten it.",
    ),
    (
        "indented with a tab",
        "  admin_reminder: PT12H",
        "\tadmin_reminder: PT12H",
        "\tadmin_reminder",
        "a tab is used to indent; use spaces.",
    ),
    (
        "negative retention",
        "identity_days_after_close: 30",
        "identity_days_after_close: -1",
        "identity_days_after_close: -1",
        "retention.identity_days_after_close: write 0 or more.",
    ),
    (
        "more openings in an hour than in a day",
        "openings_per_hour: 12",
        "openings_per_hour: 41",
        "privacy:",
        "privacy: an hour would allow more than a day; make openings_per_hour the smaller number.",
    ),
    (
        "no openings at all",
        "openings_per_day: 40",
        "openings_per_day: 0",
        "openings_per_day: 0",
        "privacy.openings_per_day: write 1 or more.",
    ),
    (
        "cover traffic by halves",
        "openings_per_hour: 12",
        "cover_traffic: often, openings_per_hour: 12",
        "cover_traffic: often",
        "privacy.cover_traffic: write true or false.",
    ),
    (
        "a malformed timer",
        "admin_reminder: PT12H",
        "admin_reminder: 12H",
        "admin_reminder:",
        'timers.admin_reminder: "12H" is not a duration; write it like PT12H (hours), PT15M (minutes) or P14D (days).',
    ),
    (
        "an unknown zone",
        "tz: America/Vancouver",
        "tz: America/Vancover",
        "tz: America/Vancover",
        "clock.tz: this time zone is not known; write it like America/Vancouver.",
    ),
    (
        "yes for true",
        "self_request: true",
        "self_request: yes",
        "self_request: yes",
        "doors.self_request: write true or false.",
    ),
    (
        "a wrong word",
        "offer_mode: one_at_a_time",
        "offer_mode: all",
        "offer_mode:",
        'matching.offer_mode: write "one_at_a_time" or "together".',
    ),
    (
        "a colon without quotes",
        "  tz: America/Vancouver",
        "  tz: zone: here",
        "  tz: zone: here",
        "this is not valid YAML; put a text that holds a colon in quotes.",
    ),
    (
        "an alias",
        "  tz: America/Vancouver",
        "  tz: *zone",
        "  tz: *zone",
        "& and * are not used here; write the text out again, in quotes if it begins so.",
    ),
    (
        "a tag",
        "  tz: America/Vancouver",
        "  tz: !!python/name:os.system x",
        "  tz: !!python",
        "a tag that starts with ! is not used here; take it out.",
    ),
    (
        "an unknown role of a session",
        "    roles: [physician]",
        "    roles: [physicians]",
        "roles: [physicians]",
        (
            'sessions, item 1, roles, item 1: the session "bipoc-group" is for the role "physicians", which '
            'eligibility.roles does not have; did you mean "physician"?'
        ),
    ),
]


# The same, of the library.
BROKEN_LIBRARY = [
    (
        '  contact: {en: "9-1-1", fr: "9-1-1"}\n',
        "",
        "emergency_911:",
        "emergency_911: nobody can reach this service; add a contact or a url.",
    ),
    (
        ', fr: "Urgence"}',
        "}",
        'label: {en: "Emergency"',
        "emergency_911.label: this text is missing in French; add it as fr.",
    ),
    (
        'url: "https://mus',
        'url: "http://mus',
        "http://mus",
        "ubc_medline.url: this is not a web address; write it in full, starting with https://.",
    ),
    (
        "  kind: directory",
        "  kinds: directory",
        "kinds:",
        'the key "php_directory.kinds" is not known; did you mean "kind"?',
    ),
    (
        "crisis_988:",
        "emergency_911:",
        'emergency_911:\n  label: {en: "9-8-8',
        'the key "emergency_911" (column 1) stands on line {first} already; keep one of them.',
    ),
]
