import { isSourceFailure, type Failure } from "../failure.ts";

/** The failure that a piece of work ends in, null where it goes well; whatever else is thrown is the test's to see. */
export async function failureIn(work: Promise<unknown>): Promise<Failure | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (isSourceFailure(error)) return error.failure;
    throw error;
  }
}

export async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const failure = await failureIn(work);
  if (failure === null) throw new Error("it went well");
  return failure;
}
