"""CP932 user-defined codes and private-use characters, both ways (Microsoft code page 932: F040-F9FC is U+E000-U+E757)."""

import pytest

from print_service.assessments.gaiji import private_use, user_defined


@pytest.mark.parametrize(("code", "point"), [(0xF040, 0xE000), (0xF07E, 0xE03E), (0xF080, 0xE03F), (0xF9FC, 0xE757)])
def test_code_and_private_use_character_are_each_other_s(code, point):
    assert private_use(code) == point
    assert user_defined(chr(point)) == code


@pytest.mark.parametrize("point", [0xDFFF, 0xE758, 0xF8FF, 0xF0000])
def test_beyond_the_area_there_is_no_code(point):
    assert user_defined(chr(point)) is None


def test_every_character_of_the_area_has_its_code():
    assert [private_use(user_defined(chr(point)) or 0) for point in range(0xE000, 0xE758)] == [*range(0xE000, 0xE758)]
