"""Judges signed PDF files with pyHanko and qpdf (through pikepdf). Prints one JSON object a file.

usage: check_signatures.py --at EPOCH_SECONDS --trust ROOT.pem FILE...
"""

import argparse
import json
from datetime import datetime, timezone

import pikepdf
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext


def open_strictly(handle):
    """pyHanko must not repair what it reads; only for hybrid files its strict mode knows no signatures."""
    reader = PdfFileReader(handle, strict=True)
    if reader.xrefs.hybrid_xrefs_present:
        return PdfFileReader(handle, strict=False)
    return reader


def judge(path, trust, moment):
    """Every embedded signature's status, and what qpdf says about the file."""
    result = {"file": path, "signatures": [], "qpdf": []}
    with open(path, "rb") as handle:
        reader = open_strictly(handle)
        for signature in reader.embedded_signatures:
            context = ValidationContext(trust_roots=trust, moment=moment, allow_fetching=False)
            status = validate_pdf_signature(signature, signer_validation_context=context)
            result["signatures"].append(
                {
                    "field": signature.field_name,
                    "bottomLine": status.bottom_line,
                    "coverage": status.coverage.name,
                    "modification": status.modification_level.name if status.modification_level is not None else None,
                    "summary": status.summary(),
                }
            )
    with pikepdf.open(path) as pdf:
        result["qpdf"] = pdf.check_pdf_syntax() if hasattr(pdf, "check_pdf_syntax") else pdf.check()
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--at", type=float, required=True)
    parser.add_argument("--trust", required=True)
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()
    trust = [load_cert_from_pemder(options.trust)]
    moment = datetime.fromtimestamp(options.at, tz=timezone.utc)
    for path in options.files:
        try:
            print(json.dumps(judge(path, trust, moment)))
        except Exception as error:  # a file that cannot be read is a result, too
            print(json.dumps({"file": path, "error": f"{type(error).__name__}: {error}"}))


if __name__ == "__main__":
    main()
