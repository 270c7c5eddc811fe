// For BROWSER: a user who approves. What is not on this machine is not gone to, but kept in a list.
import { appendFileSync } from "node:fs";

const [, , list, url] = process.argv;
appendFileSync(list, `${url}\n`);
if (new URL(url).hostname === "127.0.0.1") await fetch(url);
