import { expect } from 'chai';
import { Code, StatusError } from '../../../../bridge/status.js';
import { BadRequest, ErrorInfo, ResourceInfo, RetryInfo } from '../../../../gen/google/rpc/error_details.js';
import { REASONS, type Reason, TaskError, taskNotFound } from '../../../../server/domain/errors.js';
import { toStatusError } from '../../../../server/transport/status.js';

const unexpected = (): never => {
  throw new Error('nothing unforeseen was expected');
};

function detail<T>(error: StatusError, name: string, codec: { decode: (bytes: Uint8Array) => T }): T | undefined {
  const found = error.details.find(({ typeUrl }) => typeUrl === `type.googleapis.com/google.rpc.${name}`);
  return found && codec.decode(found.value);
}

describe('toStatusError', () => {
  for (const reason of Object.keys(REASONS) as Reason[]) {
    it(`gives ${reason} the code ${REASONS[reason]} and names it`, () => {
      const error = toStatusError(new TaskError(reason, 'words', { metadata: { key: 'value' } }), unexpected);
      expect(error).to.include({ code: Code[REASONS[reason]], message: 'words' });
      expect(detail(error, 'ErrorInfo', ErrorInfo)).to.deep.equal({
        reason,
        domain: 'k8s-cli',
        metadata: { key: 'value' },
      });
    });
  }

  it('lists what is wrong with a request', () => {
    const violations = Array.from({ length: 60 }, (_, at) => ({ field: `f${at}`, description: 'bad' }));
    const error = toStatusError(new TaskError('INVALID_TASK', 'bad', { violations }), unexpected);
    expect(detail(error, 'BadRequest', BadRequest)?.fieldViolations.map(({ field }) => field)).to.deep.equal(
      violations.slice(0, 40).map(({ field }) => field),
    );
  });

  it('names what was not found, and when to try again', () => {
    const missing = toStatusError(taskNotFound('abc12345'), unexpected);
    expect(detail(missing, 'ResourceInfo', ResourceInfo)).to.include({
      resourceType: 'k8scli.v1.Task',
      resourceName: 'abc12345',
    });
    const away = toStatusError(new TaskError('CLUSTER_UNAVAILABLE', 'x', { retryAfterMs: 1500 }), unexpected);
    expect(detail(away, 'RetryInfo', RetryInfo)?.retryDelay).to.deep.equal({ seconds: 1n, nanos: 500_000_000 });
  });

  it('has each kind of detail at most once, and no message that a header cannot hold', () => {
    const violations = [{ field: 'a', description: 'b' }];
    const error = toStatusError(
      new TaskError('VOLUME_NOT_FOUND', 'x'.repeat(100_000), { violations, retryAfterMs: 1 }),
      unexpected,
    );
    const kinds = error.details.map(({ typeUrl }) => typeUrl);
    expect(new Set(kinds).size).to.equal(kinds.length);
    expect(error.message.length).to.equal(4000);
  });

  it('tells nothing of what nobody foresaw but an id, which the log has too', () => {
    const seen: [string, unknown][] = [];
    const secret = new Error('password 1234');
    const error = toStatusError(secret, (id, cause) => seen.push([id, cause]));
    expect(error.code).to.equal(Code.INTERNAL);
    expect(error.message).to.not.include('1234');
    expect(seen).to.have.length(1);
    expect(seen[0]?.[1]).to.equal(secret);
    expect(error.message).to.include(seen[0]?.[0]);
    expect(detail(error, 'ErrorInfo', ErrorInfo)?.metadata).to.deep.equal({ id: seen[0]?.[0] });
  });

  it('leaves a status as it is', () => {
    const status = new StatusError(Code.NOT_FOUND, 'x');
    expect(toStatusError(status, unexpected)).to.equal(status);
  });
});
