import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import tls, { createSecureContext, type SecureContext } from "node:tls";
import { SsoxError } from "../errors.ts";
import { reasonOf } from "../system/files/errno.ts";
import { type NetworkSettings, networkSetting, type Setting } from "./network-settings.ts";

/** Whose certificates are accepted. */
export interface Trust {
  /** Undefined: the authorities that Node knows, those of NODE_EXTRA_CA_CERTS among them. Made when it is asked for. */
  context(): SecureContext | undefined;
  /** What to go by when none of these has signed a certificate; undefined when that is final. */
  wider(): Trust | undefined;
  /** The error when it is final. */
  failure(untrusted: UntrustedCertificate): SsoxError;
}

/** A certificate was refused since no known authority has signed it. */
export class UntrustedCertificate extends Error {
  /** Who sent it: host and port. */
  readonly peer: string;
  /** OpenSSL's name for what is wrong. */
  readonly code: string;

  constructor(peer: string, code: string) {
    super(`${peer}: ${code}`);
    this.peer = peer;
    this.code = code;
  }
}

/** The verification failed for want of an authority (`X509_V_ERR_*`), and not for its date or its name. */
export function isUntrusted(code: string): boolean {
  return /^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_(GET_ISSUER_CERT(_LOCALLY)?|VERIFY_LEAF_SIGNATURE))$/.test(
    code,
  );
}

/**
 * The authorities of AWS_CA_BUNDLE, or of the profile's `ca_bundle`, in the
 * place of all others, as botocore has it. Else those that Node knows, and,
 * for who is signed by none of them, those of the system, where a company's own
 * authority stands: it costs tens of milliseconds to read them, for which only
 * who needs them pays.
 *
 * @throws SsoxError `ConfigInvalid` for a bundle that cannot be read, or has no certificate
 */
export function trustOf(network: NetworkSettings): Trust {
  const bundle = networkSetting(network, "AWS_CA_BUNDLE", "ca_bundle");
  return bundle ? trustOfBundle(bundle) : trustOfNode(network);
}

function trustOfBundle({ value: file, source }: Setting): Trust {
  const pem = readBundle(file, source);
  return {
    context: contextOf(pem),
    wider: () => undefined,
    failure({ peer, code }) {
      const bad = firstUnreadable(pem);
      if (bad !== undefined) return invalidBundle(file, source, `certificate ${bad} is damaged`);
      return unverified(
        `The certificate of ${peer} is signed by nobody in ${file} (${source}): ${code}.`,
        `add the authority of your network to ${file}`,
      );
    },
  };
}

function trustOfNode({ env }: NetworkSettings): Trust {
  const failure: Trust["failure"] = ({ peer, code }) =>
    unverified(
      `The certificate of ${peer} is signed by nobody that this machine trusts: ${code}.`,
      "export AWS_CA_BUNDLE=/path/to/the/authorities/of/your/network.pem",
    );
  const wider = (): Trust | undefined => {
    const ca = systemAuthorities(env);
    return ca && { context: contextOf(ca), wider: () => undefined, failure };
  };
  return { context: () => undefined, wider, failure };
}

function contextOf(ca: string | string[]): () => SecureContext {
  let context: SecureContext | undefined;
  return () => {
    context ??= createSecureContext({ ca });
    return context;
  };
}

function unverified(message: string, hint: string): SsoxError {
  return new SsoxError("NetworkError", message, { hint, isIntercepted: true });
}

function readBundle(file: string, source: string): string {
  let pem: string;
  try {
    pem = readFileSync(file, "latin1");
  } catch (error) {
    throw invalidBundle(file, source, reasonOf(error), error);
  }
  // Node takes any text for a list of authorities, and skips in silence what it cannot read.
  if (PEM.test(pem)) return pem;
  throw invalidBundle(file, source, "it has no certificate in PEM form");
}

function invalidBundle(file: string, source: string, why: string, cause?: unknown): SsoxError {
  return new SsoxError("ConfigInvalid", `Cannot use ${file} (${source}): ${why}.`, {
    hint: `set ${source} to a file of certificates in PEM form`,
    cause,
  });
}

const PEM =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]*-----END (?:TRUSTED |X509 )?CERTIFICATE-----/;

/** Counted from 1. Everything behind it is unknown to OpenSSL. */
function firstUnreadable(pem: string): number | undefined {
  const blocks = pem.match(new RegExp(PEM, "g")) ?? [];
  const index = blocks.findIndex((block) => !isCertificate(block));
  return index === -1 ? undefined : index + 1;
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem) !== undefined;
  } catch {
    return false;
  }
}

/** Where Linux distributions keep the list that programs are meant to use. */
const SYSTEM_BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt", // Debian, Ubuntu, Alpine, Arch
  "/etc/pki/tls/certs/ca-bundle.crt", // Fedora, RHEL, Amazon Linux
  "/etc/ssl/ca-bundle.pem", // SUSE
  "/etc/ssl/cert.pem", // Alpine without the package, the BSDs
];

/**
 * The authorities of the operating system: its keychain or certificate store
 * on macOS and Windows (Node 22.15 and later), elsewhere the file of SSL_CERT_FILE,
 * which OpenSSL, curl and Python heed as well, or of the distribution.
 */
function systemAuthorities(env: NetworkSettings["env"]): string[] | undefined {
  if (process.platform === "darwin" || process.platform === "win32") return ofSystemStore();
  for (const file of env["SSL_CERT_FILE"] ? [env["SSL_CERT_FILE"]] : SYSTEM_BUNDLES) {
    try {
      return [readFileSync(file, "latin1")];
    } catch {
      // Not this distribution.
    }
  }
  return undefined;
}

function ofSystemStore(): string[] | undefined {
  // Younger than the oldest Node that is supported, and than its types.
  if (!("getCACertificates" in tls) || typeof tls.getCACertificates !== "function")
    return undefined;
  return tls.getCACertificates("system");
}
