import { expect, test } from "vitest";
import { bundledPrograms, run, until } from "./files/programs.ts";

const program = bundledPrograms({
  // Says what it gets; ends as the program's flows do, by throwing the signal's reason.
  waits: `
    import { handleSignals } from "src/system/signals.ts";
    const { ended, critical, route } = handleSignals();
    const [how] = process.argv.slice(2);
    const tick = setInterval(() => {}, 1000);
    const note = (text) => console.log(text);
    ended.addEventListener("abort", () => note("ended by " + ended.reason.signal));
    const input = () => new Promise((resolve) => process.stdin.once("data", resolve));
    if (how === "critical") {
      // Called after the handler itself: what was said has been handled.
      process.on("SIGINT", () => note("handled SIGINT"));
      note("ready");
      await critical(input);
      note("the critical part is done");
    } else if (how === "routed") {
      const restore = route(["SIGINT", "SIGUSR1", "SIGUSR2"], (name) => note("routed " + name));
      note("ready");
      await input();
      restore();
      note("restored");
    } else {
      if (how === "busy") for (let at = 0; at < 64; at += 1) ended.addEventListener("abort", () => {});
      note("ready");
    }
    if (how === "hangs") await new Promise(() => {});
    if (!ended.aborted) await new Promise((resolve) => ended.addEventListener("abort", resolve));
    clearInterval(tick);
    process.exitCode = ended.reason.exitStatus;
    process.stdin.destroy();`,
});

async function started(how: string) {
  const running = run([process.execPath, program("waits"), how]);
  await until(() => running.output().includes("ready"), "it is ready");
  const says = (text: string) => until(() => running.output().includes(text), text);
  return { ...running, says };
}

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
  ["SIGQUIT", 131],
] as const)("%s ends every wait, with status %i", async (signal, code) => {
  const { child, end, output } = await started("plain");
  child.kill(signal);
  expect(await end).toEqual({ code, signal: null });
  expect(output()).toBe(`ready\nended by ${signal}\n`);
});

test("many waits at a time are nothing to be warned of", async () => {
  const { child, end, output } = await started("busy");
  child.kill("SIGINT");
  await end;
  expect(output()).toBe("ready\nended by SIGINT\n");
});

test("a second one ends a program that hangs", async () => {
  const { child, end, says } = await started("hangs");
  child.kill("SIGINT");
  await says("ended by SIGINT");
  child.kill("SIGTERM");
  expect(await end).toEqual({ code: 143, signal: null });
});

test("a critical part comes to its end, however many there are", async () => {
  const { child, end, output, says } = await started("critical");
  child.kill("SIGTERM");
  await says("ended by SIGTERM");
  child.kill("SIGINT");
  await says("handled SIGINT");
  child.stdin?.write("\n");
  expect(await end).toEqual({ code: 143, signal: null });
  expect(output()).toBe("ready\nended by SIGTERM\nhandled SIGINT\nthe critical part is done\n");
});

test("routed ones go to their handler, and end the program again afterwards", async () => {
  const { child, end, says } = await started("routed");
  for (const signal of ["SIGINT", "SIGUSR1", "SIGUSR2"] as const) {
    child.kill(signal);
    await says(`routed ${signal}`);
  }
  child.stdin?.write("\n");
  await says("restored");
  child.kill("SIGINT");
  expect(await end).toEqual({ code: 130, signal: null });
});

test("SIGUSR2 means nothing", async () => {
  const { child, end, output } = await started("plain");
  child.kill("SIGUSR2");
  await new Promise((resolve) => setTimeout(resolve, 300));
  child.kill("SIGTERM");
  expect(await end).toEqual({ code: 143, signal: null });
  expect(output()).toBe("ready\nended by SIGTERM\n");
});

test("SIGUSR1 opens no inspector", async () => {
  const { child, end, output } = await started("plain");
  child.kill("SIGUSR1");
  await new Promise((resolve) => setTimeout(resolve, 300));
  child.kill("SIGTERM");
  await end;
  expect(output()).not.toMatch(/debugger|inspector/i);
});
