import { setTimeout as delay } from "node:timers/promises";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

/**
 * An ordinary program that uses an AWS SDK and knows nothing of ssox. Says whom
 * STS takes it for; with a number of seconds, each second for that long, and
 * then tells the access keys that it was given meanwhile.
 */

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
const client = new STSClient({});
const seconds = Number(process.argv[2] ?? 0);
const keys = new Map();

for (let second = 0; second <= seconds; second += 1) {
  if (second > 0) await delay(1000);
  const { Arn } = await client.send(new GetCallerIdentityCommand({}));
  const { accessKeyId } = await client.config.credentials();
  if (!keys.has(accessKeyId)) keys.set(accessKeyId, second);
  if (second === 0 || second === seconds) console.log(`after ${second} s: ${Arn}`);
}
if (seconds > 0) {
  for (const [key, second] of keys) console.log(`access key ${key}, from second ${second} on`);
}
