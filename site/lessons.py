"""A notebook as the site shows it. What it says and what came out stay as they are."""

import re

import playground
from links import CODE, Site
from tables import Lesson, effort

import address

EXERCISE = re.compile(r"\*\*Exercise .*? · (\w+)\.\*\*")
PART = re.compile(r"^# ", re.MULTILINE)  # of a lesson that has several
LONG = 10  # lines of code that draw a figure
AS_IT_RAN = (
    "This is the lesson as it ran. To guess, and to do its exercises, "
    "[open it in Jupyter](../index.md#on-your-own-machine)."
)
OFTEN = "What is often answered instead:"


def prepare(notebook: dict, file: str, lessons: dict[str, Lesson], site: Site) -> None:
    """Adds to a notebook, in place, what a reader on the site needs.

    A bar beneath the title; alternative texts where Sphinx looks for them; folded
    set-up cells; a link to its solution behind each exercise; the playground.

    Args:
        notebook: The parsed `.ipynb`.
        file: Where it stands in the repository.
        lessons: As `tables.lessons` returns them.
        site: Which rewrites links.
    """
    is_lesson = file in lessons
    title, *cells = notebook["cells"]
    heading, _, below = address.BADGE.sub("", text_of(title)).partition("\n")
    bar = _buttons(file, site)
    if is_lesson:
        solutions = f"[Solutions](solutions/{_name(file)}){{.button}}"
        takes = effort(lessons[file], lambda text: site.linked(text, file))
        bar = f"{takes}\n\n{bar} {solutions}\n\n{AS_IT_RAN}"
    below = site.rewrite(below, file, file)
    set_text(title, f"{heading}\n\n:::{{container}} bar\n{bar}\n:::\n{below}")
    shown, exercise, in_part = [title], "", False
    for cell in cells:
        shown.append(cell)
        text = text_of(cell)
        if cell["cell_type"] == "markdown":
            found = EXERCISE.search(text)
            exercise = found[1] if found else ""
            text = site.rewrite(text, file, file)
            in_part = in_part or PART.search(text) is not None
            text = _one_rank_down(text) if in_part else text
            set_text(cell, text if is_lesson else _folded(text, exercise))
            continue
        _fold_code(cell, text, is_lesson)
        _describe_figure(cell)
        if is_lesson and exercise and f"check.{exercise}(" in text:
            link = f"[A solution](solutions/{_name(file)}#{exercise}){{.solution}}"
            shown.append(_new_cell(cell, link))
        if is_lesson and "seqmodels.playground(" in text:
            shown.append(_new_cell(cell, playground.place(file)))
    notebook["cells"] = shown


def text_of(cell: dict) -> str:
    """What a cell of a notebook says."""
    return "".join(cell["source"])


def set_text(cell: dict, text: str) -> None:
    """Replaces what a cell says."""
    cell["source"] = text.splitlines(keepends=True)


def _name(file):
    return file.rpartition("/")[2]


def _buttons(file, site):
    found = f'<a class="button" href="{_name(file)}" download>Download .ipynb</a>'
    if site.repository:
        owned = site.repository.removeprefix("https://github.com")
        url = f"{address.COLAB}/github{owned}/blob/{site.tag}/{file}"
        found += f' <a class="button" href="{url}">Open in Colab</a>'
    return found


def _one_rank_down(text):
    """Headings of a part stand beneath it, and it beneath the page's title."""
    parts = CODE.split(text)
    parts[::2] = [re.sub("^#", "##", part, flags=re.MULTILINE) for part in parts[::2]]
    return "".join(parts)


def _folded(text, exercise):
    """A text among solutions: a heading to arrive at; what gives them away, folded."""
    if exercise:
        return f"## {exercise}\n\n{text}"
    head, mark, often = text.partition(OFTEN)
    if not mark:
        return text
    summary = f"<summary>{OFTEN.rstrip(':')}</summary>"
    return f'{head}<details class="often">{summary}\n\n{often.strip()}\n\n</details>'


def _fold_code(cell, text, is_lesson):
    """Folds what few want to read, and what nobody should see unasked."""
    if "seqmodels.setup(" in text:
        tag, what = "hide-cell" if is_lesson else "remove-cell", "the set-up"
    elif _only_draws(cell, text):
        tag, what = "hide-input", "how it is drawn"
    elif not is_lesson and "check." in text:
        tag, what = "hide-input", "the solution"
    else:
        return
    cell["metadata"]["tags"] = [tag]
    prompts = {"code_prompt_show": f"Show {what}", "code_prompt_hide": f"Hide {what}"}
    cell["metadata"].setdefault("mystnb", {}).update(prompts)


def _only_draws(cell, text):
    """Whether nothing comes out but a figure, of more than a few lines."""
    prints = any(out["output_type"] == "stream" for out in cell["outputs"])
    return "show_figure(" in text and not prints and text.count("\n") >= LONG


def _describe_figure(cell):
    """Puts a figure's text where MyST-NB looks for it.

    Raises:
        ValueError: If a figure has none, or a cell shows two, of which one would get
            the other's.
    """
    outputs = [out for out in cell["outputs"] if "image/png" in out.get("data", {})]
    if not outputs:
        return
    texts = [out["metadata"].get("image/png", {}).get("alt") for out in outputs]
    if len(texts) > 1 or not texts[0]:
        raise ValueError(f"Each cell must show one figure, with a text; got {texts}.")
    cell["metadata"].setdefault("mystnb", {})["image"] = {"alt": texts[0]}


def _new_cell(before, text):
    cell = {"cell_type": "markdown", "id": f"{before['id']}-a", "metadata": {}}
    set_text(cell, text)
    return cell
