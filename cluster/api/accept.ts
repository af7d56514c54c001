import { StatusError } from '../store/status-error.js';

/** How the client wants objects: as they are, as rows of a table, or their metadata only. */
export type Form = 'Object' | 'Table' | 'PartialObjectMetadata';

const available =
  '406: Not Acceptable\n\nAvailable representations: application/json, application/json;stream=watch, ' +
  'application/json;as=Table;v=v1;g=meta.k8s.io, application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io';

/** The first representation in the Accept header that is served; throws NotAcceptable (406). */
export function acceptedForm(header: string | undefined): Form {
  if (header === undefined || header.trim() === '') return 'Object';
  for (const range of header.split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    if (type !== 'application/json' && type !== '*/*' && type !== 'application/*') continue;
    const given = new Map(parameters.map((parameter) => parameter.split('=', 2) as [string, string]));
    const as = given.get('as');
    if (as === undefined) return 'Object';
    if (given.get('g') !== 'meta.k8s.io' || given.get('v') !== 'v1') continue;
    if (as === 'Table') return 'Table';
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') {
      return 'PartialObjectMetadata';
    }
  }
  throw new StatusError(406, 'NotAcceptable', available, {});
}

/** The version in which the header asks for aggregated discovery, if it does and the version is served. */
export function discoveryVersion(header: string | undefined): string | undefined {
  for (const range of (header ?? '').split(',')) {
    const parts = range.split(';').map((part) => part.trim());
    if (!parts.includes('as=APIGroupDiscoveryList') || !parts.includes('g=apidiscovery.k8s.io')) continue;
    if (parts.includes('v=v2')) return 'v2';
  }
  return undefined;
}
