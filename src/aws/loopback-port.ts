import type { Server } from "node:http";
import { SsoxError } from "../errors.ts";
import { reasonOf } from "../system/files/errno.ts";

/**
 * Has the server listen on any free port of 127.0.0.1.
 *
 * @param hint names the way that needs no port
 * @returns the port
 * @throws SsoxError `NetworkError` when there is none to be had
 */
export async function loopbackPort(server: Server, hint: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => {
      const message = `Cannot open a port on 127.0.0.1: ${reasonOf(cause)}.`;
      reject(new SsoxError("NetworkError", message, { hint, cause }));
    });
    server.listen({ host: "127.0.0.1", port: 0 }, resolve);
  });
  // A connection that cannot be accepted ends nothing.
  server.on("error", () => {});
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the port has no number");
  return address.port;
}
