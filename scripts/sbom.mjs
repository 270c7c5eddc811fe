import { readFileSync } from "node:fs";
import path from "node:path";

/**
 * The bundled packages as a CycloneDX 1.6 document. It has no time and no
 * serial number, so that the same code gives the same bytes.
 */
export function sbom(pjson, packages, root) {
  const locked = JSON.parse(readFileSync(path.join(root, "package-lock.json"), "utf8")).packages;
  const self = { name: pjson.name, version: pjson.version, license: pjson.license };
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: { type: "application", ...described(self) } },
    components: packages.map((found) => ({
      type: "library",
      ...described(found),
      ...hashes(locked[found.folder]?.integrity),
    })),
    dependencies: [{ ref: purl(self), dependsOn: packages.map(purl) }],
  };
}

function described(component) {
  const { name, version, license } = component;
  const licence = /\s/.test(license) ? { expression: license } : { license: { id: license } };
  return {
    "bom-ref": purl(component),
    name,
    version,
    licenses: [licence],
    purl: purl(component),
  };
}

function purl({ name, version }) {
  return `pkg:npm/${name.replace("@", "%40")}@${version}`;
}

/** From npm's `sha512-BASE64`. */
function hashes(integrity) {
  const [, base64] = /^sha512-(\S+)$/.exec(integrity ?? "") ?? [];
  if (base64 === undefined) return {};
  return { hashes: [{ alg: "SHA-512", content: Buffer.from(base64, "base64").toString("hex") }] };
}
