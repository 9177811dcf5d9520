"""What the guard sees of a patient in a line, in English and French, and what it leaves alone."""

import pytest

from peersupport.patient_detail import Sign, signs

SEEN = [
    ("9698 658 215", Sign.HEALTH_NUMBER),
    ("phn 9698658215", Sign.HEALTH_NUMBER),
    ("card 1000 000 008", Sign.HEALTH_NUMBER),
    ("on 2026-11-19", Sign.DATE),
    ("19/11/2026", Sign.DATE),
    ("seen Nov. 19th", Sign.DATE),
    ("le 19 novembre", Sign.DATE),
    ("le 1er février", Sign.DATE),
    ("a 94-year-old", Sign.AGE),
    ("âgée de 92 ans", Sign.AGE),
    ("102 yo", Sign.AGE),
    ("MRN 44120", Sign.RECORD_NUMBER),
    ("dossier no 88213", Sign.RECORD_NUMBER),
    ("#4412097", Sign.RECORD_NUMBER),
    ("file 4412097", Sign.RECORD_NUMBER),
    ("4412097", Sign.RECORD_NUMBER),
    ("V5Z 1M9", Sign.POSTAL_CODE),
    ("v5z1m9", Sign.POSTAL_CODE),
    ("call 604-555-0142", Sign.PHONE),
    ("the patient", Sign.PATIENT),
    ("une patiente", Sign.PATIENT),
    ("a newborn", Sign.PATIENT),
    ("two casualties", Sign.PATIENT),
    ("Dr. Alder", Sign.TITLED_NAME),
    ("Mme Cèdre", Sign.TITLED_NAME),
    ("\uff24r Alder", Sign.TITLED_NAME),
]
LEFT_ALONE = [
    "",
    "Terrace",
    "100 Mile House",
    "150 Mile House",
    "Fort St. John",
    "St. Anthony",
    "Daajing Giids",
    "Rowan Alder",
    "Marie-Ève Bouleau",
    "May Birch",
    "April Cedar",
    "the feeling of doubt after doing everything right",
    "Comment rester présente quand tout va vite?",
]


@pytest.mark.req("U36")
@pytest.mark.parametrize(("line", "sign"), SEEN)
def test_a_line_that_may_point_to_a_patient_is_seen(line: str, sign: Sign) -> None:
    assert sign in signs(line)


@pytest.mark.parametrize("line", LEFT_ALONE)
def test_an_ordinary_line_is_left_alone(line: str) -> None:
    assert signs(line) == frozenset()


@pytest.mark.req("U36")
@pytest.mark.parametrize(
    "reach",
    [
        "250-555-0142",
        "2505550142",
        "+1 250 555 0142",
        "(902) 555-0142",
        "9025550142",
        "rowan@clinic.example",
        "555-0142",
    ],
)
def test_a_way_to_reach_a_colleague_is_no_number_of_a_patient(reach: str) -> None:
    assert signs(reach, is_reach=True) <= {Sign.PHONE}


@pytest.mark.req("U36")
@pytest.mark.parametrize("reach", ["9698658215", "9698 658 215", "MRN 44120", "rowan@clinic.example, 2026-11-19"])
def test_a_number_of_a_patient_is_seen_there_too(reach: str) -> None:
    assert signs(reach, is_reach=True) - {Sign.PHONE}


@pytest.mark.req("U36")
def test_a_check_digit_tells_a_health_number_from_any_other() -> None:
    assert Sign.HEALTH_NUMBER not in signs("9698 658 216")
    assert signs("9698 658 216") == {Sign.PHONE}
