/** Load by wrk, which needs so little of a processor that it is not what is measured. */

import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { promisify } from 'node:util';

/** A request that is sent again and again. */
export interface LoadRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** How a side held out. */
export interface WrkResult {
  readonly perSecond: number;
  readonly p99Ms: number;
}

/** Sends the request over so many connections for so long; `script` is a file to write. Throws unless all are answered with 2xx. */
export async function wrk(
  request: LoadRequest,
  connections: number,
  seconds: number,
  script: string,
  through: readonly string[],
  signal: AbortSignal,
): Promise<WrkResult> {
  writeFileSync(script, lua(request));
  const load = ['wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, request.url];
  const [program = '', ...args] = [...through, ...load];
  const { stdout } = await promisify(execFile)(program, args, { signal });
  const [requests, tookUs, p99Us, failures] = (/^result (.*)$/m.exec(stdout)?.[1] ?? '').split(' ').map(Number);
  if (!requests || !tookUs || !p99Us || failures !== 0) throw new Error(`${request.url}: ${stdout}`);
  return { perSecond: (requests / tookUs) * 1e6, p99Ms: p99Us / 1000 };
}

function lua({ method, headers, body = '' }: LoadRequest): string {
  const lines = Object.entries(headers).map(([name, value]) => `wrk.headers["${name}"] = ${JSON.stringify(value)}`);
  return `wrk.method = "${method}"
wrk.body = ${JSON.stringify(body)}
${lines.join('\n')}
done = function(summary, latency)
  local e = summary.errors
  local failures = e.connect + e.read + e.write + e.status + e.timeout
  print(string.format("result %d %d %d %d", summary.requests, summary.duration, latency:percentile(99), failures))
end
`;
}
