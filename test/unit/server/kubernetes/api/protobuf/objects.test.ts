import { expect } from 'chai';
import type { RawConfigMap, RawJob, RawPod } from '../../../../../../server/kubernetes/objects.js';
import { projectJob, projectPod } from '../../../../../../server/kubernetes/cache/project.js';
import { isProtobuf, readEvent, readObject } from '../../../../../../server/kubernetes/api/protobuf/objects.js';
import { parsePlan, parseRecord } from '../../../../../../server/kubernetes/record.js';
import captured from '../../../../../support/server/captured-protobuf.json' with { type: 'json' };
import { eventBytes, objectBytes, statusBytes } from '../../../../../support/server/protobuf.js';

interface Pair {
  readonly json: unknown;
  readonly protobuf: string;
}

/** The same object in both encodings, as a cluster answered. */
function both(kind: string, { json, protobuf }: Pair): [unknown, unknown] {
  return [readObject(objectBytes(kind, Buffer.from(protobuf, 'base64'))), json];
}

const running = Buffer.from(captured.pods.running.protobuf, 'base64');

describe('objects in protobuf, as Kubernetes 1.36 has them', () => {
  for (const [name, pair] of Object.entries(captured.pods)) {
    it(`are the same pod as in JSON: ${name}`, () => {
      const [read, json] = both('Pod', pair).map((pod) => projectPod(pod as RawPod));
      expect(read).to.deep.equal(json);
      expect(read?.uid).to.equal(pair.json.metadata.uid);
    });
  }

  for (const [name, pair] of Object.entries(captured.jobs)) {
    it(`are the same Job as in JSON: ${name}`, () => {
      const [read, json] = both('Job', pair).map((job) => projectJob(job as RawJob));
      expect(read).to.deep.equal(json);
      expect(read?.uid).to.equal(pair.json.metadata.uid);
    });
  }

  for (const [name, pair] of Object.entries(captured.records)) {
    it(`are the same record as in JSON: ${name}`, () => {
      const [read, json] = both('ConfigMap', pair) as [RawConfigMap, RawConfigMap];
      expect(parseRecord(read)).to.deep.equal(parseRecord(json));
      expect(parseRecord(read)?.uid).to.equal(pair.json.metadata.uid);
    });
  }
});

describe('readObject', () => {
  it('leaves out what has to be made of a task: who shows it has no use for it', () => {
    const [record] = Object.values(captured.records);
    const [read, json] = both('ConfigMap', record as Pair) as [RawConfigMap, RawConfigMap];
    expect(parsePlan(json)).not.to.equal(undefined);
    expect(parsePlan(read)).to.equal(undefined);
  });

  it('reads what an API server says when it refuses', () => {
    const bytes = objectBytes('Status', statusBytes(410, 'Expired', 'too old'));
    expect(readObject(bytes)).to.deep.equal({ message: 'too old', reason: 'Expired', code: 410 });
  });

  it('throws where it is no object, or of a kind that nobody reads', () => {
    expect(() => readObject(Buffer.from('{"kind":"Pod"}'))).to.throw('no object of Kubernetes');
    expect(() => readObject(Buffer.alloc(0))).to.throw('no object of Kubernetes');
    expect(() => readObject(objectBytes('Node', running))).to.throw('kind Node');
    expect(() => readObject(objectBytes('Pod', running).subarray(0, 100))).to.throw('cut off');
  });
});

describe('readEvent', () => {
  it('reads the type and the object', () => {
    const { type, object } = readEvent(eventBytes('MODIFIED', 'Pod', running).subarray(4));
    expect(type).to.equal('MODIFIED');
    expect((object as RawPod).metadata.name).to.equal(captured.pods.running.json.metadata.name);
  });
});

describe('isProtobuf', () => {
  it('is so of lists and of watches', () => {
    expect(isProtobuf('application/vnd.kubernetes.protobuf')).to.equal(true);
    expect(isProtobuf('application/vnd.kubernetes.protobuf;stream=watch')).to.equal(true);
    expect(isProtobuf('application/json')).to.equal(false);
    expect(isProtobuf(undefined)).to.equal(false);
  });
});
