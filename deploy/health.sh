#!/bin/sh
# What a container is asked: health TIMES READY [LIVE], the last two commands of the shell.
#
# An engine starts again what has ended, and leaves alone what is only unhealthy. So a program that has failed LIVE so
# many times running is ended from here, in its container, and nobody needs the engine's socket. One that is live and
# not ready is left: it waits for another, which a new start would not bring. Without LIVE it is ready or dead.
times=$1 ready=$2 live=${3:-false}
failures=/dev/shm/health-failures

if [ -e "$failures" ] && [ "$(wc -l <"$failures")" -ge "$times" ]; then
    rm "$failures"
    echo "health: no life in $times checks running; this container ends, to be started again" | tee /proc/1/fd/2
    kill -s TERM 1 # the engine's init, which hands it on
    # What hangs does not hear it. All but init, which then ends.
    (sleep 20 && kill -s KILL -- -1) >/dev/null 2>&1 &
    exit 1
fi
# Counted before it is asked: a check that takes too long is killed.
echo failed >>"$failures"
if sh -c "$ready"; then
    rm "$failures"
    exit 0
fi
if sh -c "$live"; then
    rm "$failures"
fi
exit 1
