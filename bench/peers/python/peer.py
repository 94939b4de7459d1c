"""The protocol of a peer: a request is a line of tab-separated words, a response is a line.

    load NPZ OUT NAME=VALUE...   computes a row's task once (or `calls` times), writes the results of
                                 the last call to OUT, an npz of float32
    time CALLS                   computes it several times; returns the nanoseconds of each call

A response is `ok` with a result (of `load`: the selected form, or nothing), or `unavailable` with the reason. Standard output
is used for responses only; the output of libraries goes to standard error.
"""

import os
import signal
import sys
import time


def settings():
    """Returns the number of threads and the dtype; limits threads before libraries start any."""
    threads, dtype = int(sys.argv[1]), sys.argv[2]
    if hasattr(os, "sched_setaffinity"):
        here = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, here[:threads])
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = str(threads)
    return threads, dtype


def serve(start):
    """Answers requests until standard input ends. `start(threads, dtype)` returns the engine: an object with
    `version`, `load(tensors, settings)`, which returns the selected form if there are several,
    `call()`, which blocks until the result is computed, and `outputs()`, the result as float32 NumPy
    arrays by Heddle's names. The settings are those of the request: `task` (forward, backward or step), `heads`, `causal`, ..."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the benchmark handles Ctrl-C and ends this process
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(*words):
        answers.write("\t".join(word.replace("\t", " ") for word in words) + "\n")
        answers.flush()

    try:
        engine = start(*settings())
    except Exception as problem:
        answer("unavailable", reason(problem))
        return
    answer("ok", engine.version)
    for line in sys.stdin:
        words = line.rstrip("\n").split("\t")
        try:
            answer("ok", ANSWERS[words[0]](engine, *words[1:]))
        except Exception as problem:
            answer("unavailable", reason(problem))


def load(engine, npz, out, *words):
    import numpy

    settings = {}
    for word in words:
        name, value = word.split("=", 1)
        settings[name] = number(value)
    with numpy.load(npz) as file:
        tensors = {name: file[name] for name in file.files}
    form = engine.load(tensors, settings) or ""
    for _ in range(settings.get("calls", 1)):
        engine.call()
    outputs = {name: numpy.ascontiguousarray(array) for name, array in engine.outputs().items()}
    with open(out, "wb") as file:
        numpy.savez(file, **outputs)
    return form


def number(value):
    """An integer or a number, where the word is one."""
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            pass
    return value


def measure(engine, calls):
    call, clock = engine.call, time.perf_counter_ns
    nanos = []
    for _ in range(int(calls)):
        start = clock()
        call()
        nanos.append(clock() - start)
    return " ".join(map(str, nanos))


def reason(problem):
    lines = str(problem).strip().splitlines() or [""]
    return f"{type(problem).__name__}: {lines[0]}"


ANSWERS = {"load": load, "time": measure}
