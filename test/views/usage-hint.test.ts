import { expect, it } from "vitest";
import { usageHint } from "../../src/views/usage-hint.ts";

const FLAGS = ["--profile", "--account", "--role", "--region", "--mode", "--no-input", "--help"];

it.each([
  ["Nonexistent flag: --profil.", "", "--profile"],
  ["Nonexistent flag: --profil=x.", "", "--profile"],
  ["Nonexistent flags: --regoin, --x.", "", "--region"],
  ["Nonexistent flag: --r.", ' Did you mean "--role" or "--region"?', "ssox exec --help"],
  ["Nonexistent flag: --ro.", "", "--role"],
  ["Nonexistent flag: --noinput.", "", "--no-input"],
  ["Nonexistent flag: -q.", "", "ssox exec --help"],
  ["Nonexistent flag: --quiet.", "", "ssox exec --help"],
  ["Expected --mode=sever to be one of: server, env.", "", "--mode server"],
  ["Expected --mode=x to be one of: server, env.", "", "ssox exec --help"],
  ["Expected zhs to be one of: bash, zsh, fish.", "", "use zsh"],
  ["Unexpected argument: dev.", "", "use --profile dev"],
  ["Unexpected argument: $(x).", "", "use --profile '$(x)'"],
  ["Unexpected arguments: dev, x.", "", "ssox exec --help"],
  ["Flag --region expects a value.", "", "ssox exec --help"],
])("%s", (message, question, hint) => {
  expect(usageHint(message, { command: "exec", flags: FLAGS })).toEqual({ question, hint });
});
