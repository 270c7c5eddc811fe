import { spawn } from "node:child_process";
import { once } from "node:events";
import http from "node:http";
import path from "node:path";
import { createInterface } from "node:readline";

/**
 * How many requests a second the lab answers, with 1,000 accounts of 20 roles:
 * it must never be the bottleneck of a test. One process asks, on 16
 * connections, five seconds for each operation.
 */

const SECONDS = 5;
const CONNECTIONS = 16;
const ssox = path.join(import.meta.dirname, "..", "bin", "ssox.js");
const { PATH = "", HOME = "" } = process.env;

const lab = spawn(process.execPath, [ssox, "lab", "--accounts", "1000", "--roles", "20"], {
  env: { PATH, HOME },
  stdio: ["ignore", "pipe", "inherit"],
});
try {
  const [line] = await once(createInterface({ input: lab.stdout }), "line");
  const { url, startUrl } = JSON.parse(line);
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const ask = (target, body) => answered(url + target, agent, body);
  const bearer = await signIn(ask, startUrl);
  const { accountList } = JSON.parse(await ask("/assignment/accounts?max_result=100", { bearer }));
  const [{ accountId }] = accountList;
  const { roleList } = JSON.parse(
    await ask(`/assignment/roles?account_id=${accountId}&max_result=100`, { bearer }),
  );
  const [{ roleName }] = roleList;
  const operations = {
    "ListAccounts, 100 a page": "/assignment/accounts?max_result=100",
    ListAccountRoles: `/assignment/roles?account_id=${accountId}&max_result=100`,
    GetRoleCredentials: `/federation/credentials?account_id=${accountId}&role_name=${roleName}`,
  };
  for (const [name, target] of Object.entries(operations)) {
    console.log(`${name}: ${await rate(() => ask(target, { bearer }))} requests/s`);
  }
  agent.destroy();
} finally {
  lab.kill("SIGTERM");
}

async function rate(request) {
  const end = performance.now() + SECONDS * 1000;
  let count = 0;
  const worker = async () => {
    while (performance.now() < end) {
      await request();
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  return Math.round(count / SECONDS);
}

async function signIn(ask, startUrl) {
  const client = await ask("/client/register", {
    json: { clientName: "bench", clientType: "public", scopes: ["sso:account:access"] },
  });
  const { clientId, clientSecret } = JSON.parse(client);
  const keys = { clientId, clientSecret };
  const device = await ask("/device_authorization", { json: { ...keys, startUrl } });
  const { deviceCode } = JSON.parse(device);
  const grantType = "urn:ietf:params:oauth:grant-type:device_code";
  const token = await ask("/token", { json: { ...keys, deviceCode, grantType } });
  return JSON.parse(token).accessToken;
}

function answered(url, agent, { bearer, json }) {
  return new Promise((resolve, reject) => {
    const headers = bearer ? { "x-amz-sso_bearer_token": bearer } : {};
    const request = http.request(url, { agent, method: json ? "POST" : "GET", headers });
    request.on("error", reject);
    request.on("response", (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => {
        const body = Buffer.concat(chunks).toString();
        if (response.statusCode === 200) resolve(body);
        else reject(new Error(`${url}: ${response.statusCode} ${body}`));
      });
    });
    request.end(json && JSON.stringify(json));
  });
}
