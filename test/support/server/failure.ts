import { TaskError } from '../../../server/domain/errors.js';

/** What a call throws, as a TaskError; fails when it throws nothing or something else. */
export async function failureOf(work: () => unknown): Promise<TaskError> {
  let thrown: unknown;
  try {
    await work();
  } catch (error) {
    thrown = error;
  }
  if (thrown instanceof TaskError) return thrown;
  throw new Error('a TaskError was expected', { cause: thrown });
}
