import { SsoxError } from "../errors.ts";
import { SERVICE_NAMES, servicePage } from "./console-services.ts";
import { didYouMean } from "./did-you-mean.ts";
import { isConsoleHost, type Partition, partitionOf } from "./partitions.ts";
import { isRegion } from "./region.ts";
import { shellWord } from "./shell-word.ts";
import { parseUrl } from "./url.ts";

/** What `ssox console` was told of the page to open. */
export interface WantedPage {
  readonly service?: string | undefined;
  /** A whole URL of the console. */
  readonly destination?: string | undefined;
}

/** Whose console it is, and in which of its regions. */
export interface ConsolePlace {
  readonly partition: Partition;
  readonly region: string;
  /** Whose partition that is, in words: `the session acme`. */
  readonly of: string;
}

/**
 * The URL of the console at which a sign-in is to end.
 *
 * @throws SsoxError `Usage` for a service that is not known, for a URL that is none of
 * this partition's console, and for a region of another partition
 */
export function consoleDestination(
  { service, destination }: WantedPage,
  place: ConsolePlace,
): string {
  if (destination !== undefined) return checkedDestination(destination, place);
  return service === undefined ? regional("console/home", place) : ofService(service, place);
}

/**
 * The region, which is one of that partition.
 * @throws SsoxError `Usage`
 */
export function consoleRegion({ partition, region, of }: ConsolePlace): string {
  if (!isRegion(region)) {
    throw new SsoxError("Usage", `${JSON.stringify(region)} is no name of a region.`, {
      hint: "--region eu-west-1",
    });
  }
  if (partitionOf(region) === partition) return region;
  throw new SsoxError(
    "Usage",
    `The region ${region} belongs to the partition ${partitionOf(region).id}, and ${of} to ${partition.id}.`,
    { hint: "--region REGION, with a region of that partition" },
  );
}

function ofService(name: string, place: ConsolePlace): string {
  const found = servicePage(name);
  if (found === undefined) throw unknownService(name, place);
  if (!found.isGlobal) return regional(found.page, place);
  return `https://${place.partition.consoleDomain}/${found.page}`;
}

function regional(page: string, place: ConsolePlace): string {
  const region = consoleRegion(place);
  const { consoleDomain } = place.partition;
  const [path = "", fragment] = page.split("#");
  const rest = fragment === undefined ? "" : `#${fragment}`;
  return `https://${region}.${consoleDomain}/${path}?region=${region}${rest}`;
}

/** What looks like the name of a service may be one that is newer than the table. */
function unknownService(name: string, place: ConsolePlace): SsoxError {
  const slug = /^[a-z0-9-]{1,40}$/.test(name) ? name : "SERVICE";
  const { only, question } = didYouMean(name, SERVICE_NAMES);
  const hint =
    only === undefined
      ? `--destination ${shellWord(regional(`${slug}/home`, place))}`
      : `--service ${only}`;
  const message = `ssox knows no service ${JSON.stringify(name)} in the console.${question}`;
  return new SsoxError("Usage", message, { hint });
}

/**
 * The URL as a browser reads it. AWS's sign-in sends the user there: it must be the
 * console, whoever reads the text, and however.
 */
function checkedDestination(text: string, { partition, of }: ConsolePlace): string {
  const url = parseUrl(text);
  const isPlain = !AMBIGUOUS.test(text) && text.startsWith("https://");
  const isBare = url?.username === "" && url.password === "" && url.port === "";
  if (url && isPlain && isBare && isConsoleHost(partition, url.hostname)) return url.href;
  throw new SsoxError("Usage", `${JSON.stringify(text)} is no https URL of the console of ${of}.`, {
    hint: `--destination https://${partition.consoleDomain}/…`,
  });
}

/** Browsers drop some of these, and read others as a slash. */
const AMBIGUOUS = /[\s\\\p{Cc}\p{Cf}]/u;
