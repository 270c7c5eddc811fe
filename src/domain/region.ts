/** The form of a region's name. What does not have it must not become part of a host name. */
export function isRegion(text: string): boolean {
  return /^[a-z]{2,}(-[a-z]+)+-\d+$/.test(text);
}
