import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { ClientError } from '../../../client/errors.js';
import { toClientError } from '../../../client/service-error.js';

function serviceError(code: number, details: string, metadata = new Metadata()): ServiceError {
  return Object.assign(new Error(`${code}: ${details}`), { code, details, metadata });
}

describe('toClientError', () => {
  const unreachable: readonly (readonly [details: string, words: string | undefined])[] = [
    [
      'No connection established. Last error: connect ECONNREFUSED 127.0.0.1:8000 (2026-01-01T00:00:00Z)',
      'connection refused',
    ],
    ['Name resolution failed for target dns:nowhere:80', 'the host name cannot be resolved'],
    ['No connection established. Last error: connect EHOSTUNREACH 10.0.0.1:80', 'no route to the host'],
    ['No connection established. Last error: self-signed certificate', 'its certificate is not trusted'],
    [
      'No connection established. Last error: Protocol error. Resolution note: ',
      'what listens there does not speak gRPC',
    ],
    [
      'No connection established. Last error: something new (2026-01-01T00:00:00.000Z). Resolution note: ',
      'something new',
    ],
    ['Connection dropped', undefined],
    ['the cluster cannot be reached', undefined],
  ];
  for (const [details, words] of unreachable) {
    it(`says ${words ?? 'nothing of a connection'} for "${details}"`, () => {
      expect(toClientError(serviceError(status.UNAVAILABLE, details))).to.include({
        code: 'UNAVAILABLE',
        message: details,
        unreachable: words,
      });
    });
  }

  it('keeps code and message when the details are mangled', () => {
    const metadata = new Metadata();
    metadata.set('grpc-status-details-bin', Buffer.from([0xff, 0xff, 0xff]));
    const error = toClientError(serviceError(status.NOT_FOUND, 'no such task', metadata));
    expect(error).to.include({ code: 'NOT_FOUND', message: 'no such task' });
    expect(error.details).to.deep.equal([]);
  });

  it('takes an unknown code number for UNKNOWN', () => {
    expect(toClientError(serviceError(99, 'odd'))).to.include({ code: 'UNKNOWN' });
  });

  it('wraps what is no error of gRPC, and leaves its own alone', () => {
    const own = new ClientError('own', { code: 'ABORTED' });
    expect(toClientError(own)).to.equal(own);
    expect(toClientError(new TypeError('broken'))).to.include({ code: 'UNKNOWN', message: 'broken' });
    expect(toClientError('text')).to.include({ code: 'UNKNOWN', message: 'text' });
  });
});
