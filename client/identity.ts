import { ClientError } from './errors.js';

const MAX_USER_LENGTH = 256;

/**
 * Checks that a user name can be sent as it is in a header: printable ASCII without spaces at the ends, at most 256
 * characters. Throws a ClientError with code INVALID_ARGUMENT otherwise.
 */
export function checkUser(user: string): string {
  const problem = userProblem(user);
  if (problem !== undefined) {
    throw new ClientError(`user name ${JSON.stringify(user)}: ${problem}`, {
      code: 'INVALID_ARGUMENT',
      reason: 'BAD_USER_NAME',
    });
  }
  return user;
}

function userProblem(user: string): string | undefined {
  if (user === '') return 'it must not be empty';
  if (user.length > MAX_USER_LENGTH) return `it must have at most ${MAX_USER_LENGTH} characters`;
  if (!/^[\x20-\x7e]*$/.test(user))
    return 'only printable ASCII characters can be sent; choose another with k8s-cli auth login NAME';
  if (user.trim() !== user) return 'it must not begin or end with a space';
  return undefined;
}
