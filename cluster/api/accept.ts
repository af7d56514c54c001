import { StatusError } from '../store/status-error.js';

/** How the client wants objects: as they are, or as rows of a table. */
export type Form = 'Object' | 'Table';

const available =
  '406: Not Acceptable\n\nAvailable representations: application/json, application/json;stream=watch, ' +
  'application/json;as=Table;v=v1;g=meta.k8s.io';

/** The first representation in the Accept header that is served; throws NotAcceptable (406). */
export function acceptedForm(header: string | undefined): Form {
  if (header === undefined || header.trim() === '') return 'Object';
  for (const range of header.split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    if (type !== 'application/json' && type !== '*/*' && type !== 'application/*') continue;
    const given = new Map(parameters.map((parameter) => parameter.split('=', 2) as [string, string]));
    const as = given.get('as');
    if (as === undefined) return 'Object';
    if (as === 'Table' && given.get('g') === 'meta.k8s.io' && given.get('v') === 'v1') return 'Table';
  }
  throw new StatusError(406, 'NotAcceptable', available, {});
}
