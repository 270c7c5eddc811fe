import type { Facts, ProfileFacts } from "./facts.ts";
import { type Finding, finding, quotedList } from "./finding.ts";

/** What profiles start for their credentials, and what is not there: one for each program, whose profiles may be many. */
export function programFindings({ profiles, asked }: Facts): readonly Finding[] {
  const byProgram = new Map<string, ProfileFacts[]>();
  for (const profile of profiles) {
    const { absentProgram: program, name } = profile;
    if (program === undefined || (asked !== undefined && asked !== name)) continue;
    const others = byProgram.get(program);
    if (others) others.push(profile);
    else byProgram.set(program, [profile]);
  }
  return [...byProgram].map(([program, starting]) => missing(program, starting));
}

function missing(program: string, profiles: readonly ProfileFacts[]): Finding {
  const [first] = profiles;
  const isOne = profiles.length === 1;
  const isPath = program.startsWith("/");
  const who = `the credential_process of ${isOne ? "the profile" : "the profiles"} ${quotedList(profiles.map(({ name }) => name))}`;
  return finding("ProgramMissing", {
    ...(isOne && first && { profile: first.name }),
    // Another program's PATH may be a longer one.
    severity: isPath ? "error" : "warning",
    message: `${first?.keyPlaces["credential_process"]}: ${program}, which ${who} starts, is ${isPath ? "not there" : "in no folder of PATH"}.`,
    fix: `install ${isPath ? "it" : program} again, or take ${isOne ? "the profile" : "these profiles"} out of the file`,
  });
}
