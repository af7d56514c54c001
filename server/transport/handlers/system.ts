/** SystemService. */

import type { ServiceHandlers } from '../../../bridge/handler.js';
import type { SystemServiceService } from '../../../gen/k8scli/v1/system_service.js';

/** Handlers of SystemService for this version of the server. */
export function systemHandlers(version: string): ServiceHandlers<SystemServiceService> {
  return {
    getServiceInfo: () => Promise.resolve({ status: 'ok', service: 'k8s-cli-api', version }),
  };
}
