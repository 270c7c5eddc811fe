import { expect, test } from "vitest";
import { holdsSecrets, withoutSecretValues } from "../../src/domain/secret-lines.ts";

const LINE = "credential-process --account 111111111111 --role Dev --session acme";

test.each([
  ["aws_access_key_id=AKIA", true],
  ["region = a\r\n\taws_SECRET_access_key : x", true],
  ["aws_security_token =", true],
  ["x_password = x", true],
  ["credential_process = /bin/vault --token x", true],
  [`credential_process = /node /ssox.js ${LINE}`, false],
  [`credential_process = "/a b/node" "/a b/ssox.js" ${LINE}`, false],
  [`credential_process = /usr/bin/env TOKEN=x /node /ssox.js ${LINE}`, true],
  ["# aws_secret_access_key = x", false],
  ["web_identity_token_file = /run/token", false],
  ["sso_session = secret\nsso_role_name = token=\n[profile password]", false],
])("%j holds secrets: %s", (lines, expected) => {
  expect(holdsSecrets(lines)).toBe(expected);
});

test("a value is shown as an ellipsis, with the lines that continue it", () => {
  const text = [
    "[profile keys]\r\n",
    "aws_secret_access_key=A\r\n",
    "\r\n",
    "  B=\r\n",
    "\t# C\r\n",
    "region = eu-west-1\n",
    "  D\n",
    "s3 =\n",
    "  x_token : E\n",
    "    F\n",
    "  region = eu-west-1\n",
    "[profile b]\n",
    "AWS_SESSION_TOKEN = G",
  ];
  expect(withoutSecretValues(text)).toEqual([
    "[profile keys]\r\n",
    "aws_secret_access_key= …\r\n",
    "\r\n",
    "  …\r\n",
    "\t…\r\n",
    "region = eu-west-1\n",
    "  D\n",
    "s3 =\n",
    "  x_token : …\n",
    "    …\n",
    "  region = eu-west-1\n",
    "[profile b]\n",
    "AWS_SESSION_TOKEN = …",
  ]);
});
