/**
 * The program of a node's container: runs setup and then run, each in a shell of its own, and sees to it that signals reach
 * the user's programs. Needs nothing in the image but a POSIX shell; bash is used where there is one.
 *
 * As PID 1 of its container a shell gets no signal that it does not trap, and does not pass on any. So this one traps, and
 * passes the signal on to every process of the container: the user's shell waits for its own program to end and then exits.
 * Where it is not PID 1 it leads a process group of its own, and that gets the signal.
 */

import { SETUP_FAILED_MESSAGE } from '../../domain/status/node-state.js';

/** Longest script that fits into an argument of a program (Linux: 128 KiB), with room for what is put in front of it. */
export const MAX_SCRIPT_BYTES = 120 * 1024;

const WRAPPER = `
shell=$(command -v bash) || shell=sh
signalled=
child=
forward() {
  signalled=1
  if [ $$ -eq 1 ]; then kill -TERM -1 2>/dev/null; else trap '' TERM; kill -TERM 0; fi
}
trap forward TERM INT
stage() {
  "$shell" -c "trap 'exit 143' TERM; $1" &
  child=$!
  wait "$child"
  code=$?
  while kill -0 "$child" 2>/dev/null; do wait "$child"; code=$?; done
  if [ -n "$signalled" ]; then
    wait "$child" 2>/dev/null
    last=$?
    [ "$last" -eq 127 ] || code=$last
  fi
  child=
}
if [ -n "$1" ]; then
  stage "$1"
  if [ "$code" -ne 0 ]; then
    [ -n "$signalled" ] || { echo "${SETUP_FAILED_MESSAGE} with exit code $code" >/dev/termination-log; } 2>/dev/null
    exit "$code"
  fi
  [ -z "$signalled" ] || exit 143
fi
stage "$2"
exit "$code"
`.trim();
const LITERAL_WRAPPER = literal(WRAPPER);

/** The container's command for these scripts; setup may be empty. */
export function shellCommand(setup: string, run: string): string[] {
  return ['/bin/sh', '-c', LITERAL_WRAPPER, 'k8s-cli', literal(setup), literal(run)];
}

/** The text as it has to stand in a pod for Kubernetes not to expand `$(NAME)` in it. */
export function literal(text: string): string {
  return text.includes('$') ? text.replaceAll('$', '$$$$') : text;
}
