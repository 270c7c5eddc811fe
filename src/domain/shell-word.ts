/** For the views, too, which import nothing of errors. */
export { shellWord } from "../errors.ts";
