import { expect } from 'chai';
import { TaskError } from '../../../../../server/domain/errors.js';
import {
  hasCode,
  isTransient,
  KubernetesError,
  NOT_BEGUN,
  NOT_SENT,
  parseError,
  toTaskError,
} from '../../../../../server/kubernetes/api/errors.js';

const status = (over: object): string => JSON.stringify({ kind: 'Status', ...over });

describe('parseError', () => {
  it('reads what the API says, field by field', () => {
    const causes = [{ field: 'spec.template', message: 'field is immutable', reason: 'FieldValueInvalid' }];
    const error = parseError(422, status({ reason: 'Invalid', message: 'bad', details: { causes } }), undefined);
    expect(error).to.deep.include({
      code: 422,
      reason: 'Invalid',
      message: 'bad',
      causes: [{ field: 'spec.template', message: 'field is immutable' }],
    });
  });

  for (const [title, body, header, ms] of [
    ['the header', '{}', '3', 3000],
    ['the body before the header', status({ details: { retryAfterSeconds: 1 } }), '3', 1000],
    ['neither', '{}', undefined, undefined],
    ['a date, which nobody sends', '{}', 'Mon, 23 Nov 2026 06:00:00 GMT', undefined],
  ] as const) {
    it(`knows when to try again from ${title}`, () => {
      expect(parseError(429, body, header).retryAfterMs).to.equal(ms);
    });
  }

  for (const body of ['<html>502 Bad Gateway</html>', '', 'null', '"text"', '[]']) {
    it(`lives with ${JSON.stringify(body)} instead of a Status`, () => {
      expect(parseError(502, body, undefined)).to.include({ code: 502 });
    });
  }
});

describe('toTaskError', () => {
  const cases: readonly [string, KubernetesError, string][] = [
    ['nobody answers', new KubernetesError(0, 'Unreachable', 'connect ECONNREFUSED'), 'CLUSTER_UNAVAILABLE'],
    ['the token is bad', new KubernetesError(401, 'Unauthorized', 'Unauthorized'), 'CLUSTER_UNAUTHENTICATED'],
    [
      'a quota is used up',
      new KubernetesError(403, 'Forbidden', 'x is forbidden: exceeded quota: q'),
      'QUOTA_EXCEEDED',
    ],
    [
      'a webhook says no',
      new KubernetesError(400, '', 'admission webhook "w" denied the request: no'),
      'ADMISSION_DENIED',
    ],
    [
      'pod security says no',
      new KubernetesError(403, 'Forbidden', 'violates PodSecurity "restricted"'),
      'ADMISSION_DENIED',
    ],
    [
      'a webhook is away',
      new KubernetesError(500, 'InternalError', 'failed calling webhook: admission webhook timeout'),
      'CLUSTER_UNAVAILABLE',
    ],
    ['rights are missing', new KubernetesError(403, 'Forbidden', 'jobs is forbidden'), 'CLUSTER_FORBIDDEN'],
    ['there is too much to do', new KubernetesError(429, 'TooManyRequests', 'slow down'), 'CLUSTER_UNAVAILABLE'],
    ['the object is bad', new KubernetesError(422, 'Invalid', 'bad'), 'CLUSTER_REFUSED'],
    ['the namespace is not there', new KubernetesError(404, 'NotFound', 'namespaces "x" not found'), 'CLUSTER_REFUSED'],
  ];
  for (const [title, error, reason] of cases) {
    it(`is ${reason} when ${title}, in Kubernetes’ own words`, () => {
      const made = toTaskError(error, 'testing');
      if (!(made instanceof TaskError)) throw new Error('a TaskError was expected');
      expect(made.reason).to.equal(reason);
      expect(made.message).to.include('while testing').and.include(error.message);
      expect(made.cause).to.equal(error);
    });
  }

  it('says when to try again', () => {
    expect(toTaskError(new KubernetesError(429, '', 'x', { retryAfterMs: 2000 }), 'x')).to.include({
      retryAfterMs: 2000,
    });
    expect(toTaskError(new KubernetesError(0, '', 'x'), 'x')).to.include({ retryAfterMs: 1000 });
  });

  it('does not repeat a whole object in Go syntax', () => {
    const causes = [{ field: 'spec.template', message: `Invalid value: ${'x'.repeat(5000)}` }];
    const made = toTaskError(new KubernetesError(422, 'Invalid', 'y'.repeat(5000), { causes }), 'x');
    expect(made).to.be.an('error');
    expect((made as Error).message.length).to.be.below(400);
    expect((made as Error).message).to.include('spec.template: Invalid value');
  });

  it('leaves everything else as it is', () => {
    const bug = new TypeError('bug');
    expect(toTaskError(bug, 'x')).to.equal(bug);
    expect([hasCode(bug, 404), isTransient(bug)]).to.deep.equal([false, false]);
  });

  for (const code of [0, 401, 403, 503]) {
    it(`says of reading that nothing was done, whatever it failed with: ${code}`, () => {
      const error = new KubernetesError(code, '', 'x');
      expect(toTaskError(error, 'looking', { reading: true })).to.deep.include({ metadata: { begun: 'false' } });
      expect(toTaskError(error, 'deleting')).to.deep.include({ metadata: {} });
    });
  }

  it('says that nothing was done only of the first request of a call, and where that was not sent', () => {
    const told = (reason: string) => toTaskError(new KubernetesError(0, reason, 'no luck'), 'trying');
    const both = {
      reason: 'CLUSTER_UNAVAILABLE',
      message: 'cannot reach the cluster while trying: no luck',
      retryAfterMs: 1000,
    };
    expect(told(NOT_BEGUN)).to.deep.include({ ...both, metadata: { begun: 'false' } });
    for (const reason of [NOT_SENT, 'Unreachable']) expect(told(reason)).to.deep.include({ ...both, metadata: {} });
  });
});
