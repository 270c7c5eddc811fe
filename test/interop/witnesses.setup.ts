import type { TestProject } from "vitest/node";
import { findWitnesses } from "../helpers/witness.ts";

/** Every test file is told which clients there are: asking each for its version takes seconds. */
export default function setup(project: TestProject): void {
  project.provide("witnesses", findWitnesses());
}
