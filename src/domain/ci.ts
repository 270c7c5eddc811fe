/** `CI` is set: but for `false` and `0`, by which people turn it off, whatever it says. */
export function isCi({ CI = "" }: Readonly<Record<string, string | undefined>>): boolean {
  return !["", "0", "false"].includes(CI.toLowerCase());
}
