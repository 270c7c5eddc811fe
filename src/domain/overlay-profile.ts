/** The names of the profiles that `ssox exec` adds to the child's config file. */
export const OVERLAY_PROFILE = /^ssox-exec-/;
