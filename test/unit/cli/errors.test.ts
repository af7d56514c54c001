import { expect } from 'chai';
import { CliError, describeError, emptyScene } from '../../../cli/errors.js';
import { ClientError, type ClientErrorInit, GRPC_CODE_NAMES } from '../../../client/errors.js';

describe('describeError', () => {
  const scene = { ...emptyScene(), server: 'http://localhost:8000' };
  const lineOf = (init: ClientErrorInit, message = 'it is so'): { line: string | undefined; exitCode: number } => {
    const { lines, exitCode } = describeError(new ClientError(message, init), scene);
    expect(lines).to.have.length(1);
    return { line: lines[0], exitCode };
  };

  const cases: readonly (readonly [init: ClientErrorInit, exitCode: number, line: string])[] = [
    [
      { code: 'UNAVAILABLE', unreachable: 'connection refused' },
      1,
      'cannot reach the server at http://localhost:8000: connection refused; start it with k8s-cli-server, or one on this machine with k8s-cli local start, or set K8S_CLI_API_URL',
    ],
    [
      { code: 'UNAVAILABLE', reason: 'CLUSTER_UNAVAILABLE' },
      1,
      'the server at http://localhost:8000 cannot serve this now: it is so; try again',
    ],
    [
      { code: 'UNAVAILABLE', reason: 'CLUSTER_UNAVAILABLE', metadata: { begun: 'false' } },
      1,
      'the server at http://localhost:8000 cannot serve this now: it is so; nothing was done, try again',
    ],
    [
      { code: 'UNAVAILABLE' },
      125,
      'the connection to the server at http://localhost:8000 was lost (it is so); try again',
    ],
    [
      { code: 'UNAVAILABLE', unreachable: 'no route to the host' },
      1,
      'cannot reach the server at http://localhost:8000: no route to the host; check the address: --server, K8S_CLI_API_URL or the configuration',
    ],
    [
      { code: 'UNAUTHENTICATED', reason: 'TOKEN_MISSING' },
      1,
      'the server at http://localhost:8000 wants a token; set it with k8s-cli config set-context NAME --token-file FILE, or K8S_CLI_TOKEN',
    ],
    [{ code: 'UNAUTHENTICATED' }, 1, 'it is so; run k8s-cli auth login NAME'],
    [{ code: 'NOT_FOUND' }, 123, 'it is so; see k8s-cli jobs list and k8s-cli volumes list'],
    [
      { code: 'DEADLINE_EXCEEDED' },
      124,
      'the server at http://localhost:8000 did not answer in time (it is so); try again',
    ],
    [{ code: 'INVALID_ARGUMENT' }, 2, 'it is so'],
    [{ code: 'RESOURCE_EXHAUSTED' }, 1, 'it is so'],
    [{ code: 'ALREADY_EXISTS' }, 1, 'it is so'],
  ];
  for (const [init, exitCode, line] of cases) {
    it(`ends ${init.code}${init.reason ? ` ${init.reason}` : ''} with ${exitCode}: ${line}`, () => {
      expect(lineOf(init)).to.deep.equal({ line: `k8s-cli: ${line}`, exitCode });
    });
  }

  for (const code of GRPC_CODE_NAMES) {
    it(`has one line without a stack for ${code}`, () => {
      const { line, exitCode } = lineOf({ code }, 'first\nsecond');
      expect(line).to.match(/^k8s-cli: .*first; second/);
      expect(exitCode).to.be.greaterThan(0);
    });
  }

  for (const unreachable of [undefined, 'connection refused']) {
    it(`says how to come back to a task when the server is lost: ${unreachable ?? 'cut off'}`, () => {
      const error = new ClientError('cut off', { code: 'UNAVAILABLE', unreachable });
      expect(describeError(error, { ...scene, following: 'abc12345' })).to.deep.equal({
        lines: [
          `k8s-cli: lost the server at http://localhost:8000 (${unreachable ?? 'cut off'}); ` +
            'the task does not depend on this connection, come back with k8s-cli jobs logs abc12345',
        ],
        exitCode: 125,
      });
    });
  }

  it('tells of a server of one’s own where nothing says which is meant', () => {
    const error = new ClientError('it is so', { code: 'UNAUTHENTICATED', reason: 'TOKEN_MISSING' });
    const { lines } = describeError(error, { ...scene, byDefault: true });
    expect(lines).to.have.length(1);
    expect(lines[0]).to.match(/K8S_CLI_TOKEN; or start a server of your own: k8s-cli local start$/);
  });

  const unsure = 'it is not known whether the task was submitted';
  for (const code of ['INTERNAL', 'UNKNOWN', 'DATA_LOSS'] as const) {
    it(`says after ${code} that it may have happened`, () => {
      expect(describeError(new ClientError('it is so', { code }), { ...scene, unsure }).lines).to.deep.equal([
        `k8s-cli: the server at http://localhost:8000 failed: it is so; ${unsure}; its log says more`,
      ]);
      expect(lineOf({ code }).line).to.match(/failed: it is so; its log says more$/);
    });
  }

  it('leaves a hint of the server alone', () => {
    expect(lineOf({ code: 'NOT_FOUND' }, 'no task x; look at y')).to.include({ line: 'k8s-cli: no task x; look at y' });
  });

  it('passes on what was found here', () => {
    expect(describeError(new CliError('no', 7), scene)).to.deep.equal({ lines: ['k8s-cli: no'], exitCode: 7 });
  });

  it('does not hide what nobody foresaw', () => {
    expect(describeError(new TypeError('x is not a function'), scene).lines).to.deep.equal([
      'k8s-cli: unexpected failure: x is not a function',
    ]);
  });
});
