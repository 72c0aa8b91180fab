import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * EU DSS behind a pipe: one request a line (tab-separated words), one JSON answer a line, one warm JVM for many files.
 *
 *   trust FILE            a certificate (PEM or DER) to be trusted
 *   crl FILE              a revocation list (DER) that stands in for the network
 *   at EPOCH_MS           validate for this time
 *   judge FILE            validate a file
 *   assess FILE EPOCH_MS PEM   the same for another time and with other trust: a file of certificates
 *   sign FILE P12 PASSWORD RUNS     times of signings
 *   validate FILE RUNS              times of validations
 */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.setOut(System.err); // what libraries print must not stand between the answers
        Judge judge = new Judge();
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            out.println(Json.write(answer(judge, line.split("\t"))));
        }
    }

    private static Map<String, Object> answer(Judge judge, String[] request) {
        try {
            switch (request[0]) {
                case "trust" -> judge.trust(request[1]);
                case "crl" -> judge.revocationList(request[1]);
                case "at" -> judge.at(Long.parseLong(request[1]));
                case "judge" -> { return judge.judge(request[1]); }
                case "assess" -> { return Judge.of(Long.parseLong(request[2]), request[3]).judge(request[1]); }
                case "sign" -> { return Timing.sign(request[1], request[2], request[3], Integer.parseInt(request[4])); }
                case "validate" -> { return Timing.validate(judge, request[1], Integer.parseInt(request[2])); }
                default -> throw new IllegalArgumentException("unknown request " + request[0]);
            }
            return Json.object("ok", true);
        } catch (Throwable problem) { // a file that cannot be read is an answer, too, whatever it threw
            return Json.object("error", problem.getClass().getSimpleName() + ": " + problem.getMessage());
        }
    }
}
