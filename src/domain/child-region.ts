/** Environment variables. An unset one is absent, never empty. */
type Environment = Readonly<Record<string, string | undefined>>;

/** boto3 reads the second alone, the SDKs for JavaScript and Java the first. */
export const REGION_VARIABLES = ["AWS_REGION", "AWS_DEFAULT_REGION"] as const;

/**
 * The variables of a child's region, and what a `ssox exec` within it needs to
 * take them back: `SSOX_REGION`, and, under their names with `SSOX_` before them,
 * those of the user's in whose place they stand.
 *
 * @param ignoreCase names are equal whatever their case, as on Windows
 */
export function regionForChild(
  region: string,
  parent: Environment,
  ignoreCase: boolean,
): Record<string, string> {
  const variables: Record<string, string> = { SSOX_REGION: region };
  for (const [name, value] of Object.entries(parent)) {
    const known = regionVariable(name, ignoreCase);
    if (known && value !== undefined) variables[`SSOX_${known}`] = value;
  }
  for (const name of REGION_VARIABLES) variables[name] = region;
  return variables;
}

/**
 * The user's environment, without the region that an outer `ssox exec` has put
 * there for its own target. One that was set since then stays, unless it is that
 * same region: nobody can tell those apart.
 */
export function withoutOuterRegion(env: Environment, ignoreCase = false): Environment {
  const { SSOX_REGION: outer } = env;
  if (!outer) return env;
  const entries = Object.entries(env).map(([name, value]): [string, string | undefined] => {
    const known = regionVariable(name, ignoreCase);
    return [name, known && value === outer ? env[`SSOX_${known}`] : value];
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function regionVariable(name: string, ignoreCase: boolean): string | undefined {
  const folded = ignoreCase ? name.toUpperCase() : name;
  return REGION_VARIABLES.find((known) => known === folded);
}
