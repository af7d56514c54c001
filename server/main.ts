#!/usr/bin/env node
/** The program k8s-cli-server. The only place of the server that ends the process. */

import { collectWhenGrown } from './collect.js';
import { compose } from './compose.js';
import { HELP, readCommand } from './config.js';
import { openLogFile } from './log-file.js';
import { messageOf } from './message-of.js';
import { VERSION } from './version.js';

// Whoever reads what is said here may be gone: that is no reason to end.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const command = readCommand(process.argv.slice(2), process.env);
switch (command.kind) {
  case 'help':
    process.stdout.write(HELP);
    break;
  case 'version':
    process.stdout.write(`${VERSION}\n`);
    break;
  case 'error':
    process.stderr.write(`k8s-cli-server: ${command.message}\n`);
    process.exitCode = 2;
    break;
  case 'run': {
    const { logFile } = command.config;
    const write = logFile === undefined ? (line: string) => process.stderr.write(line) : openLogFile(logFile);
    const log = (message: string): void => {
      write(`${new Date().toISOString()} ${message}\n`);
    };
    collectWhenGrown();
    const stopping = new AbortController();
    try {
      const server = await compose(command.config, log, stopping.signal);
      const stop = (signal: string): void => {
        if (stopping.signal.aborted) process.exit(1);
        log(`${signal}: finishing calls, then stopping; once more to stop at once`);
        stopping.abort();
        void server.stop().then(() => process.exit(0));
      };
      process.on('SIGTERM', stop);
      process.on('SIGINT', stop);
      process.stdout.write(`k8s-cli-server ${VERSION} ready at ${server.url} (${server.description})\n`);
    } catch (error) {
      process.stderr.write(`k8s-cli-server: ${messageOf(error)}\n`);
      process.exit(1);
    }
  }
}
