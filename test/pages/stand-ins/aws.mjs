// In the place of the AWS CLI, which is no part of every machine: an AWS SDK that looks for its
// credentials as it always does. It prints what the AWS CLI prints for `sts get-caller-identity`; of
// every other command it only sees whose credentials there are. Nobody has a bucket.
import { parseArgs } from "node:util";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { fromNodeProviderChain } from "@aws-sdk/credential-providers";

const { values, positionals } = parseArgs({
  strict: false,
  options: {
    profile: { type: "string" },
    query: { type: "string" },
    output: { type: "string", default: "json" },
    region: { type: "string" },
  },
});
const { profile, query, output } = values;
const isAsked = positionals.join(" ") === "sts get-caller-identity";
// Where nothing is said of a region `aws s3` takes that one.
const region = values.region ?? (isAsked ? undefined : "us-east-1");
const credentials = fromNodeProviderChain({ profile });
try {
  const known = { credentials, ...(profile && { profile }), ...(region && { region }) };
  const identity = await new STSClient(known).send(new GetCallerIdentityCommand({}));
  const { UserId, Account, Arn } = identity;
  if (isAsked) {
    const answer = query === undefined ? { UserId, Account, Arn } : identity[query];
    const json = JSON.stringify(answer, undefined, 4);
    console.log(output === "text" && query !== undefined ? answer : json);
  } else if (positionals[0] !== "s3") console.log("an answer");
} catch (error) {
  console.error(error.message);
  process.exitCode = 255;
}
