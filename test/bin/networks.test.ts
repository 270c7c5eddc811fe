import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { looseObject, parse } from "valibot";
import { describe, expect, it } from "vitest";
import { type ProxyOptions, startConnectProxy } from "../helpers/connect-proxy.ts";
import { homeEnvironment, sha1, temporaryHome, timestamp } from "../helpers/context.ts";
import { awsConfigFor, startTestLab } from "../helpers/lab.ts";
import { runSsox } from "../helpers/program.ts";

const LOGIN = ["login", "--flow", "device", "--no-browser"];
const PASSWORD = "corr3ct h0rse";

describe("behind a proxy that ends TLS, without any AWS_ENDPOINT_URL", () => {
  it("runs the whole job, and shows the proxy's password to nobody", async () => {
    const { proxy, ssox, lab, role } = await start({ credentials: `ada:${PASSWORD}` });
    const HTTPS_PROXY = proxy.url.replace("//", `//ada:${encodeURIComponent(PASSWORD)}@`);
    const shown: string[] = [];
    for (const words of [LOGIN, ["roles"], ["whoami", ...role], ["logout"]]) {
      const end = await ssox([...words, "--debug"], { HTTPS_PROXY });
      expect(end, end.stderr).toMatchObject({ status: 0 });
      shown.push(end.stdout, end.stderr);
    }
    expect(shown.join("")).toContain(`through the proxy ${proxy.url}`);
    expect(shown.join("")).not.toMatch(/corr3ct|Y29ycjNjd|Basic/);
    const hosts = ["oidc", "portal.sso", "sts"].map(
      (name) => `${name}.eu-west-1.amazonaws.com:443`,
    );
    expect([...new Set(proxy.tunnels)]).toEqual(hosts);
    expect(lab.requests.map(({ operation }) => operation)).toContain("Logout");
  });

  it.each(["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"])(
    "trusts what %s says, too",
    async (variable) => {
      const { proxy, ssox } = await start();
      const env = { AWS_CA_BUNDLE: "", [variable]: proxy.authority.file };
      expect(await ssox(LOGIN, env)).toMatchObject({ status: 0 });
    },
  );

  it("trusts the ca_bundle of the profile that is used", async () => {
    const { proxy, ssox, write, config, role, expire } = await start();
    const env = { AWS_CA_BUNDLE: "", SSL_CERT_FILE: "/dev/null" };
    const profile = config.replace("[profile dev]", `$&\nca_bundle = ${proxy.authority.file}`);
    write(`${profile}\n[profile plain]\nregion = eu-west-1\n`);
    expect(await ssox(LOGIN, { ...env, AWS_PROFILE: "dev" })).toMatchObject({ status: 0 });
    expect(await ssox(["whoami", ...role], env)).toMatchObject({ status: 0 });
    // --profile beats AWS_PROFILE, for the refresh of the token as well.
    const plain = { ...env, AWS_PROFILE: "plain" };
    expire();
    expect(await ssox(["whoami", ...role], plain)).toMatchObject({ status: 0 });

    const end = await ssox(["logout"], plain);
    expect(end.stderr).toContain("signed by nobody that this machine trusts");
  });

  it("says which file is no CA bundle, and stays as it was", async () => {
    const { proxy, ssox } = await start();
    const end = await ssox(LOGIN, { AWS_CA_BUNDLE: "/nonexistent/ca.pem" });
    expect(end).toMatchObject({
      status: 6,
      stdout: "",
      stderr:
        "ssox: error ConfigInvalid: Cannot use /nonexistent/ca.pem (AWS_CA_BUNDLE): there is no such file. → set AWS_CA_BUNDLE to a file of certificates in PEM form\n",
    });
    expect(proxy.tunnels).toEqual([]);
  });

  it.each([
    [
      "407",
      { credentials: "ada:other" },
      /wants a user name and a password \(HTTP 407\)\. → export/,
    ],
    [
      "403",
      { answer: 403 },
      /opens no tunnel to oidc\.eu-west-1\.amazonaws\.com:443 \(HTTP 403\)\./,
    ],
    ["a cut connection", { answer: "cut" }, /cannot be used: /],
    ["nothing", { answer: "none" }, /cannot be used: it does not answer\. → check HTTPS_PROXY/],
  ] as const)(
    "ends in time, with one line, where the proxy answers with %s",
    async (_, options, line) => {
      const { ssox } = await start(options);
      const end = await ssox(LOGIN);
      expect(end).toMatchObject({ status: 5, signal: null, stdout: "" });
      expect(end.stderr).toMatch(/^ssox: error NetworkError: The proxy [^\n]+\n$/);
      expect(end.stderr).toMatch(line);
    },
  );
});

describe("where there is no proxy", () => {
  it("its chunk is not loaded", async () => {
    const { proxy, ssox, home } = await start();
    const preload = path.join(home, "list.cjs");
    writeFileSync(
      preload,
      `const fs = require("node:fs");
       const plain = fs.readFileSync;
       const files = new Set();
       fs.readFileSync = (file, ...rest) => (files.add(String(file)), plain(file, ...rest));
       process.on("exit", () => console.error("read", ...files));`,
    );
    const loaded = async (env: Readonly<Record<string, string>>) => {
      const { stderr } = await ssox(LOGIN, { ...env, NODE_OPTIONS: `-r ${preload}` });
      return [...stderr.matchAll(/dist\/(\S+)\.cjs/g)].map(([, name]) => name).sort();
    };
    const nowhere = { AWS_ENDPOINT_URL: "https://127.0.0.1:1" };
    expect(await loaded(nowhere)).toEqual(["aws-sdk", "hot", "ssox"]);
    expect(await loaded({ ...nowhere, HTTPS_PROXY: "" })).toEqual(["aws-sdk", "hot", "ssox"]);
    expect(await loaded({ HTTPS_PROXY: proxy.url })).toEqual([
      "aws-sdk",
      "hot",
      "https-proxy-agent",
      "ssox",
    ]);
  });
});

/** A home whose only way out is the proxy. */
async function start(options: ProxyOptions = {}) {
  const lab = await startTestLab();
  const proxy = await startConnectProxy(lab, options);
  const [account] = lab.organisation.accounts;
  if (account === undefined) throw new Error("the organisation has no account");
  const dev = { name: "dev", accountId: account.id, roleName: "ReadOnlyAccess" };
  const config = awsConfigFor(lab, [dev]);
  const home = temporaryHome();
  const write = (text: string) => {
    mkdirSync(path.join(home, ".aws"), { recursive: true });
    writeFileSync(path.join(home, ".aws", "config"), text);
  };
  write(config);
  // The proxy that was started with a user's name does not give it away.
  const environment = { ...proxy.environment, HTTPS_PROXY: proxy.url };
  return {
    lab,
    proxy,
    home,
    config,
    write,
    role: ["--profile", "dev"],
    /** The token's time is over. */
    expire() {
      const file = path.join(home, ".aws", "sso", "cache", `${sha1("acme")}.json`);
      const token: unknown = JSON.parse(readFileSync(file, "utf8"));
      const expiresAt = timestamp(Date.now() - 60_000);
      writeFileSync(file, JSON.stringify({ ...parse(looseObject({}), token), expiresAt }));
    },
    ssox: (words: readonly string[], env: Readonly<Record<string, string>> = {}) =>
      runSsox(words, { env: { ...homeEnvironment(home), ...environment, ...env } }),
  };
}
