// The credentials that the AWS SDK for JavaScript takes in each of many homes: a JSON file of [{"env": {…}}, …].
// Prints a list of {"key", "secret", "token"} or {"error"}.
import { readFileSync } from "node:fs";
import { fromNodeProviderChain } from "@aws-sdk/credential-providers";

const base = { ...process.env };
const found = [];
for (const { env } of JSON.parse(readFileSync(process.argv[2], "utf8"))) {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, base, env);
  try {
    const keys = await fromNodeProviderChain({ ignoreCache: true })();
    const { accessKeyId: key, secretAccessKey: secret, sessionToken: token = "" } = keys;
    found.push({ key, secret, token });
  } catch (error) {
    found.push({ error: `${error.name}: ${error.message}` });
  }
}
console.log(JSON.stringify(found));
