import { expect, test } from "vitest";
import { awsConfigFor, requestsOf } from "../helpers/lab.ts";
import { runSsox } from "../helpers/program.ts";
import { runWitness } from "../helpers/witness.ts";
import { clientFile, type Desk, openDesk, witnessOf } from "./desk.ts";

/*
 * Long jobs: they live longer than what they were started with.
 */

/** How long a job runs under credentials that live 60 seconds. */
const JOB_SECONDS = process.env["SSOX_SOAK"] ? 180 : 70;
const timeout = (JOB_SECONDS + 60) * 1000;

const PYTHON = "caller-identity-again.py";
const JAVASCRIPT = "caller-identity-again.mjs";

test("54 · jobs under exec outlive their credentials, whatever [default] holds [boto3] [JS SDK v3]", {
  timeout,
}, async (running) => {
  const python = witnessOf("boto3", running);
  const node = witnessOf("JS SDK v3", running);
  const desk = await openDesk("boto3", python, {
    lab: { lifetimes: { roleCredentials: 60 } },
    config: (lab, profiles) =>
      `[default]\naws_access_key_id = AKIAOTHER\naws_secret_access_key = other\n\n${awsConfigFor(lab, profiles)}`,
  });
  await desk.signIn();
  const job = (program: string, file: string) =>
    runSsox(["exec", "--profile", "dev", "--", program, clientFile(file), `${JOB_SECONDS}`, "3"], {
      env: desk.env(),
      timeout: (JOB_SECONDS + 45) * 1000,
    });

  const ends = await Promise.all([job(python.program, PYTHON), job(node.program, JAVASCRIPT)]);

  for (const { status, stdout, stderr } of ends) expectRole(desk, status, stdout, stderr);
  const fetches = requestsOf(desk.lab, "GetRoleCredentials").length;
  expect(fetches).toBeGreaterThan(JOB_SECONDS / 60);
  // Two jobs, each renewing at two thirds of 60 seconds; nobody asks more often.
  expect(fetches).toBeLessThanOrEqual(2 * (JOB_SECONDS / 40 + 2));
});

test("56 · jobs under a plain AWS_PROFILE outlive token and credentials [boto3] [JS SDK v3]", {
  timeout,
}, async (running) => {
  const python = witnessOf("boto3", running);
  const node = witnessOf("JS SDK v3", running);
  // boto3 tries to refresh once a minute at most, JavaScript every 30 seconds.
  const lifetimes = { accessToken: 65, roleCredentials: 20 };
  const jobs = [
    { name: "boto3", witness: python, file: PYTHON },
    { name: "JS SDK v3", witness: node, file: JAVASCRIPT },
  ] as const;
  const desks = await Promise.all(
    jobs.map(({ name, witness }) => openDesk(name, witness, { lab: { lifetimes } })),
  );
  const ends = await Promise.all(
    jobs.map(async ({ witness, file }, index) => {
      const desk = desks[index];
      if (!desk) throw new Error("one desk each");
      const login = await desk.ssox(["login", "--flow", "device", "--no-browser"]);
      expect(login).toMatchObject({ status: 0 });
      const args = [clientFile(file), `${JOB_SECONDS}`, "3"];
      const end = await runWitness(witness.program, args, desk.env("dev"));
      return { desk, ...end };
    }),
  );
  for (const { desk, code, stdout, stderr } of ends) {
    expectRole(desk, code, stdout, stderr);
    expect(desk.refreshes().length).toBeGreaterThan(1);
  }
});

function expectRole(desk: Desk, status: number | null, stdout: string, stderr: string): void {
  const said = stdout.trim().split("\n");
  expect(status, stderr).toBe(0);
  expect(said.length).toBeGreaterThan(JOB_SECONDS / 6);
  for (const arn of said) expect(arn).toEqual(desk.arnOf("DeveloperAccess"));
}
