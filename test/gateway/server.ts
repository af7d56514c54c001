/** The conformance service behind the bridge, on one port for each set of options. */

import { createBridge } from '../../bridge/bridge.js';
import { createBridgeServer } from '../../bridge/server.js';
import { protoMetadata as errorDetails } from '../../gen/google/rpc/error_details.js';
import { protoMetadata as rpcStatus } from '../../gen/google/rpc/status.js';
import { ConfService, protoMetadata } from '../../gen/gwconf/v1/conformance.js';
import { listen } from './listen.js';
import { IN_PROCESS, optionSets } from './option-sets.js';
import { conformanceHandlers } from './service.js';
import { asOverGrpc } from './transport.js';

/** Servers that run. */
export interface ConformanceServers {
  /** One for each set of options. */
  readonly ports: readonly number[];
  close(): Promise<void>;
}

/** Serves every set of options on the port that `portOf` gives it; 0 is any free one. */
export async function serveConformance(portOf: (index: number) => number): Promise<ConformanceServers> {
  const servers = await Promise.all(
    optionSets.map(async (options, index) => {
      const handlers = index === IN_PROCESS ? conformanceHandlers : asOverGrpc(conformanceHandlers);
      const service = { definition: ConfService, metadata: protoMetadata, name: 'gwconf.v1.Conf', handlers };
      const bridge = createBridge({ ...options, services: [service], types: [errorDetails, rpcStatus] });
      return listen(createBridgeServer(bridge), portOf(index));
    }),
  );
  return {
    ports: servers.map(({ port }) => port),
    close: async () => {
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}
