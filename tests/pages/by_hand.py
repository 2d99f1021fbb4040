"""PDFs and layers made by hand: what a library that writes PDFs does not let one get wrong."""

from collections.abc import Callable, Sequence

from extract.layout.layers import Box, Gap, Layer, Line, Style, Tag

A4 = "[0 0 595 842]"
HELVETICA = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def shown(lines: Sequence[str], *, tags: Sequence[str] = (), left: float = 60, top: float = 720) -> str:
    """The content of a page with lines below each other, each within the tag of its place: "" for none."""
    parts = []
    for rank, text in enumerate(lines):
        drawn = f"BT /F 11 Tf 1 0 0 1 {left} {top - 14 * rank} Tm ({text}) Tj ET"
        tag = tags[rank] if rank < len(tags) else ""
        if tag == "Artifact":
            drawn = f"/Artifact BMC {drawn} EMC"
        elif tag:
            drawn = f"/{tag} << /MCID {rank} >> BDC {drawn} EMC"
        parts.append(drawn)
    return "\n".join(parts)


def pdf_of(
    contents: Sequence[str], *, boxes: str = f"/MediaBox {A4}", font: str = HELVETICA, tags: Sequence[str] = ()
) -> bytes:
    """A PDF with a page for each content; `tags` are those of the lines of every page."""
    objects = ["<< /Type /Catalog /Pages 2 0 R /StructTreeRoot 4 0 R /MarkInfo << /Marked true >> >>", "", font, ""]
    pages: list[int] = []
    elements: list[str] = []
    parents: list[str] = []
    for content in contents:
        page = len(objects) + 1
        objects += [
            f"<< /Type /Page /Parent 2 0 R {boxes} /Contents {page + 1} 0 R /StructParents {len(pages)} "
            "/Resources << /Font << /F 3 0 R >> >> >>",
            f"<< /Length {len(content.encode('cp1252'))} >>\nstream\n{content}\nendstream",
        ]
        own = []
        for rank, tag in enumerate(tags):
            if tag and tag != "Artifact":
                objects.append(f"<< /Type /StructElem /S /{tag} /P 4 0 R /Pg {page} 0 R /K {rank} >>")
                elements.append(f"{len(objects)} 0 R")
            own.append(elements[-1] if tag and tag != "Artifact" else "null")
        parents.append(f"{len(pages)} [{' '.join(own)}]")
        pages.append(page)
    objects[1] = f"<< /Type /Pages /Count {len(pages)} /Kids [{' '.join(f'{page} 0 R' for page in pages)}] >>"
    objects[3] = (
        f"<< /Type /StructTreeRoot /K [{' '.join(elements)}] /ParentTree << /Nums [{' '.join(parents)}] >> "
        f"/ParentTreeNextKey {len(pages)} >>"
    )
    return _file_of(objects)


def _file_of(objects: Sequence[str]) -> bytes:
    data = b"%PDF-1.7\n"
    places = []
    for number, each in enumerate(objects, start=1):
        places.append(len(data))
        data += f"{number} 0 obj\n{each}\nendobj\n".encode("cp1252")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n"
    end += f"<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(data)}\n%%EOF\n"
    return data + end.encode()


def layer_of(
    texts: Sequence[str],
    *,
    box: Callable[[int], Box | None] | None = None,
    gaps: Callable[[int], tuple[Gap, ...]] = lambda rank: (),
    tag: Callable[[int], Tag | None] = lambda rank: None,
    per_page: int = 60,
    outline: Sequence[tuple[str, int, int]] = (),
) -> Layer:
    """A layer of typeset pages, its lines by default below each other."""
    lines: list[Line] = []
    start = 0
    box = box or (lambda rank: Box(50.0, 550.0, 800.0 - 12.0 * (rank % min(60, per_page))))
    for rank, text in enumerate(texts):
        lines.append(
            Line(
                start=start, end=start + len(text), page=1 + rank // per_page, box=box(rank), first=Style(10.0),
                last=Style(10.0), gaps=gaps(rank), tag=tag(rank),
            )
        )  # fmt: skip
        start += len(text) + 1
    pages = 1 + max(0, len(texts) - 1) // per_page
    return Layer(
        text="\n".join(texts), lines=tuple(lines), pages=pages, page_sizes=((600.0, 840.0),) * pages,
        scanned=(False,) * pages, outline=tuple(outline),
    )  # fmt: skip
