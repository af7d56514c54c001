/** `/healthz`: the health of a service by grpc.health.v1, over HTTP. */

import { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';
import type { CallContext } from './handler.js';
import type { ProtoMetadata } from './descriptors.js';
import type { HttpResponse } from './http/response.js';
import type { Marshaler } from './marshaler.js';
import type { PathTemplate } from './path-template.js';
import { parsePathTemplate } from './path-template.js';
import type { Routable } from './router.js';
import { Schema } from './schema.js';
import { Code, StatusError } from './status.js';

/** grpc.health.v1.HealthCheckResponse.ServingStatus. */
export const ServingStatus = { UNKNOWN: 0, SERVING: 1, NOT_SERVING: 2, SERVICE_UNKNOWN: 3 } as const;
export type ServingStatus = (typeof ServingStatus)[keyof typeof ServingStatus];

/** Tells how a service is, '' for all of them. Throws NOT_FOUND for one that is not known. */
export type HealthCheck = (service: string, context: CallContext) => Promise<ServingStatus>;

/** The route that answers health checks. */
export interface HealthRoute extends Routable {
  readonly check: HealthCheck;
}

/** Full name of the method that a health check stands for. */
export const HEALTH_METHOD = '/grpc.health.v1.Health/Check';

/** Makes the route, at a path such as `/healthz`. */
export function healthRoute(path: string, check: HealthCheck): HealthRoute {
  const template: PathTemplate = parsePathTemplate(path);
  return { method: 'GET', template, check };
}

/** Answers a health check. Throws the status of anything but good health. */
export async function sendHealth(
  response: HttpResponse,
  route: HealthRoute,
  query: string,
  marshaler: Marshaler,
  context: CallContext,
): Promise<void> {
  const status = await route.check(new URLSearchParams(query).get('service') ?? '', context);
  if (status === ServingStatus.SERVICE_UNKNOWN) throw new StatusError(Code.NOT_FOUND, 'status:SERVICE_UNKNOWN');
  if (status === ServingStatus.UNKNOWN) throw new StatusError(Code.UNAVAILABLE, '');
  if (status === ServingStatus.NOT_SERVING) throw new StatusError(Code.UNAVAILABLE, 'status:NOT_SERVING');
  response.send(200, ['Content-Type', 'application/json'], marshaler.encode(HEALTH_RESPONSE, { status }));
}

const HEALTH_RESPONSE_NAME = 'grpc.health.v1.HealthCheckResponse';

/** What generated code would say of the response; the bridge has none. */
const metadata: ProtoMetadata = {
  fileDescriptor: {
    name: 'grpc/health/v1/health.proto',
    package: 'grpc.health.v1',
    messageType: [
      {
        name: 'HealthCheckResponse',
        field: [
          {
            name: 'status',
            number: 1,
            label: 1,
            type: 14,
            typeName: `.${HEALTH_RESPONSE_NAME}.ServingStatus`,
            jsonName: 'status',
          },
        ],
        enumType: [
          { name: 'ServingStatus', value: Object.entries(ServingStatus).map(([name, number]) => ({ name, number })) },
        ],
      },
    ],
  },
  references: {
    [`.${HEALTH_RESPONSE_NAME}`]: {
      create: () => ({ status: 0 }),
      encode: ({ status }: { status: number }) => new BinaryWriter().uint32(8).int32(status),
      decode: (bytes: Uint8Array) => {
        const reader = new BinaryReader(bytes);
        reader.tag();
        return { status: reader.int32() };
      },
    },
  },
};

const HEALTH_RESPONSE = new Schema([metadata]).message(HEALTH_RESPONSE_NAME);
