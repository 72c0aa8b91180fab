import eu.europa.esig.dss.enumerations.DigestAlgorithm;
import eu.europa.esig.dss.enumerations.SignatureLevel;
import eu.europa.esig.dss.model.DSSDocument;
import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.model.SignatureValue;
import eu.europa.esig.dss.model.ToBeSigned;
import eu.europa.esig.dss.pades.PAdESSignatureParameters;
import eu.europa.esig.dss.pades.signature.PAdESService;
import eu.europa.esig.dss.pdf.IPdfObjFactory;
import eu.europa.esig.dss.pdf.PdfMemoryUsageSetting;
import eu.europa.esig.dss.pdf.pdfbox.PdfBoxNativeObjectFactory;
import eu.europa.esig.dss.signature.resources.TempFileResourcesHandlerBuilder;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.token.DSSPrivateKeyEntry;
import eu.europa.esig.dss.token.Pkcs12SignatureToken;
import java.io.File;
import java.security.KeyStore.PasswordProtection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Times signings (PAdES_BASELINE_B, SHA-256) and validations inside this warm process. */
final class Timing {
    private Timing() {}

    /** From this size on DSS's settings for large files are used; below, its default, which is faster. */
    private static final long LARGE = 256L << 20;

    private interface Step {
        void run() throws Exception;
    }

    static Map<String, Object> sign(String path, String container, String password, int runs) throws Exception {
        try (Pkcs12SignatureToken token = new Pkcs12SignatureToken(new File(container), new PasswordProtection(password.toCharArray()))) {
            DSSPrivateKeyEntry key = token.getKeys().get(0);
            return times(runs, () -> signOnce(path, token, key));
        }
    }

    static Map<String, Object> validate(Judge judge, String path, int runs) throws Exception {
        return times(runs, () -> judge.validate(path));
    }

    private static void signOnce(String path, Pkcs12SignatureToken token, DSSPrivateKeyEntry key) throws Exception {
        PAdESSignatureParameters parameters = new PAdESSignatureParameters();
        parameters.setSignatureLevel(SignatureLevel.PAdES_BASELINE_B);
        parameters.setDigestAlgorithm(DigestAlgorithm.SHA256);
        parameters.setSigningCertificate(key.getCertificate());
        parameters.setCertificateChain(key.getCertificateChain());
        PAdESService service = new PAdESService(new CommonCertificateVerifier(true));
        TempFileResourcesHandlerBuilder files = new TempFileResourcesHandlerBuilder();
        if (new File(path).length() > LARGE) service.setPdfObjFactory(forLargeFiles(files));
        try {
            FileDocument document = new FileDocument(path);
            ToBeSigned data = service.getDataToSign(document, parameters);
            SignatureValue value = token.sign(data, DigestAlgorithm.SHA256, key);
            DSSDocument signed = service.signDocument(document, parameters, value);
            if (signed == null) throw new IllegalStateException("nothing was signed");
        } finally {
            files.clear();
        }
    }

    /** What DSS's documentation advises for large files: the source is read from its file, results are written to files. */
    private static IPdfObjFactory forLargeFiles(TempFileResourcesHandlerBuilder files) {
        IPdfObjFactory factory = new PdfBoxNativeObjectFactory();
        factory.setResourcesHandlerBuilder(files);
        factory.setPdfMemoryUsageSetting(PdfMemoryUsageSetting.fileOnly());
        return factory;
    }

    private static Map<String, Object> times(int runs, Step step) throws Exception {
        List<Double> milliseconds = new ArrayList<>();
        for (int i = 0; i < runs; i++) {
            long from = System.nanoTime();
            step.run();
            milliseconds.add((System.nanoTime() - from) / 1e6);
        }
        return Json.object("ms", milliseconds);
    }
}
