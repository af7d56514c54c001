/**
 * The program of a node's container: runs setup and then run, each in a shell of its own, and sees to it that signals reach
 * the user's programs. Needs nothing in the image but a POSIX shell; bash is used where there is one.
 *
 * As PID 1 of its container a shell gets no signal that it does not trap, and does not pass on any. So this one traps, and
 * passes the signal on to every process of the container: the user's shell waits for its own program to end and then exits.
 * Where it is not PID 1 it leads a process group of its own, and that gets the signal.
 *
 * A signal that comes just before the user's shell is started is not passed on to it, and one that comes while it is being made
 * is lost on it: until it has its own traps it has those of this shell, which do nothing there. So the new process looks, once it
 * is past that, whether there was one: this shell then holds descriptor 9 open, which everybody can see in /proc.
 *
 * When the program fails it looks whether the kernel killed a process of the container meanwhile for want of memory: where that
 * was not the shell, Kubernetes does not tell.
 *
 * With several nodes it waits twice: before setup until the addresses of all nodes are known, and before run until setup is done
 * everywhere. What it waits for is in a file that the server writes, see rendezvous.ts. It says which nodes are missing, unless
 * it is named itself: then the server has yet to hear of it.
 */

import { OUT_OF_MEMORY_MESSAGE, PEERS_LOST_MESSAGE, SETUP_FAILED_MESSAGE } from '../../domain/status/why.js';
import { PEERS_FILE } from './rendezvous.js';

/** Longest script that fits into an argument of a program (Linux: 128 KiB), with room for what is put in front of it. */
export const MAX_SCRIPT_BYTES = 120 * 1024;

/** What only nodes of several need. Of each node the cluster keeps the script twice, in a Job and in a pod, and sends both to every server. */
const MEETING = `meet() {
  told=
  rounds=0
  while :; do
    phase= ips= missing=
    { read -r phase; read -r ips; read -r missing; } 2>/dev/null <${PEERS_FILE} || :
    case "$phase" in
      run) break ;;
      setup) [ "$1" = run ] || break ;;
      lost)
        echo "k8s-cli: run does not start: $missing" >&2
        say "${PEERS_LOST_MESSAGE}: $missing"
        exit 1 ;;
    esac
    case " $missing," in *" node-$SKYPILOT_NODE_RANK"[", "]*) missing= ;; esac
    if [ -n "$missing" ] && [ "$missing" != "$told" ]; then
      told=$missing
      echo "k8s-cli: waiting for $missing" >&2
    fi
    rounds=$((rounds + 1))
    if [ "$rounds" -gt 100 ] || ! sleep 0.1 2>/dev/null; then sleep 1; fi
    [ -z "$signalled" ] || exit 143
  done
  list=
  for ip in $ips; do
    [ -n "$list" ] || first=$ip
    list="$list\${list:+
}$ip"
  done
  export "SKYPILOT_NODE_IPS=$list" "SKYPILOT_SETUP_NODE_IPS=$list"
  [ -n "$master" ] || export "MASTER_ADDR=$first"
}
master=\${MASTER_ADDR+1}
`;

function wrapper(several: boolean): string {
  return `
shell=$(command -v bash) || shell=sh
exec 9<&-
signalled=
child=
forward() {
  signalled=1
  exec 9</dev/null
  if [ $$ -eq 1 ]; then kill -TERM -1 2>/dev/null; else trap '' TERM; kill -TERM 0; fi
}
trap forward TERM INT
stage() {
  {
    [ -z "$signalled" ] && [ ! -e /proc/$$/fd/9 ] || exit 143
    exec "$shell" -c "trap 'exit 143' TERM; $1"
  } &
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
say() { { echo "$1" >/dev/termination-log; } 2>/dev/null; }
count_kills() {
  kills=0
  for file in /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control; do
    [ -r "$file" ] || continue
    while read -r key value; do [ "$key" != oom_kill ] || kills=$value; done <"$file"
    return
  done
}
explain() {
  [ -z "$signalled" ] && [ "$code" -ne 0 ] || return
  count_kills
  if [ "$kills" -gt "$kills_before" ]; then
    peak=
    { read -r peak; } 2>/dev/null </sys/fs/cgroup/memory.peak || :
    say "${OUT_OF_MEMORY_MESSAGE}: the kernel killed $((kills - kills_before))\${peak:+ at a peak of $((peak / 1048576)) MiB}"
  elif [ -n "$1" ]; then say "$1"
  fi
}
${several ? MEETING : ''}count_kills
kills_before=$kills
[ -z "$3" ] || meet setup
if [ -n "$1" ]; then
  stage "unset CUDA_VISIBLE_DEVICES; $1"
  if [ "$code" -ne 0 ]; then
    explain "${SETUP_FAILED_MESSAGE} with exit code $code"
    exit "$code"
  fi
  [ -z "$signalled" ] || exit 143
  if [ -n "$3" ]; then
    : >"$3"
    meet run
    rm -f "$3" 2>/dev/null
  fi
fi
stage "$2"
explain
exit "$code"
`.trim();
}
const ALONE = literal(wrapper(false));
const AMONG_SEVERAL = literal(wrapper(true));

/**
 * The container's command for these scripts; setup may be empty. `readyFile` is what the node makes when its setup is done;
 * undefined where there are no other nodes to wait for.
 */
export function shellCommand(setup: string, run: string, readyFile?: string): string[] {
  const words = ['k8s-cli', literal(setup), literal(run)];
  if (readyFile === undefined) return ['/bin/sh', '-c', ALONE, ...words];
  return ['/bin/sh', '-c', AMONG_SEVERAL, ...words, readyFile];
}

/** The text as it has to stand in a pod for Kubernetes not to expand `$(NAME)` in it. */
export function literal(text: string): string {
  return text.includes('$') ? text.replaceAll('$', '$$$$') : text;
}
