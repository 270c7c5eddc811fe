import java.time.Duration;
import java.time.Instant;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
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
        case "homes" -> {
          for (int at = 1; at < words.length; at += 3) home(words[at], words[at + 1], words[at + 2]);
        }
        case "again" -> again(StsClient.builder(), words[1], words[2]);
        default -> throw new IllegalArgumentException("identity | profile NAME… | again SECONDS EVERY");
      }
    } catch (RuntimeException error) {
      tell("error", error.toString());
      System.exit(1);
    }
  }

  /** The keys themselves, for tests that ask whose they are: a line for each config file, credentials file and profile. */
  private static void home(String config, String credentials, String name) {
    System.setProperty("aws.configFile", config);
    System.setProperty("aws.sharedCredentialsFile", credentials);
    try {
      // Nobody closes it: that takes twice as long with each role of a chain.
      DefaultCredentialsProvider provider =
          DefaultCredentialsProvider.builder()
              .profileFile(ProfileFile::defaultProfileFile)
              .profileName(name)
              .build();
      AwsCredentials found = provider.resolveCredentials();
      String token = found instanceof AwsSessionCredentials session ? session.sessionToken() : "";
      System.out.printf(
          "{\"key\":\"%s\",\"secret\":\"%s\",\"token\":\"%s\"}%n",
          escaped(found.accessKeyId()), escaped(found.secretAccessKey()), escaped(token));
    } catch (RuntimeException error) {
      tell("error", error.toString());
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
    System.out.printf("{\"%s\":\"%s\"}%n", name, escaped(value));
  }

  private static String escaped(String value) {
    return value.replaceAll("[\\\\\"]", "\\\\$0").replaceAll("\\p{Cntrl}", " ");
  }
}
