/** RFC 8628 §3.4 */
export const DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code";
/** RFC 6749 §4.1 */
export const AUTHORIZATION_CODE = "authorization_code";
/** RFC 6749 §6 */
export const REFRESH_TOKEN = "refresh_token";

/** The grants that CreateToken knows. */
export const GRANT_TYPES: readonly string[] = [DEVICE_CODE, AUTHORIZATION_CODE, REFRESH_TOKEN];
