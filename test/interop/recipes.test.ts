import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import path from "node:path";
import { json } from "node:stream/consumers";
import { expect, onTestFinished, type TestContext, test } from "vitest";
import { SSOX } from "../bin/exec-place.ts";
import { newAuthority } from "../helpers/authority.ts";
import { signInAsAwsCli, testContext } from "../helpers/context.ts";
import { awsConfigFor, startTestLab } from "../helpers/lab.ts";
import { root } from "../helpers/program.ts";
import { buildClient, commandOrSkip } from "../helpers/toolchains.ts";
import { runWitness } from "../helpers/witness.ts";
import { clientFile, witnessOf } from "./desk.ts";

/*
 * The blocks of docs/recipes.md, word for word, with real clients where these
 * ask services of AWS, and what programs get of each. test/pages/ sees to it
 * that no block is left out.
 */

const ACCOUNT = "111122223333";
const ARN = new RegExp(
  `arn:aws:sts::${ACCOUNT}:assumed-role/AWSReservedSSO_DeveloperAccess_[0-9a-f]{16}/ada`,
);
/** Of the lab's role credentials. */
const KEY = /ASIA[0-9A-Z]+/;

test("Terraform", { timeout: 600_000 }, async (running) => {
  const { run, home, standIn } = await reader();
  writeFileSync(path.join(home, "main.tf"), blocks("Terraform", "hcl")[0] ?? "");
  const init = () => run("terraform init -input=false >&2").then(() => true);
  // Where it is not installed, or finds no provider for AWS, a program with the same SDK stands for it.
  if (!(await init().catch(() => false))) {
    const go = commandOrSkip("Go SDK v2", await buildClient("Go SDK v2"), running);
    standIn("terraform", `exec ${go.join(" ")} identity`);
  }
  expect(await run(only("Terraform"))).toMatch(ARN);
});

test("CDK and SAM", async (running) => {
  const { run, standIn } = await reader();
  const js = witnessOf("JS SDK v3", running);
  const python = witnessOf("boto3", running);
  standIn("npx", `exec ${js.program} ${clientFile("caller-identity.mjs")}`);
  standIn("sam", `exec ${python.program} ${clientFile("caller-identity.py")}`);
  const said = await run(only("CDK and SAM"));
  expect(said.match(new RegExp(ARN, "g"))).toHaveLength(2);
});

test("docker build and docker run", async () => {
  const { run, standIn } = await reader();
  standIn("docker", '[ -n "$AWS_SESSION_TOKEN" ] && echo "$1 $AWS_ACCESS_KEY_ID $AWS_REGION"');
  const [build, image] = (await run(only("docker build and docker run"))).trim().split("\n");
  expect(build).toMatch(new RegExp(`^build ${KEY.source} eu-west-1$`));
  expect(image).toMatch(new RegExp(`^run ${KEY.source} eu-west-1$`));
});

test("ECR", async (running) => {
  const { run, standIn, services } = await reader(running);
  standIn("docker", 'echo "$@"; cat');
  const authorizationToken = Buffer.from("AWS:the-password").toString("base64");
  services.answer = { authorizationData: [{ authorizationToken }] };
  const registry = `${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com`;
  expect(await run(only("ECR"))).toBe(
    `login --username AWS --password-stdin ${registry}\nthe-password\n`,
  );
  expect(services.asked).toEqual([expect.stringMatching(KEY)]);
});

test("CodeArtifact", async (running) => {
  const { run, services } = await reader(running);
  services.answer = { authorizationToken: "the-token", expiration: 1_900_000_000 };
  const said = await run(`${only("CodeArtifact")}\nsh -c 'echo $CODEARTIFACT_AUTH_TOKEN'`);
  expect(said).toBe("the-token\n");
  expect(services.asked).toEqual([expect.stringMatching(KEY)]);
});

test("EKS", async (running) => {
  const { run, home } = await reader(running);
  const { kind, status } = JSON.parse(await run(only("EKS")));
  expect(kind).toBe("ExecCredential");
  const url = Buffer.from(status.token.replace(/^k8s-aws-v1\./, ""), "base64url").toString();
  expect(url).toMatch(KEY);
  if (onPath("kubectl") === undefined) return;
  writeFileSync(path.join(home, "kubeconfig"), blocks("EKS", "yaml").join(""));
  const authority = newAuthority();
  const cluster = await startServices(authority.identity(["127.0.0.1"]));
  const flags = `--user sandbox --server ${cluster.url} --certificate-authority ${authority.file}`;
  await run(`kubectl --kubeconfig kubeconfig ${flags} get --raw /api`);
  expect(cluster.asked.at(-1)).toMatch(/^Bearer k8s-aws-v1\./);
});

test("VS Code and JetBrains", async () => {
  const { run, home } = await reader();
  // The profile is ssox's own to write.
  const file = path.join(home, ".aws", "config");
  const [session = ""] = readFileSync(file, "utf8").split("\n[profile ");
  writeFileSync(file, session);
  await run(only("VS Code and JetBrains"));
  expect(readFileSync(path.join(home, ".env"), "utf8")).toMatch(
    new RegExp(`^AWS_ACCESS_KEY_ID=["']?${KEY.source}`, "m"),
  );
  expect(readFileSync(file, "utf8")).toMatch(/^credential_process = \//m);
});

/** A home that is signed in. With `running` the AWS CLI is on its PATH, or the test is skipped. */
async function reader(running?: TestContext) {
  const organisation = {
    users: [{ name: "ada" }],
    accounts: [{ id: ACCOUNT, name: "sandbox", roles: [{ name: "DeveloperAccess" }] }],
  };
  const lab = await startTestLab({ organisation });
  const dev = { name: "sandbox.DeveloperAccess", accountId: ACCOUNT, roleName: "DeveloperAccess" };
  const context = testContext({ lab, config: awsConfigFor(lab, [dev]) });
  await signInAsAwsCli(lab, context);
  const { home } = context.paths;
  const bin = path.join(home, "bin");
  mkdirSync(bin);
  const standIn = (name: string, line: string) => {
    writeFileSync(path.join(bin, name), `#!/bin/sh\n${line}\n`);
    chmodSync(path.join(bin, name), 0o755);
  };
  standIn("ssox", `exec ${SSOX.join(" ")} "$@"`);
  if (running) standIn("aws", `exec ${witnessOf("AWS CLI v1", running).program} "$@"`);
  const services = await startServices();
  const { TF_CLI_CONFIG_FILE, PATH } = process.env;
  const env = {
    ...context.env,
    PATH: `${bin}:${PATH}`,
    AWS_ENDPOINT_URL_ECR: services.url,
    AWS_ENDPOINT_URL_CODEARTIFACT: services.url,
    ...(TF_CLI_CONFIG_FILE && { TF_CLI_CONFIG_FILE }),
  } as Record<string, string>;
  const run = async (text: string): Promise<string> => {
    const line = `cd ${home}; ${text}`;
    const { code, stdout, stderr } = await runWitness("bash", ["-eo", "pipefail", "-c", line], env);
    if (code !== 0) throw new Error(`${text}\n${stdout}${stderr}`);
    return stdout;
  };
  return { run, home, standIn, services };
}

/** Stands for every service but those of the lab: gives its answer, and keeps what it was asked with. */
async function startServices(identity?: { key: Buffer; cert: Buffer }) {
  const services: { url: string; answer: object; asked: (string | undefined)[] } = {
    url: "",
    answer: {},
    asked: [],
  };
  const answering = async (request: IncomingMessage, response: ServerResponse) => {
    services.asked.push(request.headers.authorization);
    if (request.method === "POST") await json(request).catch(() => {});
    response.writeHead(200, { "Content-Type": "application/json" });
    response.end(JSON.stringify(services.answer));
  };
  const server = identity ? createTlsServer(identity, answering) : createServer(answering);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the port has no number");
  services.url = `http${identity ? "s" : ""}://127.0.0.1:${address.port}`;
  return services;
}

function page(): string {
  return readFileSync(path.join(root, "docs", "recipes.md"), "utf8");
}

function blocks(section: string, language: string): string[] {
  const [, text = ""] = page().split(`\n## ${section}\n`);
  const [own = ""] = text.split("\n## ");
  const found = own.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms"));
  return [...found].map(([, block = ""]) => block);
}

/** Its blocks of shell, as one. */
function only(section: string): string {
  const text = blocks(section, "sh").join("");
  if (text === "") throw new Error(`docs/recipes.md has no shell for ${section}`);
  return text;
}

function onPath(program: string): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(path.delimiter);
  return folders.map((folder) => path.join(folder, program)).find((file) => existsSync(file));
}
