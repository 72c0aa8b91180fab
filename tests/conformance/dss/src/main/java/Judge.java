import eu.europa.esig.dss.diagnostic.DiagnosticData;
import eu.europa.esig.dss.diagnostic.SignatureWrapper;
import eu.europa.esig.dss.diagnostic.TimestampWrapper;
import eu.europa.esig.dss.jaxb.object.Message;
import eu.europa.esig.dss.model.DSSDocument;
import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.model.x509.CertificateToken;
import eu.europa.esig.dss.simplereport.SimpleReport;
import eu.europa.esig.dss.spi.DSSUtils;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.spi.x509.revocation.crl.ExternalResourcesCRLSource;
import eu.europa.esig.dss.validation.SignedDocumentValidator;
import eu.europa.esig.dss.validation.reports.Reports;
import java.io.File;
import java.io.FileInputStream;
import java.io.InputStream;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;

/** Validates one file under DSS's own default policy, with what the request names and nothing from the network. */
final class Judge {
    private final CommonTrustedCertificateSource trusted = new CommonTrustedCertificateSource();
    private final List<DSSDocument> lists = new ArrayList<>();
    private Date at = new Date();

    void trust(String path) {
        CertificateToken certificate = DSSUtils.loadCertificate(new File(path));
        trusted.addCertificate(certificate);
    }

    /** A judge for another time and with other trust: a file of certificates, PEM one after the other. */
    static Judge of(long epochMilliseconds, String anchors) throws Exception {
        Judge judge = new Judge();
        judge.at(epochMilliseconds);
        try (InputStream in = new FileInputStream(anchors)) {
            for (Certificate certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                judge.trusted.addCertificate(new CertificateToken((X509Certificate) certificate));
            }
        }
        return judge;
    }

    void revocationList(String path) {
        lists.add(new FileDocument(path));
    }

    void at(long epochMilliseconds) {
        at = new Date(epochMilliseconds);
    }

    Reports validate(String path) {
        CommonCertificateVerifier verifier = new CommonCertificateVerifier(true);
        verifier.setAIASource(null);
        verifier.setOcspSource(null);
        verifier.setCrlSource(lists.isEmpty() ? null : new ExternalResourcesCRLSource(lists.toArray(new DSSDocument[0])));
        verifier.setTrustedCertSources(trusted);
        SignedDocumentValidator validator = SignedDocumentValidator.fromDocument(new FileDocument(path));
        validator.setCertificateVerifier(verifier);
        validator.setValidationTime(at);
        return validator.validateDocument();
    }

    Map<String, Object> judge(String path) {
        Reports reports = validate(path);
        SimpleReport simple = reports.getSimpleReport();
        DiagnosticData diagnostic = reports.getDiagnosticData();
        List<Object> signatures = new ArrayList<>();
        for (String id : simple.getSignatureIdList()) signatures.add(signature(id, simple, diagnostic));
        List<Object> timestamps = new ArrayList<>();
        for (TimestampWrapper timestamp : diagnostic.getTimestampList()) {
            timestamps.add(Json.object(
                "type", timestamp.getType().name(),
                "field", timestamp.getFirstFieldName(),
                "intact", timestamp.isSignatureIntact() && timestamp.isMessageImprintDataIntact(),
                "indication", simple.getIndication(timestamp.getId()),
                "subIndication", simple.getSubIndication(timestamp.getId())));
        }
        return Json.object("file", path, "signatures", signatures, "timestamps", timestamps);
    }

    private static Map<String, Object> signature(String id, SimpleReport simple, DiagnosticData diagnostic) {
        SignatureWrapper wrapper = diagnostic.getSignatureById(id);
        boolean whole = wrapper.getSignatureScopes().stream()
            .anyMatch(scope -> scope.getScope() != null && scope.getScope().name().equals("FULL"));
        return Json.object(
            "field", wrapper.getFirstFieldName(),
            "level", simple.getSignatureFormat(id) == null ? null : simple.getSignatureFormat(id).name(),
            "indication", simple.getIndication(id),
            "subIndication", simple.getSubIndication(id),
            "intact", wrapper.isSignatureIntact() && wrapper.isSignatureValid(),
            "whole", whole,
            "errors", texts(simple.getAdESValidationErrors(id)),
            "warnings", texts(simple.getAdESValidationWarnings(id)));
    }

    private static List<String> texts(List<Message> messages) {
        return messages.stream().map(Message::getValue).toList();
    }
}
