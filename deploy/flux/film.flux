#!/bin/sh
# A picture or film on the nodes of a Flux batch job: one worker on each node, the leader in the script.
#
#   flux batch [OPTIONS OF flux batch] film.flux [FLAGS OF fractal leader]
#
# Two minutes before the time limit the leader stops in order, the workers end, and the script submits itself again, to begin
# when this job has ended: it goes on from the store, which must be in a folder that all nodes share.
#
#   FRACTAL          the program; default: fractal
#   FRACTAL_COMMAND  its command; default: leader
#   FRACTAL_WORKER   further flags of the workers, such as --povray
#   FRACTAL_PORT     port of the workers; default: by the id of the job
#   FRACTAL_BATCH    options of flux batch for the job that goes on, such as --queue=pbatch
#   FRACTAL_RESTARTS how often it may be submitted again; default: 100
#
# flux: --job-name=fractal
# flux: --nodes=2
# flux: --exclusive
# flux: --time-limit=60m
set -u

program=${FRACTAL:-fractal}
restarts=${FRACTAL_RESTART:-0}
reserve=120
say() { printf 'fractal: %s\n' "$*" >&2; }

# In seconds. Without a limit it is a very large number.
limit=$(flux job timeleft) || exit
limit=${limit%.*}
if [ "$limit" -le "$reserve" ]; then
  say "$limit seconds are too few: $reserve are for ending in order"
  exit 1
fi
nodes=$(flux getattr size) || exit
job=$(flux getattr jobid) || exit
# Jobs that share a node need different ports. Below those that Linux gives to connections.
number=$(printf %s "$job" | cksum | cut -d ' ' -f 1)
port=${FRACTAL_PORT:-$((20000 + number % 1000 * 10))}
hosts=fractal-$number.hosts

# One line a node, in the order of the tasks. Brokers of one machine get ports of their own.
flux hostlist -e -d '\n' local | awk -v port="$port" 'NF { print $1, "port=" port + seen[$1]++ }' >"$hosts"
if [ "$(wc -l <"$hosts")" -ne "$nodes" ]; then
  say "$hosts has $(wc -l <"$hosts") lines for $nodes nodes"
  exit 1
fi

# Known to this job only. It is in the environment of workers and leader, and in no command line.
FRACTAL_TOKEN=${FRACTAL_TOKEN:-$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')}
export FRACTAL_TOKEN

# A worker has a slot for each core that Flux gives it. Its port is on its line of the hostfile.
# shellcheck disable=SC2016,SC2086
flux run --nodes="$nodes" --tasks-per-node=1 --exclusive \
  sh -c 'hosts=$1; shift
    exec "$@" --port "$(sed -n "$((FLUX_TASK_RANK + 1))s/.*port=\([0-9]*\).*/\1/p" "$hosts")"' \
  sh "$hosts" "$program" worker --host 0.0.0.0 --drain-timeout 30 --quiet ${FRACTAL_WORKER:-} &
workers=$!

# The largest that it can be is 115 days.
seconds=$((limit - reserve))
[ "$seconds" -le 10000000 ] || seconds=10000000
"$program" "${FRACTAL_COMMAND:-leader}" --hostfile "$hosts" --retries 60 --timeout "$seconds" "$@"
code=$?

flux job killall --force --signal=SIGTERM >/dev/null
wait "$workers"
rm -f "$hosts"

# The time limit was reached: nothing else leaves so little of it.
left=$(flux job timeleft)
if [ "$code" -ne 0 ] && [ "${left%.*}" -le "$((reserve + 1))" ]; then
  if [ "$restarts" -ge "${FRACTAL_RESTARTS:-100}" ]; then
    say "the time limit was reached $restarts times: submit it again with a longer --time-limit, and it goes on"
    exit "$code"
  fi
  # A token of its own for the next job.
  unset FRACTAL_TOKEN
  FRACTAL_RESTART=$((restarts + 1))
  export FRACTAL_RESTART
  # shellcheck disable=SC2086
  flux --parent batch --nodes="$nodes" --exclusive --time-limit="${limit}s" --dependency="afterany:$job" \
    ${FRACTAL_BATCH:-} "$0" "$@" && exit 0
  say 'no job could be submitted to go on: submit it again, and it goes on'
fi
exit "$code"
