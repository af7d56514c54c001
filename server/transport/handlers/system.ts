/** SystemService. */

import type { ServiceHandlers } from '../../../bridge/handler.js';
import type { SystemServiceService } from '../../../gen/k8scli/v1/system_service.js';
import type { Domain } from '../../domain/context.js';

/** Handlers of SystemService for this version of the server. */
export function systemHandlers(domain: Domain, version: string): ServiceHandlers<SystemServiceService> {
  return {
    diagnose: async (_request, { signal }) => ({ checks: [...(await domain.checkup.check(signal))] }),
    getServiceInfo: () => Promise.resolve({ status: 'ok', service: 'k8s-cli-api', version }),
  };
}
