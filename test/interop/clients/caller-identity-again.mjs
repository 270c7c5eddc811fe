// Prints the STS caller identity every few seconds, as one process: argv is how long and how often, in seconds.
import { setTimeout as delay } from "node:timers/promises";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

const [seconds, every] = process.argv.slice(2).map(Number);
const sts = new STSClient();
const end = performance.now() + seconds * 1000;
for (;;) {
  console.log((await sts.send(new GetCallerIdentityCommand({}))).Arn);
  if (performance.now() > end) break;
  await delay(every * 1000);
}
