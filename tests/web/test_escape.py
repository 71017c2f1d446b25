"""Text on its way to Folium and to pages."""

import folium
import pytest

from web import words
from web.escape import for_folium, plain

HOSTILE = "<img src=x onerror=alert(1)>`${alert(2)}`</script>{{ 7*7 }}\u202eevil\\"


def test_hostile_text_is_shown_and_not_run():
    safe = for_folium(HOSTILE)
    assert not set("<>`${}\\\u202e") & set(safe)
    assert "&lt;img src=x onerror=alert(1)&gt;" in safe


def test_folium_leaves_escaped_text_alone():
    sheet = folium.Map(tiles=None)
    folium.TileLayer("https://tiles.example/{z}/{x}/{y}", attr=for_folium(HOSTILE)).add_to(sheet)
    page = sheet.get_root().render()
    assert "<img src=x" not in page
    assert "49" not in for_folium("{{ 7*7 }}")


def test_marks_that_turn_text_around_are_dropped():
    assert plain("a\u202eb\u2066c\x07d\u200f") == "abcd"
    assert plain(None) == ""
    assert plain("Ղափան Şərur") == "Ղափան Şərur"


def test_only_web_addresses_become_links():
    assert words.web_address("https://example.org/a?b=c") == "https://example.org/a?b=c"
    for bad in ("javascript:alert(1)", "data:text/html,x", 'https://x.org/"onclick=', "", None, "//example.org"):
        assert words.web_address(bad) is None


@pytest.mark.parametrize("bad", ["red", "#12345", "#0072B2;}body{display:none", None, "#0072B2\n"])
def test_only_colours_become_styles(bad):
    assert words.colour(bad) in ("#6b6f76", "#0072B2")


def test_slugs_differ_even_where_their_texts_nearly_agree():
    assert words.slugs(["rfe 1", "RFE-1", "ՀՀ"]) == {"rfe 1": "rfe-1", "RFE-1": "rfe-1-2", "ՀՀ": "x"}
