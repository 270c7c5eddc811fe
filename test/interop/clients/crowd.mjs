// Asks STS who it is, as so many clients at once: argv is how many, how long and how often, in seconds.
import { setTimeout as delay } from "node:timers/promises";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

const [count, seconds, every] = process.argv.slice(2).map(Number);
const end = performance.now() + seconds * 1000;
await Promise.all(
  Array.from({ length: count }, async () => {
    const sts = new STSClient();
    while (performance.now() < end) {
      const asked = sts.send(new GetCallerIdentityCommand({}));
      console.log(await asked.then(({ Arn }) => Arn).catch((error) => `FAILED ${error}`));
      await delay(every * 1000);
    }
  }),
);
