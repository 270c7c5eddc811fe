import { describe, expect, it } from "vitest";
import { type ConsolePlace, consoleDestination } from "../../src/domain/console-destination.ts";
import { PARTITIONS, partitionOf } from "../../src/domain/partitions.ts";

const at = (region: string): ConsolePlace => {
  return { partition: partitionOf(region), region, of: "the session acme" };
};
const refusal = expect.objectContaining({ code: "Usage" });

describe("a service's page", () => {
  it.each([
    ["eu-west-1", "s3", "https://eu-west-1.console.aws.amazon.com/s3/home?region=eu-west-1"],
    ["eu-west-1", "EC2", "https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1"],
    [
      "us-east-2",
      "logs",
      "https://us-east-2.console.aws.amazon.com/cloudwatch/home?region=us-east-2#logsV2:log-groups",
    ],
    ["eu-west-1", "iam", "https://console.aws.amazon.com/iam/home"],
    [
      "cn-north-1",
      "lambda",
      "https://cn-north-1.console.amazonaws.cn/lambda/home?region=cn-north-1",
    ],
    ["cn-north-1", "iam", "https://console.amazonaws.cn/iam/home"],
    [
      "us-gov-east-1",
      "sqs",
      "https://us-gov-east-1.console.amazonaws-us-gov.com/sqs/v3/home?region=us-gov-east-1",
    ],
    [
      "eusc-de-east-1",
      "rds",
      "https://eusc-de-east-1.console.amazonaws-eusc.eu/rds/home?region=eusc-de-east-1",
    ],
    [
      "us-isob-east-1",
      "kms",
      "https://us-isob-east-1.console.sc2shome.sgov.gov/kms/home?region=us-isob-east-1",
    ],
  ])("in %s of %s: %s", (region, service, url) => {
    expect(consoleDestination({ service }, at(region))).toBe(url);
  });

  it.each([
    ["lamda", "--service lambda"],
    ["dynamo", "--service dynamodb"],
    ["secretmanager", "--service secretsmanager"],
    [
      "newservice",
      "--destination 'https://eu-west-1.console.aws.amazon.com/newservice/home?region=eu-west-1'",
    ],
    [
      "a/../b?x=#",
      "--destination 'https://eu-west-1.console.aws.amazon.com/SERVICE/home?region=eu-west-1'",
    ],
    [
      "$(id)",
      "--destination 'https://eu-west-1.console.aws.amazon.com/SERVICE/home?region=eu-west-1'",
    ],
  ])("%s is not known: %s", (service, hint) => {
    expect(() => consoleDestination({ service }, at("eu-west-1"))).toThrow(
      expect.objectContaining({ code: "Usage", hint }),
    );
  });

  it("is the home in the region without a service", () => {
    expect(consoleDestination({}, at("eu-west-1"))).toBe(
      "https://eu-west-1.console.aws.amazon.com/console/home?region=eu-west-1",
    );
  });

  it.each(["cn-north-1", "us-gov-west-1", "evil.example/", "", "eu-west-1@evil.example"])(
    "is nowhere in the region %j",
    (region) => {
      const place = { ...at("eu-west-1"), region };
      for (const wanted of [{}, { service: "s3" }]) {
        expect(() => consoleDestination(wanted, place)).toThrow(refusal);
      }
    },
  );
});

describe("a destination", () => {
  it.each([
    "https://console.aws.amazon.com/",
    "https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#Instances:tag:Name=a;b",
    "https://s3.console.aws.amazon.com/s3/buckets/logs?prefix=a%2Fb&x=%23",
    "https://health.console.aws.amazon.com/health/home#/account/event-log?eventID=1",
    "https://509399598587-pyma7ahz.eu-west-2.console.aws.amazon.com/ecr/home",
    "https://console.aws.amazon.com/go/view?arn=arn:aws:iam::111122223333:role/A",
  ])("may be %s", (destination) => {
    expect(consoleDestination({ destination }, at("eu-west-1"))).toBe(destination);
  });

  it.each(PARTITIONS.map((partition) => [partition.id, partition] as const))(
    "of %s is that partition's own",
    (_id, partition) => {
      const place = { ...at("eu-west-1"), partition };
      for (const { consoleDomain } of PARTITIONS) {
        const decide = () =>
          consoleDestination({ destination: `https://${consoleDomain}/` }, place);
        if (consoleDomain === partition.consoleDomain) expect(decide()).toContain(consoleDomain);
        else expect(decide).toThrow(refusal);
      }
    },
  );

  it.each([
    "https://console.aws.amazon.com@evil.example/",
    "https://user@console.aws.amazon.com/",
    "https://user:pass@console.aws.amazon.com/",
    "https://console.aws.amazon.com.evil.example/",
    "https://evilconsole.aws.amazon.com/",
    "https://evil-console.aws.amazon.com/",
    "https://aws.amazon.com/",
    "https://signin.aws.amazon.com/oauth",
    "https://evil.example/console.aws.amazon.com",
    "https://evil.example#console.aws.amazon.com",
    "https://evil.example?console.aws.amazon.com",
    "https://evil.example\\.console.aws.amazon.com/",
    "https://console.aws.amazon.com\\@evil.example/",
    "https:\\\\console.aws.amazon.com/",
    "https:/console.aws.amazon.com/",
    "https:console.aws.amazon.com/",
    "https://console.aws.amazon.com:8443/",
    "https://console.aws.amazon.com./",
    "http://console.aws.amazon.com/",
    "HTTPS://console.aws.amazon.com/",
    "//console.aws.amazon.com/",
    "console.aws.amazon.com",
    "javascript:alert(1)//https://console.aws.amazon.com/",
    "data:text/html,https://console.aws.amazon.com/",
    "ftp://console.aws.amazon.com/",
    " https://console.aws.amazon.com/",
    "https://console.aws.amazon.com/ x",
    "https://console.aws\t.amazon.com/",
    "https://console.aws.amazon.com/\n",
    "https://console.aws.amazon.com/\u202e",
    "https://ev\u200bil.console.aws.amazon.com/",
    "https://console。aws。amazon。com.evil.example/",
    "https://[::1]/",
    "https://127.0.0.1/",
    "https://",
    "",
  ])("may not be %j", (destination) => {
    expect(() => consoleDestination({ destination }, at("eu-west-1"))).toThrow(refusal);
  });
});
