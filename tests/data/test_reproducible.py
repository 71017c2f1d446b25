"""The built files can be built again, byte for byte, wherever the packages that they come from are installed."""

import pytest

build = pytest.importorskip(
    "tools.build",
    reason="needs tools/requirements.txt: run python -m tools.build --check with it",
    exc_type=ImportError,
)


def test_the_files_are_built_again_byte_for_byte():
    assert build.main(["--check"]) == 0
