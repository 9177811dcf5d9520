"""`make play`: the journeys of all five programmes without a browser, told step by step as each person saw it."""
