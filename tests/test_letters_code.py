"""The modules of transfer codes: those of segno where it follows the standard, and readable at every length."""

from __future__ import annotations

import segno
from hypothesis import given
from hypothesis import strategies as st

from qr_reader import read_code
from relance.letters.qr import transfer_picture
from relance.letters.qr_modules import CAPACITY, draw_modules, version_of


def test_a_full_code_of_each_version_is_that_of_segno() -> None:
    for version, capacity in enumerate(CAPACITY, start=1):
        content = bytes(32 + (7 * place + version) % 95 for place in range(capacity))
        code = segno.make(content, error="m", boost_error=False, micro=False, mode="byte", mask=0, version=version)
        assert version_of(content) == version
        assert draw_modules(content) == [bytes(row) for row in code.matrix]


def test_data_are_put_in_by_us_in_every_version() -> None:
    from relance.letters import qr_modules

    assert all(qr_modules._frame_of(version) for version in range(1, len(CAPACITY) + 1))


@given(st.text(st.characters(min_codepoint=10, max_codepoint=126), min_size=1, max_size=331))
def test_a_code_says_what_was_put_in(payload: str) -> None:
    assert read_code(transfer_picture(payload)) == payload
