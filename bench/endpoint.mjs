import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, createServer, get } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";

/**
 * How fast `ssox exec` answers its program, beside a bare HTTP server of Node
 * that gives the same answer: both are asked in turn, in the same run.
 *
 *   npm run bench:endpoint -- [--rate N] [--seconds N] [--json]
 */

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rate: { type: "string", default: "200" },
    seconds: { type: "string", default: "15" },
    json: { type: "boolean", default: false },
  },
});
const ssox = path.join(import.meta.dirname, "..", "bin", "ssox.js");

if (positionals[0] === "bare") await serveBare(positionals[1]);
else if (positionals[0] === "ask") await askBoth();
else await underExec();

/** Starts a lab, signs in, and runs this file again as the program of `ssox exec`. */
async function underExec() {
  const home = mkdtempSync(path.join(tmpdir(), "ssox-bench-"));
  const { PATH = "", TERM = "" } = process.env;
  const env = { PATH, TERM, HOME: home };
  const lab = spawn(process.execPath, [ssox, "lab", "--accounts", "1", "--roles", "1"], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [line] = await once(createInterface({ input: lab.stdout }), "line");
    const { url, startUrl } = JSON.parse(line);
    for (const service of ["SSO", "SSO_OIDC", "STS"]) env[`AWS_ENDPOINT_URL_${service}`] = url;
    run(env, "login", "--start-url", startUrl, "--sso-region", "eu-west-1", "--session", "acme");
    const [role] = JSON.parse(run(env, "roles", "--json"));
    const target = ["--account", role.accountId, "--role", role.role, "--session", "acme"];
    const again = [process.execPath, import.meta.filename, "ask", ...process.argv.slice(2)];
    const child = spawn(process.execPath, [ssox, "exec", ...target, "--", ...again], {
      env,
      stdio: "inherit",
    });
    [process.exitCode] = await once(child, "exit");
  } finally {
    lab.kill("SIGTERM");
    rmSync(home, { recursive: true, force: true });
  }
}

function run(env, ...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [ssox, ...args], {
    env,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}: ${stderr}`);
  return stdout;
}

/** In a process of its own, as ssox is. */
async function serveBare(body) {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "Content-Type": "application/json", Connection: "close" }).end(body);
  });
  server.listen(0, "127.0.0.1", () => console.log(server.address().port));
}

async function askBoth() {
  const url = process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI;
  const headers = { Authorization: process.env.AWS_CONTAINER_AUTHORIZATION_TOKEN };
  const { body } = await ask(url, headers);
  const bare = spawn(process.execPath, [import.meta.filename, "bare", body], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [port] = await once(createInterface({ input: bare.stdout }), "line");
  const targets = { endpoint: url, "bare server": `http://127.0.0.1:${port}/` };
  const times = { endpoint: [], "bare server": [] };
  // Both are warm when it counts.
  for (let at = 0; at < 200; at += 1)
    for (const target of Object.values(targets)) await ask(target, headers);
  const total = Number(options.rate) * Number(options.seconds);
  const begun = performance.now();
  const asked = [];
  for (let at = 0; at < total; at += 1) {
    const due = begun + (at * 1000) / Number(options.rate);
    await delay(Math.max(0, due - performance.now()));
    for (const [name, target] of Object.entries(targets))
      asked.push(ask(target, headers).then(({ took }) => times[name].push(took)));
  }
  await Promise.all(asked);
  bare.kill();
  report(times);
}

async function ask(url, headers) {
  const begun = performance.now();
  // A connection for each, as most clients do that ask once in a while.
  const [answer] = await once(get(url, { headers, agent: new Agent() }), "response");
  let body = "";
  for await (const chunk of answer) body += chunk;
  if (answer.statusCode !== 200) throw new Error(`${url}: ${answer.statusCode} ${body}`);
  return { body, took: performance.now() - begun };
}

function report(times) {
  const figures = Object.fromEntries(
    Object.entries(times).map(([name, all]) => {
      const sorted = [...all].sort((a, b) => a - b);
      const at = (share) => Math.round(sorted[Math.floor(sorted.length * share)] * 100) / 100;
      return [name, { requests: sorted.length, "median ms": at(0.5), "p99 ms": at(0.99) }];
    }),
  );
  const about = { node: process.version, rate: Number(options.rate) };
  if (options.json) return console.log(JSON.stringify({ ...about, figures }, null, 2));
  console.log(`Node ${about.node}, ${about.rate} requests a second to each of both`);
  console.table(figures);
}
