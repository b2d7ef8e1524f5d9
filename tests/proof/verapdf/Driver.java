// Validates PDF files against one of veraPDF's own profiles and prints, for each, one line of JSON: file, compliant, failed rules.
// Usage: java -cp <veraPDF jar>:<JAXB jars> Driver.java 3b file.pdf ...
// API: org.verapdf (veraPDF library 1.31, GPLv3+ or MPLv2); used by the tests only.

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

public class Driver {
    public static void main(String[] arguments) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        PDFAFlavour flavour = PDFAFlavour.fromString(arguments[0]);
        for (int at = 1; at < arguments.length; at++) {
            System.out.println(line(arguments[at], flavour));
        }
    }

    private static String line(String file, PDFAFlavour flavour) throws Exception {
        Map<String, String> failed = new LinkedHashMap<>();
        boolean compliant = false;
        int assertions = 0;
        try (InputStream stream = Files.newInputStream(Path.of(file));
                PDFAParser parser = Foundries.defaultInstance().createParser(stream, flavour);
                PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false)) {
            ValidationResult result = validator.validate(parser);
            compliant = result.isCompliant();
            assertions = result.getTotalAssertions();
            for (TestAssertion each : result.getTestAssertions()) {
                if (each.getStatus() == TestAssertion.Status.FAILED) {
                    String rule = each.getRuleId().getClause() + "-" + each.getRuleId().getTestNumber();
                    failed.putIfAbsent(rule, each.getMessage() + " @ " + each.getLocation().getContext());
                }
            }
        } catch (Exception error) {
            failed.put("unreadable", String.valueOf(error));
        }
        StringBuilder json = new StringBuilder("{\"file\":" + quoted(file) + ",\"compliant\":" + compliant);
        json.append(",\"assertions\":").append(assertions).append(",\"failed\":{");
        String comma = "";
        for (Map.Entry<String, String> each : failed.entrySet()) {
            json.append(comma).append(quoted(each.getKey())).append(":").append(quoted(each.getValue()));
            comma = ",";
        }
        return json.append("}}").toString();
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (char character : text.toCharArray()) {
            if (character == '"' || character == '\\') {
                out.append('\\').append(character);
            } else if (character < 0x20 || character > 0x7e) {
                out.append(String.format("\\u%04x", (int) character));
            } else {
                out.append(character);
            }
        }
        return out.append('"').toString();
    }
}
