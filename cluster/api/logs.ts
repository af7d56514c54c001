import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { forbiddenField, invalidValue } from '../kinds/causes.js';
import type { LogOptions } from '../node/logs/log-reader.js';
import type { PodLogs } from '../node/logs/pod-logs.js';
import type { KubeObject } from '../store/object.js';
import { type StatusCause, badRequest, invalid } from '../store/status-error.js';
import type { Store } from '../store/store.js';
import type { Target } from './paths.js';
import { type ApiRequest, booleanParameter, integerParameter } from './request.js';

/** Answers GET of `pods/x/log`: plain text, as it comes when it is followed. */
export async function streamLog(
  store: Store,
  logs: PodLogs,
  request: ApiRequest,
  { namespace, name = '' }: Target,
  response: ServerResponse,
): Promise<void> {
  const pod = store.existing('pods', namespace, name);
  const options = logOptions(request.query, name);
  // All that is refused is refused here, while the answer can still be a Status.
  const output = await logs.read(pod, containerOf(pod, request.query.get('container')), options, request.signal);
  response.writeHead(200, { 'Content-Type': 'text/plain', 'Cache-Control': 'no-cache, private' });
  // Who follows a program that is silent knows that it is followed.
  response.flushHeaders();
  try {
    for await (const chunk of output) {
      if (!response.write(chunk)) await once(response, 'drain', { signal: request.signal });
      if (request.signal.aborted) break;
    }
  } catch (error) {
    if (!request.signal.aborted) throw error;
  }
  // Not after a failure: who reads would take that for the end of the log.
  response.end();
}

/** The container of a pod that is meant, which need not be named when there is only one; throws BadRequest. */
export function containerOf({ metadata, spec }: KubeObject, asked: string | null): string {
  const names: string[] = spec.containers.map((container: { name: string }) => container.name);
  const [only] = names;
  if (asked !== null && asked !== '') return asked;
  if (names.length === 1 && only !== undefined) return only;
  throw badRequest(`a container name must be specified for pod ${metadata.name}, choose one of: [${names.join(' ')}]`);
}

function logOptions(query: URLSearchParams, pod: string): LogOptions {
  const causes: StatusCause[] = [];
  const options: LogOptions = {
    follow: booleanParameter(query, 'follow'),
    timestamps: booleanParameter(query, 'timestamps'),
    previous: booleanParameter(query, 'previous'),
  };
  for (const [name, least, rule] of [
    ['tailLines', 0, 'must be greater than or equal to 0'],
    ['limitBytes', 1, 'must be greater than 0'],
    ['sinceSeconds', 1, 'must be greater than 0'],
  ] as const) {
    const value = integerParameter(query, name);
    if (value === undefined) continue;
    if (value < least) causes.push(invalidValue(name, value, rule));
    options[name] = value;
  }
  const sinceTime = query.get('sinceTime');
  if (sinceTime !== null && sinceTime !== '') {
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(sinceTime) || Number.isNaN(Date.parse(sinceTime))) {
      throw badRequest(`parsing time ${JSON.stringify(sinceTime)} as "2006-01-02T15:04:05Z07:00": cannot parse it`);
    }
    options.sinceTime = sinceTime;
    if (options.sinceSeconds !== undefined) {
      causes.push(forbiddenField('[]', 'at most one of `sinceTime` or `sinceSeconds` may be specified'));
    }
  }
  if (causes.length > 0) throw invalid({ kind: 'PodLogOptions', group: '' }, pod, causes);
  return options;
}
