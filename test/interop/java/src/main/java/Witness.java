import java.time.Duration;
import java.time.Instant;
import java.util.List;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.StsClientBuilder;

/** The STS caller identity by the SDK's default chain, as lines of JSON. */
public final class Witness {
  public static void main(String[] words) throws InterruptedException {
    try {
      switch (words[0]) {
        case "identity" -> again(StsClient.builder(), "0", "0");
        case "profile" -> {
          for (String name : List.of(words).subList(1, words.length)) {
            again(withProfile(name), "0", "0");
          }
        }
        case "again" -> again(StsClient.builder(), words[1], words[2]);
        default -> throw new IllegalArgumentException("identity | profile NAME… | again SECONDS EVERY");
      }
    } catch (RuntimeException error) {
      tell("error", error.toString());
      System.exit(1);
    }
  }

  private static StsClientBuilder withProfile(String name) {
    return StsClient.builder()
        .credentialsProvider(DefaultCredentialsProvider.builder().profileName(name).build())
        .overrideConfiguration(override -> override.defaultProfileName(name));
  }

  /** One client, and its one credentials provider, for all calls. */
  private static void again(StsClientBuilder builder, String seconds, String every)
      throws InterruptedException {
    try (StsClient sts = builder.httpClient(UrlConnectionHttpClient.create()).build()) {
      Instant end = Instant.now().plusSeconds(Long.parseLong(seconds));
      for (;;) {
        tell("arn", sts.getCallerIdentity().arn());
        if (!Instant.now().isBefore(end)) return;
        Thread.sleep(Duration.ofSeconds(Long.parseLong(every)).toMillis());
      }
    }
  }

  private static void tell(String name, String value) {
    String escaped = value.replaceAll("[\\\\\"]", "\\\\$0").replaceAll("\\p{Cntrl}", " ");
    System.out.printf("{\"%s\":\"%s\"}%n", name, escaped);
  }
}
