"""Files and functions stay short enough to be read at one sitting."""

from tools.sizes import FILE, FUNCTION, everything, measure


def test_nothing_is_too_long() -> None:
    assert [str(long) for long in everything() if long.too_long] == []


def test_a_long_file_and_a_long_function_are_found() -> None:
    function = "def f():\n" + "    x = 1\n" * FUNCTION[1]
    assert [long.too_long for long in measure("a.py", function)] == [True]
    assert [long.too_long for long in measure("a.py", "x = 1\n" * (FILE[0] + 1))] == [False]
    assert list(measure("a.py", 'def f():\n    """Say\n' + "    more\n" * FUNCTION[1] + '    """\n')) == []
