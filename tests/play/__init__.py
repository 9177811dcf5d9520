"""`make play`: the whole journey without a browser, told step by step as each person saw it."""
