import { execFileSync } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";

/** A certificate authority as companies have one: no program knows it by itself. It goes with the test. */
export interface Authority {
  /** Its own certificate, PEM. */
  readonly file: string;
  /** Hash of its public key, by which Chromium can be told to trust it. */
  readonly spki: string;
  /** A key, and a certificate for these host names or addresses, with the authority's behind it. */
  identity(names: readonly string[]): { key: Buffer; cert: Buffer };
}

export function newAuthority(): Authority {
  const folder = mkdtempSync(path.join(tmpdir(), "ssox-authority-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [key, file] = [path.join(folder, "ca.key"), path.join(folder, "ca.pem")];
  certificate(key, file, ["-subj", "/CN=authority of the tests of ssox"]);
  const { publicKey } = new X509Certificate(readFileSync(file));
  return {
    file,
    spki: createHash("sha256")
      .update(publicKey.export({ type: "spki", format: "der" }))
      .digest("base64"),
    identity(names) {
      const [ownKey, own] = [path.join(folder, "own.key"), path.join(folder, "own.pem")];
      const listed = names.map((name) => `${/^[\d.]+$/.test(name) ? "IP" : "DNS"}:${name}`);
      const extensions = [
        "basicConstraints=critical,CA:FALSE",
        "extendedKeyUsage=serverAuth",
        `subjectAltName=${listed.join(",")}`,
      ].flatMap((extension) => ["-addext", extension]);
      const signed = ["-CA", file, "-CAkey", key, "-subj", "/CN=tests of ssox"];
      certificate(ownKey, own, [...signed, ...extensions]);
      return {
        key: readFileSync(ownKey),
        cert: Buffer.concat([readFileSync(own), readFileSync(file)]),
      };
    },
  };
}

function certificate(key: string, file: string, options: readonly string[]): void {
  const form = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const files = ["-days", "2", "-keyout", key, "-out", file];
  execFileSync("openssl", ["req", "-x509", ...form, ...options, ...files], { stdio: "pipe" });
}
