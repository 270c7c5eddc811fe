/**
 * What the access portal does with a shortcut link, `START_URL/#/console?…`: no server
 * gets to see what stands behind the `#`.
 */
export const FOLLOW_SHORTCUT =
  'if (location.hash.startsWith("#/console?")) location.replace("/console" + location.hash.slice(9));';
