"""What a document still lacks to be PDF/UA-1 and PDF/A-3a at once, added before its file is written.

WeasyPrint writes one identification; the other needs its own lines in the metadata, and PDF/A wants every
property that it does not know itself to be described there. The rest is what an independent validator finds
missing (tests/reports/test_conformance.py).
"""

import io
from functools import cache
from importlib.resources import files
from typing import Any

import pydyf
from weasyprint import Document
from weasyprint.css import ColorProfile

# PDF/UA-1 (ISO 14289-1, 5) beside PDF/A-3 (ISO 19005-3, 6.6.2.3): what `pdfuaid:part` is.
ACCESSIBLE = b"""\
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Indicates, which part of ISO 14289 standard is followed</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF>"""

SRGB = "srgb"


def colour_profile() -> ColorProfile:
    """What the colours of a document mean: sRGB, by the profile that comes with WeasyPrint."""
    content = io.BytesIO(_profile())
    return ColorProfile(content, "sRGB2014.icc", "relative-colorimetric", (["r"], ["g"], ["b"]))


@cache
def _profile() -> bytes:
    return (files("weasyprint.pdf") / "sRGB2014.icc").read_bytes()


def finished(document: Document, pdf: pydyf.PDF) -> None:
    """WeasyPrint's finisher: called when all is drawn, and before a byte is written."""
    _keep_ends_apart(pdf)
    objects = {entry.number: entry for entry in pdf.objects}
    metadata = objects[_number(pdf.catalog["Metadata"])]
    metadata.compress = False
    metadata.stream = [_in_one(metadata.stream[0])]
    if "AF" in pdf.catalog:  # WeasyPrint names each attachment twice
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))
    intent = pdf.catalog["OutputIntents"][0]
    blending = pydyf.Array(("/ICCBased", intent["DestOutputProfile"]))
    for entry in pdf.objects:
        if not isinstance(entry, pydyf.Dictionary):
            continue
        if entry.get("Type") == "/Page":
            entry["Group"] = pydyf.Dictionary({"Type": "/Group", "S": "/Transparency", "CS": blending})
        elif entry.get("S") == "/TH":
            attributes = entry.setdefault("A", pydyf.Dictionary({"O": "/Table"}))
            attributes["Scope"] = "/Column" if _is_in_head(entry, objects) else "/Row"


def _keep_ends_apart(pdf: pydyf.PDF) -> None:
    """A stream whose last byte is a carriage return needs two signs after it: with a line feed alone, its own
    byte reads as part of the line end and its length is wrong. One compressed stream in 256 ends so."""
    write = pdf.write_line

    def write_line(content: bytes, output: Any) -> None:
        if content.endswith(_AT_RETURN):
            content = content.removesuffix(_AT_RETURN) + b"\r" + _AT_RETURN
        write(content, output)

    pdf.write_line = write_line


_AT_RETURN = b"\r\nendstream\nendobj"


def _in_one(stream: bytes) -> bytes:
    """Both identifications in one RDF: readers take the first and miss what stands in a second."""
    return stream.replace(
        b'</rdf:RDF>\n<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">', b"", 1
    )


def _is_in_head(cell: pydyf.Dictionary, objects: dict[int, Any]) -> bool:
    row = objects[_number(cell["P"])]
    return bool(objects[_number(row["P"])].get("S") == "/THead")


def _number(reference: Any) -> int:
    text = reference.decode() if isinstance(reference, bytes) else str(reference)
    return int(text.split()[0])
