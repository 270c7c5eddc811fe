/**
 * The lab answers to its own address, and to AWS's host names, under which a
 * client behind a proxy knows it. A page on the internet whose name is made to
 * point at 127.0.0.1 (DNS rebinding) is not served.
 */
export function isExpectedHost(host: string | undefined, port: number): boolean {
  if (host === undefined) return false;
  if (host === `127.0.0.1:${port}` || host === `localhost:${port}`) return true;
  return AWS_HOST.test(host) || SIGN_IN_HOST.test(host);
}

/** Under a start URL's own host, too, the lab is known behind a proxy. */
export function isPortalHost(host: string | undefined, startUrls: Iterable<string>): boolean {
  const name = (host ?? "").replace(/:443$/, "").toLowerCase();
  return [...startUrls].some((url) => URL.canParse(url) && new URL(url).hostname === name);
}

const SIGN_IN_HOST =
  /^[a-z0-9-]+\.signin\.(aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com|amazonaws-eusc\.eu)(:443)?$/;

const AWS_HOST =
  /^(oidc|portal\.sso|sts)(-fips)?(\.[a-z0-9-]+)?\.(amazonaws\.com(\.cn)?|amazonaws\.eu|api\.aws|api\.amazonwebservices\.(com\.cn|eu))(:443)?$/;
