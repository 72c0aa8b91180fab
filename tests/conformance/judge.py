"""pyHanko and qpdf behind a pipe: one request a line (tab-separated words), one JSON answer a line.

  trust FILE                a certificate (PEM or DER) to be trusted
  crl FILE                  a revocation list (DER) that stands in for the network
  at EPOCH_MS               validate for this time
  judge FILE [LEVEL]        every signature, as what its level (B-B … B-LTA) promises
  assess FILE EPOCH_MS PEM  the same for another time and with other trust: a file of certificates
  qpdf FILE                 what `qpdf --check` finds
  linearize IN OUT [ids]    the file as qpdf linearizes it; `streams` keeps objects in object streams
  sign FILE P12 PASSWORD RUNS    times of signings
  validate FILE RUNS             times of validations
"""

import asyncio
import json
import logging
import shutil
import subprocess
import sys
import time
from datetime import datetime, timezone
from io import BytesIO

import pikepdf
from asn1crypto import crl as asn1_crl
from asn1crypto import ocsp
from pyhanko.keys import load_cert_from_pemder, load_certs_from_pemder_data
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko.sign.validation.ades import ades_lta_validation, ades_with_time_validation
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.policy_decl import (
    LocalKnowledge,
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
    bootstrap_validation_data_handlers,
)
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.poe import POEManager
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer, OCSPContainer

logging.disable(logging.CRITICAL)
trust = []
revocation_lists = []
moment = datetime.now(tz=timezone.utc)


def context():
    return ValidationContext(trust_roots=trust, crls=revocation_lists, allow_fetching=False, moment=moment)


def open_strictly(handle):
    """pyHanko must not repair what it reads; only for hybrid files its strict mode knows no signatures."""
    reader = PdfFileReader(handle, strict=True)
    if reader.xrefs.hybrid_xrefs_present:
        return PdfFileReader(handle, strict=False)
    return reader


def material(reader):
    """What the file's security store holds."""
    store = DocumentSecurityStore.read_dss(reader)
    return LocalKnowledge(
        known_certs=list(store.load_certs()),
        known_ocsps=[
            container
            for stream in store.ocsps
            for container in OCSPContainer.load_multi(ocsp.OCSPResponse.load(stream.get_object().data))
        ],
        known_crls=[CRLContainer(asn1_crl.CertificateList.load(stream.get_object().data)) for stream in store.crls],
    )


def validate_long_term(signature, level):
    """EN 319 102-1 §5.5 (B-LT), §5.6.3 (B-LTA) with revocation required, from the file alone. Answers what stands against it."""
    policy = CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(trust_roots=trust),
        revinfo_policy=CertRevTrustPolicy(revocation_checking_policy=REQUIRE_REVINFO),
    )
    gathering = RevocationInfoGatheringSpec(online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY)
    timing = ValidationTimingInfo(validation_time=moment, best_signature_time=moment, point_in_time_validation=True)
    if level == "B-LTA":
        spec = SignatureValidationSpec(cert_validation_policy=policy, revinfo_gathering_policy=gathering)
        result = asyncio.run(ades_lta_validation(signature, PdfSignatureValidationSpec(spec), timing))
    else:
        spec = SignatureValidationSpec(
            cert_validation_policy=policy,
            revinfo_gathering_policy=gathering,
            local_knowledge=material(signature.reader),
        )
        handlers = bootstrap_validation_data_handlers(
            spec, timing_info=timing, poe_manager_override=POEManager(current_dt_override=moment)
        )
        result = asyncio.run(
            ades_with_time_validation(
                signature.signed_data,
                spec,
                timing_info=timing,
                raw_digest=signature.compute_digest(),
                validation_data_handlers=handlers,
            )
        )
    return None if result.ades_subindic == AdESPassed.OK else f"{result.ades_subindic} {result.failure_msg or ''}"


def judge_signature(signature, level):
    try:
        status = validate_pdf_signature(signature, context(), ts_validation_context=context())
        against = validate_long_term(signature, level) if level in ("B-LT", "B-LTA") else None
    except Exception as error:  # what stands against a signature is an answer
        return {"field": signature.field_name, "passed": False, "sound": False, "error": f"{type(error).__name__}: {error}"}
    stamped = getattr(status, "timestamp_validity", None)
    return {
        "field": signature.field_name,
        "passed": bool(status.bottom_line) and against is None and (level in (None, "B-B") or stamped is not None),
        # whoever signed: the bytes, the value and what was added later are in order
        "sound": bool(status.intact and status.valid and status.docmdp_ok),
        "intact": bool(status.intact and status.valid),
        "coverage": status.coverage.name,
        "modification": status.modification_level.name if status.modification_level is not None else None,
        "timestamp": None if stamped is None else bool(stamped.valid and stamped.intact and stamped.trusted),
        "summary": status.summary() if against is None else against,
    }


def judge_timestamp(stamp):
    try:
        status = validate_pdf_timestamp(stamp, validation_context=context())
    except Exception as error:  # what stands against a timestamp is an answer
        return {"field": stamp.field_name, "passed": False, "intact": False, "error": f"{type(error).__name__}: {error}"}
    intact = bool(status.intact and status.valid)
    kept = status.coverage == SignatureCoverageLevel.ENTIRE_FILE or status.modification_level is not None
    return {"field": stamp.field_name, "passed": intact and bool(status.trusted) and kept, "intact": intact}


def open_somehow(handle):
    """As strictly as the file can be read."""
    try:
        reader = open_strictly(handle)
        list(reader.embedded_signatures)
        return reader
    except PdfReadError:
        return PdfFileReader(handle, strict=False)


def judge(path, level=None, opening=open_strictly):
    with open(path, "rb") as handle:
        reader = opening(handle)
        signatures = [judge_signature(signature, level) for signature in reader.embedded_regular_signatures]
        timestamps = []
        for stamp in reader.embedded_timestamp_signatures:
            timestamps.append(judge_timestamp(stamp))
        return {"file": path, "signatures": signatures, "timestamps": timestamps}


def assess(path, at, anchors):
    global trust, moment, revocation_lists
    before = trust, moment, revocation_lists
    try:
        trust, moment, revocation_lists = certificates_in(anchors), at_time(at), []
        return judge(path, opening=open_somehow)
    finally:
        trust, moment, revocation_lists = before


def certificates_in(path):
    with open(path, "rb") as handle:
        return list(load_certs_from_pemder_data(handle.read())) if handle.seek(0, 2) and not handle.seek(0) else []


def at_time(epoch_ms):
    return datetime.fromtimestamp(int(epoch_ms) / 1000, tz=timezone.utc)


def check(path):
    """The complaints of `qpdf --check`; of its library where the program is absent."""
    program = shutil.which("qpdf")
    if program is None:
        with pikepdf.open(path) as pdf:
            return {"complaints": [str(problem) for problem in pdf.check_pdf_syntax()]}
    done = subprocess.run([program, "--check", path], capture_output=True, text=True, errors="replace", timeout=30)
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    return {"complaints": [] if done.returncode == 0 else lines[:5] or [f"exit code {done.returncode}"]}


def linearize(source, target, ids="plain"):
    mode = pikepdf.ObjectStreamMode.generate if ids == "streams" else pikepdf.ObjectStreamMode.disable
    with pikepdf.open(source) as pdf:
        pdf.save(target, linearize=True, object_stream_mode=mode, deterministic_id=True)
    return {"ok": True}


def times(runs, step):
    taken = []
    for _ in range(int(runs)):
        start = time.perf_counter()
        step()
        taken.append((time.perf_counter() - start) * 1000)
    return {"ms": taken}


def sign(path, container, password, runs):
    signer = signers.SimpleSigner.load_pkcs12(container, passphrase=password.encode())

    def once():
        with open(path, "rb") as handle:
            writer = IncrementalPdfFileWriter(handle)
            metadata = signers.PdfSignatureMetadata(
                field_name="Signature1", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES
            )
            signers.sign_pdf(writer, metadata, signer=signer, output=BytesIO())

    return times(runs, once)


def answer(request):
    global moment
    words = request.rstrip("\n").split("\t")
    verb, rest = words[0], words[1:]
    if verb == "trust":
        trust.append(load_cert_from_pemder(rest[0]))
    elif verb == "crl":
        with open(rest[0], "rb") as handle:
            revocation_lists.append(asn1_crl.CertificateList.load(handle.read()))
    elif verb == "at":
        moment = at_time(rest[0])
    elif verb == "validate":
        return times(rest[1], lambda: judge(rest[0]))
    else:
        return {"judge": judge, "assess": assess, "qpdf": check, "linearize": linearize, "sign": sign}[verb](*rest)
    return {"ok": True}


def main():
    for request in sys.stdin:
        try:
            reply = answer(request)
        except Exception as error:  # a file that cannot be read is an answer, too
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
