"""
Build ``web/fonts``, the letters of printed maps and briefs, from the Noto fonts, byte for byte the same each time.

Usage, from the project's root, with ``tools/requirements.txt`` installed::

    python -m tools.fonts            # write the fonts
    python -m tools.fonts --check    # write nothing; say which files differ and exit 1 if any does

A printed map must look the same on every machine and hold no empty boxes in place of letters. Noto Sans keeps each
script in a font of its own, with all weights in one file; what draws our maps wants one weight a file, and takes
letters that a font lacks from whatever font the machine has. So each weight of Latin, Cyrillic, Armenian, Georgian and
Arabic letters is put into one small font with a name of its own.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
from importlib.resources import files
from pathlib import Path

from fontTools import merge, subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

FONTS = Path(__file__).parent.parent / "web" / "fonts"
FAMILY = "Araxes Sans"

# File, style's name, weight, and whether Latin letters lean.
FACES = (
    ("AraxesSans-Regular.ttf", "Regular", 400, False),
    ("AraxesSans-Bold.ttf", "Bold", 620, False),
    ("AraxesSans-Italic.ttf", "Italic", 400, True),
)
_RANGES = (
    (0x20, 0x7E), (0xA0, 0x17F), (0x18F, 0x18F), (0x1E6, 0x1E7), (0x218, 0x21B), (0x259, 0x259), (0x2B0, 0x2C7),
    (0x300, 0x331), (0x400, 0x45F), (0x490, 0x491), (0x4D8, 0x4D9), (0x1E00, 0x1EFF), (0x2000, 0x206F),
    (0x2070, 0x209C), (0x20AC, 0x20BF), (0x2116, 0x2122), (0x2150, 0x215E), (0x2190, 0x2199), (0x2212, 0x2212),
    (0x531, 0x58F), (0xFB13, 0xFB17), (0x10A0, 0x10FF), (0x1C90, 0x1CBF), (0x600, 0x6FF),
    (0xFB50, 0xFBFF), (0xFE70, 0xFEFC),
)  # fmt: skip
_OTHERS = ("NotoSansSymbols", "NotoSansArmenian", "NotoSansGeorgian", "NotoSansArabic")
# How tables are packed: another library would do it otherwise where it is installed.
_PACKER = "fontTools.ttLib.tables.otBase:USE_HARFBUZZ_REPACKER"
_STAMP = 3_800_000_000  # seconds since 1904: any day will do, but always the same
_LICENCE = """\
The fonts in this folder are made of Noto Sans, Noto Sans Symbols, Noto Sans Armenian, Noto Sans Georgian and Noto Sans
Arabic: some of their letters, one weight a file, under the name Araxes Sans. tools/fonts.py makes them.

"""


def build() -> dict[str, bytes]:
    """
    Build every file.

    Returns
    -------
    files
        Content by the name of the file: the fonts and their licence.
    """
    package = Path(str(files("manimgx_fonts")))
    built = {name: _face(package, style, weight, italic=italic) for name, style, weight, italic in FACES}
    text = next(package.parent.glob("manimgx_fonts-*.dist-info/licenses/LICENSE")).read_text(encoding="utf-8")
    return {**built, "LICENSE.txt": (_LICENCE + text).encode()}


def _face(package: Path, style: str, weight: int, *, italic: bool) -> bytes:
    latin = "NotoSans-Italic" if italic else "NotoSans"
    with tempfile.TemporaryDirectory() as folder:
        parts = []
        taken: set[int] = set()
        for name in (latin, *_OTHERS):
            path = Path(folder) / f"{name}.ttf"
            taken |= _part(package / f"{name}[wght].ttf", weight, path, taken)
            parts.append(str(path))
        font = merge.Merger().merge(parts)
    _name(font, style, weight, italic=italic)
    font.cfg[_PACKER] = False
    font["head"].created = font["head"].modified = _STAMP
    font.recalcTimestamp = False
    content = io.BytesIO()
    font.save(content, reorderTables=True)
    return content.getvalue()


def _part(source: Path, weight: int, target: Path, taken: set[int]) -> set[int]:
    """Cut a font down to the letters that are wanted of it and to one weight; give the letters."""
    font = TTFont(source, recalcTimestamp=False)
    wanted = {code for low, high in _RANGES for code in range(low, high + 1)} & set(font.getBestCmap()) - taken
    options = subset.Options(layout_features=["*"], notdef_outline=True, hinting=False, name_IDs=["*"])
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE"]  # nothing is set from top to bottom
    cut = subset.Subsetter(options)
    cut.populate(unicodes=wanted)
    cut.subset(font)
    axis = font["fvar"].axes[0]
    single = instancer.instantiateVariableFont(font, {"wght": min(max(weight, axis.minValue), axis.maxValue)})
    single.cfg[_PACKER] = False
    single.save(target)
    return wanted


def _name(font: TTFont, style: str, weight: int, *, italic: bool) -> None:
    """Name a font; its copyright and licence stay as they were."""
    table = font["name"]
    table.names = [record for record in table.names if record.nameID in {0, 7, 8, 9, 11, 13, 14}]
    names = {1: FAMILY, 2: style, 3: f"{FAMILY} {style}", 4: f"{FAMILY} {style}", 6: f"AraxesSans-{style}"}
    for number, text in names.items():
        table.setName(text, number, 3, 1, 0x409)
    font["OS/2"].usWeightClass = 700 if style == "Bold" else weight
    font["OS/2"].fsSelection = 0x01 if italic else 0x20 if style == "Bold" else 0x40
    font["head"].macStyle = 0x02 if italic else 0x01 if style == "Bold" else 0
    # Arabic letters stand taller; lines of Latin letters keep Latin height.
    font["hhea"].ascent, font["hhea"].descent, font["hhea"].lineGap = 1069, -293, 0
    font["OS/2"].sTypoAscender, font["OS/2"].sTypoDescender, font["OS/2"].sTypoLineGap = 1069, -293, 0


def main(arguments: list[str] | None = None) -> int:
    """
    Write the fonts, or compare them with what is there.

    Parameters
    ----------
    arguments
        The command line's arguments; those of this process when None.

    Returns
    -------
    status
        0, or 1 when ``--check`` found a difference.
    """
    parser = argparse.ArgumentParser(description="Build web/fonts.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file would differ")
    check = parser.parse_args(arguments).check
    status = 0
    for name, content in build().items():
        path = FONTS / name
        same = path.is_file() and path.read_bytes() == content
        print(f"{'same' if same else 'differs' if check else 'written'}: {name}, {len(content):,} bytes")
        if not same and check:
            status = 1
        elif not same:
            path.write_bytes(content)
    return status


if __name__ == "__main__":
    sys.exit(main())
