import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { openOidc } from "../../src/aws/oidc.ts";
import { openPortal } from "../../src/aws/portal.ts";
import type { ServiceAccess } from "../../src/aws/service-client.ts";
import { getCallerIdentity } from "../../src/aws/sts.ts";
import { Interrupted } from "../../src/errors.ts";
import { type Authority, newAuthority } from "../helpers/authority.ts";
import { type ProxyOptions, startConnectProxy } from "../helpers/connect-proxy.ts";
import { temporaryHome } from "../helpers/context.ts";
import { requestsOf, startTestLab } from "../helpers/lab.ts";

const REGION = "eu-west-1";
const OIDC = "oidc.eu-west-1.amazonaws.com:443";
const CREDENTIALS = {
  accessKeyId: "ASIAEXAMPLE",
  secretAccessKey: "the-secret-key",
  sessionToken: "the-session-token",
  expiration: 0,
  accountId: "012345678901",
};

type Environment = Readonly<Record<string, string>>;

/** A lab behind a proxy, and what a call of it comes to in that environment. */
async function start(options: ProxyOptions = {}) {
  const lab = await startTestLab({ wrongRequests: true });
  const proxy = await startConnectProxy(lab, options);
  const trace: string[] = [];
  const access = (env: Environment): ServiceAccess => ({ env, trace: (line) => trace.push(line) });
  const register = async (env: Environment = proxy.environment, signal?: AbortSignal) => {
    const oidc = await openOidc(REGION, { ...access(env), ...(signal && { signal }) });
    return await oidc.registerForDevice("ssox", undefined);
  };
  return { lab, proxy, trace, access, register };
}

describe("through a proxy with an authority of its own", () => {
  test("go OIDC, portal and STS, by AWS's own host names", async () => {
    const { lab, proxy, trace, access, register } = await start();
    expect(await register()).toMatchObject({ clientId: expect.any(String) });
    const portal = await openPortal(REGION, "no-token", access(proxy.environment));
    expect(await portal.listAccounts()).toEqual({ kind: "unauthorized" });
    await expect(
      getCallerIdentity(CREDENTIALS, REGION, access(proxy.environment)),
    ).rejects.toMatchObject({ code: "AccessDenied" });

    const hosts = ["oidc", "portal.sso", "sts"].map(
      (service) => `${service}.eu-west-1.amazonaws.com`,
    );
    expect(proxy.tunnels).toEqual(hosts.map((host) => `${host}:443`));
    expect(lab.requests.map(({ operation }) => operation)).toEqual([
      "RegisterClient",
      "ListAccounts",
      "GetCallerIdentity",
    ]);
    expect(trace).toContain(`${hosts[0]}: through the proxy ${proxy.url}`);
  });

  test("calls that follow one another share a tunnel, which outlives the time for making it", async () => {
    const { proxy, access } = await start();
    const oidc = await openOidc(REGION, access(proxy.environment));
    await oidc.registerForDevice("ssox", undefined);
    await setTimeout(5_500);
    await oidc.registerForDevice("ssox", undefined);
    expect(proxy.tunnels).toEqual([OIDC]);
  });

  test("a token is asked for to the end, though the user has ended the program", async () => {
    const { lab, proxy, access } = await start();
    const signal = AbortSignal.abort(new Interrupted("SIGINT"));
    const oidc = await openOidc(REGION, { ...access(proxy.environment), signal });
    const client = { clientId: "a", clientSecret: "b" };
    const grant = { grantType: "refresh_token", refreshToken: "none" } as const;
    expect(await oidc.createToken(client, grant)).toMatchObject({ kind: "invalid-client" });
    expect(requestsOf(lab, "CreateToken")).toHaveLength(1);
  });

  test("TLS to the proxy itself is verified, too", async () => {
    const { proxy, register } = await start({ secure: true });
    expect(await register()).toMatchObject({ clientId: expect.any(String) });
    expect(proxy.tunnels).toEqual([OIDC]);

    const stranger = newAuthority();
    const failure = register({ ...proxy.environment, AWS_CA_BUNDLE: stranger.file });
    await expect(failure).rejects.toMatchObject({
      code: "NetworkError",
      message: expect.stringContaining(`The certificate of ${new URL(proxy.url).host} is`),
    });
    expect(proxy.tunnels).toEqual([OIDC]);
  });
});

describe("a proxy that wants a user", () => {
  const credentials = "ada:p%40ss%20word";
  const plain = "ada:p@ss word";

  test("is told the name and the password of its URL, and nobody else is", async () => {
    const { lab, proxy, trace, register } = await start({ credentials: plain });
    const url = proxy.url.replace("//", `//${credentials}@`);
    expect(await register({ ...proxy.environment, HTTPS_PROXY: url })).toHaveProperty("clientId");
    expect(trace.join("\n")).not.toMatch(/p@ss|p%40ss|Basic/);
    expect(JSON.stringify(lab.requests)).not.toContain("Basic");
  });

  test.each([
    ["no name", "", /^The proxy \S+ wants a user name and a password \(HTTP 407\)\.$/],
    ["a wrong one", "ada:hunter2@", /refuses the user name and the password of HTTPS_PROXY/],
  ])("with %s says 407", async (_, user, message) => {
    const { proxy, trace, register } = await start({ credentials: plain });
    const url = proxy.url.replace("//", `//${user}`);
    const error = await register({ ...proxy.environment, HTTPS_PROXY: url }).catch(
      (error: unknown) => error,
    );
    expect(error).toMatchObject({
      code: "NetworkError",
      message: expect.stringMatching(message),
      hint: `export HTTPS_PROXY=${proxy.url.replace("//", "//USER:PASSWORD@")}`,
    });
    expect(everythingIn(error) + trace.join()).not.toMatch(/hunter2|aHVudGVyMg|Basic /);
    expect(proxy.tunnels, "no other try").toEqual([OIDC]);
  });
});

describe("a proxy that does not help", () => {
  test.each([403, 502, 503])("answers %s", async (answer) => {
    const { proxy, access } = await start({ answer });
    // A proxy's own 403 says nothing of a role.
    const portal = await openPortal(REGION, "a-token", access(proxy.environment));
    await expect(portal.getRoleCredentials("012345678901", "Admin")).rejects.toMatchObject({
      code: "NetworkError",
      message: `The proxy ${proxy.url} opens no tunnel to portal.sso.eu-west-1.amazonaws.com:443 (HTTP ${answer}).`,
    });
  });

  test("cuts the connection", async () => {
    const { proxy, register } = await start({ answer: "cut" });
    await expect(register()).rejects.toMatchObject({
      code: "NetworkError",
      message: expect.stringContaining(`The proxy ${proxy.url} (HTTPS_PROXY) cannot be used: `),
    });
  });

  test("is not there", async () => {
    const { register } = await start();
    await expect(register({ HTTPS_PROXY: "127.0.0.1:1" })).rejects.toMatchObject({
      code: "NetworkError",
      message: "The proxy http://127.0.0.1:1 (HTTPS_PROXY) cannot be used: ECONNREFUSED.",
    });
  });

  test("hangs: it is left, and its connections with it", async () => {
    const { proxy, access } = await start({ answer: "none" });
    await expect(hastyCall(access(proxy.environment))).rejects.toMatchObject({
      code: "NetworkError",
      message: `The proxy ${proxy.url} (HTTPS_PROXY) cannot be used: it does not answer.`,
    });
    expect(proxy.tunnels).toEqual([OIDC]);
    await expect.poll(() => proxy.open.size).toBe(0);
  });

  test("hangs while the user ends the program", async () => {
    const { proxy, register } = await start({ answer: "none" });
    const ending = new AbortController();
    const call = register(proxy.environment, ending.signal);
    await expect.poll(() => proxy.tunnels.length, PATIENCE).toBe(1);
    const reason = new Interrupted("SIGINT");
    ending.abort(reason);
    await expect(call).rejects.toBe(reason);
    await expect.poll(() => proxy.open.size).toBe(0);
  });

  test("hangs while a token is to be asked for, and the user ends the program", async () => {
    const { proxy, access, lab } = await start({ answer: "none" });
    const ending = new AbortController();
    const oidc = await openOidc(REGION, { ...access(proxy.environment), signal: ending.signal });
    const client = { clientId: "a", clientSecret: "b" };
    const asked = oidc.createToken(client, { grantType: "refresh_token", refreshToken: "none" });
    await expect.poll(() => proxy.tunnels.length, PATIENCE).toBe(1);
    const begun = performance.now();
    ending.abort(new Interrupted("SIGINT"));
    await expect(asked).rejects.toThrow();
    // Nothing was sent, and nothing is tried again.
    expect(performance.now() - begun).toBeLessThan(3_500);
    expect(proxy.tunnels).toHaveLength(1);
    expect(requestsOf(lab, "CreateToken")).toEqual([]);
    await expect.poll(() => proxy.open.size).toBe(0);
  });
});

/** An https server with a certificate of that authority, as `AWS_ENDPOINT_URL`; answers with an empty object. */
async function startEndpoint(authority: Authority, names = ["127.0.0.1"]) {
  const handshakes: string[] = [];
  const server = createServer(authority.identity(names), (_request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ clientId: "a", clientSecret: "b", clientSecretExpiresAt: 4e9 }));
  });
  server.on("connection", () => handshakes.push("begun"));
  server.on("secureConnection", () => handshakes.push("done"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { handshakes, AWS_ENDPOINT_URL: `https://127.0.0.1:${port}` };
}

async function call(env: Environment): Promise<unknown> {
  const oidc = await openOidc(REGION, { env, trace: () => {} });
  return await oidc.registerForDevice("ssox", undefined);
}

/** Until a connection was made, on a busy machine too. */
const PATIENCE = { timeout: 20_000 };

/** One that is made once: with three tries a hanging machine takes 15 seconds. */
async function hastyCall(access: ServiceAccess): Promise<unknown> {
  const oidc = await openOidc(REGION, access);
  const client = { clientId: "a", clientSecret: "b" };
  const grant = { grantType: "refresh_token", refreshToken: "the-refresh-token" } as const;
  return await oidc.createToken(client, grant, { hasty: true });
}

describe("whose certificates are accepted", () => {
  test.each(["AWS_CA_BUNDLE", "SSL_CERT_FILE"])("%s of the authority", async (variable) => {
    const authority = newAuthority();
    const { AWS_ENDPOINT_URL } = await startEndpoint(authority);
    const env = { AWS_ENDPOINT_URL, [variable]: authority.file };
    expect(await call(env)).toHaveProperty("clientId");
  });

  test("ca_bundle of the profile, unless the environment names another one", async () => {
    const authority = newAuthority();
    const { AWS_ENDPOINT_URL } = await startEndpoint(authority);
    const settings = { ca_bundle: authority.file };
    const profile = { name: "dev", settings, endpoints: new Map() };
    const register = async (env: Environment) => {
      const oidc = await openOidc(REGION, { env, profile, trace: () => {} });
      return await oidc.registerForDevice("ssox", undefined);
    };
    expect(await register({ AWS_ENDPOINT_URL })).toHaveProperty("clientId");
    expect(await register({ AWS_ENDPOINT_URL, AWS_CA_BUNDLE: "" })).toHaveProperty("clientId");
    const env = { AWS_ENDPOINT_URL, AWS_CA_BUNDLE: newAuthority().file };
    await expect(register(env)).rejects.toMatchObject({ code: "NetworkError" });
  });

  test("AWS_CA_BUNDLE stands alone: the system's do not count beside it", async () => {
    const authority = newAuthority();
    const { AWS_ENDPOINT_URL, handshakes } = await startEndpoint(authority);
    const { file } = newAuthority();
    const env = { AWS_ENDPOINT_URL, AWS_CA_BUNDLE: file, SSL_CERT_FILE: authority.file };
    await expect(call(env)).rejects.toMatchObject({
      code: "NetworkError",
      message: expect.stringMatching(
        `^The certificate of 127\\.0\\.0\\.1:\\d+ is signed by nobody in ${file} \\(AWS_CA_BUNDLE\\): SELF_SIGNED_CERT_IN_CHAIN\\.$`,
      ),
      hint: `add the authority of your network to ${file}`,
    });
    expect(handshakes, "no other try").toEqual(["begun"]);
  });

  test("none of Node's and none of the system's: the hint is AWS_CA_BUNDLE", async () => {
    const { AWS_ENDPOINT_URL, handshakes } = await startEndpoint(newAuthority());
    const env = { AWS_ENDPOINT_URL, SSL_CERT_FILE: newAuthority().file };
    await expect(call(env)).rejects.toMatchObject({
      code: "NetworkError",
      message: expect.stringContaining("signed by nobody that this machine trusts"),
      hint: expect.stringMatching(/^export AWS_CA_BUNDLE=/),
    });
    expect(handshakes.filter((step) => step === "begun")).toHaveLength(2);
  });

  test("once the system's were needed, they are taken at once", async () => {
    const authority = newAuthority();
    const { AWS_ENDPOINT_URL, handshakes } = await startEndpoint(authority);
    const env = { AWS_ENDPOINT_URL, SSL_CERT_FILE: authority.file };
    const oidc = await openOidc(REGION, { env, trace: () => {} });
    const register = () => oidc.registerForDevice("ssox", undefined);
    const answers = await Promise.all([register(), register(), register()]);
    expect(answers).toHaveLength(3);
    const before = handshakes.filter((step) => step === "begun").length;
    await Promise.all([register(), register(), register(), register()]);
    // Three connections are there; the fourth one is new.
    expect(handshakes.filter((step) => step === "begun")).toHaveLength(before + 1);
  });

  test("a name that the certificate does not have is not asked for twice", async () => {
    const authority = newAuthority();
    const { AWS_ENDPOINT_URL, handshakes } = await startEndpoint(authority, ["other.example"]);
    await expect(call({ AWS_ENDPOINT_URL, AWS_CA_BUNDLE: authority.file })).rejects.toMatchObject({
      message: expect.stringContaining("ERR_TLS_CERT_ALTNAME_INVALID"),
      hint: expect.stringContaining("another machine answers"),
    });
    expect(handshakes.filter((step) => step === "begun")).toHaveLength(1);
  });
});

describe("a CA bundle that cannot be used is named", () => {
  const used = (file: string) => call({ AWS_CA_BUNDLE: file });
  const error = (file: string, why: string) => ({
    code: "ConfigInvalid",
    message: `Cannot use ${file} (AWS_CA_BUNDLE): ${why}.`,
  });

  test("not there, a folder, no certificates", async () => {
    const home = temporaryHome();
    const file = path.join(home, "ca.pem");
    await expect(used(file)).rejects.toMatchObject(error(file, "there is no such file"));
    await expect(used(home)).rejects.toMatchObject(error(home, "a folder is in its place"));
    for (const text of ["", "hello", "-----BEGIN CERTIFICATE-----\nMIIB"]) {
      writeFileSync(file, text);
      await expect(used(file)).rejects.toMatchObject(
        error(file, "it has no certificate in PEM form"),
      );
    }
  });

  test("a damaged certificate, behind which OpenSSL reads nothing", async () => {
    const authority = newAuthority();
    const { AWS_ENDPOINT_URL } = await startEndpoint(authority);
    const [first, own] = [newAuthority(), authority].map(({ file }) => readFileSync(file, "utf8"));
    const file = path.join(temporaryHome(), "ca.pem");
    const bundle = (...certificates: (string | undefined)[]) => {
      writeFileSync(file, certificates.join("# a comment\n"));
      return call({ AWS_ENDPOINT_URL, AWS_CA_BUNDLE: file });
    };
    expect(await bundle(first, own)).toHaveProperty("clientId");
    const damaged = own?.replace(/\n[^-]{10}/, "\nAAAAAAAAAA");
    await expect(bundle(first, damaged, own)).rejects.toMatchObject(
      error(file, "certificate 2 is damaged"),
    );
  });
});

test("a machine that takes connections and says nothing is left", async () => {
  const open = new Set<Socket>();
  const server = createTcpServer({ allowHalfOpen: false }, (socket) => {
    open.add(socket.resume());
    socket.on("error", () => {}).on("close", () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const env = { AWS_ENDPOINT_URL: `https://127.0.0.1:${port}` };
  const failure = hastyCall({ env, trace: () => {} });
  await expect.poll(() => open.size, PATIENCE).toBe(1);
  await expect(failure).rejects.toMatchObject({
    code: "NetworkError",
    message: expect.stringContaining("TimeoutError"),
  });
  await expect.poll(() => open.size).toBe(0);
});

test("nothing is asked for where the endpoint is on this machine, in the clear", async () => {
  const { lab, proxy, register } = await start();
  const env = { AWS_ENDPOINT_URL: lab.url, HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url };
  expect(await register({ ...env, AWS_CA_BUNDLE: "/nonexistent" })).toHaveProperty("clientId");
  expect(proxy.tunnels).toEqual([]);
  expect(requestsOf(lab, "RegisterClient")).toHaveLength(1);
});

/** Of an error: texts, causes, and every other member. */
function everythingIn(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const members = Object.entries(error).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return [error.message, error.stack, ...members, everythingIn(error.cause)].join("\n");
}
