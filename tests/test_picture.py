"""The README's picture is drawn from what notebook 10 has stored."""

from xml.etree import ElementTree

import picture


def test_it_is_that_of_the_stored_outputs():
    stored = picture.TARGET.read_text(encoding="utf-8")
    assert stored == picture.draw(*picture.passage())


def test_every_letter_has_its_digit_and_its_place():
    lines, digits = picture.passage()
    assert len(lines) == picture.LINES
    assert [len(line) for line in lines] == [len(row) for row in digits]
    root = ElementTree.fromstring(picture.draw(lines, digits))
    space = "{http://www.w3.org/2000/svg}"
    shown = [group.findall(f"{space}text") for group in root.iter(f"{space}g")]
    letters = "".join(letter for line in lines for letter, _ in line)
    assert "".join(t.text for t, _ in shown) == letters.replace("·", " ").replace(
        "¶", " "
    )
    assert "".join(t.text for _, t in shown) == "".join(digits)
    assert root.find(f"{space}title").text and root.find(f"{space}desc").text
